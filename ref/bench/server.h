/* SPDX-License-Identifier: MIT
 *
 * A server as a process: started pinned to a core, ready when it prints its port, measured through
 * /proc, ended by its pid. */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct server {
    const char *name;
    const char *argv[8]; /* the program and its arguments, NULL at the end */
    pid_t pid;           /* 0 when not running */
    uint16_t port;
};

/* Start it on `core`; its first line on stdout must hold the port as its last number. Waits at most
 * 10 s. returns false with one sentence in why */
bool server_start(struct server *server, unsigned core, char why[static 256]);
void server_stop(struct server *server);

/* CPU time used so far by all its threads, also those that have ended; ns, in steps of a clock
 * tick. */
int64_t server_cpu_ns(const struct server *server);
/* Resident memory now, octets; 0 when unknown. */
uint64_t server_rss(const struct server *server);

#endif
