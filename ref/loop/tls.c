/* SPDX-License-Identifier: MIT
 *
 * The only file of the implementation that knows OpenSSL; see tls.h. */
#include "loop/tls.h"
#include "loop/tls_peer.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

struct tls_context {
    SSL_CTX *ssl;
    bool server;
    char *keylog_file;
};

struct tls {
    SSL *ssl;
    BIO *in, *out; /* memory; owned by ssl */
    bool server;
    struct buf output;
    char why[160];
};

static const unsigned char ALPN_H2[] = {2, 'h', '2'};

/* ---- the context
 * ---------------------------------------------------------------------------------------------- */

/* A server that finds no "h2" among the client's offers ends the handshake (RFC 7301 3.2). */
static int select_h2(SSL *ssl, const unsigned char **selected, unsigned char *selected_len,
                     const unsigned char *offered, unsigned offered_len, void *arg)
{
    (void)ssl;
    (void)arg;
    for (unsigned at = 0; at < offered_len; at += offered[at] + 1u) {
        if (offered[at] != 2 || at + 3 > offered_len ||
            memcmp(offered + at, ALPN_H2, sizeof ALPN_H2) != 0)
            continue;
        *selected = offered + at + 1;
        *selected_len = 2;
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void append_keys(const SSL *ssl, const char *line)
{
    const struct tls_context *context = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    FILE *file = fopen(context->keylog_file, "a");
    if (!file)
        return;
    fprintf(file, "%s\n", line);
    fclose(file);
}

static bool use_certificate(SSL_CTX *ssl, const struct gr_tls_options *options)
{
    if (!options->cert_file && !options->key_file)
        return true;
    return options->cert_file && options->key_file &&
           SSL_CTX_use_certificate_chain_file(ssl, options->cert_file) == 1 &&
           SSL_CTX_use_PrivateKey_file(ssl, options->key_file, SSL_FILETYPE_PEM) == 1 &&
           SSL_CTX_check_private_key(ssl) == 1;
}

static bool use_authorities(SSL_CTX *ssl, const struct gr_tls_options *options, bool server)
{
    if (server && !options->ca_file)
        return true; /* no client certificate is asked for */
    SSL_CTX_set_verify(
        ssl, server ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT : SSL_VERIFY_PEER, NULL);
    if (!options->ca_file)
        return SSL_CTX_set_default_verify_paths(ssl) == 1;
    if (server) {
        STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(options->ca_file);
        if (!names)
            return false;
        SSL_CTX_set_client_CA_list(ssl, names); /* takes them */
    }
    return SSL_CTX_load_verify_file(ssl, options->ca_file) == 1;
}

static bool set_up(struct tls_context *context, const struct gr_tls_options *options)
{
    SSL_CTX *ssl = context->ssl;
    SSL_CTX_set_app_data(ssl, context);
    SSL_CTX_set_options(ssl, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                 SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
    /* Forward secrecy and AEAD only: what RFC 9113 appendix A leaves of TLS 1.2. */
    if (SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(ssl, "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM") != 1)
        return false;
    if (context->keylog_file)
        SSL_CTX_set_keylog_callback(ssl, append_keys);
    if (context->server)
        SSL_CTX_set_alpn_select_cb(ssl, select_h2, NULL);
    else if (SSL_CTX_set_alpn_protos(ssl, ALPN_H2, sizeof ALPN_H2) != 0)
        return false;
    return use_certificate(ssl, options) && use_authorities(ssl, options, context->server);
}

int tls_context_new(const struct gr_tls_options *options, bool server, struct tls_context **out)
{
    *out = NULL;
    if (server && !options->cert_file)
        return GR_TLS;
    struct tls_context *context = calloc(1, sizeof *context);
    if (!context)
        return GR_NOMEM;
    context->server = server;
    context->keylog_file = options->keylog_file ? strdup(options->keylog_file) : NULL;
    context->ssl = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    bool have_memory = context->ssl && (context->keylog_file || !options->keylog_file);
    bool ok = have_memory && set_up(context, options);
    ERR_clear_error();
    if (!ok) {
        tls_context_free(context);
        return have_memory ? GR_TLS : GR_NOMEM;
    }
    *out = context;
    return 0;
}

const char *tls_unreadable_file(const struct gr_tls_options *options)
{
    const char *const files[] = {options->cert_file, options->key_file, options->ca_file};

    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        FILE *file = files[i] ? fopen(files[i], "r") : NULL;
        if (files[i] && !file)
            return files[i];
        if (file)
            fclose(file);
    }
    errno = 0;
    return NULL;
}

void tls_context_free(struct tls_context *context)
{
    if (!context)
        return;
    SSL_CTX_free(context->ssl);
    free(context->keylog_file);
    free(context);
}

/* ---- a connection
 * --------------------------------------------------------------------------------------------- */

static bool name_the_server(SSL *ssl, const char *name)
{
    if (!name)
        return true;
    /* An address is verified as an address and never sent as SNI (RFC 6066 section 3). */
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1)
        return true;
    ERR_clear_error();
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set_tlsext_host_name(ssl, name) == 1 && SSL_set1_host(ssl, name) == 1;
}

struct tls *tls_new(struct tls_context *context, const char *server_name)
{
    struct tls *tls = calloc(1, sizeof *tls);
    if (!tls)
        return NULL;
    tls->server = context->server;
    tls->ssl = SSL_new(context->ssl);
    tls->in = BIO_new(BIO_s_mem());
    tls->out = BIO_new(BIO_s_mem());
    if (!tls->ssl || !tls->in || !tls->out || !name_the_server(tls->ssl, server_name)) {
        BIO_free(tls->in);
        BIO_free(tls->out);
        SSL_free(tls->ssl);
        free(tls);
        return NULL;
    }
    SSL_set_bio(tls->ssl, tls->in, tls->out); /* takes both */
    if (tls->server)
        SSL_set_accept_state(tls->ssl);
    else
        SSL_set_connect_state(tls->ssl);
    return tls;
}

void tls_free(struct tls *tls)
{
    if (!tls)
        return;
    SSL_free(tls->ssl);
    buf_clear(&tls->output);
    free(tls);
}

/* Move what OpenSSL wrote into the output. */
static int collect(struct tls *tls)
{
    char *data = NULL;
    long pending = BIO_get_mem_data(tls->out, &data);
    if (pending > 0) {
        buf_put(&tls->output, bytes_of(data, (size_t)pending));
        (void)BIO_reset(tls->out);
    }
    return tls->output.failed ? GR_NOMEM : 0;
}

/* The alert that says why, if there is one, must still leave: so the output is collected first. */
static int fail(struct tls *tls, const char *what)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    long verify = SSL_get_verify_result(tls->ssl);
    if (verify != X509_V_OK)
        reason = X509_verify_cert_error_string(verify);
    snprintf(tls->why, sizeof tls->why, "%s%s%s", what, reason ? ": " : "", reason ? reason : "");
    ERR_clear_error();
    int rc = collect(tls);
    return rc ? rc : GR_TLS;
}

/* What OpenSSL says after an operation that did not succeed: wait for more octets, the end, or a
 * failure. */
static int judge(struct tls *tls, int result, const char *what)
{
    switch (SSL_get_error(tls->ssl, result)) {
    case SSL_ERROR_NONE:
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        return collect(tls);
    case SSL_ERROR_ZERO_RETURN: {
        int rc = collect(tls);
        return rc ? rc : GR_CLOSED;
    }
    default:
        return fail(tls, what);
    }
}

static bool agreed_on_h2(const struct tls *tls)
{
    const unsigned char *protocol = NULL;
    unsigned len = 0;
    SSL_get0_alpn_selected(tls->ssl, &protocol, &len);
    return len == 2 && memcmp(protocol, "h2", 2) == 0;
}

static int shake_hands(struct tls *tls)
{
    ERR_clear_error();
    int result = SSL_do_handshake(tls->ssl);
    if (result != 1)
        return judge(tls, result, "the TLS handshake failed");
    return agreed_on_h2(tls) ? collect(tls) : fail(tls, "the peer did not agree on h2 by ALPN");
}

int tls_start(struct tls *tls)
{
    return shake_hands(tls);
}

static int decrypt(struct tls *tls, struct buf *plain)
{
    for (;;) {
        uint8_t *at = buf_reserve(plain, 16384); /* a record's worth */
        if (!at)
            return GR_NOMEM;
        ERR_clear_error();
        size_t got = 0;
        int result = SSL_read_ex(tls->ssl, at, plain->cap - plain->len, &got);
        if (result != 1)
            return judge(tls, result, "the TLS connection failed");
        plain->len += got;
    }
}

int tls_feed(struct tls *tls, struct bytes ciphertext, struct buf *plain)
{
    size_t taken = 0;
    if (ciphertext.len > 0 && BIO_write_ex(tls->in, ciphertext.data, ciphertext.len, &taken) != 1)
        return GR_NOMEM;
    if (!SSL_is_init_finished(tls->ssl)) {
        int rc = shake_hands(tls);
        if (rc != 0 || !SSL_is_init_finished(tls->ssl))
            return rc;
    }
    return decrypt(tls, plain);
}

bool tls_is_ready(const struct tls *tls)
{
    return SSL_is_init_finished(tls->ssl) && agreed_on_h2(tls);
}

int tls_write(struct tls *tls, struct bytes plain)
{
    while (plain.len > 0) {
        ERR_clear_error();
        size_t taken = 0;
        int result = SSL_write_ex(tls->ssl, plain.data, plain.len, &taken);
        if (result != 1)
            return fail(tls, "the TLS connection failed"); /* memory never says "later" */
        plain = bytes_skip(plain, taken);
    }
    return collect(tls);
}

void tls_close(struct tls *tls)
{
    if (!SSL_is_init_finished(tls->ssl))
        return;
    ERR_clear_error();
    (void)SSL_shutdown(tls->ssl);
    ERR_clear_error();
    (void)collect(tls);
}

struct buf *tls_output(struct tls *tls)
{
    return &tls->output;
}

const char *tls_why(const struct tls *tls)
{
    return tls->why;
}

bool tls_describe_peer(const struct tls *tls, struct gr_arena *memory, struct gr_tls_peer *peer)
{
    bool ok = tls_peer_describe(tls->ssl, memory, peer);
    ERR_clear_error();
    return ok;
}
