/* SPDX-License-Identifier: MIT
 *
 * Escaping; see text.h. */
#include "reports/text.h"

#include "base/clock.h"

static bool is_continuation(struct bytes text, size_t at)
{
    return at < text.len && (text.data[at] & 0xc0) == 0x80;
}

size_t text_utf8_len(struct bytes text)
{
    if (text.len == 0)
        return 0;
    uint8_t first = text.data[0];
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4 || !is_continuation(text, 1))
        return 0;
    if (first < 0xe0)
        return 2;

    uint8_t second = text.data[1];
    if (!is_continuation(text, 2))
        return 0;
    if (first < 0xf0) {
        bool overlong = first == 0xe0 && second < 0xa0;
        bool surrogate = first == 0xed && second >= 0xa0;
        return overlong || surrogate ? 0 : 3;
    }
    bool overlong = first == 0xf0 && second < 0x90;
    bool beyond = first == 0xf4 && second >= 0x90;
    return overlong || beyond || !is_continuation(text, 3) ? 0 : 4;
}

static void put_escaped(struct buf *out, uint8_t octet)
{
    buf_printf(out, "\\x%02x", octet);
}

/* Append the character at the front, or its first octet escaped; returns what is behind it. */
static struct bytes put_character(struct buf *out, struct bytes text)
{
    size_t len = text_utf8_len(text);
    if (len == 0) {
        put_escaped(out, text.data[0]);
        return bytes_skip(text, 1);
    }
    buf_put(out, bytes_first(text, len));
    return bytes_skip(text, len);
}

void text_put_utf8(struct buf *out, const char *s)
{
    struct bytes text = bytes_str(s);
    while (text.len > 0)
        text = put_character(out, text);
}

/* C0, DEL and C1 (U+0080 to U+009F, which terminals obey too). */
static bool is_control(struct bytes text)
{
    uint8_t c = text.data[0];
    return c < 0x20 || c == 0x7f || (c == 0xc2 && text.len > 1 && text.data[1] < 0xa0);
}

void text_put_plain(struct buf *out, const char *s)
{
    struct bytes text = bytes_str(s);
    while (text.len > 0) {
        uint8_t c = text.data[0];
        if (c == '\t' || c == '\n') {
            buf_put_u8(out, c == '\t' ? ' ' : '\n');
            text = bytes_skip(text, 1);
        } else if (is_control(text)) {
            put_escaped(out, c);
            text = bytes_skip(text, 1);
        } else {
            text = put_character(out, text);
        }
    }
}

/* The reference that stands for an octet in XML, or NULL. */
static const char *xml_reference(uint8_t c, bool attribute)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return attribute ? "&quot;" : NULL;
    case '\n':
        return attribute ? "&#10;" : NULL;
    case '\t':
        return attribute ? "&#9;" : NULL;
    default:
        return NULL;
    }
}

/* U+FFFE and U+FFFF are no XML characters. */
static bool is_xml_hole(struct bytes text)
{
    return text.len >= 3 && text.data[0] == 0xef && text.data[1] == 0xbf && text.data[2] >= 0xbe;
}

void text_put_xml(struct buf *out, const char *s, bool attribute)
{
    struct bytes text = bytes_str(s);
    while (text.len > 0) {
        uint8_t c = text.data[0];
        const char *reference = xml_reference(c, attribute);
        if (reference) {
            buf_put_str(out, reference);
            text = bytes_skip(text, 1);
        } else if ((is_control(text) && c != '\n' && c != '\t') || is_xml_hole(text)) {
            put_escaped(out, c);
            text = bytes_skip(text, 1);
        } else {
            text = put_character(out, text);
        }
    }
}

void text_put_hex(struct buf *out, struct bytes octets)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < octets.len; i++) {
        buf_put_u8(out, (uint8_t)digits[octets.data[i] >> 4]);
        buf_put_u8(out, (uint8_t)digits[octets.data[i] & 15]);
    }
}

void text_put_duration(struct buf *out, int64_t ns)
{
    double seconds = (double)ns / (double)NS_PER_S;
    if (seconds < 0.0995)
        buf_printf(out, "%.0f ms", seconds * 1000);
    else if (seconds < 100)
        buf_printf(out, "%.1f s", seconds);
    else
        buf_printf(out, "%d min %d s", (int)seconds / 60, (int)seconds % 60);
}
