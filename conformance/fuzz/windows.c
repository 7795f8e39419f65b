/* SPDX-License-Identifier: MIT
 *
 * Layer "windows": schedules of flow control (RFC 9113 section 5.2). That no window is exceeded is the linter's
 * business; that everything arrives in the end is said here. */
#include "fuzz/common.h"

#define MAX_WANTED 3

/* Ask for responses on a new stream. */
static uint32_t ask(struct maker *m, const uint32_t *sizes, size_t count)
{
    struct buf message = {0};
    struct response_parameters wanted[MAX_WANTED];
    for (size_t i = 0; i < count; i++)
        wanted[i] = (struct response_parameters){.size = sizes[i], .compressed = -1};
    pb_put_streaming_request(&message, TESTING_REQUEST(.payload_size = 0), wanted, count);
    uint32_t stream = make_call(m, STREAMING_OUTPUT_CALL);
    make_message(m, stream, 0, buf_view(&message), FLAG_END_STREAM);
    buf_clear(&message);
    return stream;
}

static void expect_all(struct maker *m, uint32_t stream, const uint32_t *sizes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        (void)expect_step(m, STEP_EXPECT_REPLY, stream, sizes[i]);
    must_be_ok(m, stream);
}

/* The window is opened bit by bit, by WINDOW_UPDATE and by SETTINGS; then altogether. */
static void trickle(struct maker *m, const struct fault *fault)
{
    static const uint32_t firsts[] = {0, 1, 5, 100, 1000, 16384, 30000};
    (void)fault;
    uint32_t initial = firsts[draw_below(&m->draw, ARRAY_LEN(firsts))];
    uint32_t sizes[MAX_WANTED];
    size_t count = draw_between(&m->draw, 1, MAX_WANTED);
    int64_t window = initial, due = 0;
    for (size_t i = 0; i < count; i++) {
        sizes[i] = draw_chance(&m->draw, 30) ? 0 : draw_below(&m->draw, 20000);
        due += sizes[i];
    }
    make_open_with(m, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, initial}));
    if (draw_chance(&m->draw, 70))
        make_await_settings(
            m); /* else the stream begins before the server has read it, which is as good */
    (void)expect_step(m, STEP_WINDOWS, 0, 0);
    uint32_t stream = ask(m, sizes, count);
    if (window > 0 && window <= due) {
        make_flush(m);
        (void)expect_step(m, STEP_AWAIT_DATA, stream, window);
    }
    uint32_t steps = draw_between(&m->draw, 1, 5);
    for (uint32_t i = 0; i < steps && window < due; i++) {
        uint32_t more = draw_chance(&m->draw, 50) ? draw_between(&m->draw, 1, 50)
                                                  : draw_between(&m->draw, 1, 5000);
        if (draw_chance(&m->draw, 35)) {
            initial += more;
            make_settings(m, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, initial}));
        } else {
            make_u32_frame(m, FRAME_WINDOW_UPDATE, stream, more);
        }
        window += more;
        make_flush(m);
        if (window > 0 && window <= due)
            (void)expect_step(m, STEP_AWAIT_DATA, stream, window);
    }
    make_u32_frame(m, FRAME_WINDOW_UPDATE, stream, 200000);
    make_u32_frame(m, FRAME_WINDOW_UPDATE, 0, 200000);
    (void)expect_step(m, STEP_WINDOWS, 0, 1);
    expect_all(m, stream, sizes, count);
    make_settings(m, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, DEFAULT_WINDOW}));
    must_serve(m);
}

/* The window is taken back while DATA is on its way: it is negative, and stays so until repaid. */
static void negative(struct maker *m, const struct fault *fault)
{
    (void)fault;
    uint32_t initial = draw_between(&m->draw, 100, 20000);
    uint32_t lower = draw_below(&m->draw, 50);
    uint32_t size = initial + draw_between(&m->draw, 100, 20000);
    make_open_with(m, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, initial}));
    make_await_settings(m);
    (void)expect_step(m, STEP_WINDOWS, 0, 0);
    uint32_t stream = ask(m, &size, 1);
    make_flush(m);
    (void)expect_step(m, STEP_AWAIT_DATA, stream, initial);
    make_settings(m, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, lower}));
    make_await_settings(m);
    uint32_t part = draw_between(&m->draw, 1, initial - lower - 1);
    make_u32_frame(m, FRAME_WINDOW_UPDATE, stream, part); /* still negative */
    make_flush(m);
    (void)expect_step(m, STEP_EXPECT_ALIVE, 0, 0);
    uint32_t repaid = initial - lower - part + draw_between(&m->draw, 1, 90);
    make_u32_frame(m, FRAME_WINDOW_UPDATE, stream, repaid);
    make_flush(m);
    (void)expect_step(m, STEP_AWAIT_DATA, stream, (int64_t)lower + part + repaid);
    make_u32_frame(m, FRAME_WINDOW_UPDATE, stream, 100000);
    (void)expect_step(m, STEP_WINDOWS, 0, 1);
    expect_all(m, stream, &size, 1);
    make_settings(m, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, DEFAULT_WINDOW}));
    must_serve(m);
}

/* The connection's window is what stops: another call's DATA took it. */
static void connection(struct maker *m, const struct fault *fault)
{
    (void)fault;
    uint32_t sizes[2];
    sizes[0] = draw_between(&m->draw, 40000, 65000);
    sizes[1] = draw_between(&m->draw, 30000, 60000);
    make_open_with(m, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 1000000}));
    make_await_settings(m);
    (void)expect_step(m, STEP_WINDOWS, 0, 0);
    uint32_t first = ask(m, &sizes[0], 1);
    uint32_t second = ask(m, &sizes[1], 1);
    make_flush(m);
    (void)expect_step(m, STEP_EXPECT_ALIVE, 0, 0);
    make_u32_frame(m, FRAME_WINDOW_UPDATE, 0, draw_between(&m->draw, 1, 1000));
    make_settings(m, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 2000000}));
    make_flush(m);
    (void)expect_step(m, STEP_EXPECT_ALIVE, 0, 0);
    make_u32_frame(m, FRAME_WINDOW_UPDATE, 0, 1000000);
    (void)expect_step(m, STEP_WINDOWS, 0, 1);
    expect_all(m, first, &sizes[0], 1);
    expect_all(m, second, &sizes[1], 1);
    must_serve(m);
}

/* Headers and trailers, empty DATA and PING need no window. */
static void none_needed(struct maker *m, const struct fault *fault)
{
    (void)fault;
    make_open_with(m, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 0}));
    (void)expect_step(m, STEP_WINDOWS, 0, 0);
    uint32_t stream = make_stream(m);
    make_request(m, stream, UNIMPLEMENTED_CALL, NULL, FLAG_NONE);
    make_message(m, stream, 0, NO_BYTES, FLAG_END_STREAM);
    may_end(m, stream, ONE_OF(STATUS(GRPC_UNIMPLEMENTED), LENIENT_HTTP(404, NULL)));
    (void)expect_step(m, STEP_EXPECT_ALIVE, 0, 0);
}

static void increment_0(struct maker *m, const struct fault *fault)
{
    bool of_stream = fault->arg != NULL;
    begin_case(m);
    uint32_t sibling = of_stream ? begin_sibling(m) : 0;
    uint32_t stream = begin_call(m);
    make_u32_frame(m, FRAME_WINDOW_UPDATE, of_stream ? stream : 0,
                   draw_chance(&m->draw, 30) ? 0x80000000u : 0);
    if (!of_stream) {
        end_with_goaway(m, H2_PROTOCOL_ERROR);
        return;
    }
    end_with_reset(m, stream, H2_PROTOCOL_ERROR, sibling);
}

static void overflow(struct maker *m, const struct fault *fault)
{
    bool of_stream = fault->arg != NULL;
    begin_case(m);
    uint32_t sibling = of_stream ? begin_sibling(m) : 0;
    uint32_t stream = begin_call(m);
    uint32_t pieces = draw_between(&m->draw, 1, 3);
    for (uint32_t i = 0; i < pieces; i++)
        make_u32_frame(m, FRAME_WINDOW_UPDATE, of_stream ? stream : 0,
                       pieces == 1 ? 0x7fffffff : 0x7fffffff - draw_below(&m->draw, 1000));
    if (!of_stream) {
        end_with_goaway(m, H2_FLOW_CONTROL_ERROR);
        return;
    }
    end_with_reset(m, stream, H2_FLOW_CONTROL_ERROR, sibling);
}

static void settings_overflow(struct maker *m, const struct fault *fault)
{
    (void)fault;
    begin_case(m);
    uint32_t stream = begin_call(m);
    uint32_t lift = draw_between(&m->draw, 1, 1000000);
    make_u32_frame(m, FRAME_WINDOW_UPDATE, stream, lift);
    make_settings(m, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 0x7fffffff}));
    end_with_goaway(m, H2_FLOW_CONTROL_ERROR);
}

static void largest(struct maker *m, const struct fault *fault)
{
    (void)fault;
    m->plain = true;
    make_open_with(m, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 0x7fffffff}));
    make_u32_frame(m, FRAME_WINDOW_UPDATE, 0, 0x7fffffff - DEFAULT_WINDOW);
    end_call(m, begin_call(m));
    must_serve(m);
}

/* Uploads that need the server's windows to be given back: payload, padding, and what comes for a call that is over. */
static void upload(struct maker *m, const struct fault *fault)
{
    struct buf message = {0}, data = {0};
    (void)fault;
    m->plain = true;
    make_open(m);
    uint32_t stream = make_stream(m);
    make_request(m, stream, STREAMING_INPUT_CALL, NULL, FLAG_NONE);
    uint32_t size = draw_between(&m->draw, 20000, 60000);
    pb_put_input_request(&message, size, -1);
    put_message_prefix(&data, 0, (uint32_t)message.len);
    buf_put(&data, buf_view(&message));
    /* at most the window that every endpoint begins with */
    struct bytes rest = buf_view(&data);
    while (rest.len > 0) {
        struct bytes piece = bytes_first(rest, 16000);
        rest = bytes_skip(rest, piece.len);
        (void)make_frame(m, FRAME_DATA, rest.len == 0 ? FLAG_END_STREAM : 0, stream, piece);
    }
    make_flush(m);
    (void)expect_step(m, STEP_EXPECT_SUM, stream, size);
    must_be_ok(m, stream);
    must_serve(m);
    buf_clear(&message);
    buf_clear(&data);
}

/* An Empty that holds 15,993 octets in a field nobody knows. */
static void put_unknown_field(struct buf *message)
{
    struct buf octets = {0};
    buf_put_zeros(&octets, 15993);
    pb_put_bytes(message, 15, buf_view(&octets));
    buf_clear(&octets);
}

/* One request: a large message, or an empty one between frames that are nothing but padding. */
static void make_heavy_request(struct maker *m, uint32_t stream, bool padding, bool ends)
{
    struct buf data = {0}, message = {0};
    uint8_t end = ends ? FLAG_END_STREAM : 0;
    make_request(m, stream, EMPTY_CALL, NULL, FLAG_NONE);
    if (padding) {
        buf_put_u8(&data, 255);
        buf_put_zeros(&data, 255);
        for (int i = 0; i < 60; i++)
            (void)make_frame(m, FRAME_DATA, FLAG_PADDED, stream, buf_view(&data));
    } else {
        put_unknown_field(&message);
    }
    buf_reset(&data);
    put_message_prefix(&data, 0, (uint32_t)message.len);
    buf_put(&data, buf_view(&message));
    (void)make_frame(m, FRAME_DATA, end, stream, buf_view(&data));
    buf_clear(&data);
    buf_clear(&message);
}

/* More than a window in all. Each call waits for the one before, so only a server that gives back what it was sent
 * serves the last. */
static void credit(struct maker *m, const struct fault *fault)
{
    bool padding = draw_chance(&m->draw, 50), cancelled = draw_chance(&m->draw, 30);
    (void)fault;
    m->plain = true;
    make_open(m);
    for (int i = 0; i < 8; i++) {
        uint32_t stream = make_stream(m);
        make_heavy_request(m, stream, padding, !cancelled);
        if (cancelled)
            make_u32_frame(m, FRAME_RST_STREAM, stream, H2_CANCEL);
        make_flush(m);
        if (cancelled)
            must_be_ok(m, make_empty_call(m));
        else
            must_be_ok(m, stream);
    }
    must_serve(m);
}

#define F(name, clauses, wrong, make, arg, service)                                                \
    {                                                                                              \
        "windows/" name, clauses, wrong, make, arg, service                                        \
    }
static const struct fault faults[] = {
    F("trickle", "H2-FLOW-002 H2-FLOW-006 H2-SET-012", "a window that opens bit by bit", trickle,
      NULL, true),
    F("negative", "H2-FLOW-007 H2-FLOW-006", "a window that is taken back", negative, NULL, true),
    F("connection", "H2-FLOW-003 H2-FLOW-004", "the connection's window is spent", connection, NULL,
      true),
    F("none-needed", "H2-FLOW-001 H2-FLOW-005 H2-PING-005",
      "a window of 0, and a call that needs none", none_needed, NULL, false),
    F("increment-0", "H2-FLOW-009", "WINDOW_UPDATE by 0 on the connection", increment_0, NULL,
      false),
    F("increment-0-on-stream", "H2-FLOW-010 H2-FLOW-021", "WINDOW_UPDATE by 0 on a stream",
      increment_0, "", false),
    F("overflow", "H2-FLOW-012", "the connection's window above 2^31-1", overflow, NULL, false),
    F("overflow-on-stream", "H2-FLOW-012 H2-FLOW-013", "a stream's window above 2^31-1", overflow,
      "", false),
    F("settings-overflow", "H2-FLOW-008", "SETTINGS lift a stream's window above 2^31-1",
      settings_overflow, NULL, false),
    F("largest", "H2-FLOW-012 H2-SET-008", "the largest windows there are", largest, NULL, false),
    F("upload", "H2-FLOW-018 GRPC-MSG-002", "an upload of almost a window", upload, NULL, true),
    F("credit", "H2-FLOW-016 H2-FLOW-018 H2-FLOW-017",
      "more than a window in all, in small calls, or only padding", credit, NULL, true),
};
const struct fault_list window_faults = ROWS(faults);
