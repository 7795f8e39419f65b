/* SPDX-License-Identifier: MIT
 *
 * Layer "order": legal frames where they must not be (RFC 9113 sections 3.4 and 5.1). */
#include "fuzz/common.h"

/* ---- the preface ---- */

static void wrong_preface(struct maker *m, const struct fault *fault)
{
    struct buf octets = {0};
    (void)fault;
    (void)script_add(m->script, STEP_OPEN);
    buf_put(&octets, CONNECTION_PREFACE);
    uint32_t at = draw_below(&m->draw, 24);
    octets.data[at] ^= (uint8_t)draw_between(&m->draw, 1, 255);
    frame_put_header(&octets, 0, FRAME_SETTINGS, 0, 0);
    (void)make_octets(m, buf_view(&octets));
    make_flush(m);
    may_become(m, ONE_OF(CLOSE, GOAWAY(H2_PROTOCOL_ERROR), LENIENT_GOAWAY(H2_NO_ERROR, NULL),
                         LENIENT_GOAWAY(H2_INTERNAL_ERROR, NULL)));
    must_serve(m);
    buf_clear(&octets);
}

static void no_settings_first(struct maker *m, const struct fault *fault)
{
    uint8_t zeros[8] = {0};
    (void)fault;
    (void)script_add(m->script, STEP_OPEN);
    (void)make_octets(m, CONNECTION_PREFACE);
    m->encoder = hpack_encoder_new(4096);
    switch (draw_below(&m->draw, 4)) {
    case 0:
        (void)make_frame(m, FRAME_PING, 0, 0, bytes_of(zeros, 8));
        break;
    case 1:
        make_u32_frame(m, FRAME_WINDOW_UPDATE, 0, 1000);
        break;
    case 2:
        (void)make_frame(m, FRAME_SETTINGS, FLAG_ACK, 0, NO_BYTES);
        break;
    default:
        (void)make_empty_call(m);
        break;
    }
    end_with_goaway(m, H2_PROTOCOL_ERROR);
}

static void preface_in_pieces(struct maker *m, const struct fault *fault)
{
    (void)fault;
    make_open(m);
    struct step *preface = &m->script->steps[1];
    for (uint32_t i = 1; i < 24; i++)
        preface->cuts[preface->cut_count++] = i;
    make_flush(m);
    end_call(m, begin_call(m));
}

/* ---- streams that are not what they should be ------------------------------------------------ */

static void data_on_idle(struct maker *m, const struct fault *fault)
{
    (void)fault;
    begin_case(m);
    uint32_t stream = make_stream(m);
    make_message(m, stream, 0, NO_BYTES, draw_chance(&m->draw, 50) ? FLAG_END_STREAM : 0);
    may_end(m, stream,
            ONE_OF(GOAWAY(H2_PROTOCOL_ERROR), LENIENT_GOAWAY(H2_STREAM_CLOSED, NULL),
                   LENIENT_ANY_RESET(NULL), LENIENT_CLOSE));
    must_serve(m);
}

static void even_stream(struct maker *m, const struct fault *fault)
{
    (void)fault;
    begin_case(m);
    make_request(m, 2 + 2 * draw_below(&m->draw, 100), EMPTY_CALL, NULL, FLAG_NONE);
    end_with_goaway(m, H2_PROTOCOL_ERROR);
}

static void lower_stream(struct maker *m, const struct fault *fault)
{
    (void)fault;
    m->plain = true;
    make_open(m);
    m->next_stream = 5 + 2 * draw_below(&m->draw, 50);
    uint32_t lower = m->next_stream - 2 - 2 * draw_below(&m->draw, 2);
    if (draw_chance(&m->draw, 50))
        must_be_ok(m, make_empty_call(m));
    else
        (void)begin_call(m);
    script_add(m->script, STEP_CALL)->stream = lower;
    make_request(m, lower, EMPTY_CALL, NULL, FLAG_NONE);
    may_end(m, lower,
            ONE_OF(GOAWAY(H2_PROTOCOL_ERROR), GOAWAY(H2_STREAM_CLOSED), LENIENT_ANY_RESET(NULL),
                   LENIENT_GOAWAY(H2_INTERNAL_ERROR, NULL), LENIENT_CLOSE, LENIENT_IGNORED(NULL)));
    must_serve(m);
}

/* A stream that has ended, or that waits for its answer, is spoken to again. */
static void after_end(struct maker *m, const struct fault *fault)
{
    bool headers = fault->arg != NULL;
    begin_case(m);
    /* the message never comes: a unary call with nothing in it is answered late, or at once */
    uint32_t stream = make_call(m, FULL_DUPLEX_CALL);
    (void)make_frame(m, FRAME_DATA, FLAG_END_STREAM, stream, NO_BYTES);
    if (headers)
        make_request(m, stream, EMPTY_CALL, NULL, FLAG_END_STREAM);
    else
        (void)make_frame(m, FRAME_DATA, 0, stream, BYTES("\0\0\0\0\0"));
    may_become(m, ONE_OF(IGNORED, GOAWAY(H2_STREAM_CLOSED), GOAWAY(H2_PROTOCOL_ERROR),
                         LENIENT_GOAWAY(H2_INTERNAL_ERROR, NULL), LENIENT_CLOSE));
    must_serve(m);
}

/* The handler waits for a message that has begun, so the stream is half closed for sure. */
static void data_after_end(struct maker *m, const struct fault *fault)
{
    struct buf message = {0};
    bool headers = fault->arg != NULL;
    begin_case(m);
    struct response_parameters wanted = {.size = 100000, .compressed = -1};
    pb_put_streaming_request(&message, TESTING_REQUEST(.payload_size = 0), &wanted, 1);
    uint32_t stream = make_call(m, STREAMING_OUTPUT_CALL);
    expect_step(m, STEP_WINDOWS, 0, 0)->noise = false;
    make_message(m, stream, 0, buf_view(&message), FLAG_END_STREAM);
    make_flush(m);
    /* its answer fills the window: it cannot have ended */
    (void)expect_step(m, STEP_AWAIT_DATA, stream, 60000);
    if (headers)
        make_request(m, stream, EMPTY_CALL, NULL, FLAG_END_STREAM);
    else
        (void)make_frame(m, FRAME_DATA, 0, stream, BYTES("\0\0\0\0\0"));
    may_end(m, stream,
            ONE_OF(RESET(H2_STREAM_CLOSED), GOAWAY(H2_STREAM_CLOSED), LENIENT_ANY_RESET(NULL),
                   LENIENT_GOAWAY(H2_PROTOCOL_ERROR, NULL), LENIENT_GOAWAY(H2_INTERNAL_ERROR, NULL),
                   LENIENT_CLOSE));
    must_serve(m);
    buf_clear(&message);
}

static void reopened(struct maker *m, const struct fault *fault)
{
    (void)fault;
    begin_case(m);
    uint32_t stream = make_empty_call(m);
    must_be_ok(m, stream);
    make_request(m, stream, EMPTY_CALL, NULL, FLAG_END_STREAM);
    may_become(m, ONE_OF(IGNORED, GOAWAY(H2_STREAM_CLOSED), GOAWAY(H2_PROTOCOL_ERROR),
                         LENIENT_GOAWAY(H2_INTERNAL_ERROR, NULL), LENIENT_CLOSE));
    must_serve(m);
}

static void middle_block(struct maker *m, const struct fault *fault)
{
    const struct field field = FIELD("x-middle", "1");
    (void)fault;
    begin_case(m);
    uint32_t stream = begin_call(m);
    struct buf block = {0};
    put_plain_block(&block, &field, 1);
    make_block(m, stream, buf_view(&block), FLAG_NONE);
    may_end(m, stream,
            ONE_OF(RESET(H2_PROTOCOL_ERROR), GOAWAY(H2_PROTOCOL_ERROR), HTTP(400),
                   LENIENT_ANY_ERROR(NULL), LENIENT_ANY_RESET(NULL),
                   LENIENT_GOAWAY(H2_INTERNAL_ERROR, NULL), LENIENT_CLOSE));
    must_serve(m);
    buf_clear(&block);
}

/* ---- legal, and seldom seen ---- */

static void after_reset(struct maker *m, const struct fault *fault)
{
    (void)fault;
    begin_case(m);
    uint32_t sibling = begin_sibling(m);
    uint32_t stream = begin_call(m);
    if (draw_chance(&m->draw, 40))
        make_data(m, stream, BYTES("\0\0\0"), 0);
    make_u32_frame(m, FRAME_RST_STREAM, stream, draw_below(&m->draw, 14));
    make_noise(m);
    end_sibling(m, sibling);
    must_serve(m);
}

static void frames_on_closed(struct maker *m, const struct fault *fault)
{
    uint8_t zeros[5] = {0};
    (void)fault;
    begin_case(m);
    uint32_t stream = make_empty_call(m);
    must_be_ok(m, stream);
    uint32_t count = draw_between(&m->draw, 1, 3);
    for (uint32_t i = 0; i < count; i++) {
        if (draw_chance(&m->draw, 50))
            make_u32_frame(m, FRAME_WINDOW_UPDATE, stream, draw_between(&m->draw, 1, 1000));
        else
            (void)make_frame(m, FRAME_PRIORITY, 0, stream, bytes_of(zeros, 5));
    }
    if (draw_chance(&m->draw, 50))
        make_u32_frame(m, FRAME_RST_STREAM, stream, H2_CANCEL);
    may_become(m, ONE_OF(IGNORED));
    must_serve(m);
}

static void gaps(struct maker *m, const struct fault *fault)
{
    (void)fault;
    begin_case(m);
    for (uint32_t i = draw_between(&m->draw, 1, 4); i > 0; i--) {
        m->next_stream += 2 * draw_below(&m->draw, 10000);
        uint32_t stream = make_empty_call(m);
        must_be_ok(m, stream);
    }
    must_serve(m);
}

static void half_closed(struct maker *m, const struct fault *fault)
{
    uint8_t zeros[5] = {0};
    (void)fault;
    begin_case(m);
    uint32_t stream = make_empty_call(m);
    make_u32_frame(m, FRAME_WINDOW_UPDATE, stream, draw_between(&m->draw, 1, 10000));
    (void)make_frame(m, FRAME_PRIORITY, 0, stream, bytes_of(zeros, 5));
    must_be_ok(m, stream);
    must_serve(m);
}

static void request_trailers(struct maker *m, const struct fault *fault)
{
    const struct field field = FIELD("x-trailer", "1");
    struct buf block = {0};
    (void)fault;
    begin_case(m);
    uint32_t stream = begin_call(m);
    make_message(m, stream, 0, NO_BYTES, 0);
    put_plain_block(&block, &field, 1);
    make_block(m, stream, buf_view(&block), FLAG_END_STREAM);
    may_end(m, stream, ONE_OF(STATUS(GRPC_OK), LENIENT_ANY_ERROR(NULL), LENIENT_ANY_RESET(NULL)));
    must_serve(m);
    buf_clear(&block);
}

/* What a correct endpoint never sends but must survive: legal frames in any order. */
static void any_order(struct maker *m, const struct fault *fault)
{
    (void)fault;
    begin_case(m);
    uint32_t first = m->next_stream;
    uint32_t count = draw_between(&m->draw, 3, 20);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t stream = first + 2 * draw_below(&m->draw, 4);
        switch (draw_below(&m->draw, 6)) {
        case 0:
            make_request(m, stream, EMPTY_CALL, NULL,
                         draw_chance(&m->draw, 40) ? FLAG_END_STREAM : 0);
            break;
        case 1:
            make_data(m, stream, BYTES("\0\0\0\0\0"),
                      draw_chance(&m->draw, 50) ? FLAG_END_STREAM : 0);
            break;
        case 2:
            make_u32_frame(m, FRAME_RST_STREAM, stream, H2_CANCEL);
            break;
        case 3:
            make_u32_frame(m, FRAME_WINDOW_UPDATE, draw_chance(&m->draw, 50) ? stream : 0, 1);
            break;
        case 4:
            make_settings(m, NULL, 0);
            break;
        default:
            make_noise(m);
            break;
        }
    }
    make_flush(m);
    (void)expect_step(m, STEP_EXPECT_ALIVE, 0, 0);
}

#define F(name, clauses, wrong, make, arg, service)                                                \
    {                                                                                              \
        "order/" name, clauses, wrong, make, arg, service                                          \
    }
static const struct fault faults[] = {
    F("wrong-preface", "H2-PREFACE-005 H2-PREFACE-011", "an octet of the preface is wrong",
      wrong_preface, NULL, false),
    F("no-settings-first", "H2-PREFACE-006", "the first frame is not SETTINGS", no_settings_first,
      NULL, false),
    F("preface-in-pieces", "H2-PREFACE-010", "the preface comes octet by octet", preface_in_pieces,
      NULL, false),
    F("data-on-idle", "H2-STREAM-006", "DATA on an idle stream", data_on_idle, NULL, false),
    F("even-stream", "H2-STREAM-001", "a client opens an even stream", even_stream, NULL, false),
    F("lower-stream", "H2-STREAM-002", "a stream below one that was opened", lower_stream, NULL,
      false),
    F("data-after-end", "H2-STREAM-009", "DATA behind END_STREAM", data_after_end, NULL, true),
    F("headers-after-end", "H2-STREAM-010", "HEADERS behind END_STREAM", data_after_end, "", true),
    F("data-at-end", "H2-STREAM-021 H2-STREAM-013", "DATA behind END_STREAM, as the call ends",
      after_end, NULL, false),
    F("headers-at-end", "H2-STREAM-021", "HEADERS behind END_STREAM, as the call ends", after_end,
      "", false),
    F("reopened", "H2-STREAM-003", "HEADERS on a stream whose call is over", reopened, NULL, false),
    F("middle-block", "H2-HDR-024", "a second header block that does not end the stream",
      middle_block, NULL, false),
    F("after-reset", "GRPC-CANCEL-004 H2-STREAM-012 H2-FRAME-018", "a call is cancelled",
      after_reset, NULL, false),
    F("frames-on-closed", "H2-STREAM-014",
      "WINDOW_UPDATE, PRIORITY, RST_STREAM for a call just over", frames_on_closed, NULL, false),
    F("gaps", "H2-STREAM-005", "stream identifiers are skipped", gaps, NULL, false),
    F("half-closed", "H2-STREAM-011", "WINDOW_UPDATE and PRIORITY behind END_STREAM", half_closed,
      NULL, false),
    F("request-trailers", "H2-HDR-026", "a request with trailers", request_trailers, NULL, false),
    F("any-order", "H2-STREAM-008", "legal frames in any order", any_order, NULL, false),
};
const struct fault_list order_faults = ROWS(faults);
