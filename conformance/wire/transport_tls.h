/* SPDX-License-Identifier: MIT
 *
 * TLS over a non-blocking socket, for transport.c only: OpenSSL stays in transport_tls.c. Nothing
 * here waits; a function that cannot go on says what it needs. */
#ifndef WIRE_TRANSPORT_TLS_H
#define WIRE_TRANSPORT_TLS_H

#include "wire/transport.h"

enum tls_result { TLS_OK, TLS_WANTS_READ, TLS_WANTS_WRITE, TLS_END, TLS_BROKEN };

struct tls;
/* fd: borrowed until tls_free. NULL on failure, with *why one sentence. */
struct tls *tls_new(int fd, const struct transport_tls *options, bool server, char why[static 256]);
void tls_free(struct tls *tls);

/* TLS_OK when done; TLS_BROKEN with *why. */
enum tls_result tls_handshake(struct tls *tls, char why[static 256]);
/* TLS_OK with *got > 0. END: close_notify came. */
enum tls_result tls_read(struct tls *tls, uint8_t *into, size_t cap, size_t *got);
/* TLS_OK with *put > 0, maybe less than all. */
enum tls_result tls_write(struct tls *tls, struct bytes octets, size_t *put);
void tls_close_notify(struct tls *tls);

/* What ALPN selected, "" for none. Valid until tls_free. */
const char *tls_alpn(const struct tls *tls);
/* The name that a client sent (SNI), "" for none. Valid until tls_free. */
const char *tls_server_name(const struct tls *tls);

#endif
