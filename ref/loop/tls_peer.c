/* SPDX-License-Identifier: MIT
 *
 * From a verified certificate to the strings of struct gr_tls_peer. Verifying is OpenSSL's, during the handshake. */
#include "loop/tls_peer.h"

#include "base/buf.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* A string in `memory`; NULL when out of memory. */
static const char *keep(struct gr_arena *memory, struct bytes text)
{
    char *copy = gr_arena_alloc(memory, text.len + 1);
    if (!copy)
        return NULL;
    if (text.len)
        memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return copy;
}

static const char *subject_of(X509 *certificate, struct gr_arena *memory)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *text = NULL;
    const char *subject = NULL;
    if (out &&
        X509_NAME_print_ex(out, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) >= 0) {
        long len = BIO_get_mem_data(out, &text);
        subject = keep(memory, bytes_of(text, len > 0 ? (size_t)len : 0));
    }
    BIO_free(out);
    return subject;
}

static void put_address(struct buf *text, const ASN1_OCTET_STRING *octets)
{
    const unsigned char *at = ASN1_STRING_get0_data(octets);
    int len = ASN1_STRING_length(octets);
    if (len == 4)
        buf_printf(text, "IP:%u.%u.%u.%u", at[0], at[1], at[2], at[3]);
    for (int i = 0; len == 16 && i < 16; i += 2)
        buf_printf(text, "%s%x", i ? ":" : "IP:", (unsigned)(at[i] << 8 | at[i + 1]));
}

/* "DNS:name" and its like; empty for the other kinds, and for what has a NUL inside, which would read as another
 * name. */
static void put_name(struct buf *text, const GENERAL_NAME *name)
{
    int type;
    const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
    const char *kind = type == GEN_DNS     ? "DNS:"
                       : type == GEN_URI   ? "URI:"
                       : type == GEN_EMAIL ? "email:"
                                           : NULL;
    buf_reset(text);
    if (type == GEN_IPADD)
        put_address(text, value);
    if (!kind)
        return;
    struct bytes octets = bytes_of(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
    if (octets.len == 0 || memchr(octets.data, 0, octets.len))
        return;
    buf_put(text, bytes_str(kind));
    buf_put(text, octets);
}

static bool keep_names(const GENERAL_NAMES *from, struct gr_arena *memory, struct gr_tls_peer *peer)
{
    int count = sk_GENERAL_NAME_num(from); /* -1 for NULL */
    const char **names = count > 0 ? gr_arena_alloc(memory, (size_t)count * sizeof(const char *))
                                   : NULL;
    struct buf text = {0};
    bool ok = count <= 0 || names;
    peer->names = names;
    for (int i = 0; ok && i < count; i++) {
        put_name(&text, sk_GENERAL_NAME_value(from, i));
        if (text.len > 0)
            ok = (names[peer->name_count++] = keep(memory, buf_view(&text))) != NULL;
        ok = ok && !text.failed;
    }
    buf_clear(&text);
    return ok;
}

bool tls_peer_describe(const struct ssl_st *ssl, struct gr_arena *memory, struct gr_tls_peer *peer)
{
    X509 *certificate = SSL_get0_peer_certificate(ssl);
    *peer = (struct gr_tls_peer){
        .version = SSL_get_version(ssl), .cipher = SSL_get_cipher_name(ssl), .alpn = "h2"};
    if (!certificate)
        return true;
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    peer->subject = subject_of(certificate, memory);
    bool ok = peer->subject && keep_names(names, memory, peer);
    GENERAL_NAMES_free(names);
    return ok;
}
