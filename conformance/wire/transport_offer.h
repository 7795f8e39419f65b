/* SPDX-License-Identifier: MIT
 *
 * A TLS connection that offers chosen versions, ciphers and protocols, and what came of it: for the cases about TLS
 * itself. One EmptyCall is made on it; what a call is otherwise, the peer knows. */
#ifndef WIRE_TRANSPORT_OFFER_H
#define WIRE_TRANSPORT_OFFER_H

#include "wire/transport.h"

struct tls_offer {
    int min_version, max_version; /* OpenSSL's TLS1_2_VERSION ...; 0: library default */
    const char *
        ciphers; /* of TLS 1.2 and below, OpenSSL's names; NULL: library default. Weak ones are allowed */
    const char *groups;       /* "P-256"; NULL: library default */
    const char *alpn;         /* "h2,http/1.1"; NULL: no ALPN at all */
    bool without_certificate; /* although there is one */
    bool post_handshake_auth; /* TLS 1.3: we would answer a late CertificateRequest */
    bool renegotiate;         /* TLS 1.2: try it once SETTINGS have come */
};

struct tls_answer {
    bool shaken;   /* the handshake was completed */
    char why[256]; /* when not, or when the connection broke later */
    char version[16], cipher[64], alpn[32];
    bool rsa; /* the server's certificate has an RSA key */
    bool certificate_asked_late, renegotiated;
    bool speaks_h2; /* its first frame is SETTINGS */
    bool answered;  /* the call got a response */
    bool has_goaway;
    uint32_t goaway_code;
    bool over; /* it closed the connection */
};

/* Try it. options: what the target is spoken to with otherwise (CA, name, own certificate). Ends by `deadline`.
 * returns false when no connection could be made: answer->why */
bool tls_try(const struct endpoint *endpoint, const struct transport_tls *options,
             const struct tls_offer *offer, const char *authority, gr_time deadline,
             struct tls_answer *answer);

/* Offer DEFLATE before null in a ClientHello of TLS 1.2 written by hand, as libraries no longer do.
 * returns the method the server selected: 0 null, 1 DEFLATE; -1: it sent no ServerHello (answered with an alert, or
 * closed); -2: it could not be asked */
int tls_try_compression(const struct endpoint *endpoint, const char *server_name, gr_time deadline);

#endif
