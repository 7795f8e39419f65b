/* SPDX-License-Identifier: MIT
 *
 * A server as a process: started pinned to a core, ready when its port takes a connection, measured through /proc,
 * ended by its pid. */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* How servers run: those of different settings are different processes, and are not compared with each other. */
enum setting {
    PINNED, /* cleartext, on core 0 */
    TLS,
    TWO_CORES, /* cleartext, on both; the generator, on core 1, takes its share */
};

struct server {
    const char *name;
    const char *version; /* of what is measured; "" when it has none */
    const char *
        command; /* for sh, which it replaces; {port}, {folder}, {cache} and {certs} are filled in */
    /* ANCHOR: knows nothing but small unary calls; SPINNING: is only asked where latency is what counts */
    enum { SERVER, UNARY_ONLY, ANCHOR, SPINNING } kind;
    bool quick; /* part of the short comparison */
    enum setting setting;
    pid_t pid; /* 0 when not running */
    uint16_t port;
};

/* Where programs are found. */
struct server_places {
    const char *folder; /* what this build made */
    const char *cache;  /* what ci/install-peers made */
    const char
        *certs; /* with cert.pem and key.pem; NULL: none, then nothing that needs them exists */
};

/* Is the program there? */
bool server_exists(const struct server *server, const struct server_places *places);
/* Start it and wait until it listens, at most 20 s. returns false with one sentence in why */
bool server_start(struct server *server, const struct server_places *places, char why[static 256]);
void server_stop(struct server *server);

/* CPU time used so far by all its threads, also those that have ended; ns. */
int64_t server_cpu_ns(const struct server *server);
/* Resident memory now, octets; 0 when unknown. anonymous: without the pages of files, which programs share. */
uint64_t server_rss(const struct server *server, bool anonymous);

#endif
