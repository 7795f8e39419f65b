/* SPDX-License-Identifier: MIT
 *
 * Does the target still serve? A new connection, the preface, a PING: as little as can be asked of
 * an HTTP/2 server, on the wire layer alone. Judges nothing but life; also the first thing asked of
 * an unknown target. */
#ifndef TARGET_CANARY_H
#define TARGET_CANARY_H

#include "wire/transport.h"

enum canary_answer {
    CANARY_SERVES,      /* SETTINGS came and the PING was answered */
    CANARY_UNREACHABLE, /* no connection: `why` */
    CANARY_SILENT,      /* connected, but patience ended */
    CANARY_CLOSED,      /* connected, and closed again by the target */
    CANARY_NOT_HTTP2,   /* it answered something that is no HTTP/2 */
};

struct canary {
    enum canary_answer answer;
    bool got_settings;
    char why[256];     /* one sentence, unless it serves */
    uint8_t first[96]; /* what it said first */
    size_t first_len;
};

/* Ask once, for at most patience_ns. tls: NULL for cleartext; borrowed until return. */
struct canary canary_ask(const struct endpoint *endpoint, const struct transport_tls *tls,
                         int64_t patience_ns);

#endif
