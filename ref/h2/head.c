/* SPDX-License-Identifier: MIT
 *
 * The rules of head.h. */
#include "h2/head.h"

#include "h2/hpack.h"

enum {
    METHOD = 1 << 0,
    SCHEME = 1 << 1,
    AUTHORITY = 1 << 2,
    PATH = 1 << 3,
    STATUS = 1 << 4,
    HOST = 1 << 5,
    CONTENT_LENGTH = 1 << 6,
    IS_CONNECT = 1 << 7,
    IS_OPTIONS = 1 << 8,
    IS_HTTP = 1 << 9, /* :scheme is http or https */
    IS_ASTERISK = 1 << 10,
    IS_ABSOLUTE = 1 << 11, /* :path begins with a slash */
};

void head_init(struct head *head, enum head_kind kind)
{
    *head = (struct head){.kind = kind, .content_length = -1};
}

/* A field that may come once. */
static bool once(struct head *head, unsigned which)
{
    bool first = !(head->seen & which);

    head->seen |= which;
    return first;
}

/* Digits alone. -1: it is no such number, or larger than anything */
static int64_t parse_number(struct bytes text)
{
    int64_t number = 0;

    if (text.len == 0)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        int digit = text.data[i] - '0';
        if (digit < 0 || digit > 9 || number > (INT64_MAX - digit) / 10)
            return -1;
        number = number * 10 + digit;
    }
    return number;
}

static bool equals_in_any_case(struct bytes text, struct bytes lower)
{
    if (text.len != lower.len || bytes_equal(text, lower))
        return text.len == lower.len;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != lower.data[i])
            return false;
    }
    return true;
}

static bool is_letter(uint8_t c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* RFC 3986 section 3.1. */
static bool is_scheme(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        bool more = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
        if (!is_letter(c) && (i == 0 || !more))
            return false;
    }
    return text.len > 0;
}

/* ---- Pseudo-header fields -------------------------------------------------------------------- */

static bool take_method(struct head *head, struct bytes value)
{
    if (bytes_equal(value, BYTES("CONNECT")))
        head->seen |= IS_CONNECT;
    else if (bytes_equal(value, BYTES("OPTIONS")))
        head->seen |= IS_OPTIONS;
    return once(head, METHOD) && hpack_is_method(value);
}

static bool take_scheme(struct head *head, struct bytes value)
{
    if (equals_in_any_case(value, BYTES("http")) || equals_in_any_case(value, BYTES("https")))
        head->seen |= IS_HTTP;
    return once(head, SCHEME) && is_scheme(value);
}

static bool take_path(struct head *head, struct bytes value)
{
    if (bytes_starts_with(value, BYTES("/")))
        head->seen |= IS_ABSOLUTE;
    else if (bytes_equal(value, BYTES("*")))
        head->seen |= IS_ASTERISK;
    return once(head, PATH) && hpack_is_path(value);
}

static bool take_status(struct head *head, struct bytes value)
{
    int64_t status = value.len == 3 ? parse_number(value) : -1;

    head->status = (int)status;
    return once(head, STATUS) && status >= 0 && status != 101; /* RFC 9113 section 8.6 */
}

/* Each has its own idea of which octets its value may have. */
static bool take_pseudo(struct head *head, struct bytes name, struct bytes value)
{
    if (head->regular || head->kind == HEAD_TRAILERS)
        return false;
    if (head->kind == HEAD_RESPONSE)
        return bytes_equal(name, BYTES(":status")) && take_status(head, value);
    if (bytes_equal(name, BYTES(":path")))
        return take_path(head, value);
    if (bytes_equal(name, BYTES(":method")))
        return take_method(head, value);
    if (bytes_equal(name, BYTES(":scheme")))
        return take_scheme(head, value);
    return bytes_equal(name, BYTES(":authority")) && once(head, AUTHORITY) &&
           hpack_is_authority(value);
}

/* ---- Regular fields -------------------------------------------------------------------------- */

static bool take_content_length(struct head *head, struct bytes value)
{
    head->content_length = parse_number(value);
    return once(head, CONTENT_LENGTH) && head->content_length >= 0 && !head_is_interim(head) &&
           (head->status != 204 || head->content_length == 0);
}

/* The few that HTTP/2 has an opinion of (section 8.2.2, section 8.3.1). */
static bool take_special(struct head *head, struct bytes name, struct bytes value)
{
    switch (name.len) {
    case 2:
        return !bytes_equal(name, BYTES("te")) || equals_in_any_case(value, BYTES("trailers"));
    case 4:
        return head->kind != HEAD_REQUEST || !bytes_equal(name, BYTES("host")) ||
               (once(head, HOST) && hpack_is_authority(value));
    case 7:
        return !bytes_equal(name, BYTES("upgrade"));
    case 10:
        return !bytes_equal(name, BYTES("connection")) && !bytes_equal(name, BYTES("keep-alive"));
    case 14:
        return head->kind == HEAD_TRAILERS || !bytes_equal(name, BYTES("content-length")) ||
               take_content_length(head, value);
    case 16:
        return !bytes_equal(name, BYTES("proxy-connection"));
    case 17:
        return !bytes_equal(name, BYTES("transfer-encoding"));
    default:
        return true;
    }
}

void head_field(struct head *head, struct bytes name, struct bytes value)
{
    bool fine;

    if (head->malformed)
        return;
    if (name.len > 0 && name.data[0] == ':') {
        fine = take_pseudo(head, name, value);
    } else {
        head->regular = true;
        fine = hpack_is_name(name) && hpack_is_value(value) && take_special(head, name, value);
    }
    head->malformed = !fine;
}

/* ---- All of it ------------------------------------------------------------------------------- */

/* RFC 9113 section 8.3.1; CONNECT: section 8.5. */
static bool is_request(const struct head *head)
{
    unsigned seen = head->seen, needed = METHOD | SCHEME | PATH;

    if (seen & IS_CONNECT)
        return !(seen & (SCHEME | PATH)) && seen & AUTHORITY;
    if ((seen & needed) != needed || !(seen & (AUTHORITY | HOST)))
        return false;
    return !(seen & IS_HTTP) || seen & IS_ABSOLUTE || (seen & IS_ASTERISK && seen & IS_OPTIONS);
}

bool head_is_complete(const struct head *head, bool end_stream)
{
    if (head->malformed)
        return false;
    switch (head->kind) {
    case HEAD_REQUEST:
        return is_request(head) && !(end_stream && head->content_length > 0);
    case HEAD_RESPONSE:
        if (head_is_interim(head))
            return !end_stream;
        return head->seen & STATUS &&
               !(end_stream && head->content_length > 0 && head->status != 304);
    default:
        return end_stream;
    }
}
