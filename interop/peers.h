/* SPDX-License-Identifier: MIT
 *
 * The peers of a folder: their manifests, which of them are installed, and the list of test cases.
 * Starts nothing but the commands that ask whether a peer is installed. */
#ifndef INTEROP_PEERS_H
#define INTEROP_PEERS_H

#include "interop/manifest.h"

/* The folders that commands speak of. Owns its strings. */
struct places {
    char *peers; /* the manifests */
    char *root;  /* two above it, where commands are run */
    char *self;  /* this program */
    char *bin;   /* its folder */
    char *cache; /* $GRPCSPEC_CACHE, else ~/.cache/grpcspec */
    char *certs; /* the gRPC project's test certificates; NULL: not on this machine */
};

/* peers: --peers, or NULL: $GRPCSPEC_PEERS, interop/peers here or above this program, or
 * ../share/grpcspec/peers beside it. certs: --certs, or NULL: $GRPCREF_TESTDATA, Debian's
 * ruby-grpc, Go's module cache.
 * returns false with sentences in why: what was tried */
MUST_USE bool places_find(struct places *places, const char *peers, const char *certs,
                          char why[static 1024]);
void places_clear(struct places *places);

struct peer {
    struct manifest manifest;
    bool absent;          /* its check failed */
    char absent_why[300]; /* a sentence with the command that installs it */
};

/* A line of the file `cases`. Owns its strings. */
struct peer_case {
    char *name;
    char *server; /* the only one that it runs against, which has no others; NULL: it is for all */
    char *asked;  /* what the client is asked for in its place; NULL: the same */
};

struct peers {
    struct peer *items; /* by name */
    size_t count;
    struct peer_case *cases; /* in the order of the file */
    size_t case_count;
};

/* Every folder of `folder` that has a manifest, and the file `cases`.
 * returns false with one sentence in why; peers_clear() either way */
MUST_USE bool peers_load(struct peers *peers, const char *folder, char why[static 512]);
void peers_clear(struct peers *peers);
/* Ask each of them with `wanted` (NULL: all) whether it is installed, by its manifest's command. */
void peers_check(struct peers *peers, const struct places *places,
                 bool (*wanted)(void *arg, const struct peer *peer), void *arg);
/* Does the case run against a server of that name? */
bool peers_have_cell(const struct peers *peers, const struct peer_case *test_case,
                     const char *server);
/* Is the server one with test cases of its own? */
bool peers_own_cases(const struct peers *peers, const char *server);
struct peer *peers_find(const struct peers *peers, const char *name); /* or NULL */

#endif
