/* SPDX-License-Identifier: MIT
 *
 * Layer "frames": frames whose length, stream, flags or values are wrong (RFC 9113 sections 4 to 6). */
#include "fuzz/common.h"

enum place { ON_0, ON_OPEN, ON_IDLE };

/* A frame of drawn length and content; its code is a connection error. */
struct bad_frame {
    uint8_t type, flags;
    enum place place;
    uint32_t shortest, longest; /* of the payload */
    uint32_t step;              /* lengths that are multiples of `legal` are not drawn; 0: any */
    uint32_t legal;             /* this length is not drawn; UINT32_MAX: none */
    uint32_t code;
};
#define NO_LENGTH UINT32_MAX

static uint32_t draw_length(struct maker *m, const struct bad_frame *row)
{
    uint32_t length;
    do {
        length = draw_chance(&m->draw, 50) || row->longest < 20
                     ? draw_between(&m->draw, row->shortest, row->longest)
                     : draw_between(&m->draw, row->shortest, row->shortest + 16);
    } while (length == row->legal || (row->step && length % row->step == 0));
    return length;
}

static void bad_frame(struct maker *m, const struct fault *fault)
{
    const struct bad_frame *row = ROW(fault, bad_frame);
    struct buf payload = {0};
    uint32_t stream = 0;
    begin_case(m);
    if (row->place == ON_OPEN)
        stream = begin_call(m);
    if (row->place == ON_IDLE)
        stream = m->next_stream + 2 * draw_below(&m->draw, 1000);
    draw_octets(&m->draw, &payload, draw_length(m, row));
    if (payload.len >= 4 && row->type != FRAME_PING)
        payload.data[0] &= 0x7f;
    (void)make_frame(m, row->type, row->flags, stream, buf_view(&payload));
    end_with_goaway(m, row->code);
    buf_clear(&payload);
}

#define BAD(name, ...) static const struct bad_frame name = {__VA_ARGS__}
BAD(ping_length, FRAME_PING, 0, ON_0, 0, 300, 0, 8, H2_FRAME_SIZE_ERROR);
BAD(ping_ack_length, FRAME_PING, FLAG_ACK, ON_0, 0, 40, 0, 8, H2_FRAME_SIZE_ERROR);
BAD(ping_on_stream, FRAME_PING, 0, ON_OPEN, 8, 8, 0, NO_LENGTH, H2_PROTOCOL_ERROR);
BAD(settings_length, FRAME_SETTINGS, 0, ON_0, 1, 60, 6, NO_LENGTH, H2_FRAME_SIZE_ERROR);
BAD(settings_ack_payload, FRAME_SETTINGS, FLAG_ACK, ON_0, 1, 60, 0, 0, H2_FRAME_SIZE_ERROR);
BAD(settings_on_stream, FRAME_SETTINGS, 0, ON_OPEN, 0, 0, 0, NO_LENGTH, H2_PROTOCOL_ERROR);
BAD(settings_on_idle, FRAME_SETTINGS, 0, ON_IDLE, 0, 0, 0, NO_LENGTH, H2_PROTOCOL_ERROR);
BAD(goaway_length, FRAME_GOAWAY, 0, ON_0, 0, 7, 0, NO_LENGTH, H2_FRAME_SIZE_ERROR);
BAD(goaway_on_stream, FRAME_GOAWAY, 0, ON_OPEN, 8, 20, 0, NO_LENGTH, H2_PROTOCOL_ERROR);
BAD(update_length, FRAME_WINDOW_UPDATE, 0, ON_0, 0, 20, 0, 4, H2_FRAME_SIZE_ERROR);
BAD(update_length_stream, FRAME_WINDOW_UPDATE, 0, ON_OPEN, 0, 20, 0, 4, H2_FRAME_SIZE_ERROR);
BAD(reset_length, FRAME_RST_STREAM, 0, ON_OPEN, 0, 20, 0, 4, H2_FRAME_SIZE_ERROR);
BAD(reset_on_0, FRAME_RST_STREAM, 0, ON_0, 4, 4, 0, NO_LENGTH, H2_PROTOCOL_ERROR);
BAD(reset_on_idle, FRAME_RST_STREAM, 0, ON_IDLE, 4, 4, 0, NO_LENGTH, H2_PROTOCOL_ERROR);
BAD(update_on_idle, FRAME_WINDOW_UPDATE, 0, ON_IDLE, 4, 4, 0, NO_LENGTH, H2_PROTOCOL_ERROR);
BAD(data_on_0, FRAME_DATA, 0, ON_0, 0, 100, 0, NO_LENGTH, H2_PROTOCOL_ERROR);
BAD(headers_on_0, FRAME_HEADERS, FLAG_END_HEADERS, ON_0, 0, 0, 0, NO_LENGTH, H2_PROTOCOL_ERROR);
BAD(priority_on_0, FRAME_PRIORITY, 0, ON_0, 5, 5, 0, NO_LENGTH, H2_PROTOCOL_ERROR);
BAD(continuation_alone, FRAME_CONTINUATION, FLAG_END_HEADERS, ON_OPEN, 0, 10, 0, NO_LENGTH,
    H2_PROTOCOL_ERROR);
BAD(continuation_on_0, FRAME_CONTINUATION, FLAG_END_HEADERS, ON_0, 0, 10, 0, NO_LENGTH,
    H2_PROTOCOL_ERROR);
BAD(continuation_idle, FRAME_CONTINUATION, FLAG_END_HEADERS, ON_IDLE, 0, 10, 0, NO_LENGTH,
    H2_PROTOCOL_ERROR);
BAD(push_promise, FRAME_PUSH_PROMISE, FLAG_END_HEADERS, ON_OPEN, 4, 4, 0, NO_LENGTH,
    H2_PROTOCOL_ERROR);

/* ---- settings ---- */

static void bad_setting(struct maker *m, const struct fault *fault)
{
    const struct bad_setting *row = ROW(fault, bad_setting);
    struct setting settings[4];
    uint32_t value = row->low == row->high || draw_chance(&m->draw, 30)
                         ? row->low
                         : row->low + (uint32_t)(draw_u64(&m->draw) %
                                                 ((uint64_t)row->high - row->low + 1));
    uint32_t others = draw_below(&m->draw, 3);
    for (uint32_t i = 0; i < others; i++)
        settings[i] = draw_unknown_setting(m);
    settings[others] = (struct setting){row->id, value};
    begin_case(m);
    if (draw_chance(&m->draw, 50))
        (void)begin_call(m);
    make_settings(m, settings, others + 1);
    end_with_goaway(m, row->code);
}

/* ---- PRIORITY ---- */

static void priority_length(struct maker *m, const struct fault *fault)
{
    struct buf payload = {0};
    (void)fault;
    begin_case(m);
    uint32_t stream = begin_call(m);
    uint32_t length = draw_below(&m->draw, 12);
    buf_put_zeros(&payload, length == 5 ? 6 : length);
    (void)make_frame(m, FRAME_PRIORITY, 0, stream, buf_view(&payload));
    may_end(m, stream,
            ONE_OF(RESET(H2_FRAME_SIZE_ERROR), GOAWAY(H2_FRAME_SIZE_ERROR), LENIENT_ANY_RESET(NULL),
                   LENIENT_GOAWAY(H2_PROTOCOL_ERROR, NULL), LENIENT_GOAWAY(H2_INTERNAL_ERROR, NULL),
                   LENIENT_IGNORED(NULL), LENIENT_CLOSE));
    must_serve(m);
    buf_clear(&payload);
}

/* ---- padding ---- */

static void data_padding(struct maker *m, const struct fault *fault)
{
    struct buf payload = {0};
    (void)fault;
    begin_case(m);
    uint32_t stream = begin_call(m);
    uint32_t behind = draw_below(&m->draw, 200);
    buf_put_u8(&payload, (uint8_t)draw_between(&m->draw, behind + 1, 255));
    buf_put_zeros(&payload, behind);
    (void)make_frame(m, FRAME_DATA, FLAG_PADDED, stream, buf_view(&payload));
    end_with_goaway(m, H2_PROTOCOL_ERROR);
    buf_clear(&payload);
}

static void headers_padding(struct maker *m, const struct fault *fault)
{
    struct field fields[MAX_FIELDS];
    struct buf block = {0}, payload = {0};
    (void)fault;
    begin_case(m);
    uint32_t stream = make_stream(m);
    put_plain_block(&block, fields, make_fields(m, EMPTY_CALL, NULL, fields));
    block.len = block.len > 200 ? 200 : block.len;
    buf_put_u8(&payload, (uint8_t)draw_between(&m->draw, (uint32_t)block.len + 1, 255));
    buf_put(&payload, buf_view(&block));
    (void)make_frame(m, FRAME_HEADERS, FLAG_PADDED | FLAG_END_HEADERS, stream, buf_view(&payload));
    end_with_goaway(m, H2_PROTOCOL_ERROR);
    buf_clear(&block);
    buf_clear(&payload);
}

/* A flag promises octets that are not there. */
static void short_of_promise(struct maker *m, const struct fault *fault)
{
    static const struct {
        uint8_t type, flags, most;
    } rows[] = {
        {FRAME_DATA, FLAG_PADDED, 0},
        {FRAME_HEADERS, FLAG_PADDED | FLAG_END_HEADERS, 0},
        {FRAME_HEADERS, FLAG_PRIORITY | FLAG_END_HEADERS, 4},
        {FRAME_HEADERS, FLAG_PRIORITY | FLAG_PADDED | FLAG_END_HEADERS, 5},
    };
    (void)fault;
    begin_case(m);
    size_t at = draw_below(&m->draw, ARRAY_LEN(rows));
    uint32_t stream = rows[at].type == FRAME_DATA ? begin_call(m) : m->next_stream;
    uint8_t zeros[8] = {0};
    (void)make_frame(m, rows[at].type, rows[at].flags, stream,
                     bytes_of(zeros, draw_below(&m->draw, rows[at].most + 1u)));
    may_become(m, ONE_OF(GOAWAY(H2_FRAME_SIZE_ERROR), GOAWAY(H2_PROTOCOL_ERROR),
                         LENIENT_GOAWAY(H2_COMPRESSION_ERROR, NULL),
                         LENIENT_GOAWAY(H2_INTERNAL_ERROR, NULL), LENIENT_CLOSE));
    must_serve(m);
}

/* ---- header blocks in pieces ---- */

enum intrusion {
    INTRUDES_DATA,
    INTRUDES_PING,
    INTRUDES_SETTINGS,
    INTRUDES_UNKNOWN,
    INTRUDES_UPDATE,
    INTRUDES_PRIORITY,
    INTRUDES_FOREIGN,
    INTRUDES_HEADERS,
    INTRUSIONS
};

static void intrude(struct maker *m, uint32_t stream)
{
    uint8_t zeros[8] = {0};
    switch ((enum intrusion)draw_below(&m->draw, INTRUSIONS)) {
    case INTRUDES_DATA:
        (void)make_frame(m, FRAME_DATA, 0, stream, bytes_of(zeros, 5));
        return;
    case INTRUDES_PING:
        (void)make_frame(m, FRAME_PING, 0, 0, bytes_of(zeros, 8));
        return;
    case INTRUDES_SETTINGS:
        make_settings(m, NULL, 0);
        return;
    case INTRUDES_UNKNOWN:
        (void)make_frame(m, (uint8_t)draw_between(&m->draw, 0x20, 0xff), 0, stream, NO_BYTES);
        return;
    case INTRUDES_UPDATE:
        make_u32_frame(m, FRAME_WINDOW_UPDATE, 0, 1);
        return;
    case INTRUDES_PRIORITY:
        (void)make_frame(m, FRAME_PRIORITY, 0, stream + 2, bytes_of(zeros, 5));
        return;
    case INTRUDES_FOREIGN:
        (void)make_frame(m, FRAME_CONTINUATION, FLAG_END_HEADERS, stream + 2, NO_BYTES);
        return;
    default:
        (void)make_frame(m, FRAME_HEADERS, FLAG_END_HEADERS, stream + 2, NO_BYTES);
        return;
    }
}

static void interleaved(struct maker *m, const struct fault *fault)
{
    struct field fields[MAX_FIELDS];
    struct buf block = {0};
    (void)fault;
    begin_case(m);
    uint32_t stream = make_stream(m);
    put_plain_block(&block, fields, make_fields(m, EMPTY_CALL, NULL, fields));
    uint32_t at = draw_below(&m->draw, (uint32_t)block.len + 1);
    (void)make_frame(m, FRAME_HEADERS, 0, stream, bytes_first(buf_view(&block), at));
    intrude(m, stream);
    (void)make_frame(m, FRAME_CONTINUATION, FLAG_END_HEADERS, stream,
                     bytes_skip(buf_view(&block), at));
    end_with_goaway(m, H2_PROTOCOL_ERROR);
    buf_clear(&block);
}

/* ---- too long ---- */

static void too_long(struct maker *m, const struct fault *fault)
{
    static const uint8_t types[] = {FRAME_DATA, FRAME_HEADERS, FRAME_SETTINGS,
                                    FRAME_PING, 0x42,          FRAME_GOAWAY};
    (void)fault;
    struct buf payload = {0};
    begin_case(m);
    uint32_t stream = begin_call(m);
    uint8_t type = types[draw_below(&m->draw, ARRAY_LEN(types))];
    bool of_stream = type == FRAME_DATA || type == FRAME_HEADERS;
    uint32_t length = draw_chance(&m->draw, 50) ? draw_between(&m->draw, 0x1000000u - 6, 0xffffff)
                                                : 0xffffff;
    buf_put_zeros(&payload,
                  draw_between(&m->draw, 8, 200)); /* some read so much of a GOAWAY first */
    make_lying_frame(m, length, type, type == FRAME_HEADERS ? FLAG_END_HEADERS : 0,
                     of_stream ? stream : 0, buf_view(&payload));
    may_become(m, ONE_OF(GOAWAY(H2_FRAME_SIZE_ERROR), LENIENT_GOAWAY(H2_PROTOCOL_ERROR, NULL),
                         LENIENT_GOAWAY(H2_FLOW_CONTROL_ERROR, NULL),
                         LENIENT_GOAWAY(H2_INTERNAL_ERROR, NULL),
                         LENIENT_GOAWAY(H2_ENHANCE_YOUR_CALM, NULL), LENIENT_CLOSE));
    must_serve(m);
    buf_clear(&payload);
}

/* ---- to be ignored: a call goes on as if nothing had been ------------------------------------ */

static void odd_bits(struct maker *m, const struct fault *fault)
{
    static const uint8_t one[4] = {0, 0, 0, 1}, nothing[5] = {0};
    (void)fault;
    begin_case(m);
    uint32_t stream = begin_call(m);
    uint32_t bits = stream | (draw_chance(&m->draw, 50) ? 0x80000000u : 0);
    uint8_t odd = (uint8_t)draw_u64(&m->draw);
    uint8_t harmless = odd & (uint8_t) ~(FLAG_END_STREAM | FLAG_PADDED);
    uint32_t which = draw_below(&m->draw, 4);
    if (which == 0)
        make_lying_frame(m, 4, FRAME_WINDOW_UPDATE, odd, bits, bytes_of(one, 4));
    else if (which == 1)
        make_lying_frame(m, 5, FRAME_PRIORITY, odd, bits, bytes_of(nothing, 5));
    else if (which == 2)
        make_lying_frame(m, 0, FRAME_SETTINGS, odd & (uint8_t)~FLAG_ACK, bits & 0x80000000u,
                         NO_BYTES);
    /* an undefined flag taken for END_STREAM ends the call too early */
    make_lying_frame(m, 2, FRAME_DATA, harmless, bits, bytes_of(nothing, 2));
    make_lying_frame(m, 3, FRAME_DATA, harmless | FLAG_END_STREAM, bits, bytes_of(nothing, 3));
    must_be_ok(m, stream);
    must_serve(m);
}

static void unknown_frames(struct maker *m, const struct fault *fault)
{
    struct buf payload = {0};
    (void)fault;
    begin_case(m);
    uint32_t stream = begin_call(m);
    uint32_t count = draw_between(&m->draw, 1, 6);
    for (uint32_t i = 0; i < count; i++) {
        buf_reset(&payload);
        draw_octets(&m->draw, &payload, draw_below(&m->draw, 300));
        uint32_t where[] = {0, stream, stream + 100, 2, 0x7fffffff};
        uint8_t type = (uint8_t)draw_between(&m->draw, 0x20, 0xff),
                flags = (uint8_t)draw_u64(&m->draw);
        (void)make_frame(m, type, flags, where[draw_below(&m->draw, ARRAY_LEN(where))],
                         buf_view(&payload));
    }
    end_call(m, stream);
    must_serve(m);
    buf_clear(&payload);
}

static void priorities(struct maker *m, const struct fault *fault)
{
    uint8_t payload[5];
    (void)fault;
    begin_case(m);
    uint32_t stream = begin_call(m);
    uint32_t count = draw_between(&m->draw, 1, 8);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t on = stream + 2 * draw_below(&m->draw, 5);
        uint32_t dependency = stream + 2 * draw_below(&m->draw, 5);
        if (dependency == on)
            dependency = 0;
        store_u32(payload, dependency | (draw_chance(&m->draw, 50) ? 0x80000000u : 0));
        payload[4] = (uint8_t)draw_u64(&m->draw);
        (void)make_frame(m, FRAME_PRIORITY, 0, on, bytes_of(payload, 5));
    }
    end_call(m, stream);
    must_serve(m);
}

static void ping_answered(struct maker *m, const struct fault *fault)
{
    struct buf payload = {0};
    (void)fault;
    begin_case(m);
    uint32_t stream = begin_call(m);
    draw_octets(&m->draw, &payload, 8);
    (void)make_frame(m, FRAME_PING, draw_chance(&m->draw, 30) ? FLAG_ACK : 0, 0,
                     buf_view(&payload));
    end_call(m, stream);
    (void)expect_step(m, STEP_EXPECT_ALIVE, 0, 0);
    must_serve(m);
    buf_clear(&payload);
}

static void codes(struct maker *m, const struct fault *fault)
{
    uint8_t goaway[8] = {0};
    (void)fault;
    begin_case(m);
    uint32_t stream = begin_call(m);
    uint32_t sibling = begin_call(m);
    make_u32_frame(m, FRAME_RST_STREAM, stream, (uint32_t)draw_u64(&m->draw));
    if (draw_chance(&m->draw, 30)) {
        store_u32(goaway + 4, draw_chance(&m->draw, 50) ? 0 : 0x100 + draw_below(&m->draw, 1000));
        (void)make_frame(m, FRAME_GOAWAY, 0, 0, bytes_of(goaway, 8));
        if (goaway[6] || goaway[7]) {
            make_flush(m);
            (void)expect_step(m, STEP_EXPECT_ALIVE, 0, 0);
            return;
        }
    }
    end_call(m, sibling);
}

static void settings_acknowledged(struct maker *m, const struct fault *fault)
{
    (void)fault;
    make_open(m);
    uint32_t count = draw_between(&m->draw, 1, 6);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t size = draw_between(&m->draw, 16384, 65536);
        uint32_t one = draw_below(&m->draw, 4097), other = draw_below(&m->draw, 4097);
        make_settings(m, SETTINGS({SETTING_MAX_FRAME_SIZE, size}, {SETTING_HEADER_TABLE_SIZE, one},
                                  {SETTING_HEADER_TABLE_SIZE, other}));
    }
    (void)expect_step(m, STEP_EXPECT_ACKS, 0, 0);
    end_call(m, begin_call(m));
    must_serve(m);
}

#define F(name, clauses, wrong, make, arg)                                                         \
    {                                                                                              \
        "frames/" name, clauses, wrong, make, arg, false                                           \
    }
static const struct fault faults[] = {
    F("ping-length", "H2-PING-004", "a PING that is not 8 octets long", bad_frame, &ping_length),
    F("ping-ack-length", "H2-PING-004", "a PING ACK that is not 8 octets long", bad_frame,
      &ping_ack_length),
    F("ping-on-stream", "H2-PING-003", "a PING on a stream", bad_frame, &ping_on_stream),
    F("settings-length", "H2-SET-004", "a SETTINGS whose length is no multiple of 6", bad_frame,
      &settings_length),
    F("settings-ack-payload", "H2-SET-002", "a SETTINGS ACK with a payload", bad_frame,
      &settings_ack_payload),
    F("settings-on-stream", "H2-SET-003", "SETTINGS on a stream", bad_frame, &settings_on_stream),
    F("settings-on-idle", "H2-SET-003", "SETTINGS on an idle stream", bad_frame, &settings_on_idle),
    F("goaway-length", "H2-FRAME-008", "a GOAWAY shorter than 8 octets", bad_frame, &goaway_length),
    F("goaway-on-stream", "H2-GOAWAY-001", "a GOAWAY on a stream", bad_frame, &goaway_on_stream),
    F("window-update-length", "H2-FLOW-011", "a WINDOW_UPDATE that is not 4 octets long", bad_frame,
      &update_length),
    F("window-update-length-on-stream", "H2-FLOW-011",
      "a WINDOW_UPDATE on a stream that is not 4 octets long", bad_frame, &update_length_stream),
    F("rst-stream-length", "H2-FRAME-016", "a RST_STREAM that is not 4 octets long", bad_frame,
      &reset_length),
    F("rst-stream-on-0", "H2-FRAME-014", "RST_STREAM on stream 0", bad_frame, &reset_on_0),
    F("rst-stream-on-idle", "H2-FRAME-015", "RST_STREAM on an idle stream", bad_frame,
      &reset_on_idle),
    F("window-update-on-idle", "H2-STREAM-007", "WINDOW_UPDATE on an idle stream", bad_frame,
      &update_on_idle),
    F("data-on-0", "H2-FRAME-028", "DATA on stream 0", bad_frame, &data_on_0),
    F("headers-on-0", "H2-FRAME-026", "HEADERS on stream 0", bad_frame, &headers_on_0),
    F("priority-on-0", "H2-FRAME-010", "PRIORITY on stream 0", bad_frame, &priority_on_0),
    F("priority-length", "H2-FRAME-011", "a PRIORITY that is not 5 octets long", priority_length,
      NULL),
    F("continuation-alone", "H2-FRAME-021", "CONTINUATION behind a block that has ended", bad_frame,
      &continuation_alone),
    F("continuation-on-0", "H2-FRAME-022", "CONTINUATION on stream 0", bad_frame,
      &continuation_on_0),
    F("continuation-on-idle", "H2-FRAME-021", "CONTINUATION on an idle stream", bad_frame,
      &continuation_idle),
    F("push-promise", "H2-FRAME-019", "PUSH_PROMISE from a client", bad_frame, &push_promise),
    F("enable-push", "H2-SET-005", "ENABLE_PUSH above 1", bad_setting, &push_above_1),
    F("initial-window-huge", "H2-SET-008", "INITIAL_WINDOW_SIZE above 2^31-1", bad_setting,
      &window_above_31_bits),
    F("max-frame-size-small", "H2-SET-009", "MAX_FRAME_SIZE below 16384", bad_setting,
      &frame_size_too_small),
    F("max-frame-size-huge", "H2-SET-010", "MAX_FRAME_SIZE above 2^24-1", bad_setting,
      &frame_size_too_large),
    F("data-padding", "H2-FRAME-029", "DATA with more padding than payload", data_padding, NULL),
    F("headers-padding", "H2-FRAME-027", "HEADERS with more padding than payload", headers_padding,
      NULL),
    F("short-of-promise", "H2-FRAME-008", "flags promise octets that are not there",
      short_of_promise, NULL),
    F("interleaved", "H2-FRAME-024 H2-FRAME-023 H2-FRAME-009",
      "a frame in the middle of a header block", interleaved, NULL),
    F("too-long", "H2-FRAME-006 H2-FRAME-007", "a frame longer than MAX_FRAME_SIZE", too_long,
      NULL),
    F("odd-bits", "H2-FRAME-002 H2-FRAME-003", "undefined flags and the reserved bit are ignored",
      odd_bits, NULL),
    F("unknown-frames", "H2-FRAME-001", "frames of unknown types are ignored", unknown_frames,
      NULL),
    F("priorities", "H2-FRAME-012", "PRIORITY may come in any stream state", priorities, NULL),
    F("ping-answered", "H2-PING-001 H2-PING-002", "a PING in the middle of a call", ping_answered,
      NULL),
    F("codes", "H2-FRAME-017 H2-GOAWAY-009", "unknown error codes do no harm", codes, NULL),
    F("settings-acknowledged", "H2-SET-001 H2-SET-012", "each SETTINGS is acknowledged once",
      settings_acknowledged, NULL),
};
const struct fault_list frame_faults = ROWS(faults);
