/* SPDX-License-Identifier: MIT
 *
 * Who is at the other end of a TLS connection: for tls.c alone. */
#ifndef LOOP_TLS_PEER_H
#define LOOP_TLS_PEER_H

#include "codec/arena.h"
#include "grpcref.h"

struct ssl_st; /* OpenSSL's SSL, after its handshake */

/* As tls_describe_peer. */
MUST_USE bool tls_peer_describe(const struct ssl_st *ssl, struct gr_arena *memory,
                                struct gr_tls_peer *peer);

#endif
