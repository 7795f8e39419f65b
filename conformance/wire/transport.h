/* SPDX-License-Identifier: MIT
 *
 * Octets to and from a peer: TCP, unix socket, TLS (OpenSSL, ALPN), or a pair in memory. Blocking with a
 * deadline; one thread per transport. How a stream of octets is cut into writes is decided here. */
#ifndef WIRE_TRANSPORT_H
#define WIRE_TRANSPORT_H

#include "base/bytes.h"
#include "base/clock.h"

/* How what is flushed reaches the socket. */
enum segmentation {
    SEGMENT_WHOLE, /* everything queued in one write */
    SEGMENT_FRAME, /* a write for each frame */
    SEGMENT_BYTE,  /* a write for each octet (the first 4096 of a flush; then pieces of 1024) */
    SEGMENT_RANDOM, /* pieces of 1 to 64 octets by a seeded generator (the same; then larger pieces) */
};

struct endpoint {
    char host[256]; /* "" when unix */
    uint16_t port;
    char unix_path[108]; /* "" when TCP */
};
/* Parse "HOST:PORT", "[V6]:PORT" or "unix:PATH". On false, *why is one static sentence. */
bool endpoint_parse(const char *text, struct endpoint *endpoint, const char **why);

struct transport_tls {
    const char *ca_file;              /* trust; NULL: do not verify */
    const char *server_name;          /* SNI; NULL: none */
    const char *cert_file, *key_file; /* own certificate; NULL: none (a listener must have one) */
    const char *alpn;                 /* comma list, "h2"; NULL: "h2" */
    int min_version, max_version;     /* OpenSSL's TLS1_2_VERSION ...; 0: library default */
    const char *keylog_file;
    const char *ciphers; /* of TLS 1.2 and below, OpenSSL's words; NULL: library default */
    /* below: only for a listener */
    bool allows_renegotiation; /* of TLS 1.2, by the client; refused otherwise */
    bool asks_late;            /* TLS 1.3: asks for a certificate behind the handshake */
};

struct transport;

/* Connect by `deadline`. tls: NULL for cleartext; borrowed until return.
 * returns NULL on failure, with *why one sentence in the caller's buffer */
struct transport *transport_connect(const struct endpoint *endpoint,
                                    const struct transport_tls *tls, gr_time deadline,
                                    char why[static 256]);
/* Wrap an accepted socket (taken). With tls, does the server's handshake. */
struct transport *transport_accept(int fd, const struct transport_tls *tls, gr_time deadline,
                                   char why[static 256]);
void transport_free(struct transport *transport); /* closes */

/* Listen on 127.0.0.1 (port 0: the kernel chooses); returns the socket or -1, *port what was bound. */
int transport_listen(uint16_t port, uint16_t *bound);

enum transport_result { TRANSPORT_OK, TRANSPORT_TIMEOUT, TRANSPORT_END, TRANSPORT_RESET };
/* Read what is there, waiting until `deadline` for at least one octet. END: the peer closed in order (FIN or
 * close_notify); RESET: connection reset or broken TLS. */
enum transport_result transport_read(struct transport *transport, uint8_t *into, size_t cap,
                                     size_t *got, gr_time deadline);
/* Write everything by `deadline`, in one piece as far as the socket allows. While the peer does not read, what it
 * sends is kept for transport_read, so that two full sockets cannot deadlock. */
enum transport_result transport_write(struct transport *transport, struct bytes bytes,
                                      gr_time deadline);

void transport_shutdown_write(struct transport *transport); /* FIN; reading goes on */
void transport_abort(
    struct transport *transport); /* close with RST (SO_LINGER 0); frees, as transport_free does */

const char *
transport_alpn(const struct transport *transport); /* what was selected, "" for none or cleartext */
const char *transport_server_name(
    const struct transport *transport); /* what the peer sent as SNI, "" for none or cleartext */
bool transport_is_tls(const struct transport *transport);
int transport_fd(const struct transport *transport);

#endif
