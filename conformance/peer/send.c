/* SPDX-License-Identifier: MIT
 *
 * Saying things on a connection, frame by frame. Nothing is checked: see peer.h. */
#include "peer/inside.h"

void send_octets(struct conn *conn, struct bytes octets)
{
    queue_octets(conn, octets, false);
}

void send_preface(struct conn *conn)
{
    queue_octets(conn, CONNECTION_PREFACE, false);
}

void send_frame(struct conn *conn, uint8_t type, uint8_t flags, uint32_t stream,
                struct bytes payload)
{
    struct buf octets = {0};
    frame_put_header(&octets, (uint32_t)payload.len, type, flags, stream);
    buf_put(&octets, payload);
    queue_octets(conn, buf_view(&octets), true);
    buf_clear(&octets);
}

void send_lying_frame(struct conn *conn, uint32_t length, uint8_t type, uint8_t flags,
                      uint32_t stream_bits, struct bytes payload)
{
    struct buf octets = {0};
    frame_put_header(&octets, length, type, flags, stream_bits);
    buf_put(&octets, payload);
    queue_octets(conn, buf_view(&octets), false);
    buf_clear(&octets);
}

void send_settings(struct conn *conn, const struct setting *settings, size_t count)
{
    struct buf payload = {0};
    settings_put(&payload, settings, count);
    send_frame(conn, FRAME_SETTINGS, FLAG_NONE, 0, buf_view(&payload));
    buf_clear(&payload);
}

void send_settings_ack(struct conn *conn)
{
    send_frame(conn, FRAME_SETTINGS, FLAG_ACK, 0, NO_BYTES);
}

void send_ping(struct conn *conn, const uint8_t opaque[static 8], uint8_t flags)
{
    send_frame(conn, FRAME_PING, flags, 0, bytes_of(opaque, 8));
}

void send_goaway(struct conn *conn, uint32_t last_stream, uint32_t code, struct bytes debug)
{
    struct buf payload = {0};
    buf_put_u32(&payload, last_stream);
    buf_put_u32(&payload, code);
    buf_put(&payload, debug);
    send_frame(conn, FRAME_GOAWAY, FLAG_NONE, 0, buf_view(&payload));
    buf_clear(&payload);
}

static void send_u32_frame(struct conn *conn, uint8_t type, uint32_t stream, uint32_t value)
{
    uint8_t payload[4];
    store_u32(payload, value);
    send_frame(conn, type, FLAG_NONE, stream, bytes_of(payload, sizeof payload));
}

void send_window_update(struct conn *conn, uint32_t stream, uint32_t increment_bits)
{
    send_u32_frame(conn, FRAME_WINDOW_UPDATE, stream, increment_bits);
}

void send_rst_stream(struct conn *conn, uint32_t stream, uint32_t code)
{
    send_u32_frame(conn, FRAME_RST_STREAM, stream, code);
}

void send_priority(struct conn *conn, uint32_t stream, uint32_t dependency, bool exclusive,
                   uint8_t weight)
{
    uint8_t payload[5];
    store_u32(payload, dependency | (exclusive ? 0x80000000u : 0));
    payload[4] = weight;
    send_frame(conn, FRAME_PRIORITY, FLAG_NONE, stream, bytes_of(payload, sizeof payload));
}

size_t max_payload(const struct conn *conn)
{
    uint32_t announced = conn->their_settings[SETTING_MAX_FRAME_SIZE];
    bool legal = announced >= DEFAULT_MAX_FRAME_SIZE && announced <= 0xffffffu;
    return legal ? announced : DEFAULT_MAX_FRAME_SIZE;
}

void send_block(struct conn *conn, uint32_t stream, struct bytes block, uint8_t flags)
{
    size_t max = max_payload(conn);
    uint8_t type = FRAME_HEADERS;
    do {
        struct bytes fragment = bytes_first(block, max);
        block = bytes_skip(block, max);
        uint8_t end = block.len == 0 ? FLAG_END_HEADERS : FLAG_NONE;
        send_frame(conn, type, flags | end, stream, fragment);
        type = FRAME_CONTINUATION;
        flags = FLAG_NONE;
    } while (block.len > 0);
}

void encode_fields(struct conn *conn, const struct field *fields, size_t count, struct buf *block)
{
    hpack_encode(conn->encoder, fields, count, block);
}

/* Encoding changes the encoder's table, so it must not happen for a block that will not leave. */
void send_fields(struct conn *conn, uint32_t stream, const struct field *fields, size_t count,
                 uint8_t flags)
{
    if (test_is_over(conn->t) || conn_is_over(conn) || conn->inside->write_shut)
        return;
    struct buf block = {0};
    encode_fields(conn, fields, count, &block);
    send_block(conn, stream, buf_view(&block), flags);
    buf_clear(&block);
}
