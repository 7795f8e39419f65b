/* SPDX-License-Identifier: MIT
 *
 * One turn of a link: read up to 64 KiB, feed once, dispatch, write once. */
#include "loop/link.h"

#include <stdlib.h>

#define LINGER       NS_PER_S /* after our FIN, for the peer's */
#define WRITE_ROUNDS 16       /* writes in one turn, before others have theirs */
#define PIECES       64       /* in one write */

static void set_timer(struct link *link);

/* What did not fit into the socket, until it has. */
struct link_write {
    uv_write_t request;
    struct gather lent;
    size_t now; /* octets of it that libuv has been given */
};

static void end_write(struct link *link)
{
    if (link->writing)
        gather_clear(&link->writing->lent);
    free(link->writing);
    link->writing = NULL;
}

/* ---- Closing --------------------------------------------------------------------------------- */

static void on_closed(uv_handle_t *handle)
{
    struct link *link = handle->data;
    struct tls *tls = link->tls;

    if (--link->open_handles > 0)
        return;
    end_write(link);
    link->closed(link); /* which may free the link, and still read why_lost */
    tls_free(tls);
}

void link_close(struct link *link, const char *why)
{
    if (link->closing)
        return;
    link->closing = true;
    loop_unqueue(link->loop, &link->job);
    conn_lost(link->conn, why);
    link->dispatch(link);
    uv_close(&link->socket.handle, on_closed);
    uv_close((uv_handle_t *)&link->timer, on_closed);
}

/* A write failed. */
static void lose(struct link *link)
{
    link->loop->write_failed = true;
    link_close(link, "the connection was lost");
}

static void on_shutdown(uv_shutdown_t *request, int status)
{
    (void)status;
    free(request);
}

static void say_close_notify(struct link *link)
{
    struct buf *wire = link->tls ? tls_output(link->tls) : NULL;
    uv_buf_t buf;

    if (!wire)
        return;
    tls_close(link->tls);
    buf = uv_buf_init((char *)wire->data, (unsigned)wire->len);
    if (wire->len)
        (void)uv_try_write(&link->socket.stream, &buf,
                           1); /* a courtesy; if it does not fit, be it */
}

/* Everything is written and nothing more is wanted. A FIN, and a little patience: closing at once, with octets of the
 * peer unread, would make TCP take back our GOAWAY (RFC 9113 section 5.4.1). */
static void linger(struct link *link)
{
    if (link->lingering)
        return;
    link->lingering = true;
    say_close_notify(link);
    conn_lost(link->conn, link->why_lost);
    link->dispatch(link);
    if (link->closing)
        return;
    uv_shutdown_t *request = malloc(sizeof(*request));
    if (!request || uv_shutdown(request, &link->socket.stream, on_shutdown) != 0) {
        free(request);
        link_close(link, link->why_lost);
        return;
    }
    link->give_up_at = clock_add(clock_now_ns(), LINGER);
    set_timer(link);
}

/* ---- Time ------------------------------------------------------------------------------------ */

static void on_timer(uv_timer_t *timer)
{
    struct link *link = timer->data;
    gr_time now = clock_now_ns();

    link->timer_at = TIME_NEVER;
    if (now >= link->give_up_at && (link->lingering || !conn_is_ready(link->conn))) {
        link_close(link, "the connection was not ready in time");
        return;
    }
    conn_tick(link->conn, now);
    link->dispatch(link);
    if (conn_is_dead(link->conn)) {
        link_close(link, "the peer does not answer to pings");
        return;
    }
    link_flush(link);
}

/* Never later than anything wants; sooner does no harm, so a timer that is set is left alone. */
static void set_timer(struct link *link)
{
    gr_time at = conn_wakes_at(link->conn);

    if (link->closing)
        return;
    if ((link->lingering || !conn_is_ready(link->conn)) && link->give_up_at < at)
        at = link->give_up_at;
    if (at >= link->timer_at)
        return;
    gr_time now = clock_now_ns();
    int64_t wait_ns = at > now ? at - now : 0;
    link->timer_at = at;
    uv_update_time(&link->loop->uv);
    uv_timer_start(&link->timer, on_timer, (uint64_t)((wait_ns + NS_PER_MS - 1) / NS_PER_MS), 0);
}

/* ---- Writing --------------------------------------------------------------------------------- */

/* The next octets, enciphered. */
static struct bytes next_ciphertext(struct link *link)
{
    struct bytes plain;

    if (tls_output(link->tls)->len == 0 && tls_is_ready(link->tls) && !link->tls_over) {
        plain = conn_output(link->conn);
        if (plain.len && tls_write(link->tls, plain) == 0)
            conn_sent(link->conn, plain.len);
    }
    return buf_view(tls_output(link->tls));
}

/* What is to be written now, as it lies. returns how many pieces */
static size_t next_output(struct link *link, struct bytes pieces[static PIECES])
{
    if (!link->tls)
        return gather_list(conn_gather(link->conn), pieces, PIECES);
    pieces[0] = next_ciphertext(link);
    return pieces[0].len > 0;
}

static void sent(struct link *link, size_t n)
{
    if (link->tls)
        buf_consume(tls_output(link->tls), n);
    else
        conn_sent(link->conn, n);
}

/* As libuv wants them. returns the sum of their octets */
static size_t to_uv(const struct bytes *pieces, size_t count, uv_buf_t *bufs)
{
    size_t octets = 0;

    for (size_t i = 0; i < count; i++) {
        bufs[i] = uv_buf_init((char *)(uintptr_t)pieces[i].data, (unsigned)pieces[i].len);
        octets += pieces[i].len;
    }
    return octets;
}

static void write_lent(struct link *link);

static void on_written(uv_write_t *request, int status)
{
    struct link *link = request->data;

    if (link->closing)
        return;
    if (status != 0) {
        lose(link);
        return;
    }
    gather_sent(&link->writing->lent, link->writing->now);
    if (gather_waiting(&link->writing->lent)) {
        write_lent(link);
        return;
    }
    end_write(link);
    link->dispatch(link);
    link_flush(link);
}

static void write_lent(struct link *link)
{
    struct bytes pieces[PIECES];
    uv_buf_t bufs[PIECES];
    struct link_write *write = link->writing;
    size_t count = gather_list(&write->lent, pieces, PIECES);

    write->now = to_uv(pieces, count, bufs);
    write->request.data = link;
    if (uv_write(&write->request, &link->socket.stream, bufs, (unsigned)count, on_written) != 0)
        lose(link);
}

/* The socket is full: libuv keeps the rest, taken off the connection, which may go on to say something meanwhile. */
static void write_later(struct link *link)
{
    link->writing = calloc(1, sizeof(*link->writing));
    if (!link->writing) {
        link_close(link, "out of memory");
        return;
    }
    if (link->tls) {
        link->writing->lent.own = *tls_output(link->tls);
        *tls_output(link->tls) = (struct buf){0};
    } else {
        link->writing->lent = conn_take_output(link->conn);
    }
    write_lent(link);
}

/* Write what the connection has, once. returns false when there is nothing, or the socket takes no more */
static bool write_some(struct link *link)
{
    struct bytes pieces[PIECES];
    uv_buf_t bufs[PIECES];
    size_t count = next_output(link, pieces), octets = to_uv(pieces, count, bufs);
    int n;

    if (count == 0)
        return false;
    n = uv_try_write(&link->socket.stream, bufs, (unsigned)count);
    if (n < 0 && n != UV_EAGAIN) {
        lose(link);
        return false;
    }
    if (n > 0) {
        loop_stay_awake(link->loop);
        sent(link, (size_t)n);
    }
    if (n == (int)octets)
        return true;
    write_later(link);
    return false;
}

void link_flush(struct link *link)
{
    int rounds = 0;

    while (!link->writing && !link->closing && rounds++ < WRITE_ROUNDS && write_some(link))
        link->dispatch(link); /* a call may be writable again */
    if (link->closing)
        return;
    if (rounds > WRITE_ROUNDS)
        link_wake(link);
    else if (!link->writing && (conn_done(link->conn) || link->tls_over))
        linger(link);
    set_timer(link);
}

static void on_job(struct loop_job *job)
{
    struct link *link = (struct link *)(void *)((char *)job - offsetof(struct link, job));

    link->dispatch(link);
    link_flush(link);
}

void link_wake(struct link *link)
{
    if (link->closing)
        return;
    link->job.run = on_job;
    loop_queue(link->loop, &link->job);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct link *link = handle->data;

    (void)suggested;
    *buf = uv_buf_init((char *)link->loop->read_buffer, LOOP_READ_SIZE);
}

/* A wrong port is a common mistake, and the rest of the way knows only that this is no HTTP/2. */
static void look_who_it_is(struct link *link, struct bytes first)
{
    if (bytes_starts_with(first, BYTES("HTTP/")))
        link->why_lost = "the peer speaks HTTP/1, not HTTP/2";
    else if (!link->tls && bytes_starts_with(first, BYTES("\x15\x03"))) /* an alert */
        link->why_lost = "the peer speaks TLS, and this connection is cleartext";
}

static void feed(struct link *link, struct bytes plain, gr_time now)
{
    if (link->lingering || link->closing)
        return;
    if (!conn_is_ready(link->conn))
        look_who_it_is(link, plain);
    if (conn_feed(link->conn, plain, now) != 0) {
        link_close(link, "out of memory");
        return;
    }
    link->dispatch(link);
}

static void feed_tls(struct link *link, struct bytes wire, gr_time now)
{
    struct buf *plain = &link->loop->plain;
    int error;

    buf_reset(plain);
    error = tls_feed(link->tls, wire, plain);
    if (plain->len)
        feed(link, buf_view(plain), now);
    if (error == 0)
        return;
    link->tls_over = true;
    if (error == GR_TLS)
        link->why_lost = tls_why(link->tls);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
    struct link *link = stream->data;

    if (len == 0 || link->closing)
        return;
    if (len < 0) {
        link_close(link, link->why_lost);
        return;
    }
    loop_stay_awake(link->loop);
    if (link->tls)
        feed_tls(link, bytes_of(buf->base, (size_t)len), clock_now_ns());
    else
        feed(link, bytes_of(buf->base, (size_t)len), clock_now_ns());
    if (!link->closing)
        link_flush(link);
}

void link_start(struct link *link, int64_t give_up_ns)
{
    link->socket.handle.data = link;
    uv_timer_init(&link->loop->uv, &link->timer);
    link->timer.data = link;
    link->timer_at = TIME_NEVER;
    link->give_up_at = clock_add(clock_now_ns(), give_up_ns);
    link->open_handles = 2;
    link->why_lost = "the connection was lost";
    uv_read_start(&link->socket.stream, on_alloc, on_read);
    link_flush(link);
}
