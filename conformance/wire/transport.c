/* SPDX-License-Identifier: MIT
 *
 * Sockets with deadlines; see transport.h. The socket never blocks: every wait is a poll() here. */
#include "wire/transport.h"

#include "wire/descriptors.h"

#include "base/buf.h"
#include "wire/transport_tls.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_KEPT                                                                                   \
    ((size_t)64 << 20) /* what a write keeps of a peer that talks and does not listen */

struct transport {
    int fd;
    struct tls *tls;                /* NULL: cleartext */
    struct buf kept;                /* read while writing, not yet handed out */
    enum transport_result read_end; /* END or RESET once reading is over */
    bool read_over;
    bool write_broken; /* the peer reset the connection: an END read afterwards is a RESET */
};

/* ---- waiting ---- */

/* poll() until the deadline; returns revents, 0 at the deadline. */
static short wait_for(int fd, short events, gr_time deadline)
{
    for (;;) {
        struct pollfd poll_fd = {.fd = fd, .events = events};
        int64_t left = deadline == TIME_NEVER ? NS_PER_S : deadline - clock_now_ns();
        int64_t ms = left <= 0 ? 0 : (left + NS_PER_MS - 1) / NS_PER_MS;
        int n = poll(&poll_fd, 1, ms > 1000 ? 1000 : (int)ms);
        if (n > 0)
            return poll_fd.revents;
        if (left <= 0 && !(n < 0 && errno == EINTR))
            return 0;
    }
}

static short events_of(enum tls_result wants)
{
    return wants == TLS_WANTS_WRITE ? POLLOUT : POLLIN;
}

/* ---- making ---- */

static void set_up(int fd, bool tcp)
{
    int on = 1;
    (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    if (tcp)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static bool handshake(struct transport *transport, gr_time deadline, char why[static 256])
{
    for (;;) {
        enum tls_result result = tls_handshake(transport->tls, why);
        if (result == TLS_OK)
            return true;
        if (result == TLS_BROKEN || result == TLS_END)
            return false;
        if (!wait_for(transport->fd, events_of(result), deadline)) {
            (void)snprintf(why, 256, "TLS: no end of the handshake in time");
            return false;
        }
    }
}

/* Takes fd, connected. */
static struct transport *wrap(int fd, const struct transport_tls *tls, bool server,
                              gr_time deadline, char why[static 256])
{
    struct transport *transport = calloc(1, sizeof *transport);
    if (!transport) {
        (void)snprintf(why, 256, "out of memory");
        (void)close(fd);
        return NULL;
    }
    transport->fd = fd;
    if (!tls)
        return transport;
    transport->tls = tls_new(fd, tls, server, why);
    if (transport->tls && handshake(transport, deadline, why))
        return transport;
    transport_free(transport);
    return NULL;
}

static bool finish_connect(int fd, const struct sockaddr *address, socklen_t len, gr_time deadline,
                           char why[static 256])
{
    int error = connect(fd, address, len) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
        socklen_t size = sizeof error;
        if (!wait_for(fd, POLLOUT, deadline))
            error = ETIMEDOUT;
        else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
            error = errno;
    }
    if (error)
        (void)snprintf(why, 256, "connect: %.200s", strerror(error));
    return error == 0;
}

static int connect_address(int family, const struct sockaddr *address, socklen_t len,
                           gr_time deadline, char why[static 256])
{
    int fd = socket(family, SOCK_STREAM, 0);
    if (fd < 0) {
        (void)snprintf(why, 256, "socket: %.200s", strerror(errno));
        return -1;
    }
    set_up(fd, family != AF_UNIX);
    if (finish_connect(fd, address, len, deadline, why))
        return fd;
    (void)close(fd);
    return -1;
}

static int connect_unix(const char *path, gr_time deadline, char why[static 256])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    return connect_address(AF_UNIX, (const struct sockaddr *)&address, sizeof address, deadline,
                           why);
}

static int connect_tcp(const struct endpoint *endpoint, gr_time deadline, char why[static 256])
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    char port[8];
    (void)snprintf(port, sizeof port, "%u", endpoint->port);
    int error = getaddrinfo(endpoint->host, port, &hints, &list);
    if (error) {
        (void)snprintf(why, 256, "%.150s: %.80s", endpoint->host, gai_strerror(error));
        return -1;
    }
    int fd = -1;
    for (const struct addrinfo *each = list; each && fd < 0; each = each->ai_next)
        fd = connect_address(each->ai_family, each->ai_addr, each->ai_addrlen, deadline, why);
    freeaddrinfo(list);
    return fd;
}

struct transport *transport_connect(const struct endpoint *endpoint,
                                    const struct transport_tls *tls, gr_time deadline,
                                    char why[static 256])
{
    int fd = endpoint->unix_path[0] ? connect_unix(endpoint->unix_path, deadline, why)
                                    : connect_tcp(endpoint, deadline, why);
    return fd < 0 ? NULL : wrap(fd, tls, false, deadline, why);
}

struct transport *transport_accept(int fd, const struct transport_tls *tls, gr_time deadline,
                                   char why[static 256])
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof address;
    bool named = getsockname(fd, (struct sockaddr *)&address, &len) == 0;
    set_up(fd, named && address.ss_family != AF_UNIX);
    return wrap(fd, tls, true, deadline, why);
}

int transport_listen(uint16_t port, uint16_t *bound)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t len = sizeof address;
    int on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    descriptors_lock();
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd >= 0)
        descriptor_close_on_exec(fd);
    descriptors_unlock();
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (const struct sockaddr *)&address, len) != 0 || listen(fd, 128) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) != 0) {
        (void)close(fd);
        return -1;
    }
    *bound = ntohs(address.sin_port);
    return fd;
}

void transport_free(struct transport *transport)
{
    if (!transport)
        return;
    if (transport->tls && !transport->write_broken)
        tls_close_notify(transport->tls);
    tls_free(transport->tls);
    (void)close(transport->fd);
    buf_clear(&transport->kept);
    free(transport);
}

/* ---- octets: one try, no waiting ------------------------------------------------------------- */

enum attempt { ATTEMPT_DONE, ATTEMPT_WANTS_READ, ATTEMPT_WANTS_WRITE, ATTEMPT_END, ATTEMPT_RESET };

static enum attempt attempt_of(enum tls_result result)
{
    static const enum attempt attempts[] = {
        [TLS_OK] = ATTEMPT_DONE,
        [TLS_WANTS_READ] = ATTEMPT_WANTS_READ,
        [TLS_WANTS_WRITE] = ATTEMPT_WANTS_WRITE,
        [TLS_END] = ATTEMPT_END,
        [TLS_BROKEN] = ATTEMPT_RESET,
    };
    return attempts[result];
}

static enum attempt try_read(struct transport *transport, uint8_t *into, size_t cap, size_t *got)
{
    *got = 0;
    if (transport->tls)
        return attempt_of(tls_read(transport->tls, into, cap, got));
    ssize_t n = recv(transport->fd, into, cap, 0);
    if (n > 0)
        *got = (size_t)n;
    if (n >= 0)
        return n > 0 ? ATTEMPT_DONE : ATTEMPT_END;
    return errno == EAGAIN || errno == EINTR ? ATTEMPT_WANTS_READ : ATTEMPT_RESET;
}

static enum attempt try_write(struct transport *transport, struct bytes octets, size_t *put)
{
    *put = 0;
    if (transport->tls)
        return attempt_of(tls_write(transport->tls, octets, put));
    ssize_t n = send(transport->fd, octets.data, octets.len, MSG_NOSIGNAL);
    if (n >= 0) {
        *put = (size_t)n;
        return ATTEMPT_DONE;
    }
    return errno == EAGAIN || errno == EINTR ? ATTEMPT_WANTS_WRITE : ATTEMPT_RESET;
}

static void note_end(struct transport *transport, enum attempt attempt)
{
    bool reset = attempt == ATTEMPT_RESET || transport->write_broken;
    transport->read_over = true;
    transport->read_end = reset ? TRANSPORT_RESET : TRANSPORT_END;
}

/* ---- reading ---- */

static size_t hand_out(struct transport *transport, uint8_t *into, size_t cap)
{
    size_t n = transport->kept.len < cap ? transport->kept.len : cap;
    if (n == 0)
        return 0;
    memcpy(into, transport->kept.data, n);
    buf_consume(&transport->kept, n);
    return n;
}

enum transport_result transport_read(struct transport *transport, uint8_t *into, size_t cap,
                                     size_t *got, gr_time deadline)
{
    *got = hand_out(transport, into, cap);
    if (*got > 0)
        return TRANSPORT_OK;
    while (!transport->read_over) {
        enum attempt attempt = try_read(transport, into, cap, got);
        if (attempt == ATTEMPT_DONE)
            return TRANSPORT_OK;
        if (attempt == ATTEMPT_END || attempt == ATTEMPT_RESET) {
            note_end(transport, attempt);
            break;
        }
        short events = attempt == ATTEMPT_WANTS_WRITE ? POLLOUT : POLLIN;
        if (!wait_for(transport->fd, events, deadline))
            return TRANSPORT_TIMEOUT;
    }
    return transport->read_end;
}

/* ---- writing ---- */

/* Take what the peer sends while it does not read. returns false when nothing can be kept any more.
 */
static bool keep_incoming(struct transport *transport)
{
    if (transport->read_over || transport->kept.len >= MAX_KEPT)
        return false;
    uint8_t *at = buf_reserve(&transport->kept, 16384);
    size_t got = 0;
    if (!at)
        return false;
    enum attempt attempt = try_read(transport, at, 16384, &got);
    transport->kept.len += got;
    if (attempt == ATTEMPT_END || attempt == ATTEMPT_RESET)
        note_end(transport, attempt);
    return true;
}

enum transport_result transport_write(struct transport *transport, struct bytes bytes,
                                      gr_time deadline)
{
    bool readable = true;
    while (bytes.len > 0 && !transport->write_broken) {
        size_t put = 0;
        enum attempt attempt = try_write(transport, bytes, &put);
        if (attempt == ATTEMPT_DONE) {
            bytes = bytes_skip(bytes, put);
            continue;
        }
        if (attempt == ATTEMPT_END || attempt == ATTEMPT_RESET) {
            transport->write_broken = true;
            break;
        }
        short events = attempt == ATTEMPT_WANTS_READ ? POLLIN : POLLOUT;
        short ready = wait_for(transport->fd, (short)(events | (readable ? POLLIN : 0)), deadline);
        if (ready == 0)
            return TRANSPORT_TIMEOUT;
        if (ready & POLLIN)
            readable = keep_incoming(transport);
    }
    return bytes.len == 0 ? TRANSPORT_OK : TRANSPORT_RESET;
}

/* ---- ending ---- */

void transport_shutdown_write(struct transport *transport)
{
    if (transport->tls)
        tls_close_notify(transport->tls);
    (void)shutdown(transport->fd, SHUT_WR);
}

void transport_abort(struct transport *transport)
{
    const struct linger linger = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(transport->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    transport->write_broken = true; /* no close_notify: an abort says nothing */
    transport_free(transport);
}

const char *transport_alpn(const struct transport *transport)
{
    return transport->tls ? tls_alpn(transport->tls) : "";
}

const char *transport_server_name(const struct transport *transport)
{
    return transport->tls ? tls_server_name(transport->tls) : "";
}

bool transport_is_tls(const struct transport *transport)
{
    return transport->tls != NULL;
}

int transport_fd(const struct transport *transport)
{
    return transport->fd;
}
