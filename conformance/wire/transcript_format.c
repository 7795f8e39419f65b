/* SPDX-License-Identifier: MIT
 *
 * One entry of a transcript as one line that a person reads: names for numbers, payloads decoded,
 * long things cut. It must cope with payloads that are too short, too long or cut. */
#include "wire/transcript.h"

#define MAX_VALUE  96 /* octets of a field value, debug data or loose octets that are shown */
#define MAX_FIELDS 32
#define MAX_OPAQUE 24
#define PREFIX_LEN 5 /* of a length-prefixed message */

void put_escaped(struct buf *out, struct bytes octets, size_t max)
{
    for (size_t i = 0; i < octets.len && i < max; i++) {
        uint8_t c = octets.data[i];
        if (c == '\\')
            buf_put_str(out, "\\\\");
        else if (c >= 0x20 && c < 0x7f)
            buf_put_u8(out, c);
        else
            buf_printf(out, "\\x%02x", c);
    }
    if (octets.len > max)
        buf_put_str(out, "...");
}

static void put_hex(struct buf *out, struct bytes octets)
{
    for (size_t i = 0; i < octets.len && i < MAX_OPAQUE; i++)
        buf_printf(out, "%02x", octets.data[i]);
    if (octets.len > MAX_OPAQUE)
        buf_put_str(out, "...");
}

/* ---- flags ---- */

struct flag_name {
    uint8_t flag;
    const char *name;
};

static const struct flag_name flag_names[][5] = {
    [FRAME_DATA] = {{FLAG_END_STREAM, "END_STREAM"}, {FLAG_PADDED, "PADDED"}},
    [FRAME_HEADERS] = {{FLAG_END_STREAM, "END_STREAM"},
                       {FLAG_END_HEADERS, "END_HEADERS"},
                       {FLAG_PADDED, "PADDED"},
                       {FLAG_PRIORITY, "PRIORITY"}},
    [FRAME_PRIORITY] = {{0, NULL}},
    [FRAME_SETTINGS] = {{FLAG_ACK, "ACK"}},
    [FRAME_PUSH_PROMISE] = {{FLAG_END_HEADERS, "END_HEADERS"}, {FLAG_PADDED, "PADDED"}},
    [FRAME_PING] = {{FLAG_ACK, "ACK"}},
    [FRAME_CONTINUATION] = {{FLAG_END_HEADERS, "END_HEADERS"}},
};

static void put_flags(struct buf *out, const struct frame *frame)
{
    uint8_t rest = frame->flags;
    for (size_t i = 0; frame->type < ARRAY_LEN(flag_names) && i < 5; i++) {
        const struct flag_name *flag = &flag_names[frame->type][i];
        if (!flag->name || !(frame->flags & flag->flag))
            continue;
        buf_printf(out, " %s", flag->name);
        rest = (uint8_t)(rest & ~flag->flag);
    }
    if (rest)
        buf_printf(out, " flags 0x%02x", rest);
}

/* ---- payloads, by type ---- */

static bool looks_like_message(struct bytes data)
{
    return data.len >= PREFIX_LEN && data.data[0] <= 1 && load_u32(data.data + 1) < (1u << 26);
}

static void put_data(struct buf *out, const struct frame *frame)
{
    struct bytes data;
    size_t pad_len = 0;
    bool cut = !frame_inner(frame, &data, &pad_len);
    if (pad_len)
        buf_printf(out, " pad %zu", pad_len);
    if (cut || !looks_like_message(data))
        return;
    unsigned length = load_u32(data.data + 1);
    buf_printf(out, "  message flag %u length %u", data.data[0], length);
    if (data.len > PREFIX_LEN) {
        buf_put_str(out, ": ");
        put_escaped(out, bytes_skip(data, PREFIX_LEN), 32);
    }
}

static void put_priority(struct buf *out, const struct frame *frame)
{
    if (frame->payload.len < 5)
        return;
    uint32_t bits = load_u32(frame->payload.data);
    buf_printf(out, "  depends on %u%s weight %u", bits & 0x7fffffffu,
               bits >> 31 ? " exclusive" : "", frame->payload.data[4] + 1u);
}

static void put_rst_stream(struct buf *out, const struct frame *frame)
{
    char scratch[16];
    if (frame->payload.len >= 4)
        buf_printf(out, "  %s", h2_error_name(load_u32(frame->payload.data), scratch));
}

static void put_settings(struct buf *out, const struct frame *frame)
{
    struct bytes rest = frame->payload;
    char scratch[16];
    for (size_t i = 0; rest.len >= 6 && i < MAX_FIELDS; i++, rest = bytes_skip(rest, 6))
        buf_printf(out, "%s%s=%u", i ? " " : "  ", setting_name(load_u16(rest.data), scratch),
                   (unsigned)load_u32(rest.data + 2));
    if (rest.len)
        buf_printf(out, " and %zu octets more", rest.len);
}

static void put_push_promise(struct buf *out, const struct frame *frame)
{
    struct bytes inner;
    if (frame_inner(frame, &inner, NULL) && inner.len >= 4)
        buf_printf(out, "  promises stream %u", load_u32(inner.data) & 0x7fffffffu);
}

static void put_ping(struct buf *out, const struct frame *frame)
{
    buf_put_str(out, "  ");
    put_hex(out, frame->payload);
}

static void put_goaway(struct buf *out, const struct frame *frame)
{
    char scratch[16];
    if (frame->payload.len < 8)
        return;
    buf_printf(out, "  last stream %u, %s", load_u32(frame->payload.data) & 0x7fffffffu,
               h2_error_name(load_u32(frame->payload.data + 4), scratch));
    if (frame->payload.len > 8) {
        buf_put_str(out, ", \"");
        put_escaped(out, bytes_skip(frame->payload, 8), MAX_VALUE);
        buf_put_str(out, "\"");
    }
}

static void put_window_update(struct buf *out, const struct frame *frame)
{
    if (frame->payload.len < 4)
        return;
    uint32_t bits = load_u32(frame->payload.data);
    buf_printf(out, "  +%u%s", bits & 0x7fffffffu, bits >> 31 ? " (reserved bit set)" : "");
}

static void (*const put_payload[])(struct buf *out, const struct frame *frame) = {
    [FRAME_DATA] = put_data,
    [FRAME_PRIORITY] = put_priority,
    [FRAME_RST_STREAM] = put_rst_stream,
    [FRAME_SETTINGS] = put_settings,
    [FRAME_PUSH_PROMISE] = put_push_promise,
    [FRAME_PING] = put_ping,
    [FRAME_GOAWAY] = put_goaway,
    [FRAME_WINDOW_UPDATE] = put_window_update,
};

static void put_headers(struct buf *out, const struct header_list *headers)
{
    for (size_t i = 0; i < headers->count && i < MAX_FIELDS; i++) {
        buf_put_str(out, i ? " " : "  ");
        put_escaped(out, headers->fields[i].name, MAX_VALUE);
        buf_put_str(out, "=");
        put_escaped(out, headers->fields[i].value, MAX_VALUE);
    }
    if (headers->count > MAX_FIELDS)
        buf_printf(out, " and %zu fields more", headers->count - MAX_FIELDS);
}

/* ---- the line ---- */

static void put_frame(struct buf *out, const struct transcript_entry *entry)
{
    const struct frame *frame = &entry->frame;
    char scratch[16];
    buf_printf(out, "%s stream %u", frame_type_name(frame->type, scratch), frame->stream);
    if (frame->reserved)
        buf_put_str(out, " (reserved bit set)");
    put_flags(out, frame);
    buf_printf(out, " len %zu", entry->wire_len - FRAME_HEADER_LEN);
    if (frame->type < ARRAY_LEN(put_payload) && put_payload[frame->type])
        put_payload[frame->type](out, frame);
    if (entry->has_headers)
        put_headers(out, &entry->headers);
    if (entry->octets.len < entry->wire_len)
        buf_put_str(out, "  (payload not kept)");
}

static void put_octets(struct buf *out, const struct transcript_entry *entry)
{
    buf_printf(out, "%zu octets  ", entry->wire_len);
    put_escaped(out, entry->octets, MAX_VALUE);
}

void transcript_format_line(const struct transcript_entry *entry, struct buf *out)
{
    static const char marks[] = {[SENT] = '>', [RECEIVED] = '<', [REMARK] = '*'};
    buf_printf(out, "%5.1f ms ", (double)entry->at / (double)NS_PER_MS);
    if (entry->connection > 1)
        buf_printf(out, "[%u] ", entry->connection);
    buf_printf(out, "%c ", marks[entry->direction]);
    if (entry->direction == REMARK)
        buf_put_str(out, entry->text ? entry->text : "");
    else if (entry->is_frame)
        put_frame(out, entry);
    else
        put_octets(out, entry);
}
