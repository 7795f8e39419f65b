/* SPDX-License-Identifier: MIT
 *
 * The load generator's loop; see load.h. */
#define _GNU_SOURCE
#include "load.h"

#include "base/attr.h"
#include "base/buf.h"
#include "histogram.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    DATA = 0,
    HEADERS = 1,
    RST_STREAM = 3,
    SETTINGS = 4,
    PING = 6,
    GOAWAY = 7,
    WINDOW_UPDATE = 8
};
enum { END_STREAM = 1, ACK = 1, END_HEADERS = 4 };
enum { FRAME_HEADER = 9, SLOTS = 1024, WINDOW_GRANT = 1 << 30 };

struct connection {
    int fd;
    uint32_t next_stream;
    int64_t send_window;
    unsigned in_flight, wanted;
    bool first_block_sent; /* later blocks refer to what the first one put into the table */
    struct buf in, out;
    struct slot { /* by stream id: a stream's slot is free again long before its number comes round
                   */
        gr_time began;
        size_t octets;
    } slots[SLOTS];
};

struct load {
    const struct load_options *options;
    struct buf first_request, next_request; /* HEADERS and DATA, but for the stream ids */
    size_t first_data_at, next_data_at;     /* where the DATA frame begins */
    struct histogram *latency;
    bool measuring;
    struct load_result *result;
};

static void put_frame_header(struct buf *out, size_t length, uint8_t type, uint8_t flags,
                             uint32_t stream)
{
    buf_put_u24(out, (uint32_t)length);
    buf_put_u8(out, type);
    buf_put_u8(out, flags);
    buf_put_u32(out, stream);
}

static void put_string(struct buf *out, const char *s)
{
    buf_put_u8(out, (uint8_t)strlen(s)); /* H = 0; all are shorter than 127 */
    buf_put_str(out, s);
}

/* A literal with incremental indexing; name: static table index, or 0 and the name spelled out. */
static void put_literal(struct buf *out, uint8_t index, const char *name, const char *value)
{
    buf_put_u8(out, (uint8_t)(0x40 | index));
    if (index == 0)
        put_string(out, name);
    put_string(out, value);
}

static void encode_requests(struct load *load)
{
    struct buf block = {0};
    buf_put(&block, BYTES("\x83\x86")); /* :method POST, :scheme http */
    put_literal(&block, 4, NULL, load->options->path);
    put_literal(&block, 1, NULL, "127.0.0.1");
    put_literal(&block, 31, NULL, "application/grpc");
    put_literal(&block, 0, "te", "trailers");

    for (int first = 1; first >= 0; first--) {
        struct buf *request = first ? &load->first_request : &load->next_request;
        struct bytes headers = first ? buf_view(&block)
                                     : BYTES("\x83\x86\xc1\xc0\xbf\xbe"); /* 65, 64, 63, 62 */
        put_frame_header(request, headers.len, HEADERS, END_HEADERS, 0);
        buf_put(request, headers);
        *(first ? &load->first_data_at : &load->next_data_at) = request->len;
        put_frame_header(request, load->options->message.len + 5, DATA, END_STREAM, 0);
        buf_put_u8(request, 0);
        buf_put_u32(request, (uint32_t)load->options->message.len);
        buf_put(request, load->options->message);
    }
    buf_clear(&block);
}

static bool begin_call(struct load *load, struct connection *c, gr_time now)
{
    int64_t cost = (int64_t)load->options->message.len + 5;
    if (c->send_window < cost || c->next_stream > INT32_MAX - 2)
        return false;
    c->send_window -= cost;

    const struct buf *request = c->first_block_sent ? &load->next_request : &load->first_request;
    size_t data_at = c->first_block_sent ? load->next_data_at : load->first_data_at;
    c->first_block_sent = true;
    size_t start = c->out.len;
    buf_put(&c->out, buf_view(request));
    if (c->out.failed)
        return false;
    store_u32(c->out.data + start + 5, c->next_stream);
    store_u32(c->out.data + start + data_at + 5, c->next_stream);

    c->slots[c->next_stream / 2 % SLOTS] = (struct slot){.began = now};
    c->next_stream += 2;
    c->in_flight++;
    return true;
}

static void end_call(struct load *load, struct connection *c, uint32_t stream, bool whole,
                     gr_time now)
{
    struct slot *slot = &c->slots[stream / 2 % SLOTS];
    c->in_flight--;
    if (!whole || slot->octets != load->options->reply_octets) {
        load->result->wrong++;
        return;
    }
    if (load->measuring) {
        load->result->calls++;
        histogram_add(load->latency, now - slot->began);
    }
}

/* Returns false when the connection is over. */
static bool take_frame(struct load *load, struct connection *c, const uint8_t *frame, size_t length,
                       gr_time now)
{
    uint8_t type = frame[3], flags = frame[4];
    uint32_t stream = load_u32(frame + 5) & 0x7fffffff;
    const uint8_t *payload = frame + FRAME_HEADER;

    switch (type) {
    case DATA:
        c->slots[stream / 2 % SLOTS].octets += length;
        if (flags & END_STREAM)
            end_call(load, c, stream, false, now); /* a reply ends with trailers */
        return true;
    case HEADERS:
        if (flags & END_STREAM)
            end_call(load, c, stream, true, now);
        return true;
    case RST_STREAM:
        end_call(load, c, stream, false, now);
        return true;
    case SETTINGS:
        if (!(flags & ACK))
            put_frame_header(&c->out, 0, SETTINGS, ACK, 0);
        return true;
    case PING:
        if (!(flags & ACK) && length == 8) {
            put_frame_header(&c->out, 8, PING, ACK, 0);
            buf_put(&c->out, bytes_of(payload, 8));
        }
        return true;
    case WINDOW_UPDATE:
        if (stream == 0 && length == 4)
            c->send_window += load_u32(payload) & 0x7fffffff;
        return true;
    case GOAWAY:
        return false;
    default:
        return true;
    }
}

static bool flush_out(struct connection *c)
{
    while (c->out.len > 0) {
        ssize_t n = send(c->fd, c->out.data, c->out.len, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN;
        buf_consume(&c->out, (size_t)n);
    }
    return true;
}

static bool fill_up(struct load *load, struct connection *c, gr_time now)
{
    while (c->in_flight < c->wanted && begin_call(load, c, now)) {
    }
    return !c->out.failed && flush_out(c);
}

static bool on_readable(struct load *load, struct connection *c)
{
    uint8_t *at = buf_reserve(&c->in, 65536);
    if (!at)
        return false;
    ssize_t n = recv(c->fd, at, 65536, 0);
    if (n <= 0)
        return n < 0 && errno == EAGAIN;
    c->in.len += (size_t)n;

    gr_time now = clock_now_ns();
    size_t used = 0;
    while (c->in.len - used >= FRAME_HEADER) {
        const uint8_t *frame = c->in.data + used;
        size_t length = load_u24(frame);
        if (c->in.len - used < FRAME_HEADER + length)
            break;
        if (!take_frame(load, c, frame, length, now))
            return false;
        used += FRAME_HEADER + length;
    }
    buf_consume(&c->in, used);
    return fill_up(load, c, now);
}

static int connect_one(struct connection *c, const struct load_options *options)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(options->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address) != 0)
        return -1;
    int on = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);

    c->next_stream = 1;
    c->send_window = 65535;
    c->wanted = options->streams;
    buf_put_str(&c->out, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    put_frame_header(&c->out, 6, SETTINGS, 0, 0);
    buf_put_u16(&c->out, 4); /* INITIAL_WINDOW_SIZE: replies never wait */
    buf_put_u32(&c->out, WINDOW_GRANT);
    put_frame_header(&c->out, 4, WINDOW_UPDATE, 0, 0);
    buf_put_u32(&c->out, WINDOW_GRANT);
    return 0;
}

static int run_until(struct load *load, struct connection *connections, int epoll, gr_time end)
{
    struct epoll_event events[64];
    while (clock_now_ns() < end) {
        int n = epoll_wait(epoll, events, ARRAY_LEN(events), 100);
        if (n < 0 && errno != EINTR)
            return -1;
        for (int i = 0; i < n; i++)
            if (!on_readable(load, &connections[events[i].data.u32]))
                return -1;
    }
    return 0;
}

int load_run(const struct load_options *options, struct load_result *result, char why[static 256])
{
    *result = (struct load_result){0};
    struct load load = {.options = options, .result = result, .latency = histogram_new()};
    struct connection *connections = calloc(options->connections, sizeof *connections);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    int rc = load.latency && connections && epoll >= 0 ? 0 : -1;
    snprintf(why, 256, "the load generator has no memory or descriptors");
    encode_requests(&load);

    for (unsigned i = 0; rc == 0 && i < options->connections; i++) {
        struct connection *c = &connections[i];
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
        rc = connect_one(c, options);
        if (rc == 0)
            rc = epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event);
        if (rc == 0 && !fill_up(&load, c, clock_now_ns()))
            rc = -1;
        if (rc != 0)
            snprintf(why, 256, "cannot connect to 127.0.0.1:%u: %s", options->port,
                     strerror(errno));
    }
    if (rc == 0) {
        snprintf(why, 256, "the server closed a connection under load");
        rc = run_until(&load, connections, epoll,
                       clock_now_ns() + options->duration_ns / 5); /* warm-up */
    }
    if (rc == 0) {
        gr_time began = clock_now_ns();
        load.measuring = true;
        rc = run_until(&load, connections, epoll, began + options->duration_ns);
        result->elapsed_ns = clock_now_ns() - began;
        result->mean_ns = histogram_mean(load.latency);
        result->p50_ns = histogram_quantile(load.latency, 0.50);
        result->p99_ns = histogram_quantile(load.latency, 0.99);
    }

    for (unsigned i = 0; connections && i < options->connections; i++) {
        if (connections[i].fd > 0)
            close(connections[i].fd);
        buf_clear(&connections[i].in);
        buf_clear(&connections[i].out);
    }
    buf_clear(&load.first_request);
    buf_clear(&load.next_request);
    histogram_free(load.latency);
    free(connections);
    if (epoll >= 0)
        close(epoll);
    return rc;
}
