/* SPDX-License-Identifier: MIT
 *
 * The load generator's loop; see load.h. */
#define _GNU_SOURCE
#include "load.h"

#include "base/attr.h"
#include "histogram.h"
#include "tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
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
enum { AT_ONCE = 250 }; /* connections that may wait to be accepted */
enum { FEW = 100 }; /* more connections are closed by RST, or TIME_WAIT would use up the ports */

struct connection {
    int fd;
    struct ssl_st *tls; /* NULL: cleartext */
    uint32_t next_stream;
    int64_t send_window;
    uint32_t taken; /* octets of DATA since the last WINDOW_UPDATE of the connection */
    unsigned in_flight;
    bool first_block_sent; /* later blocks refer to what the first one put into the table */
    struct buf in, out;
    struct
        slot { /* by stream id: a stream's slot is free again long before its number comes round */
        gr_time began;
        uint32_t octets; /* of the reply in progress */
        uint32_t messages;
        bool wrong;
    } slots[SLOTS];
};

struct load {
    const struct load_options *options;
    struct buf first_request, next_request; /* HEADERS and DATA, but for the stream ids */
    size_t first_data_at, next_data_at;     /* where the DATA frame begins */
    struct connection *connections;
    struct histogram *latency;
    bool measuring;
    int epoll;
    gr_time schedule; /* open loop: when the first call was due */
    uint64_t begun;   /* and how many have begun since */
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

/* ---- Requests -------------------------------------------------------------------------------- */

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

static void put_message(const struct load_options *options, struct buf *out, uint32_t stream,
                        bool end)
{
    put_frame_header(out, options->message.len + 5, DATA, end ? END_STREAM : 0, stream);
    buf_put_u8(out, 0);
    buf_put_u32(out, (uint32_t)options->message.len);
    buf_put(out, options->message);
}

static void encode_requests(struct load *load)
{
    const struct load_options *options = load->options;
    bool end = options->kind != LOAD_PING_PONG || options->messages == 1;
    struct buf block = {0};

    buf_put(&block, BYTES("\x83\x86")); /* :method POST, :scheme http */
    put_literal(&block, 4, NULL, options->path);
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
        put_message(options, request, 0, end);
    }
    buf_clear(&block);
}

static bool spend(struct load *load, struct connection *c)
{
    int64_t cost = (int64_t)load->options->message.len + 5;

    if (c->send_window < cost || c->next_stream > INT32_MAX - 2)
        return false;
    c->send_window -= cost;
    return true;
}

static bool begin_call(struct load *load, struct connection *c, gr_time now)
{
    if (c->in_flight >= load->options->streams || !spend(load, c))
        return false;
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

/* ---- Replies --------------------------------------------------------------------------------- */

static void end_call(struct load *load, struct connection *c, uint32_t stream, bool whole,
                     gr_time now)
{
    const struct slot *slot = &c->slots[stream / 2 % SLOTS];
    c->in_flight--;
    if (!whole || slot->wrong || slot->octets || slot->messages != load->options->messages) {
        load->result->wrong++;
        return;
    }
    if (load->measuring) {
        load->result->calls++;
        if (load->options->kind != LOAD_PING_PONG)
            histogram_add(load->latency, now - slot->began);
    }
}

static void message_here(struct load *load, struct connection *c, uint32_t stream,
                         struct slot *slot, gr_time now)
{
    const struct load_options *options = load->options;

    slot->octets = 0;
    slot->messages++;
    if (load->measuring)
        load->result->messages++;
    if (options->kind != LOAD_PING_PONG)
        return;
    if (load->measuring)
        histogram_add(load->latency, now - slot->began);
    if (slot->messages >= options->messages)
        return;
    slot->began = now;
    c->send_window -= (int64_t)options->message.len + 5; /* small: it is never spent */
    put_message(options, &c->out, stream, slot->messages + 1 == options->messages);
}

static void take_data(struct load *load, struct connection *c, uint32_t stream, struct bytes data,
                      gr_time now)
{
    struct slot *slot = &c->slots[stream / 2 % SLOTS];
    struct bytes reply = load->options->reply;

    c->taken += (uint32_t)data.len;
    while (data.len) {
        struct bytes part = bytes_first(data, reply.len - slot->octets);
        if (memcmp(part.data, reply.data + slot->octets, part.len) != 0)
            slot->wrong = true;
        slot->octets += (uint32_t)part.len;
        data = bytes_skip(data, part.len);
        if (slot->octets == reply.len)
            message_here(load, c, stream, slot, now);
    }
    if (c->taken < WINDOW_GRANT / 2)
        return;
    put_frame_header(&c->out, 4, WINDOW_UPDATE, 0, 0);
    buf_put_u32(&c->out, c->taken);
    c->taken = 0;
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
        take_data(load, c, stream, bytes_of(payload, length), now);
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

/* ---- The loop -------------------------------------------------------------------------------- */

static bool flush_out(struct connection *c)
{
    while (c->out.len > 0) {
        ssize_t n = c->tls ? tls_send(c->tls, c->out.data, c->out.len)
                           : send(c->fd, c->out.data, c->out.len, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN;
        buf_consume(&c->out, (size_t)n);
    }
    return true;
}

static bool fill_up(struct load *load, struct connection *c, gr_time now)
{
    while (load->options->rate == 0 && begin_call(load, c, now)) {
    }
    return !c->out.failed && flush_out(c);
}

/* Read once. returns false when the connection is over */
static bool read_some(struct load *load, struct connection *c)
{
    uint8_t *at = buf_reserve(&c->in, 65536);
    if (!at)
        return false;
    ssize_t n = c->tls ? tls_recv(c->tls, at, 65536) : recv(c->fd, at, 65536, 0);
    if (n <= 0)
        return n < 0 && errno == EAGAIN;
    c->in.len += (size_t)n;
    if (load->measuring)
        load->result->octets += (size_t)n;
    return true;
}

/* The frame behind the `*used` octets that were looked at; NULL: it is not whole yet. */
static const uint8_t *next_frame(const struct connection *c, size_t *used, size_t *length)
{
    const uint8_t *frame = c->in.data + *used;
    if (c->in.len - *used < FRAME_HEADER)
        return NULL;
    *length = load_u24(frame);
    if (c->in.len - *used < FRAME_HEADER + *length)
        return NULL;
    *used += FRAME_HEADER + *length;
    return frame;
}

/* All whole frames that are here. */
static bool take_frames(struct load *load, struct connection *c, gr_time now)
{
    size_t used = 0, length;
    for (const uint8_t *frame; (frame = next_frame(c, &used, &length));)
        if (!take_frame(load, c, frame, length, now))
            return false;
    buf_consume(&c->in, used);
    return true;
}

static bool on_readable(struct load *load, struct connection *c)
{
    do {
        if (!read_some(load, c))
            return false;
    } while (c->tls && tls_more(c->tls));
    gr_time now = clock_now_ns();
    return take_frames(load, c, now) && fill_up(load, c, now);
}

/* Begin what is due by now, on one connection after the other; what finds no room waits, and its clock runs. */
static bool keep_schedule(struct load *load)
{
    const struct load_options *options = load->options;
    int64_t step = NS_PER_S / options->rate;
    uint64_t due = (uint64_t)((clock_now_ns() - load->schedule) / step) + 1; /* the first at once */

    if (load->begun >= due)
        return true;
    while (load->begun < due) {
        struct connection *c = &load->connections[load->begun % options->connections];
        if (!begin_call(load, c, load->schedule + (int64_t)load->begun * step))
            break;
        load->begun++;
    }
    for (unsigned i = 0; i < options->connections; i++)
        if (!flush_out(&load->connections[i]))
            return false;
    return true;
}

/* With a schedule it polls and does not sleep: its own wake-ups would be counted with the server's. */
static int run_until(struct load *load, gr_time end)
{
    struct epoll_event events[64];
    bool scheduled = load->options->rate != 0;
    while (clock_now_ns() < end) {
        int n = epoll_wait(load->epoll, events, ARRAY_LEN(events), scheduled ? 0 : 100);
        if (n < 0 && errno != EINTR)
            return -1;
        for (int i = 0; i < n; i++)
            if (!on_readable(load, &load->connections[events[i].data.u32]))
                return -1;
        if (scheduled && !keep_schedule(load))
            return -1;
    }
    return 0;
}

/* ---- Life ------------------------------------------------------------------------------------ */

static int connect_one(struct connection *c, const struct load_options *options)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(options->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address) != 0)
        return -1;
    int on = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);

    if (options->connections > FEW)
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    if (options->tls && !(c->tls = tls_begin(c->fd)))
        return -1;

    c->next_stream = 1;
    c->send_window = 65535;
    buf_put_str(&c->out, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    put_frame_header(&c->out, 6, SETTINGS, 0, 0);
    buf_put_u16(&c->out, 4); /* INITIAL_WINDOW_SIZE: replies never wait */
    buf_put_u32(&c->out, WINDOW_GRANT);
    put_frame_header(&c->out, 4, WINDOW_UPDATE, 0, 0);
    buf_put_u32(&c->out, WINDOW_GRANT);
    return 0;
}

/* The server's SETTINGS are here, so it has accepted this connection and those before. */
static bool is_accepted(const struct connection *c)
{
    struct pollfd ready = {.fd = c->fd, .events = POLLIN};

    return poll(&ready, 1, 10000) == 1;
}

/* No faster than the server accepts: what its queue has no room for is lost for a second. */
static int connect_all(struct load *load)
{
    for (unsigned i = 0; i < load->options->connections; i++) {
        struct connection *c = &load->connections[i];
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
        if (connect_one(c, load->options) != 0 || !flush_out(c) ||
            (i % AT_ONCE == AT_ONCE - 1 && !is_accepted(c)) ||
            epoll_ctl(load->epoll, EPOLL_CTL_ADD, c->fd, &event) != 0)
            return -1;
    }
    for (unsigned i = 0; i < load->options->connections; i++)
        if (!fill_up(load, &load->connections[i], clock_now_ns()))
            return -1;
    return 0;
}

static void mark(const struct load *load)
{
    if (load->options->mark)
        load->options->mark(load->options->user);
}

static int measure(struct load *load)
{
    const struct load_options *options = load->options;
    struct load_result *result = load->result;
    int rc = run_until(load, clock_now_ns() + options->duration_ns / 5);

    if (rc != 0)
        return rc;
    mark(load);
    gr_time began = clock_now_ns();
    load->measuring = true;
    rc = run_until(load, began + options->duration_ns);
    result->elapsed_ns = clock_now_ns() - began;
    mark(load);
    result->mean_ns = histogram_mean(load->latency);
    result->p50_ns = histogram_quantile(load->latency, 0.50);
    result->p99_ns = histogram_quantile(load->latency, 0.99);
    result->p999_ns = histogram_quantile(load->latency, 0.999);
    return rc;
}

static void clean_up(struct load *load)
{
    for (unsigned i = 0; load->connections && i < load->options->connections; i++) {
        tls_end(load->connections[i].tls);
        if (load->connections[i].fd > 0)
            close(load->connections[i].fd);
        buf_clear(&load->connections[i].in);
        buf_clear(&load->connections[i].out);
    }
    buf_clear(&load->first_request);
    buf_clear(&load->next_request);
    histogram_free(load->latency);
    free(load->connections);
    if (load->epoll >= 0)
        close(load->epoll);
}

int load_run(const struct load_options *options, struct load_result *result, char why[static 256])
{
    *result = (struct load_result){0};
    struct load load = {.options = options, .result = result, .latency = histogram_new()};
    int rc = -1;

    load.connections = calloc(options->connections, sizeof *load.connections);
    load.epoll = epoll_create1(EPOLL_CLOEXEC);
    encode_requests(&load);
    snprintf(why, 256, "the load generator has no memory or descriptors");
    if (load.latency && load.connections && load.epoll >= 0 && !load.next_request.failed)
        rc = connect_all(&load);
    if (rc != 0)
        snprintf(why, 256, "cannot connect to 127.0.0.1:%u: %s", options->port, strerror(errno));
    if (rc == 0) {
        load.schedule = clock_now_ns();
        snprintf(why, 256, "the server closed a connection under load");
        rc = measure(&load);
    }
    clean_up(&load);
    return rc;
}

/* ---- One call -------------------------------------------------------------------------------- */

/* The DATA of what has come; *ended: its trailers too. returns false when it was not a good reply */
static bool collect(struct connection *c, struct buf *data, bool *ended)
{
    size_t used = 0, length;

    for (const uint8_t *frame; (frame = next_frame(c, &used, &length));) {
        if (frame[3] == RST_STREAM || frame[3] == GOAWAY)
            return false;
        if (frame[3] == DATA)
            buf_put(data, bytes_of(frame + FRAME_HEADER, length));
        *ended = *ended || (frame[3] == HEADERS && frame[4] & END_STREAM);
    }
    buf_consume(&c->in, used);
    return !data->failed;
}

static bool ask_once(struct load *load, struct connection *c, struct buf *reply)
{
    struct buf data = {0};
    bool ended = false, fine = begin_call(load, c, 0) && flush_out(c);

    while (fine && !ended)
        fine = read_some(load, c) && collect(c, &data, &ended);
    fine = fine && data.len >= 5 && data.len - 5 >= load_u32(data.data + 1);
    if (fine)
        buf_put(reply, bytes_first(buf_view(&data), 5 + load_u32(data.data + 1)));
    buf_clear(&data);
    return fine && !reply->failed;
}

int load_once(const struct load_options *options, struct buf *reply, char why[static 256])
{
    struct load_options one = *options;
    struct load_result result = {0};
    struct load load = {.options = &one, .result = &result, .epoll = -1};

    one.connections = one.streams = one.messages = 1;
    load.connections = calloc(1, sizeof *load.connections);
    encode_requests(&load);
    bool fine = load.connections && !load.next_request.failed &&
                connect_one(load.connections, &one) == 0 &&
                ask_once(&load, load.connections, reply);
    if (!fine)
        snprintf(why, 256, "a single call to port %u fails", options->port);
    clean_up(&load);
    return fine ? 0 : -1;
}
