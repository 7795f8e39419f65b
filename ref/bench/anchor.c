/* SPDX-License-Identifier: MIT
 *
 * The loop of anchor.h. Kept as lean as an epoll loop can be, so that what is compared with it cannot hide. */
#define _GNU_SOURCE
#include "anchor.h"

#include "base/attr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static uint8_t input[65536];

static int listen_on(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) != 0 || listen(fd, 512) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        return -1;
    printf("listening on 127.0.0.1:%u\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void drop(const struct anchor *anchor, struct anchor_conn *conn)
{
    anchor->close(conn);
    close(conn->fd);
    buf_clear(&conn->out);
    free(conn);
}

static void take(const struct anchor *anchor, int epoll, int listener)
{
    struct anchor_conn *conn = calloc(1, sizeof(*conn));
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = conn};
    int on = 1;

    if (!conn)
        return;
    conn->fd = accept(listener, NULL, NULL);
    setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (conn->fd < 0 || !anchor->open(conn) ||
        epoll_ctl(epoll, EPOLL_CTL_ADD, conn->fd, &event) != 0)
        drop(anchor, conn);
}

/* What does not fit waits for the socket: replies here are small, so blocking is as good as anything. */
static bool write_all(struct anchor_conn *conn)
{
    size_t at = 0;

    while (at < conn->out.len) {
        ssize_t n = send(conn->fd, conn->out.data + at, conn->out.len - at, MSG_NOSIGNAL);
        if (n < 0)
            return false;
        at += (size_t)n;
    }
    buf_reset(&conn->out);
    return true;
}

static void serve(const struct anchor *anchor, struct anchor_conn *conn)
{
    ssize_t n = recv(conn->fd, input, sizeof(input), 0);

    if (n <= 0 || !anchor->feed(conn, bytes_of(input, (size_t)n)) || conn->out.failed ||
        !write_all(conn))
        drop(anchor, conn);
}

int anchor_serve(const struct anchor *anchor, int argc, char **argv)
{
    unsigned port = 0;
    struct epoll_event events[256], event = {.events = EPOLLIN};
    int epoll = epoll_create1(EPOLL_CLOEXEC), listener;

    for (int i = 1; i < argc; i++)
        if (sscanf(argv[i], "--port=%u", &port) != 1) {
            fprintf(stderr, "%s: takes --port=N alone\n", argv[0]);
            return 2;
        }
    listener = listen_on(port);
    if (listener < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) != 0) {
        perror(argv[0]);
        return 1;
    }
    for (;;) {
        int count = epoll_wait(epoll, events, ARRAY_LEN(events), -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr)
                serve(anchor, events[i].data.ptr);
            else
                take(anchor, epoll, listener);
        }
    }
}
