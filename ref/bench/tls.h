/* SPDX-License-Identifier: MIT
 *
 * The generator's TLS: one connection on a socket that blocks. It offers "h2" and believes any certificate: it
 * measures, and does not trust. */
#ifndef BENCH_TLS_H
#define BENCH_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct ssl_st;

/* Shake hands on a connected socket. given: tls_end. NULL when that failed */
struct ssl_st *tls_begin(int fd);
void tls_end(struct ssl_st *tls); /* NULL: nothing */

/* As send and recv. */
ssize_t tls_send(struct ssl_st *tls, const void *from, size_t len);
ssize_t tls_recv(struct ssl_st *tls, void *to, size_t room);
/* Are octets here that the socket no longer tells of? */
bool tls_more(const struct ssl_st *tls);

/* Make a key and a certificate for it, "key.pem" and "cert.pem", in a new folder under /tmp. returns its name, static;
 * NULL when there is no openssl program */
const char *tls_make_certificate(void);
void tls_drop_certificate(void);

#endif
