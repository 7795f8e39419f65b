/* SPDX-License-Identifier: MIT
 *
 * Which cells there are: clients times servers times test cases, in cleartext and over TLS, and
 * which of them can be judged. Nothing is started here. */
#ifndef INTEROP_GRID_H
#define INTEROP_GRID_H

#include "interop/peers.h"
#include "run/options.h"

/* All zeros selects everything in cleartext and over TLS. */
struct grid_selection {
    struct globs clients, servers, cases;
    bool no_plaintext, no_tls;
    const char *via;   /* a glob of proxies, borrowed; NULL: directly */
    bool only_servers; /* there are no cells: clients do not matter */
    bool only_clients; /* there are no cells: servers do not matter */
};

/* What serves the cells that share it: a server, and the proxy before it. */
struct grid_server {
    const struct peer *server;
    const struct peer *proxy; /* or NULL */
    bool tls;                 /* towards the client */
    const char *skip_why;     /* it is not started: why; NULL: it is */
};

/* A client by itself, where there are no cells. */
struct grid_client {
    const struct peer *client;
    bool tls;
    const char *skip_why; /* as above */
};

struct cell {
    const struct peer *client;
    size_t server; /* index in servers */
    const char *test_case;
    const char *command;   /* the client's */
    const char *asked;     /* the case that the client is asked for; mostly the same */
    bool client_traced;    /* the client prints its frames */
    char id[200];          /* "interop/CLIENT/SERVER/CASE", "/tls", "/via/PROXY" */
    const char *skip_why;  /* it is not run: why; NULL: it is */
    const char *known_why; /* it fails, and that is known: why; NULL: it is not */
    const char *known_by;  /* the peer whose manifest says so */
};

/* Cells of a server lie together. Borrows from the peers. */
struct grid {
    struct grid_server *servers;
    size_t server_count;
    struct cell *cells;
    size_t cell_count;
    struct grid_client *clients; /* only_clients */
    size_t client_count;
};

/* The selection's names, checked against the peers and their cases.
 * returns false with one sentence in why: a glob that matches nothing */
MUST_USE bool grid_check_selection(const struct grid_selection *selection,
                                   const struct peers *peers, char why[static 512]);
/* Does the selection start this peer, in any role? */
bool grid_wants(const struct grid_selection *selection, const struct peer *peer);
/* has_certs: TLS is possible on this machine. grid_clear() either way.
 * returns false with one sentence in why: nothing selected, out of memory */
MUST_USE bool grid_make(struct grid *grid, const struct grid_selection *selection,
                        const struct peers *peers, bool has_certs, char why[static 512]);
void grid_clear(struct grid *grid);

/* No globs, or one of them matches. */
bool globs_match(const struct globs *globs, const char *text);

#endif
