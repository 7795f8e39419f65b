/* SPDX-License-Identifier: MIT
 *
 * Answers that nobody reads: SETTINGS, PING and malformed requests whose acknowledgements and resets pile up (RFC 9113
 * 10.5; CVE-2019-9512, -9514, -9515). */
#include "cases/cases.h"
#include "cases/http2/flood.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

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

/* Write without reading. returns how much was taken until the target stopped, closed, the cap, or a third of the time */
static size_t pour(const struct flood *flood, const struct unread *kind, bool *stopped)
{
    struct transport *transport = flood->conn->transport;
    struct test *t = flood->conn->t;
    struct buf batch = {0};
    size_t taken = 0;
    uint32_t number = 0;
    bool closed = false;
    gr_time began = clock_now_ns(), enough = began + (t->deadline - began) / 3;
    *stopped = false;
    while (taken < kind->cap && !closed && !*stopped && clock_now_ns() < enough) {
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
    /* A target of one thread works off what it has taken, and others wait for it in turn: slow is not never. */
    t->patience_ns = (t->deadline - clock_now_ns()) / 2;
    (void)setsockopt(transport_fd(flood.conn->transport), SOL_SOCKET, SO_RCVBUF, &small,
                     sizeof small);
    size_t taken = pour(&flood, kind, &stopped);
    size_t unread = waiting_unread(transport_fd(flood.conn->transport));
    taken -= unread < taken ? unread : taken;
    bool defended = taken < UNREAD_LESS || has_given_up(&flood);
    test_note(t, "%zu octets were taken with their answers unread; then the target %s", taken,
              stopped || unread > 0 ? "stopped reading"
              : taken < kind->cap   ? "closed, or was slow"
              : defended            ? "had given up"
                                    : "still went on");
    if (!defended)
        test_lenient(t, HERE,
                     "the queue of unsent answers is bounded: the target stops reading, or closes",
                     "%zu octets were taken while nothing was read", taken);
    expect_others_served(&flood);
    abort_transport(flood.conn);
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
};
const struct case_list limit_unread_answer_cases = {cases, ARRAY_LEN(cases)};
