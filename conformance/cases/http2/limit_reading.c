/* SPDX-License-Identifier: MIT
 *
 * Clients that do not read, or hardly: answers that pile up, windows that stay shut, messages that grow when they are
 * inflated, connections that never begin (RFC 9113 10.5; CVE-2019-9511, -9512, -9514, -9515, -9517). */
#include "cases/cases.h"
#include "cases/http2/flood.h"
#include "peer/own_target.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <zlib.h>

/* ---- answers that nobody reads --------------------------------------------------------------- */

/* The kernel holds mebibytes in each direction. A target that takes four times as much of what it must answer octet for
 * octet has queued the rest; and where it runs on this machine, it is known how much it has not even read. */
#define UNREAD_CAP  ((size_t)24 << 20)
#define UNREAD_LESS ((size_t)16 << 20)
#define UNREAD_WAIT 300 /* milliseconds in which nothing more is taken: it has stopped reading */

struct unread {
    void (*put)(struct buf *batch, uint32_t number); /* append one frame */
    size_t cap;                                      /* octets */
};

static bool is_writable(void *arg, int64_t within_ns)
{
    struct pollfd writable = {.fd = transport_fd(arg), .events = POLLOUT};
    return poll(&writable, 1, (int)(within_ns / NS_PER_MS)) != 0;
}

static bool is_readable(void *arg, int64_t within_ns)
{
    struct pollfd readable = {.fd = transport_fd(arg), .events = POLLIN};
    return poll(&readable, 1, (int)(within_ns / NS_PER_MS)) != 0;
}

/* Write without reading. returns how much was taken until the target stopped, closed, or the cap */
static size_t pour(const struct flood *flood, const struct unread *kind, bool *stopped)
{
    struct transport *transport = flood->conn->transport;
    struct test *t = flood->conn->t;
    struct buf batch = {0};
    size_t taken = 0;
    uint32_t number = 0;
    bool closed = false;
    *stopped = false;
    while (taken < kind->cap && !closed && !*stopped && clock_now_ns() < t->deadline) {
        while (batch.len < 65536)
            kind->put(&batch, number++);
        ssize_t n = send(transport_fd(transport), batch.data, batch.len,
                         MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0) {
            taken += (size_t)n;
            buf_consume(&batch, (size_t)n);
            continue;
        }
        closed = errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR;
        *stopped = !closed &&
                   stays_quiet(flood->canary, UNREAD_WAIT * NS_PER_MS, is_writable, transport);
    }
    buf_clear(&batch);
    return taken;
}

static unsigned port_of(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)address)->sin_port);
    return address->ss_family == AF_INET6 ? ntohs(((const struct sockaddr_in6 *)address)->sin6_port)
                                          : 0;
}

/* What waits in the kernel for the target to read it, as far as this machine knows. */
static size_t waiting_unread(int fd)
{
    static const char *const tables[] = {"/proc/net/tcp", "/proc/net/tcp6"};
    struct sockaddr_storage ours = {0}, theirs = {0};
    socklen_t len = sizeof ours, their_len = sizeof theirs;
    char line[512];
    size_t found = 0;
    if (getsockname(fd, (struct sockaddr *)&ours, &len) != 0 ||
        getpeername(fd, (struct sockaddr *)&theirs, &their_len) != 0 || port_of(&ours) == 0)
        return 0;
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        FILE *table = fopen(tables[i], "r");
        while (table && fgets(line, sizeof line, table)) {
            unsigned local, remote, queued;
            if (sscanf(line, " %*u: %*[0-9A-F]:%x %*[0-9A-F]:%x %*x %*x:%x", &local, &remote,
                       &queued) == 3 &&
                local == port_of(&theirs) && remote == port_of(&ours))
                found = queued;
        }
        if (table)
            (void)fclose(table);
    }
    return found;
}

/* Now read what was said meanwhile: GOAWAY, or the end. (A target that said GOAWAY may go on taking octets, to throw
 * them away; and a close with octets unread on its side destroys what it said on ours.) */
static bool has_given_up(const struct flood *flood)
{
    struct transport *transport = flood->conn->transport;
    struct test *t = flood->conn->t;
    struct buf said = {0};
    gr_time until = clock_add(clock_now_ns(), t->patience_ns);
    bool given_up = false;
    while (!given_up && clock_now_ns() < until) {
        uint8_t *at = buf_reserve(&said, 65536);
        size_t got = 0;
        if (!at || (!is_readable(transport, 0) &&
                    stays_quiet(flood->canary, UNREAD_WAIT * NS_PER_MS, is_readable, transport)))
            break;
        enum transport_result result = transport_read(transport, at, 65536, &got, clock_now_ns());
        if (result == TRANSPORT_TIMEOUT)
            continue;
        said.len += got;
        given_up = result != TRANSPORT_OK;
        struct bytes rest = buf_view(&said);
        struct frame frame;
        while (!given_up && frame_take(&rest, &frame))
            given_up = frame.type == FRAME_GOAWAY;
        buf_consume(&said, said.len - rest.len);
    }
    buf_clear(&said);
    return given_up;
}

static void put_frame(struct buf *batch, uint8_t type, uint8_t flags, uint32_t stream,
                      struct bytes payload)
{
    const struct frame frame = {.type = type, .flags = flags, .stream = stream, .payload = payload};
    frame_put(batch, &frame);
}

static void put_settings_flood(struct buf *batch, uint32_t number)
{
    (void)number;
    put_frame(batch, FRAME_SETTINGS, 0, 0, NO_BYTES);
}

static void put_ping_flood(struct buf *batch, uint32_t number)
{
    uint8_t opaque[8] = "unread";
    store_u32(opaque + 4, number);
    put_frame(batch, FRAME_PING, 0, 0, bytes_of(opaque, sizeof opaque));
}

/* A request without pseudo-fields: its stream must be reset. */
#define MALFORMED_LEN ((size_t)14)
static void put_malformed_request(struct buf *batch, uint32_t number)
{
    static const uint8_t block[] = {0x00, 0x01, 'x', 0x01, 'y'};
    put_frame(batch, FRAME_HEADERS, FLAG_END_HEADERS | FLAG_END_STREAM, 1 + 2 * number,
              bytes_of(block, sizeof block));
}

#define UNREAD(...) (&(const struct unread){__VA_ARGS__})

static void unread_answers(struct test *t)
{
    const struct unread *kind = t->arg;
    struct flood flood = begin_flood(t, NULL, 0);
    bool stopped = false;
    int small = 4096;

    if (t->target->tls)
        test_skip(t, "writing without reading is only done in cleartext");
    flush(flood.conn);
    if (test_is_over(t))
        return;
    (void)setsockopt(transport_fd(flood.conn->transport), SOL_SOCKET, SO_RCVBUF, &small,
                     sizeof small);
    size_t taken = pour(&flood, kind, &stopped);
    size_t unread = waiting_unread(transport_fd(flood.conn->transport));
    taken -= unread < taken ? unread : taken;
    bool defended = taken < UNREAD_LESS || has_given_up(&flood);
    test_note(t, "%zu octets were taken with their answers unread; then the target %s", taken,
              stopped || unread > 0 ? "stopped reading"
              : taken < kind->cap   ? "closed"
              : defended            ? "had given up"
                                    : "still went on");
    if (!defended)
        test_lenient(t, HERE,
                     "the queue of unsent answers is bounded: the target stops reading, or closes",
                     "%zu octets were taken while nothing was read", taken);
    expect_others_served(&flood);
    abort_transport(flood.conn);
}

/* ---- responses that nobody reads ------------------------------------------------------------- */

/* 64 MiB in eight streams, all windows open, and the socket is not read for half a second. */
static void ask_for_much(struct conn *conn)
{
    struct response_parameters parameters[64];
    struct buf request = {0};

    for (size_t i = 0; i < ARRAY_LEN(parameters); i++)
        parameters[i] = (struct response_parameters){.size = 128 << 10, .compressed = -1};
    pb_put_streaming_request(&request, TESTING_REQUEST(.payload_size = 0), parameters,
                             ARRAY_LEN(parameters));
    send_window_update(conn, 0, (uint32_t)MAX_WINDOW - DEFAULT_WINDOW);
    for (int i = 0; i < 8; i++)
        (void)send_unary_on(conn, STREAMING_OUTPUT_CALL, buf_view(&request));
    flush(conn);
    buf_clear(&request);
}

static void unread_responses(struct test *t)
{
    struct flood flood = begin_flood(t,
                                     SETTINGS({SETTING_INITIAL_WINDOW_SIZE, (uint32_t)MAX_WINDOW}));
    struct memory before = target_memory(t);

    ask_for_much(flood.conn);
    pass_time(flood.canary, 500 * NS_PER_MS);
    expect_others_served(&flood);
    struct memory after = target_memory(t);
    if (!t->own && before.now >= 0 && after.now - before.now > INT64_C(32) << 20)
        test_lenient(t, HERE, "what waits for the socket is bounded",
                     "the target has grown by %lld octets for 64 MiB unread",
                     (long long)(after.now - before.now));
    abort_transport(flood.conn);
}

/* ---- windows that hardly open ---- */

static void dribble(struct test *t)
{
    struct flood flood = begin_flood(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 1}));
    struct call *calls[50];

    flood.conn->auto_window = false;
    for (size_t i = 0; i < ARRAY_LEN(calls); i++)
        calls[i] = ask_for(flood.conn, 100000);
    for (int round = 0; round < 20 && !has_ended_connection(flood.conn); round++) {
        for (size_t i = 0; i < ARRAY_LEN(calls); i++)
            if (!calls[i]->reset && !calls[i]->remote_closed)
                send_window_update(flood.conn, calls[i]->stream, 1);
        turn_once(flood.conn);
    }
    expect_borne_or_refused(&flood);
    abort_transport(flood.conn);
}

#define SLOW_READERS 50

static size_t count_over(struct call *const *calls)
{
    size_t over = 0;
    for (size_t i = 0; i < SLOW_READERS; i++)
        over += calls[i]->remote_closed || calls[i]->reset;
    return over;
}

static bool all_over(const struct conn *conn, const void *arg)
{
    return count_over((struct call *const *)arg) == SLOW_READERS || has_ended_connection(conn);
}

/* The deadline ends what no window lets go. */
static void slow_readers(struct test *t)
{
    struct flood flood = begin_flood(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 0}));
    struct call *calls[SLOW_READERS];
    struct buf request = {0};

    pb_put_simple_request(&request, TESTING_REQUEST(.response_size = 100000));
    for (size_t i = 0; i < SLOW_READERS; i++) {
        calls[i] = new_call_on(flood.conn, UNARY_CALL);
        send_request_headers(calls[i], EDITS(ADD("grpc-timeout", "300m")), 0);
        send_message(calls[i], 0, buf_view(&request), FLAG_END_STREAM);
    }
    bool over = wait_until(flood.conn, all_over, calls);
    if (!over)
        test_lenient(
            t, HERE,
            "calls whose deadline has passed end, also when no window lets their response go",
            "%zu of %d are still there %.0f seconds later", SLOW_READERS - count_over(calls),
            SLOW_READERS, (double)t->patience_ns / (double)NS_PER_S);
    expect_others_served(&flood);
    buf_clear(&request);
}

/* ---- messages ---- */

#define MEBI (1u << 20)

/* Raw DEFLATE of `in`, ended at an octet, so that it can be repeated. */
static void deflate_block(struct buf *out, struct bytes in)
{
    z_stream z = {0};
    if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    size_t room = in.len / 100 + 1024;
    uint8_t *at = buf_reserve(out, room);
    z.next_in = (uint8_t *)(uintptr_t)in.data;
    z.avail_in = (uInt)in.len;
    z.next_out = at;
    z.avail_out = (uInt)room;
    if (at && deflate(&z, Z_FULL_FLUSH) == Z_OK)
        out->len += room - z.avail_out;
    (void)deflateEnd(&z);
}

static void put_little_endian(struct buf *out, uint32_t value)
{
    for (int shift = 0; shift < 32; shift += 8)
        buf_put_u8(out, (uint8_t)(value >> shift));
}

/* gzip of a SimpleRequest whose payload has so many MiB of zeros. The same compressed mebibyte again and again. */
static void put_bomb(struct buf *out, uint32_t mebibytes)
{
    static const uint8_t header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
    struct buf zeros = {0}, block = {0}, start = {0};
    size_t body = (size_t)mebibytes * MEBI;

    buf_put_zeros(&zeros, MEBI);
    buf_put_u8(&start, 3 << 3 | PB_LEN); /* payload = 3, and its length: body = 2, and its length */
    struct buf inner = {0};
    buf_put_u8(&inner, 2 << 3 | PB_LEN);
    for (size_t rest = body;; rest >>= 7) {
        buf_put_u8(&inner, (uint8_t)((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0)));
        if (rest <= 0x7f)
            break;
    }
    for (size_t rest = inner.len + body;; rest >>= 7) {
        buf_put_u8(&start, (uint8_t)((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0)));
        if (rest <= 0x7f)
            break;
    }
    buf_put(&start, buf_view(&inner));

    uLong sum = crc32(0, start.data, (uInt)start.len), of_mebi = crc32(0, zeros.data, MEBI);
    buf_put(out, bytes_of(header, sizeof header));
    deflate_block(out, buf_view(&start));
    deflate_block(&block, buf_view(&zeros));
    for (uint32_t i = 0; i < mebibytes; i++) {
        buf_put(out, buf_view(&block));
        sum = crc32_combine(sum, of_mebi, MEBI);
    }
    buf_put(out, BYTES("\x03\x00")); /* an empty last block */
    put_little_endian(out, (uint32_t)sum);
    put_little_endian(out, (uint32_t)(start.len + body));
    buf_clear(&zeros);
    buf_clear(&block);
    buf_clear(&start);
    buf_clear(&inner);
}

static struct call *send_bomb(struct conn *conn)
{
    struct call *call = new_call_on(conn, UNARY_CALL);
    struct buf bomb = {0};

    put_bomb(&bomb, 64);
    send_request_headers(call, EDITS(ADD("grpc-encoding", "gzip")), 0);
    send_message(call, 1, buf_view(&bomb), FLAG_END_STREAM);
    buf_clear(&bomb);
    return call;
}

/* However long the target works on it: as long as the case has. */
static void wait_for_end(struct call *call)
{
    struct test *t = call->conn->t;
    int64_t patience = t->patience_ns;

    t->patience_ns = t->deadline - clock_now_ns();
    wait_for_all(call);
    t->patience_ns = patience;
}

/* Whether a plain message of 5 MiB is too large: elsewhere no limit is set that a bomb could exceed. */
static bool limits_messages(struct conn *conn)
{
    struct call *call = new_call_on(conn, STREAMING_INPUT_CALL);
    struct buf request = {0};

    pb_put_input_request(&request, 5 * MEBI, -1);
    send_request_headers(call, NO_EDITS, 0);
    send_message(call, 0, buf_view(&request), FLAG_END_STREAM);
    wait_for_all(call);
    buf_clear(&request);
    return call_status(call) != GRPC_OK;
}

#define NO_LIMIT "the target takes plain messages above 4 MiB as well: it sets no limit"

static void decompression_bomb(struct test *t)
{
    struct flood flood = begin_flood(t, NULL, 0);
    struct call *call = send_bomb(flood.conn);

    wait_for_end(call);
    if (call_status(call) == GRPC_UNIMPLEMENTED) {
        test_skip(t, "the target does not take gzip");
        return;
    }
    if (call_status(call) == GRPC_OK && !limits_messages(flood.conn)) {
        test_skip(t, NO_LIMIT);
        return;
    }
    expect_outcome(call, ONE_OF(STATUS(GRPC_RESOURCE_EXHAUSTED), LENIENT_ANY_ERROR("another code"),
                                LENIENT_ANY_RESET("no status")));
    expect_others_served(&flood);
}

/* Far below the size of what it would inflate to. */
#define MOST_GROWTH (INT64_C(32) << 20)

static void memory_of_a_bomb(struct test *t)
{
    if (t->target->starter)
        start_own_target(t);
    struct conn *conn = connect_h2(t);
    expect_call_works(conn);
    struct memory before = target_memory(t);
    if (before.peak < 0) {
        test_skip(
            t,
            "the memory of the target's process is not known: --spawn or --pid, and no sanitizer");
        return;
    }
    struct call *call = send_bomb(conn);
    wait_for_end(call);
    if (call_status(call) == GRPC_UNIMPLEMENTED)
        test_skip(t, "the target does not take gzip");
    int64_t growth = target_memory(t).peak - before.now;
    test_note(t, "%lld octets at most", (long long)growth);
    if (growth >= MOST_GROWTH && call_status(call) == GRPC_OK && !limits_messages(conn))
        test_skip(t, NO_LIMIT);
    expect(t, growth < MOST_GROWTH, "64 MiB are not inflated where 4 MiB are allowed",
           "the target has grown by %lld octets", (long long)growth);
}

/* How much the target grows, until it has grown no more for a second, or too much. */
static int64_t growth_until_quiet(struct conn *canary, int64_t before)
{
    int64_t growth = 0;

    for (int turns = 0, quiet = 0; turns < 24 && quiet < 4 && growth < MOST_GROWTH; turns++) {
        int64_t last = growth;
        pass_time(canary, 250 * NS_PER_MS);
        growth = target_memory(canary->t).peak - before;
        quiet = growth == last ? quiet + 1 : 0;
    }
    return growth;
}

static void memory_of_unread_responses(struct test *t)
{
    if (t->target->starter)
        start_own_target(t);
    struct conn *canary = connect_h2(t);
    expect_call_works(canary);
    struct conn *conn = connect_with(t,
                                     SETTINGS({SETTING_INITIAL_WINDOW_SIZE, (uint32_t)MAX_WINDOW}));
    struct memory before = target_memory(t);
    if (before.peak < 0) {
        test_skip(
            t,
            "the memory of the target's process is not known: --spawn or --pid, and no sanitizer");
        return;
    }
    ask_for_much(conn);
    int64_t growth = growth_until_quiet(canary, before.now);
    test_note(t, "%lld octets at most", (long long)growth);
    if (growth >= MOST_GROWTH)
        test_lenient(
            t, HERE,
            "what waits for a socket that is not read stays far below the 64 MiB asked for",
            "the target has grown by %lld octets", (long long)growth);
    abort_transport(conn);
}

struct size_row {
    size_t octets; /* of the message */
    bool fits;
};
#define SIZE_ROW(...) (&(const struct size_row){__VA_ARGS__})

static void largest_message(struct test *t)
{
    const struct size_row *row = t->arg;
    struct buf request = {0}, body = {0}, payload = {0};
    size_t overhead = 10; /* two tags and two lengths of four octets */

    buf_put_zeros(&body, row->octets - overhead);
    pb_put_bytes(&payload, 2, buf_view(&body));
    pb_put_bytes(&request, 3, buf_view(&payload));
    expect(t, request.len == row->octets, "a message of that size", "%zu octets", request.len);
    struct call *call = send_unary(t, UNARY_CALL, buf_view(&request));
    wait_for_all(call);
    bool ok = call_status(call) == GRPC_OK;
    if (!ok && row->fits)
        test_lenient(t, HERE, "the default limit of a received message is 4 MiB",
                     "4 MiB are refused (status %d)", call_status(call));
    else if (ok && !row->fits)
        test_lenient(t, HERE, "the default limit of a received message is 4 MiB",
                     "an octet more is accepted");
    else if (!ok)
        expect_outcome(call,
                       ONE_OF(STATUS(GRPC_RESOURCE_EXHAUSTED), LENIENT_ANY_ERROR("another code"),
                              LENIENT_ANY_RESET("no status")));
    else
        expect_status(call, GRPC_OK);
    expect_target_still_serves(t);
    buf_clear(&request);
    buf_clear(&payload);
    buf_clear(&body);
}

/* ---- connections that never begin ------------------------------------------------------------ */

static void stalled_handshake(struct test *t)
{
    const struct bytes *octets = t->arg;
    int64_t timeout = server_has_seconds(t, HAS_HANDSHAKE_TIMEOUT);
    if (test_is_over(t))
        return;
    t->deadline = clock_add(t->deadline, 2 * timeout);
    gr_time began = clock_now_ns();
    struct conn *conn = open_transport(t);
    conn->auto_settings_ack = false; /* it would be a wrong preface */
    send_octets(conn, *octets);
    bool ended = ends_connection_within(conn, timeout + timeout / 4 + t->patience_ns);
    expect(t, ended, "a connection that never begins is closed", "it is still open");
    test_note(t, "closed after %.1f s", (double)(clock_now_ns() - began) / (double)NS_PER_S);
    expect_target_still_serves(t);
}

/* ---- a window smaller than the initial one --------------------------------------------------- */

/* What was sent before the target's SETTINGS were seen is within the initial window. */
static void data_before_the_lower_window(struct test *t)
{
    struct conn *conn = open_transport(t);
    struct buf request = {0};

    send_preface(conn);
    send_settings(conn, NULL, 0);
    pb_put_simple_request(&request, TESTING_REQUEST(.payload_size = 65000));
    struct call *call = send_unary_on(conn, UNARY_CALL, buf_view(&request));
    expect_headers(call);
    if (conn->their_settings[SETTING_INITIAL_WINDOW_SIZE] >= DEFAULT_WINDOW)
        test_skip(t, "the target does not lower the initial window");
    expect_status(call, GRPC_OK);
    buf_clear(&request);
}

static const struct test_case cases[] = {
    {"http2/limits/unread-settings-acks", "SEC-006 SEC-032",
     "A client that sends SETTINGS (up to 24 MiB) and reads nothing is stopped.", NEEDS_TRANSPORT,
     unread_answers, UNREAD(put_settings_flood, UNREAD_CAP)},
    {"http2/limits/unread-ping-acks", "SEC-007 SEC-032",
     "A client that sends PING (up to 24 MiB) and reads nothing is stopped.", NEEDS_TRANSPORT,
     unread_answers, UNREAD(put_ping_flood, UNREAD_CAP)},
    {"http2/limits/unread-resets", "SEC-014 SEC-032",
     "Others are served beside 5000 malformed requests whose RST_STREAM nobody reads.",
     NEEDS_TRANSPORT, unread_answers, UNREAD(put_malformed_request, 5000 * MALFORMED_LEN)},
    {"http2/limits/unread-responses", "SEC-010",
     "Others are served beside 64 MiB of responses that nobody reads.", NEEDS_TEST_SERVICE,
     unread_responses, NULL},
    {"http2/limits/memory-of-unread-responses", "SEC-010",
     "64 MiB of responses that nobody reads are not all made at once.", NEEDS_TEST_SERVICE,
     memory_of_unread_responses, NULL},
    {"http2/limits/dribble", "SEC-012",
     "Others are served beside 50 streams with windows of one octet.", NEEDS_TEST_SERVICE, dribble,
     NULL},
    {"http2/limits/slow-readers", "SEC-026",
     "50 calls without a window end when their deadline of 300 ms has passed.", NEEDS_TEST_SERVICE,
     slow_readers, NULL},
    {"http2/limits/decompression-bomb", "SEC-023",
     "64 kB that inflate to 64 MiB are RESOURCE_EXHAUSTED.", NEEDS_TEST_SERVICE, decompression_bomb,
     NULL},
    {"http2/limits/memory-of-decompression-bomb", "SEC-023",
     "64 kB that stand for 64 MiB are not all inflated.", NEEDS_TEST_SERVICE, memory_of_a_bomb,
     NULL},
    {"http2/limits/message-of-4-mebibytes", "SEC-025", "A message of 4 MiB is accepted.",
     NEEDS_TEST_SERVICE, largest_message, SIZE_ROW(4194304, true)},
    {"http2/limits/message-above-4-mebibytes", "SEC-025",
     "A message of 4 MiB and an octet is RESOURCE_EXHAUSTED.", NEEDS_TEST_SERVICE, largest_message,
     SIZE_ROW(4194305, false)},
    {"http2/limits/silent-connection", "SEC-027",
     "A connection on which nothing is said is closed in time.", NEEDS_TRANSPORT, stalled_handshake,
     &NO_BYTES},
    {"http2/limits/stalled-magic", "SEC-027",
     "A connection that stops after ten octets of the magic is closed in time.", NEEDS_TRANSPORT,
     stalled_handshake, &BYTES("PRI * HTTP")},
    {"http2/limits/data-before-the-lower-window", "H2-FLOW-022",
     "DATA that was sent before the server's smaller window was seen is accepted.",
     NEEDS_TEST_SERVICE, data_before_the_lower_window, NULL},
};
const struct case_list limit_reading_cases = {cases, ARRAY_LEN(cases)};
