/* SPDX-License-Identifier: MIT
 *
 * Statuses and errors by name, and the tables that map to a status; see status.h. */
#include "codec/status.h"

const char *gr_error_text(int error)
{
    switch (error) {
    case 0:
        return "success";
#define ERROR_TEXT(name, value, text)                                                              \
    case (value):                                                                                  \
        return text;
        GR_ERRORS(ERROR_TEXT)
#undef ERROR_TEXT
    default:
        return "an error that has no name";
    }
}

static const char *const status_names[] = {
#define STATUS_NAME(name, value) [value] = #name,
    GR_STATUSES(STATUS_NAME)
#undef STATUS_NAME
};

const char *gr_status_name(enum gr_status status)
{
    size_t index = (size_t)status;
    return status_names[index < ARRAY_LEN(status_names) ? index : GR_STATUS_UNKNOWN];
}

enum gr_status gr_status_parse(struct bytes text)
{
    if (text.len == 0)
        return GR_STATUS_UNKNOWN;
    unsigned value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return GR_STATUS_UNKNOWN;
        value = value * 10 + (unsigned)(text.data[i] - '0');
        if (value > GR_STATUS_UNAUTHENTICATED)
            return GR_STATUS_UNKNOWN;
    }
    return (enum gr_status)value;
}

enum gr_status gr_status_of_http(int http_status)
{
    switch (http_status) {
    case 400:
    case 431:
        return GR_STATUS_INTERNAL;
    case 401:
        return GR_STATUS_UNAUTHENTICATED;
    case 403:
        return GR_STATUS_PERMISSION_DENIED;
    case 404:
        return GR_STATUS_UNIMPLEMENTED;
    case 429:
    case 502:
    case 503:
    case 504:
        return GR_STATUS_UNAVAILABLE;
    default:
        return GR_STATUS_UNKNOWN;
    }
}

/* By error code of RFC 9113 section 7. */
static const enum gr_status status_of_h2_error[] = {
    [0x0] = GR_STATUS_INTERNAL,           /* NO_ERROR */
    [0x1] = GR_STATUS_INTERNAL,           /* PROTOCOL_ERROR */
    [0x2] = GR_STATUS_INTERNAL,           /* INTERNAL_ERROR */
    [0x3] = GR_STATUS_INTERNAL,           /* FLOW_CONTROL_ERROR */
    [0x4] = GR_STATUS_INTERNAL,           /* SETTINGS_TIMEOUT */
    [0x5] = GR_STATUS_UNKNOWN,            /* STREAM_CLOSED */
    [0x6] = GR_STATUS_INTERNAL,           /* FRAME_SIZE_ERROR */
    [0x7] = GR_STATUS_UNAVAILABLE,        /* REFUSED_STREAM */
    [0x8] = GR_STATUS_CANCELLED,          /* CANCEL */
    [0x9] = GR_STATUS_INTERNAL,           /* COMPRESSION_ERROR */
    [0xa] = GR_STATUS_INTERNAL,           /* CONNECT_ERROR */
    [0xb] = GR_STATUS_RESOURCE_EXHAUSTED, /* ENHANCE_YOUR_CALM */
    [0xc] = GR_STATUS_PERMISSION_DENIED,  /* INADEQUATE_SECURITY */
    [0xd] = GR_STATUS_UNKNOWN,            /* HTTP_1_1_REQUIRED */
};

enum gr_status gr_status_of_h2_error(uint32_t h2_error)
{
    if (h2_error >= ARRAY_LEN(status_of_h2_error))
        return GR_STATUS_UNKNOWN;
    return status_of_h2_error[h2_error];
}
