/* SPDX-License-Identifier: MIT
 *
 * What a call may cost, as far as it can be counted: system calls, allocations and octets. Time is never a test; these
 * numbers are the same on every machine. The whole server is measured, from its socket to the handler; libuv's system
 * calls are seen by standing before them, allocations by the wrapped malloc of every test. */
#define _GNU_SOURCE
#include "base/test.h"

#include "base/buf.h"
#include "grpcref.h"
#include "services/test_service.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* ---- Counting system calls: libuv calls these; the client below uses send and recv ----------- */

static unsigned system_calls, signal_masks;
static int last_timeout;      /* of epoll, milliseconds */
static void (*at_poll)(void); /* whom to ask first; NULL: nobody */

ssize_t read(int fd, void *to, size_t size)
{
    system_calls++;
    return syscall(SYS_read, fd, to, size);
}

ssize_t write(int fd, const void *from, size_t size)
{
    system_calls++;
    return syscall(SYS_write, fd, from, size);
}

ssize_t writev(int fd, const struct iovec *from, int count)
{
    system_calls++;
    return syscall(SYS_writev, fd, from, count);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    system_calls++;
    return syscall(SYS_sendmsg, fd, message, flags);
}

int epoll_ctl(int epoll, int what, int fd, struct epoll_event *event)
{
    system_calls++;
    return (int)syscall(SYS_epoll_ctl, epoll, what, fd, event);
}

int epoll_pwait(int epoll, struct epoll_event *events, int count, int timeout, const sigset_t *mask)
{
    system_calls++;
    last_timeout = timeout;
    if (at_poll)
        at_poll();
    return (int)syscall(SYS_epoll_pwait, epoll, events, count, timeout, mask, _NSIG / 8);
}

int epoll_wait(int epoll, struct epoll_event *events, int count, int timeout)
{
    return epoll_pwait(epoll, events, count, timeout, NULL);
}

int pthread_sigmask(int how, const sigset_t *set, sigset_t *before)
{
    signal_masks++;
    return syscall(SYS_rt_sigprocmask, how, set, before, _NSIG / 8) == 0 ? 0 : errno;
}

/* ---- A client that costs no system call that is counted -------------------------------------- */

enum { CONNECTIONS_MAX = 10, FRAME_HEADER = 9, HEADERS = 1, END_STREAM = 1 };

struct client {
    int fd;
    uint32_t stream;
    struct buf out, in;
    size_t ended; /* replies */
};

static struct gr_loop *loop;
static struct gr_server *server;
static struct client clients[CONNECTIONS_MAX];
static size_t reply_octets;

static void connect_to(struct client *client, int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *client = (struct client){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .stream = 1};
    assert_int_equal(connect(client->fd, (struct sockaddr *)&to, sizeof(to)), 0);
    buf_put(&client->out, BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                                "\0\0\0\4\0\0\0\0\0" /* SETTINGS */
                                "\0\0\0\4\1\0\0\0\0" /* and its ACK, ahead of time */
                                "\0\0\4\x8\0\0\0\0\0\x3f\xff\0\0")); /* WINDOW_UPDATE */
}

/* UnaryCall with a body of 10 octets each way. The first of a connection fills HPACK's table. */
static void put_request(struct client *client)
{
    struct bytes block = client->stream > 1
                             ? BYTES("\x83\x86\xc1\xc0\xbf\xbe")
                             : BYTES("\x83\x86\x44\x23/grpc.testing.TestService/UnaryCall"
                                     "\x41\x09"
                                     "127.0.0.1"
                                     "\x5f\x10"
                                     "application/grpc"
                                     "\x40\x02"
                                     "te"
                                     "\x08"
                                     "trailers");
    struct bytes data = BYTES("\0\0\0\0\x10\x10\x0a\x1a\x0c\x12\x0a\0\0\0\0\0\0\0\0\0\0");

    buf_put_u24(&client->out, (uint32_t)block.len);
    buf_put_u16(&client->out, HEADERS << 8 | 4 /* END_HEADERS */);
    buf_put_u32(&client->out, client->stream);
    buf_put(&client->out, block);
    buf_put_u24(&client->out, (uint32_t)data.len);
    buf_put_u16(&client->out, END_STREAM);
    buf_put_u32(&client->out, client->stream);
    buf_put(&client->out, data);
    client->stream += 2;
}

static void send_all(struct client *client)
{
    assert_int_equal(send(client->fd, client->out.data, client->out.len, 0), client->out.len);
    buf_reset(&client->out);
}

static void read_replies(struct client *client)
{
    uint8_t *to = buf_reserve(&client->in, 65536);
    ssize_t n = recv(client->fd, to, 65536, MSG_DONTWAIT);
    size_t at = 0;

    client->in.len += n > 0 ? (size_t)n : 0;
    reply_octets += n > 0 ? (size_t)n : 0;
    while (client->in.len - at >= FRAME_HEADER &&
           client->in.len - at >= FRAME_HEADER + load_u24(client->in.data + at)) {
        const uint8_t *frame = client->in.data + at;
        client->ended += frame[3] == HEADERS && frame[4] & END_STREAM;
        at += FRAME_HEADER + load_u24(frame);
    }
    buf_consume(&client->in, at);
}

/* Each of `connections` asks `streams` times at once; all answers come. */
static void round_of(size_t connections, size_t streams)
{
    size_t ended = 0;

    for (size_t c = 0; c < connections; c++) {
        clients[c].ended = 0;
        for (size_t s = 0; s < streams; s++)
            put_request(&clients[c]);
        send_all(&clients[c]);
    }
    for (int turns = 0; ended < connections * streams && turns < 1000; turns++) {
        gr_loop_turn(loop, NS_PER_S);
        ended = 0;
        for (size_t c = 0; c < connections; c++) {
            read_replies(&clients[c]);
            ended += clients[c].ended;
        }
    }
    assert_int_equal(ended, connections * streams);
}

static int start(void **state)
{
    int port;

    (void)state;
    loop = gr_loop_new();
    server = gr_server_new(&(struct gr_server_options){.loop = loop});
    assert_int_equal(gr_server_register(server, &test_service, NULL), 0);
    assert_int_equal(gr_server_listen(server, "127.0.0.1:0", &port), 0);
    for (size_t c = 0; c < CONNECTIONS_MAX; c++)
        connect_to(&clients[c], port);
    for (int i = 0; i < 20; i++) /* everything has been as large as it will be */
        round_of(CONNECTIONS_MAX, 100);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    for (size_t c = 0; c < CONNECTIONS_MAX; c++) {
        close(clients[c].fd);
        buf_clear(&clients[c].in);
        buf_clear(&clients[c].out);
    }
    gr_server_free(server);
    gr_loop_free(loop);
    return 0;
}

/* ---- The gates ------------------------------------------------------------------------------- */

static void system_calls_of_a_call(void **state)
{
    static const struct {
        size_t connections, streams;
        double most;
    } rows[] = {{10, 100, 0.05}, {1, 100, 0.05}, {10, 10, 0.30}, {10, 1, 2.2}, {1, 1, 3.1}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        size_t calls = rows[i].connections * rows[i].streams;
        system_calls = 0;
        for (int rounds = 0; rounds < 10; rounds++)
            round_of(rows[i].connections, rows[i].streams);
        double each = (double)system_calls / 10 / (double)calls;
        print_message("%zux%zu: %.3f system calls each call\n", rows[i].connections,
                      rows[i].streams, each);
        assert_true(each <= rows[i].most);
    }
}

/* nghttp2's are among them: it allocates through the library. */
static void a_call_allocates_nothing_in_steady_state(void **state)
{
    (void)state;
    for (int rounds = 0; rounds < 10; rounds++) {
        fail_allocation(0);
        round_of(CONNECTIONS_MAX, 100);
        assert_false(stop_failing());
    }
}

/* Three frame headers; :status and content-type, and grpc-status, by index; the message. */
static void octets_of_a_reply(void **state)
{
    (void)state;
    reply_octets = 0;
    round_of(CONNECTIONS_MAX, 100);
    size_t extra = reply_octets - 1000 * (3 * 9 + 2 + 1 + 5 + 14);
    print_message("%.2f octets each reply\n", (double)reply_octets / 1000);
    assert_true(extra <= 1000 * 2); /* WINDOW_UPDATE now and then */
}

/* While something came a moment ago, and no longer. */
static void spinning_polls_and_does_not_sleep(void **state)
{
    static const struct {
        int64_t spin_ns;
        bool sleeps;
    } rows[] = {{1, true}, {3600 * NS_PER_S, false}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct gr_server *spinning = gr_server_new(
            &(struct gr_server_options){.loop = loop, .spin_ns = rows[i].spin_ns});
        assert_non_null(spinning);
        round_of(1, 1);
        gr_loop_turn(loop, 0); /* what is left of it */
        gr_loop_turn(loop, NS_PER_MS);
        assert_int_equal(last_timeout != 0, rows[i].sleeps);
        gr_server_free(spinning);
    }
}

enum { CALLS_SERVED = 100 };
static unsigned calls_served;

/* The server has nothing to do: ask for the next, or stop it. */
static void ask_again(void)
{
    read_replies(&clients[0]);
    if (clients[0].ended == 0)
        return;
    clients[0].ended = 0;
    if (++calls_served == CALLS_SERVED)
        gr_server_stop(server);
    put_request(&clients[0]);
    send_all(&clients[0]);
}

/* SIGPIPE is kept away for as long as it serves, not anew in each turn. It stops the server, and is the last. */
static void serving_sets_the_signal_mask_once(void **state)
{
    (void)state;
    clients[0].ended = 1;
    signal_masks = 0;
    at_poll = ask_again;
    assert_int_equal(gr_server_serve(server), 0);
    at_poll = NULL;
    assert_true(calls_served >= CALLS_SERVED);
    assert_int_equal(signal_masks, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(system_calls_of_a_call),
        cmocka_unit_test(a_call_allocates_nothing_in_steady_state),
        cmocka_unit_test(octets_of_a_reply),
        cmocka_unit_test(spinning_polls_and_does_not_sleep),
        cmocka_unit_test(serving_sets_the_signal_mask_once),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
