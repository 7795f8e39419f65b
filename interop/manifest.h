/* SPDX-License-Identifier: MIT
 *
 * What a peer says of itself: a text file of key=value lines, described in README.md. Only reading
 * and checking; nothing is started here. */
#ifndef INTEROP_MANIFEST_H
#define INTEROP_MANIFEST_H

#include "base/attr.h"
#include "base/bytes.h"

#define MANIFEST_NAME "manifest"

enum manifest_kind {
    KIND_PEER, /* a client, a server, or both */
    KIND_PROXY /* stands between them */
};

/* How a program that listens says that it is ready. */
enum manifest_ready {
    READY_TCP,  /* it accepts a connection */
    READY_LINE, /* it printed a line that contains ready_text */
    READY_PORT  /* the same; {port} is 0, and the last number of that line is the port */
};

/* "CASE WHY", or "CASE@PEERS WHY": only together with such a peer. The case is a glob, the peers are
 * globs with commas between them; NULL: any. */
struct manifest_remark {
    char *glob, *others, *why;
};
struct manifest_remarks {
    struct manifest_remark *items;
    size_t count;
};

/* Owns its strings. NULL: the key is absent. */
struct manifest {
    char *folder; /* where it lies; NULL when parsed from memory */
    enum manifest_kind kind;
    char *name, *about, *version, *install;
    char *check;               /* exits 0 when it is installed; NULL: always there */
    char *server, *client;     /* a peer has one or both */
    char *client_http2;        /* the client of the negative HTTP/2 cases */
    char *proxy, *proxy_tls;   /* KIND_PROXY: in front with cleartext, with TLS; never towards the
                                server */
    char *config, *config_tls; /* KIND_PROXY: files in `folder`, templates of {config} */
    char *trace;               /* appended to a command, it prints each frame on a line */
    enum manifest_ready ready;
    char *ready_text; /* READY_LINE, READY_PORT */
    char *skip_tls;   /* why it has no TLS */
    struct manifest_remarks skip_client, skip_server;
    struct manifest_remarks known_client, known_server; /* such a case fails, and that is known */
    struct manifest_remarks vacuous_client; /* such a case passes without any server too */
};

/* Read `text`; `file` is its name in sentences. All zeros before; afterwards manifest_clear().
 * returns false with one sentence in why: file, line, what is wrong, what to do */
MUST_USE bool manifest_parse(struct manifest *manifest, const char *file, struct bytes text,
                             char why[static 512]);
/* The same for folder/manifest, whose name must be the folder's. */
MUST_USE bool manifest_load(struct manifest *manifest, const char *folder, char why[static 512]);
void manifest_clear(struct manifest *manifest);

/* Why, of the first remark that is about the case and the peer on the other side; NULL: none is. */
const char *remarks_find(const struct manifest_remarks *remarks, const char *test_case,
                         const char *other);

#endif
