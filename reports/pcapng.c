/* SPDX-License-Identifier: MIT
 *
 * Capture files (draft-ietf-opsawg-pcapng, little-endian) with made-up IPv4 and TCP headers around
 * what a transcript kept; see pcapng.h. */
#include "reports/pcapng.h"

#include "reports/output.h"
#include "reports/text.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { BLOCK_SECTION = 0x0a0d0d0a, BLOCK_INTERFACE = 1, BLOCK_PACKET = 6 };
enum { OPTION_END = 0, OPTION_COMMENT = 1, OPTION_TSRESOL = 9 };
enum { LINK_RAW_IP = 101 };
enum { TCP_SYN = 0x02, TCP_PSH = 0x08, TCP_ACK = 0x10 };

#define HEADERS_LEN 40 /* IPv4 and TCP, without options */
#define MAX_SEGMENT (65535 - HEADERS_LEN)
#define TARGET_PORT 80 /* where Wireshark looks for HTTP, and finds HTTP/2 by its preface */
#define FIRST_PORT  40000
#define MAX_FLOWS   256 /* connections of a case; entries of later ones are left out */

static void put_le16(struct buf *out, uint16_t v)
{
    buf_put_u8(out, (uint8_t)v);
    buf_put_u8(out, (uint8_t)(v >> 8));
}

static void put_le32(struct buf *out, uint32_t v)
{
    put_le16(out, (uint16_t)v);
    put_le16(out, (uint16_t)(v >> 16));
}

static void put_padding(struct buf *out, size_t len)
{
    buf_put_zeros(out, (4 - len % 4) % 4);
}

static void put_option(struct buf *out, uint16_t code, struct bytes value)
{
    value = bytes_first(value, UINT16_MAX);
    put_le16(out, code);
    put_le16(out, (uint16_t)value.len);
    buf_put(out, value);
    put_padding(out, value.len);
}

static void put_comment(struct buf *out, const char *text)
{
    struct buf plain = {0};
    text_put_plain(&plain, text);
    put_option(out, OPTION_COMMENT, buf_view(&plain));
    put_le32(out, OPTION_END);
    out->failed |= plain.failed;
    buf_clear(&plain);
}

static void put_block(struct buf *out, uint32_t type, struct buf *body)
{
    uint32_t len = (uint32_t)body->len + 12;
    put_le32(out, type);
    put_le32(out, len);
    buf_put(out, buf_view(body));
    put_le32(out, len);
    out->failed |= body->failed;
    buf_clear(body);
}

static void put_section(struct buf *out, const struct report_result *result)
{
    struct buf body = {0}, comment = {0};
    put_le32(&body, 0x1a2b3c4d);
    put_le16(&body, 1);
    put_le16(&body, 0);
    put_le32(&body, UINT32_MAX); /* the section's length is not told */
    put_le32(&body, UINT32_MAX);
    buf_printf(&comment, "%s: %s", result->id ? result->id : "",
               report_verdict_name(result->verdict));
    put_comment(&body, buf_str(&comment));
    out->failed |= comment.failed;
    buf_clear(&comment);
    put_block(out, BLOCK_SECTION, &body);

    put_le16(&body, LINK_RAW_IP);
    put_le16(&body, 0);
    put_le32(&body, 0);                               /* packets of any length */
    put_option(&body, OPTION_TSRESOL, BYTES("\x09")); /* nanoseconds */
    put_le32(&body, OPTION_END);
    put_block(out, BLOCK_INTERFACE, &body);
}

/* ---- packets ---- */

/* One TCP connection: the next octet's number of each side. */
struct flow {
    bool open;
    uint32_t seq[2]; /* grpcspec's, the target's */
};

static uint16_t ip_checksum(struct bytes header)
{
    uint32_t sum = 0;
    for (size_t i = 0; i + 1 < header.len; i += 2)
        sum += (uint32_t)(header.data[i] << 8 | header.data[i + 1]);
    while (sum > UINT16_MAX)
        sum = (sum & UINT16_MAX) + (sum >> 16);
    return (uint16_t)~sum;
}

static void put_ip(struct buf *out, bool sent, size_t payload_len)
{
    struct buf header = {0};
    buf_put(&header, BYTES("\x45\x00"));
    buf_put_u16(&header, (uint16_t)(HEADERS_LEN + payload_len));
    buf_put(&header, BYTES("\x00\x00\x40\x00\x40\x06\x00\x00\x0a\x00\x00"));
    buf_put_u8(&header, sent ? 1 : 2);
    buf_put(&header, BYTES("\x0a\x00\x00"));
    buf_put_u8(&header, sent ? 2 : 1);
    if (!header.failed) {
        uint16_t sum = ip_checksum(buf_view(&header));
        header.data[10] = (uint8_t)(sum >> 8);
        header.data[11] = (uint8_t)sum;
    }
    buf_put(out, buf_view(&header));
    out->failed |= header.failed;
    buf_clear(&header);
}

/* The checksum stays 0: of a cut payload there is none, and readers take 0 for offloading. */
static void put_tcp(struct buf *out, const struct flow *flow, bool sent, unsigned connection,
                    uint8_t flags)
{
    uint16_t port = (uint16_t)(FIRST_PORT + connection);
    buf_put_u16(out, sent ? port : TARGET_PORT);
    buf_put_u16(out, sent ? TARGET_PORT : port);
    buf_put_u32(out, flow->seq[sent ? 0 : 1]);
    buf_put_u32(out, flags & TCP_ACK ? flow->seq[sent ? 1 : 0] : 0);
    buf_put_u8(out, 5 << 4);
    buf_put_u8(out, flags);
    buf_put_u16(out, UINT16_MAX);
    buf_put_u32(out, 0);
}

struct packet {
    int64_t at_ns;
    bool sent;
    unsigned connection;
    uint8_t flags;
    struct bytes kept;   /* of the payload */
    size_t len;          /* of the payload as it was */
    const char *comment; /* NULL: none */
};

static void put_packet(struct buf *out, struct flow *flow, const struct packet *packet)
{
    struct buf body = {0};
    uint64_t at = packet->at_ns > 0 ? (uint64_t)packet->at_ns : 0;
    size_t captured = HEADERS_LEN + packet->kept.len;
    put_le32(&body, 0);
    put_le32(&body, (uint32_t)(at >> 32));
    put_le32(&body, (uint32_t)at);
    put_le32(&body, (uint32_t)captured);
    put_le32(&body, (uint32_t)(HEADERS_LEN + packet->len));
    put_ip(&body, packet->sent, packet->len);
    put_tcp(&body, flow, packet->sent, packet->connection, packet->flags);
    buf_put(&body, packet->kept);
    put_padding(&body, captured);
    if (packet->comment)
        put_comment(&body, packet->comment);
    put_block(out, BLOCK_PACKET, &body);
    flow->seq[packet->sent ? 0 : 1] += (uint32_t)packet->len + (packet->flags & TCP_SYN ? 1 : 0);
}

static void put_handshake(struct buf *out, struct flow *flow, const struct report_frame *frame)
{
    struct packet packet = {.at_ns = frame->at_ns, .sent = true, .connection = frame->connection};
    flow->open = true;
    packet.flags = TCP_SYN;
    put_packet(out, flow, &packet);
    packet.sent = false;
    packet.flags = TCP_SYN | TCP_ACK;
    put_packet(out, flow, &packet);
    packet.sent = true;
    packet.flags = TCP_ACK;
    put_packet(out, flow, &packet);
}

static void put_entry(struct buf *out, struct flow *flow, const struct report_frame *frame)
{
    size_t left = frame->length + (frame->is_frame ? 9 : 0);
    struct bytes kept = bytes_first(buf_view(&frame->octets), left);
    struct buf comment = {0};
    buf_printf(&comment, "%s%s", frame->line ? frame->line : "",
               frame->offending ? "  <== the one that decided" : "");
    if (kept.len < left)
        buf_printf(&comment, "  (cut: %zu of %zu octets were kept)", kept.len, left);
    for (bool first = true; left > 0; first = false) {
        size_t len = left < MAX_SEGMENT ? left : MAX_SEGMENT;
        struct packet packet = {.at_ns = frame->at_ns,
                                .sent = frame->direction == '>',
                                .connection = frame->connection,
                                .flags = TCP_PSH | TCP_ACK,
                                .kept = bytes_first(kept, len),
                                .len = len,
                                .comment = first ? buf_str(&comment) : NULL};
        put_packet(out, flow, &packet);
        kept = bytes_skip(kept, len);
        left -= len;
    }
    out->failed |= comment.failed;
    buf_clear(&comment);
}

bool report_put_pcapng(const struct report_result *result, struct buf *out)
{
    struct flow flows[MAX_FLOWS] = {0};
    put_section(out, result);
    for (size_t i = 0; i < result->frame_count && !out->failed; i++) {
        const struct report_frame *frame = &result->frames[i];
        if (frame->direction == '*' || frame->connection >= MAX_FLOWS)
            continue;
        struct flow *flow = &flows[frame->connection];
        if (!flow->open)
            put_handshake(out, flow, frame);
        put_entry(out, flow, frame);
    }
    return !out->failed;
}

/* ---- a folder of them ---- */

bool pcapng_folder_make(const char *folder, char why[static 512])
{
    struct stat found;
    if (mkdir(folder, 0777) == 0)
        return true;
    int error = errno;
    if (error == EEXIST && stat(folder, &found) == 0 && S_ISDIR(found.st_mode))
        return true;
    snprintf(why, 512, "cannot make the folder %.400s: %s", folder, strerror(error));
    return false;
}

/* A report that was read may have any id: what is no plain word becomes a dot. */
static void put_name(struct buf *out, const char *folder, const char *id)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    buf_printf(out, "%s/", folder);
    for (; *id; id++)
        buf_put_u8(out, strchr(plain, *id) ? (uint8_t)*id : '.');
    buf_put_str(out, ".pcapng");
}

static bool write_one(const char *folder, const struct report_result *result, char why[static 512])
{
    struct buf content = {0}, path = {0};
    struct output output = OUTPUT_CLOSED;
    put_name(&path, folder, result->id);
    bool made = report_put_pcapng(result, &content) && !path.failed;
    if (!made)
        snprintf(why, 512, "out of memory: %.400s is not written", result->id);
    bool ok = made && output_open(&output, buf_str(&path), why) &&
              output_commit(&output, buf_view(&content), why);
    buf_clear(&content);
    buf_clear(&path);
    return ok;
}

bool pcapng_folder_fill(const char *folder, const struct report *report, bool all,
                        char why[static 512])
{
    for (size_t i = 0; i < report->result_count; i++) {
        const struct report_result *result = &report->results[i];
        if (result->frame_count == 0 || !result->id || (!all && report_result_is_expected(result)))
            continue;
        if (!write_one(folder, result, why))
            return false;
    }
    return true;
}
