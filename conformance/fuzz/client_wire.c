/* SPDX-License-Identifier: MIT
 *
 * Generators against clients, what HTTP/2 says of frames and settings. Windows, header blocks and streams are in
 * client_streams.c; what gRPC says is in client.c. */
#include "fuzz/client.h"

/* ---- frames that are wrong ---- */

/* On the connection, on stream 1 (its answer begun, or not), or on a stream nobody opened. */
struct bad_frame {
    uint8_t type, flags;
    uint32_t stream;
    uint32_t shortest, longest; /* octets of payload */
    uint32_t code;
};

static void bad_frame(struct maker *m, const struct fault *fault)
{
    const struct bad_frame *row = ROW(fault, bad_frame);
    struct buf payload = {0};
    answer_begin(m);
    if (draw_chance(&m->draw, 60))
        answer_headers(m);
    draw_octets(&m->draw, &payload, draw_between(&m->draw, row->shortest, row->longest));
    if (payload.len >= 4 && row->type != FRAME_PING)
        payload.data[0] &= 0x7f;
    (void)make_frame(m, row->type, row->flags, row->stream, buf_view(&payload));
    client_refuses(m, row->code);
    buf_clear(&payload);
}

#define BAD(name, ...) static const struct bad_frame name = {__VA_ARGS__}
BAD(ping_short, FRAME_PING, 0, 0, 0, 7, H2_FRAME_SIZE_ERROR);
BAD(ping_long, FRAME_PING, FLAG_ACK, 0, 9, 40, H2_FRAME_SIZE_ERROR);
BAD(ping_on_stream, FRAME_PING, 0, 1, 8, 8, H2_PROTOCOL_ERROR);
BAD(settings_length, FRAME_SETTINGS, 0, 0, 1, 5, H2_FRAME_SIZE_ERROR);
BAD(settings_ack_payload, FRAME_SETTINGS, FLAG_ACK, 0, 6, 6, H2_FRAME_SIZE_ERROR);
BAD(settings_on_stream, FRAME_SETTINGS, 0, 1, 0, 0, H2_PROTOCOL_ERROR);
BAD(goaway_length, FRAME_GOAWAY, 0, 0, 0, 7, H2_FRAME_SIZE_ERROR);
BAD(goaway_on_stream, FRAME_GOAWAY, 0, 1, 8, 20, H2_PROTOCOL_ERROR);
BAD(update_length, FRAME_WINDOW_UPDATE, 0, 0, 0, 3, H2_FRAME_SIZE_ERROR);
BAD(reset_length, FRAME_RST_STREAM, 0, 1, 0, 3, H2_FRAME_SIZE_ERROR);
BAD(reset_on_0, FRAME_RST_STREAM, 0, 0, 4, 4, H2_PROTOCOL_ERROR);
BAD(reset_on_idle, FRAME_RST_STREAM, 0, 4001, 4, 4, H2_PROTOCOL_ERROR);
BAD(data_on_0, FRAME_DATA, 0, 0, 0, 100, H2_PROTOCOL_ERROR);
BAD(data_on_idle, FRAME_DATA, 0, 4001, 0, 100, H2_PROTOCOL_ERROR);
BAD(headers_on_0, FRAME_HEADERS, FLAG_END_HEADERS, 0, 0, 0, H2_PROTOCOL_ERROR);
BAD(priority_on_0, FRAME_PRIORITY, 0, 0, 5, 5, H2_PROTOCOL_ERROR);
BAD(continuation_alone, FRAME_CONTINUATION, FLAG_END_HEADERS, 1, 0, 4, H2_PROTOCOL_ERROR);
BAD(push_promise, FRAME_PUSH_PROMISE, FLAG_END_HEADERS, 1, 4, 4, H2_PROTOCOL_ERROR);
BAD(promise_on_0, FRAME_PUSH_PROMISE, FLAG_END_HEADERS, 0, 4, 4, H2_PROTOCOL_ERROR);
BAD(data_padding, FRAME_DATA, FLAG_PADDED, 1, 0, 0, H2_FRAME_SIZE_ERROR);
BAD(headers_priority, FRAME_HEADERS, FLAG_END_HEADERS | FLAG_PRIORITY, 1, 0, 4,
    H2_FRAME_SIZE_ERROR);
BAD(data_too_long, FRAME_DATA, 0, 1, 16385, 20000, H2_FRAME_SIZE_ERROR);
BAD(unknown_too_long, 0x42, 0, 0, 16385, 20000, H2_FRAME_SIZE_ERROR);

/* More padding than payload. */
static void padding(struct maker *m, const struct fault *fault)
{
    struct buf payload = {0};
    (void)fault;
    bool in_headers = draw_chance(&m->draw, 50);
    answer_begin(m);
    if (!in_headers)
        answer_headers(m);
    draw_octets(&m->draw, &payload, draw_between(&m->draw, 1, 60));
    payload.data[0] = (uint8_t)draw_between(&m->draw, (uint32_t)payload.len, 255);
    (void)make_frame(m, in_headers ? FRAME_HEADERS : FRAME_DATA,
                     FLAG_PADDED | (in_headers ? FLAG_END_HEADERS : 0), 1, buf_view(&payload));
    client_refuses(m, H2_PROTOCOL_ERROR);
    buf_clear(&payload);
}

/* A frame of any type, or CONTINUATION of another stream, before a header block has ended. */
static void interleaved(struct maker *m, const struct fault *fault)
{
    static const uint8_t types[] = {FRAME_DATA, FRAME_PING, FRAME_SETTINGS, FRAME_CONTINUATION,
                                    0x42};
    struct buf block = {0};
    (void)fault;
    answer_begin(m);
    answer_put_block(&block);
    (void)make_frame(m, FRAME_HEADERS, 0, 1, buf_view(&block));
    uint8_t type = types[draw_below(&m->draw, ARRAY_LEN(types))];
    uint32_t stream = type == FRAME_DATA ? 1 : type == FRAME_CONTINUATION ? 3 : 0;
    (void)make_frame(m, type, 0, stream, type == FRAME_PING ? BYTES("12345678") : NO_BYTES);
    client_refuses(m, H2_PROTOCOL_ERROR);
    buf_clear(&block);
}

/* ---- settings ---- */

static void bad_setting(struct maker *m, const struct fault *fault)
{
    const struct bad_setting *row = ROW(fault, bad_setting);
    answer_begin(m);
    if (draw_chance(&m->draw, 50))
        answer_headers(m);
    uint32_t value = draw_chance(&m->draw, 50) ? row->low : row->high;
    const struct setting settings[] = {draw_unknown_setting(m), {row->id, value}};
    make_settings(m, settings, ARRAY_LEN(settings));
    client_refuses(m, row->code);
}

static const struct bad_setting push_1 = {SETTING_ENABLE_PUSH, 1, 1, H2_PROTOCOL_ERROR};

/* Several, before the call and in the middle of it: each is acknowledged, and none ends it. */
static void settings(struct maker *m, const struct fault *fault)
{
    (void)fault;
    const struct setting first[] = {
        {SETTING_HEADER_TABLE_SIZE, draw_below(&m->draw, 5000)},
        {SETTING_MAX_CONCURRENT_STREAMS, draw_between(&m->draw, 1, 200)},
        {SETTING_INITIAL_WINDOW_SIZE, 65535},
        draw_unknown_setting(m)};
    answer_begin_with(m, first, ARRAY_LEN(first));
    answer_headers(m);
    for (uint32_t i = draw_between(&m->draw, 1, 4); i > 0; i--) {
        const struct setting more[] = {
            {SETTING_INITIAL_WINDOW_SIZE, (uint32_t)draw_u64(&m->draw) >> 1},
            {SETTING_MAX_FRAME_SIZE, draw_between(&m->draw, 16384, 0xffffff)},
            {SETTING_HEADER_TABLE_SIZE, draw_below(&m->draw, 4097)},
            {SETTING_MAX_HEADER_LIST_SIZE, draw_between(&m->draw, 8192, 1u << 20)}};
        uint32_t from = draw_below(&m->draw, ARRAY_LEN(more));
        make_settings(m, more + from, ARRAY_LEN(more) - from);
    }
    (void)expect_step(m, STEP_EXPECT_ACKS, 0, 0);
    answer_well(m);
}

/* ---- what must be taken without a word ------------------------------------------------------- */

static void odd_bits(struct maker *m, const struct fault *fault)
{
    struct buf block = {0};
    (void)fault;
    answer_begin(m);
    uint8_t odd = (uint8_t)draw_u64(&m->draw) & 0xd2;
    make_lying_frame(m, 8, FRAME_PING, odd, 0x80000000u, BYTES("odd bits"));
    answer_put_block(&block);
    make_lying_frame(m, (uint32_t)block.len, FRAME_HEADERS, FLAG_END_HEADERS | odd, 0x80000001u,
                     buf_view(&block));
    make_lying_frame(m, 5, FRAME_DATA, odd, 0x80000001u, BYTES("\0\0\0\0\0"));
    answer_trailers(m, "0");
    client_ends(m, ONE_OF(STATUS(GRPC_OK)));
    must_serve(m);
    buf_clear(&block);
}

static void unknown_frame(struct maker *m)
{
    struct buf payload = {0};
    draw_octets(&m->draw, &payload, draw_below(&m->draw, 200));
    uint8_t type = (uint8_t)draw_between(&m->draw, 0x20, 0xff);
    uint8_t flags = (uint8_t)draw_u64(&m->draw);
    (void)make_frame(m, type, flags, draw_below(&m->draw, 2), buf_view(&payload));
    buf_clear(&payload);
}

static void unknown_frames(struct maker *m, const struct fault *fault)
{
    (void)fault;
    answer_begin(m);
    unknown_frame(m);
    answer_headers(m);
    for (uint32_t i = draw_below(&m->draw, 5); i > 0; i--)
        unknown_frame(m);
    answer_message(m);
    unknown_frame(m);
    answer_trailers(m, "0");
    client_ends(m, ONE_OF(STATUS(GRPC_OK)));
    must_serve(m);
}

static void priorities(struct maker *m, const struct fault *fault)
{
    uint8_t payload[5];
    (void)fault;
    answer_begin(m);
    for (uint32_t i = draw_between(&m->draw, 1, 4); i > 0; i--) {
        uint32_t on = 1 + 2 * draw_below(&m->draw, 5);
        store_u32(payload, on == 3 ? 5 : 3);
        payload[4] = (uint8_t)draw_u64(&m->draw);
        (void)make_frame(m, FRAME_PRIORITY, 0, on, bytes_of(payload, 5));
    }
    answer_headers(m);
    answer_well(m);
}

static void pings(struct maker *m, const struct fault *fault)
{
    struct buf payload = {0};
    (void)fault;
    answer_begin(m);
    draw_octets(&m->draw, &payload, 8);
    (void)make_frame(m, FRAME_PING, draw_chance(&m->draw, 30) ? FLAG_ACK : 0, 0,
                     buf_view(&payload));
    answer_headers(m);
    (void)expect_step(m, STEP_EXPECT_ALIVE, 0, 0);
    answer_well(m);
    buf_clear(&payload);
}

static void empty_data(struct maker *m, const struct fault *fault)
{
    static const struct bytes padded[] = {{(const uint8_t *)"\0", 1},
                                          {(const uint8_t *)"\3\0\0\0", 4}};
    (void)fault;
    answer_begin(m);
    answer_headers(m);
    for (uint32_t i = draw_between(&m->draw, 1, 6); i > 0; i--)
        (void)make_frame(m, FRAME_DATA, 0, 1, NO_BYTES);
    (void)make_frame(m, FRAME_DATA, FLAG_PADDED, 1, padded[draw_below(&m->draw, 2)]);
    answer_well(m);
}

#define F CLIENT_FAULT
static const struct fault faults[] = {
    F("frames/ping-short", "H2-PING-004", "a PING that is not 8 octets long", bad_frame,
      &ping_short),
    F("frames/ping-long", "H2-PING-004", "a PING ACK that is not 8 octets long", bad_frame,
      &ping_long),
    F("frames/ping-on-stream", "H2-PING-003", "a PING on a stream", bad_frame, &ping_on_stream),
    F("frames/settings-length", "H2-SET-004", "a SETTINGS whose length is no multiple of 6",
      bad_frame, &settings_length),
    F("frames/settings-ack-payload", "H2-SET-002", "a SETTINGS ACK with a payload", bad_frame,
      &settings_ack_payload),
    F("frames/settings-on-stream", "H2-SET-003", "SETTINGS on a stream", bad_frame,
      &settings_on_stream),
    F("frames/goaway-length", "H2-FRAME-008", "a GOAWAY shorter than 8 octets", bad_frame,
      &goaway_length),
    F("frames/goaway-on-stream", "H2-GOAWAY-001", "a GOAWAY on a stream", bad_frame,
      &goaway_on_stream),
    F("frames/window-update-length", "H2-FLOW-011", "a WINDOW_UPDATE that is not 4 octets long",
      bad_frame, &update_length),
    F("frames/rst-stream-length", "H2-FRAME-016", "a RST_STREAM that is not 4 octets long",
      bad_frame, &reset_length),
    F("frames/rst-stream-on-0", "H2-FRAME-014", "RST_STREAM on stream 0", bad_frame, &reset_on_0),
    F("frames/rst-stream-on-idle", "H2-FRAME-015", "RST_STREAM on an idle stream", bad_frame,
      &reset_on_idle),
    F("frames/data-on-0", "H2-FRAME-028", "DATA on stream 0", bad_frame, &data_on_0),
    F("frames/data-on-idle", "H2-STREAM-006", "DATA on an idle stream", bad_frame, &data_on_idle),
    F("frames/headers-on-0", "H2-FRAME-026", "HEADERS on stream 0", bad_frame, &headers_on_0),
    F("frames/priority-on-0", "H2-FRAME-010", "PRIORITY on stream 0", bad_frame, &priority_on_0),
    F("frames/continuation-alone", "H2-FRAME-021", "CONTINUATION behind no block", bad_frame,
      &continuation_alone),
    F("frames/push-promise", "H2-FRAME-020", "PUSH_PROMISE, though push is disabled", bad_frame,
      &push_promise),
    F("frames/push-promise-on-0", "H2-FRAME-020", "PUSH_PROMISE on stream 0", bad_frame,
      &promise_on_0),
    F("frames/data-padding", "H2-FRAME-008", "PADDED, and no octet for it", bad_frame,
      &data_padding),
    F("frames/headers-priority", "H2-FRAME-008", "PRIORITY, and no octets for it", bad_frame,
      &headers_priority),
    F("frames/too-long", "H2-FRAME-006", "DATA longer than MAX_FRAME_SIZE", bad_frame,
      &data_too_long),
    F("frames/unknown-too-long", "H2-FRAME-007",
      "a frame of unknown type, longer than MAX_FRAME_SIZE", bad_frame, &unknown_too_long),
    F("frames/padding", "H2-FRAME-029 H2-FRAME-027", "more padding than payload", padding, NULL),
    F("frames/interleaved", "H2-FRAME-024 H2-FRAME-023 H2-FRAME-009",
      "a frame in the middle of a header block", interleaved, NULL),
    F("frames/odd-bits", "H2-FRAME-002 H2-FRAME-003",
      "undefined flags and the reserved bit are ignored", odd_bits, NULL),
    F("frames/unknown", "H2-FRAME-001", "frames of unknown types are ignored", unknown_frames,
      NULL),
    F("frames/priorities", "H2-FRAME-012", "PRIORITY may come in any stream state", priorities,
      NULL),
    F("frames/pings", "H2-PING-001 H2-PING-002", "PINGs in the middle of a call", pings, NULL),
    F("frames/empty-data", "GRPC-MSG-006 H2-FRAME-031", "DATA that carries nothing", empty_data,
      NULL),
    F("settings/push-by-server", "H2-SET-006", "ENABLE_PUSH 1 of a server", bad_setting, &push_1),
    F("settings/enable-push", "H2-SET-005", "ENABLE_PUSH above 1", bad_setting, &push_above_1),
    F("settings/window-huge", "H2-SET-008", "INITIAL_WINDOW_SIZE above 2^31-1", bad_setting,
      &window_above_31_bits),
    F("settings/frame-small", "H2-SET-009", "MAX_FRAME_SIZE below 16384", bad_setting,
      &frame_size_too_small),
    F("settings/frame-huge", "H2-SET-010", "MAX_FRAME_SIZE above 2^24-1", bad_setting,
      &frame_size_too_large),
    F("settings/legal", "H2-SET-001 H2-SET-013", "settings before a call and in it", settings,
      NULL),
};
const struct fault_list client_wire_faults = ROWS(faults);
