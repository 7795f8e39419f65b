/* SPDX-License-Identifier: MIT
 *
 * TLS without sockets: ciphertext in, plaintext out, and the reverse; OpenSSL on memory. TLS 1.2 or
 * newer, ALPN "h2" or nothing (RFC 9113 3.2, 9.2; H2-TLS-001 to -004). The loop carries the octets.
 */
#ifndef LOOP_TLS_H
#define LOOP_TLS_H

#include "base/buf.h"
#include "codec/arena.h"
#include "grpcref.h"

/* Certificates and rules, shared by all connections of a server or channel. */
struct tls_context;

/* options: borrowed. *out is given: tls_context_free, after the last tls of it.
 * returns 0, GR_NOMEM, or GR_TLS: a file is missing or is not what it should be */
MUST_USE int tls_context_new(const struct gr_tls_options *options, bool server,
                             struct tls_context **out);
void tls_context_free(struct tls_context *context);
/* After GR_TLS: the first of the files that cannot be opened, and errno says why. NULL: all can. */
const char *tls_unreadable_file(const struct gr_tls_options *options);

/* One connection's half. */
struct tls;

/* server_name: client: sent as SNI, and what the certificate must be for; copied. given: tls_free.
 * NULL when out of memory */
struct tls *tls_new(struct tls_context *context, const char *server_name);
void tls_free(struct tls *tls);

/* client: begin the handshake; the ClientHello is in the output. */
MUST_USE int tls_start(struct tls *tls);

/* Octets read from the socket, any piece of the stream; plaintext is appended to *plain, replies
 * are in the output. returns 0; GR_CLOSED after close_notify (what came before it is in *plain);
 * GR_TLS: tls_why says what; GR_NOMEM */
MUST_USE int tls_feed(struct tls *tls, struct bytes ciphertext, struct buf *plain);

/* Handshake done and "h2" agreed: only then may plaintext be written. */
bool tls_is_ready(const struct tls *tls);

/* What is known of the peer once tls_is_ready. memory: holds what *peer points to. returns false when out of memory */
MUST_USE bool tls_describe_peer(const struct tls *tls, struct gr_arena *memory,
                                struct gr_tls_peer *peer);

/* Encrypt; the ciphertext is in the output. Returns 0, GR_TLS or GR_NOMEM. */
MUST_USE int tls_write(struct tls *tls, struct bytes plain);

/* Put close_notify into the output. */
void tls_close(struct tls *tls);

/* What is to be written to the socket; the caller consumes it with buf_consume or buf_reset. */
struct buf *tls_output(struct tls *tls);

/* One sentence on the failure, "" when there was none. Valid as long as tls. */
const char *tls_why(const struct tls *tls);

#endif
