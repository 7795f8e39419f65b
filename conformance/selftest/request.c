/* SPDX-License-Identifier: MIT
 *
 * What a request must look like: RFC 9113 section 8 for every request, then what makes it a gRPC request.
 * Pure functions of the header list. */
#include "selftest/h2.h"
#include "wire/field.h"

static bool name_is_legal(struct bytes name)
{
    struct bytes rest = name.len && name.data[0] == ':' ? bytes_skip(name, 1) : name;
    if (rest.len == 0)
        return knob(KNOB_ACCEPTS_EMPTY_NAME) && name.len == 0;
    for (size_t i = 0; i < rest.len; i++) {
        uint8_t c = rest.data[i];
        if (c >= 'A' && c <= 'Z' && !knob(KNOB_ACCEPTS_UPPER_CASE))
            return false;
        if ((c <= 0x20 || c >= 0x7f || c == ':') && !knob(KNOB_ACCEPTS_NAME_OCTETS))
            return false;
    }
    return true;
}

static bool value_is_legal(struct bytes value)
{
    for (size_t i = 0; i < value.len && !knob(KNOB_ACCEPTS_VALUE_OCTETS); i++)
        if (value.data[i] == '\0' || value.data[i] == '\r' || value.data[i] == '\n')
            return false;
    return field_value_is_trimmed(value);
}

/* True binary metadata, where it was announced, begins with NUL and holds any octets (gRFC G1). */
static struct bytes value_to_judge(const struct field *field)
{
    bool binary = setup_here()->true_binary && bytes_ends_with(field->name, BYTES("-bin"));
    return binary && field->value.len > 0 && field->value.data[0] == '\0' ? NO_BYTES : field->value;
}

static bool is_connection_specific(const struct field *field)
{
    if (bytes_equal_str(field->name, "te"))
        return !bytes_equal_str(field->value, "trailers") && !knob(KNOB_ACCEPTS_TE_GZIP);
    return field_is_connection_specific(field->name) && !knob(KNOB_ACCEPTS_CONNECTION_FIELDS);
}

static bool is_request_pseudo(struct bytes name)
{
    if (bytes_equal_str(name, ":status"))
        return knob(KNOB_ACCEPTS_STATUS_IN_REQUEST);
    return bytes_equal_str(name, ":method") || bytes_equal_str(name, ":scheme") ||
           bytes_equal_str(name, ":path") || bytes_equal_str(name, ":authority") ||
           knob(KNOB_ACCEPTS_UNKNOWN_PSEUDO);
}

static bool is_pseudo(const struct field *field)
{
    return field->name.len > 0 && field->name.data[0] == ':';
}

static bool lacks(const struct header_list *request, const char *name, enum knob_name overlooks)
{
    const struct field *field = header_list_find(request, name);
    return (!field || field->value.len == 0) && !knob(overlooks);
}

static bool repeats_pseudo(const struct header_list *request, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (bytes_equal(request->fields[i].name, request->fields[index].name))
            return !knob(KNOB_ACCEPTS_DUPLICATE_PSEUDO);
    return false;
}

static bool pseudo_is_wrong(const struct header_list *request, size_t index, bool trailers)
{
    const struct field *field = &request->fields[index];
    bool late = index > 0 && !is_pseudo(&request->fields[index - 1]);
    if (trailers)
        return true;
    if (late && !knob(KNOB_ACCEPTS_PSEUDO_LATE))
        return true;
    return !is_request_pseudo(field->name) || repeats_pseudo(request, index);
}

static bool has_octets_beside(const char *allowed, struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && !strchr(allowed, c))
            return true;
    }
    return false;
}

static bool comes_earlier(const struct header_list *request, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (bytes_equal(request->fields[i].name, request->fields[index].name))
            return true;
    return false;
}

/* Knobs about requests that are as good as any. */
bool request_is_refused_needlessly(const struct header_list *request)
{
    bool authority = header_list_find(request, ":authority") != NULL;
    if (knob(KNOB_DEMANDS_AUTHORITY) && !authority)
        return true;
    if (knob(KNOB_DEMANDS_TE) && !header_list_find(request, "te"))
        return true;
    if (knob(KNOB_REFUSES_CONTENT_LENGTH) && header_list_find(request, "content-length"))
        return true;
    if (knob(KNOB_REFUSES_MANY_FIELDS) && request->count > 50)
        return true;
    for (size_t i = 0; i < request->count; i++) {
        const struct field *field = &request->fields[i];
        if (knob(KNOB_REFUSES_EMPTY_VALUE) && field->value.len == 0)
            return true;
        bool custom = bytes_starts_with(field->name, BYTES("x-"));
        if (knob(KNOB_REFUSES_PUNCTUATION) &&
            (has_octets_beside(":-", field->name) ||
             (custom && has_octets_beside(" .,/-", field->value))))
            return true;
        if (knob(KNOB_REFUSES_REPEATED_KEYS) && custom && comes_earlier(request, i))
            return true;
        if (knob(KNOB_REFUSES_UNKNOWN_FORMAT) && bytes_equal_str(field->name, "content-type") &&
            bytes_find(field->value, '+') < field->value.len &&
            !bytes_ends_with(field->value, BYTES("+proto")))
            return true;
    }
    return false;
}

bool request_is_malformed(const struct header_list *request, bool trailers)
{
    for (size_t i = 0; i < request->count; i++) {
        const struct field *field = &request->fields[i];
        if (!name_is_legal(field->name) || !value_is_legal(value_to_judge(field)) ||
            is_connection_specific(field))
            return true;
        if (is_pseudo(field) && pseudo_is_wrong(request, i, trailers))
            return true;
    }
    if (trailers)
        return false;
    const struct field *path = header_list_find(request, ":path");
    bool bad_path = path && path->value.len && path->value.data[0] != '/' &&
                    !bytes_equal_str(path->value, "*");
    return lacks(request, ":method", KNOB_ACCEPTS_NO_METHOD) ||
           lacks(request, ":scheme", KNOB_ACCEPTS_NO_SCHEME) ||
           lacks(request, ":path", KNOB_ACCEPTS_NO_PATH) ||
           (bad_path && !knob(KNOB_ACCEPTS_PATH_WITHOUT_SLASH)) ||
           (header_list_count(request, "host") > 1 && !knob(KNOB_ACCEPTS_TWO_HOSTS));
}

bool request_is_refused(const struct header_list *request)
{
    bool valid = true;
    for (size_t i = 0; i < request->count && valid; i++) {
        struct buf scratch = {0};
        if (bytes_ends_with(request->fields[i].name, BYTES("-bin")))
            valid = decode_base64_list(request->fields[i].value, &scratch);
        buf_clear(&scratch);
    }
    return !valid || request_is_malformed(request, false) || http_refusal(request) ||
           !service_knows(request);
}

bool text_equals_lower(struct bytes text, const char *lower)
{
    if (text.len != strlen(lower))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != (uint8_t)lower[i])
            return false;
    }
    return true;
}

/* "application/grpc", alone or followed by '+' or ';'. */
static bool content_type_is_grpc(struct bytes value)
{
    struct bytes type = BYTES("application/grpc");
    if (!bytes_starts_with(value, type))
        return false;
    struct bytes rest = bytes_skip(value, type.len);
    if (rest.len == 0 || knob(KNOB_ACCEPTS_CONTENT_TYPE_PREFIX))
        return true;
    return rest.data[0] == ';' || (rest.data[0] == '+' && !knob(KNOB_REJECTS_PLUS_PROTO));
}

int http_refusal(const struct header_list *request)
{
    const struct field *method = header_list_find(request, ":method");
    const struct field *type = header_list_find(request, "content-type");
    if (method && !bytes_equal_str(method->value, "POST") && !knob(KNOB_EXECUTES_GET))
        return 405;
    if ((!type || !content_type_is_grpc(type->value)) && !knob(KNOB_ACCEPTS_ANY_CONTENT_TYPE))
        return 415;
    return 0;
}

static int64_t unit_ns(uint8_t unit)
{
    if (knob(KNOB_UNITS_ARE_MILLISECONDS) && unit < 'a')
        return NS_PER_MS;
    switch (unit) {
    case 'H':
        return 3600 * NS_PER_S;
    case 'M':
        return 60 * NS_PER_S;
    case 'S':
        return NS_PER_S;
    case 'm':
        return NS_PER_MS;
    case 'u':
        return NS_PER_US;
    case 'n':
        return 1;
    default:
        return 0;
    }
}

bool parse_timeout(struct bytes text, int64_t *timeout_ns)
{
    int64_t value = 0;
    if (text.len < 2 || text.len > 9)
        return false;
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        value = value * 10 + (text.data[i] - '0');
    }
    int64_t unit = unit_ns(text.data[text.len - 1]);
    if (unit == 0)
        return false;
    if (value > TIME_NEVER / unit)
        *timeout_ns = TIME_NEVER;
    else
        *timeout_ns = value * unit;
    if (value == 99999999 && unit >= NS_PER_S && knob(KNOB_TIMEOUT_OVERFLOWS))
        *timeout_ns = 0;
    return true;
}
