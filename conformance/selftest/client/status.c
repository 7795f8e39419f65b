/* SPDX-License-Identifier: MIT
 *
 * Numbers and texts of a status, as the faulty client reads them: grpc-status, grpc-message, and what stands for them
 * where they are missing. Pure functions. (PROTOCOL-HTTP2, Errors; http-grpc-status-mapping.md) */
#include "selftest/client/client.h"
#include "wire/base64.h"

/* ---- grpc-status ---- */

static uint32_t by_atoi(struct bytes text)
{
    uint32_t number = 0;
    for (size_t i = 0; i < text.len && text.data[i] >= '0' && text.data[i] <= '9'; i++)
        number = number * 10 + (uint32_t)(text.data[i] - '0');
    return number;
}

uint32_t status_parse(struct bytes text)
{
    bool one = text.len == 1 && text.data[0] >= '0' && text.data[0] <= '9';
    bool two = text.len == 2 && text.data[0] == '1' && text.data[1] >= '0' && text.data[1] <= '6';
    if (one || two || errs(CLIENT_STATUS_BY_ATOI))
        return by_atoi(text);
    bool minus = text.len > 0 && text.data[0] == '-';
    if (errs(CLIENT_STATUS_AS_IT_CAME) && (by_atoi(text) > 0 || minus))
        return minus ? UINT32_MAX : by_atoi(text);
    return CODE_UNKNOWN;
}

/* ---- grpc-message ---- */

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return errs(CLIENT_UPPER_CASE_HEX_ONLY) ? -1 : c - 'a' + 10;
    return errs(CLIENT_DECODES_ANY_DIGITS) ? c & 0xf : -1;
}

bool percent_decode(struct bytes text, struct buf *out)
{
    bool right = true;
    buf_reset(out);
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        bool escape = c == '%' && i + 2 < text.len && digit(text.data[i + 1]) >= 0 &&
                      digit(text.data[i + 2]) >= 0;
        right &= c != '%' || escape;
        if (!right && errs(CLIENT_BAD_ESCAPE_ENDS_MESSAGE))
            return false;
        if (escape && !errs(CLIENT_MESSAGE_NOT_DECODED)) {
            buf_put_u8(out, (uint8_t)(digit(text.data[i + 1]) * 16 + digit(text.data[i + 2])));
            i += 2;
        } else {
            buf_put_u8(out, c == '+' && errs(CLIENT_PLUS_IS_A_SPACE) ? ' ' : c);
        }
    }
    return right;
}

/* ---- instead of a status ---- */

uint32_t status_of_reset(uint32_t h2_code)
{
    if (errs(CLIENT_RESETS_ARE_UNKNOWN))
        return CODE_UNKNOWN;
    switch (h2_code) {
    case H2_REFUSED_STREAM:
        return CODE_UNAVAILABLE;
    case H2_CANCEL:
        return errs(CLIENT_CANCEL_IS_UNAVAILABLE) ? CODE_UNAVAILABLE : CODE_CANCELLED;
    case H2_ENHANCE_YOUR_CALM:
        return CODE_RESOURCE_EXHAUSTED;
    case H2_INADEQUATE_SECURITY:
        return CODE_PERMISSION_DENIED;
    case H2_HTTP_1_1_REQUIRED:
        return CODE_UNKNOWN;
    default:
        return h2_code > H2_HTTP_1_1_REQUIRED ? CODE_UNKNOWN : CODE_INTERNAL;
    }
}

uint32_t status_of_http(int http_status)
{
    if (errs(CLIENT_HTTP_STATUS_IS_INTERNAL))
        return CODE_INTERNAL;
    if (errs(CLIENT_HTTP_STATUS_IS_UNKNOWN))
        return CODE_UNKNOWN;
    if (http_status > 200 && http_status < 300 && errs(CLIENT_HTTP_2XX_IS_OK))
        return CODE_OK;
    switch (http_status) {
    case 400:
        return CODE_INTERNAL;
    case 431:
        return errs(CLIENT_HTTP_431_IS_OK) ? CODE_OK : CODE_INTERNAL;
    case 401:
        return CODE_UNAUTHENTICATED;
    case 403:
        return CODE_PERMISSION_DENIED;
    case 404:
        return CODE_UNIMPLEMENTED;
    case 429:
    case 502:
    case 503:
    case 504:
        return CODE_UNAVAILABLE;
    default:
        return CODE_UNKNOWN;
    }
}

/* ---- -bin values ---- */

/* With padding or without; a comma divides values. */
bool base64_is_acceptable(struct bytes value)
{
    size_t comma = bytes_find(value, ',');
    struct bytes one = bytes_first(value, comma);
    size_t digits = one.len;
    while (digits > 0 && one.data[digits - 1] == '=' && one.len - digits < 2)
        digits--;
    for (size_t i = 0; i < digits; i++)
        if (base64_digit(one.data[i]) < 0)
            return false;
    if (digits < one.len && errs(CLIENT_BIN_MUST_NOT_BE_PADDED))
        return false;
    if (one.len % 4 != 0 && errs(CLIENT_BIN_MUST_BE_PADDED))
        return false;
    bool right = digits % 4 != 1 && (digits == one.len || one.len % 4 == 0);
    return right && (comma == value.len || base64_is_acceptable(bytes_skip(value, comma + 1)));
}
