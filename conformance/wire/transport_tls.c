/* SPDX-License-Identifier: MIT
 *
 * OpenSSL for transport.c: contexts, ALPN, certificates, key log; see transport_tls.h. */
#include "wire/transport_tls.h"

#include "base/attr.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct tls {
    SSL_CTX *context;
    SSL *ssl;
    int keylog_fd;         /* -1: none */
    uint8_t protocols[64]; /* ALPN, as on the wire */
    unsigned protocols_len;
    char selected[32];
    bool asks_late;
};

/* ---- a BIO whose writes raise no SIGPIPE ----------------------------------------------------- */

static int socket_write(BIO *bio, const char *data, int len)
{
    int fd = (int)(intptr_t)BIO_get_data(bio);
    ssize_t n = send(fd, data, (size_t)len, MSG_NOSIGNAL);
    BIO_clear_retry_flags(bio);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_write(bio);
    return (int)n;
}

static int socket_read(BIO *bio, char *data, int len)
{
    int fd = (int)(intptr_t)BIO_get_data(bio);
    ssize_t n = recv(fd, data, (size_t)len, 0);
    BIO_clear_retry_flags(bio);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_read(bio);
    if (n == 0)
        BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return (int)n;
}

static long socket_control(BIO *bio, int command, long number, void *pointer)
{
    (void)number;
    (void)pointer;
    if (command == BIO_CTRL_EOF)
        return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    return command == BIO_CTRL_FLUSH;
}

static BIO_METHOD *socket_method;
static pthread_once_t socket_method_once = PTHREAD_ONCE_INIT;

static void forget_socket_method(void)
{
    BIO_meth_free(socket_method);
}

static void make_socket_method(void)
{
    socket_method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    if (!socket_method)
        return;
    BIO_meth_set_write(socket_method, socket_write);
    BIO_meth_set_read(socket_method, socket_read);
    BIO_meth_set_ctrl(socket_method, socket_control);
    (void)atexit(forget_socket_method);
}

static BIO *socket_bio(int fd)
{
    (void)pthread_once(&socket_method_once, make_socket_method);
    BIO *bio = socket_method ? BIO_new(socket_method) : NULL;
    if (!bio)
        return NULL;
    BIO_set_data(bio, (void *)(intptr_t)fd);
    BIO_set_init(bio, 1);
    return bio;
}

/* ---- sentences ---- */

static bool fail(char why[static 256], const char *doing)
{
    char detail[160] = "no detail";
    unsigned long code = ERR_peek_last_error();
    if (code)
        ERR_error_string_n(code, detail, sizeof detail);
    (void)snprintf(why, 256, "TLS: %.60s: %.160s", doing, detail);
    ERR_clear_error();
    return false;
}

/* ---- context ---- */

static void write_key(const SSL *ssl, const char *line)
{
    const struct tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    char text[512];
    int len = snprintf(text, sizeof text, "%s\n", line);
    if (tls->keylog_fd >= 0 && len > 0 && (size_t)len < sizeof text)
        if (write(tls->keylog_fd, text, (size_t)len) < 0)
            return; /* a missing key only makes a capture harder to read */
}

/* "h2,http/1.1" to length-prefixed names. */
static bool encode_alpn(struct tls *tls, const char *list)
{
    while (*list) {
        size_t len = strcspn(list, ",");
        if (len == 0 || len > 31 || tls->protocols_len + len + 1 > sizeof tls->protocols)
            return false;
        tls->protocols[tls->protocols_len++] = (uint8_t)len;
        memcpy(tls->protocols + tls->protocols_len, list, len);
        tls->protocols_len += (unsigned)len;
        list += len + (list[len] == ',' ? 1 : 0);
    }
    return true;
}

/* Our order decides. No overlap: go on without, as a lax server does; the other side judges. */
static int select_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                       const unsigned char *in, unsigned in_len, void *arg)
{
    (void)ssl;
    const struct tls *tls = arg;
    unsigned char *chosen = NULL;
    if (SSL_select_next_proto(&chosen, out_len, tls->protocols, tls->protocols_len, in, in_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static bool load_files(SSL_CTX *context, const struct transport_tls *options, bool server,
                       char why[static 256])
{
    if (options->cert_file &&
        (SSL_CTX_use_certificate_chain_file(context, options->cert_file) != 1 ||
         SSL_CTX_use_PrivateKey_file(context, options->key_file ? options->key_file : "",
                                     SSL_FILETYPE_PEM) != 1))
        return fail(why, "loading the certificate and its key");
    if (!options->ca_file)
        return true;
    if (SSL_CTX_load_verify_locations(context, options->ca_file, NULL) != 1)
        return fail(why, "loading the CA file");
    /* A server that is given a CA asks for the client's certificate and insists. */
    int mode = SSL_VERIFY_PEER | (server ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0);
    SSL_CTX_set_verify(context, mode, NULL);
    return true;
}

static bool open_keylog(struct tls *tls, const char *path, char why[static 256])
{
    if (!path)
        return true;
    tls->keylog_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    SSL_CTX_set_keylog_callback(tls->context, write_key);
    return tls->keylog_fd >= 0 || fail(why, "opening the key log");
}

static bool make_context(struct tls *tls, const struct transport_tls *options, bool server,
                         char why[static 256])
{
    tls->context = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    if (!tls->context)
        return fail(why, "making a context");
    SSL_CTX_set_app_data(tls->context, tls);
    SSL_CTX_set_mode(tls->context,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (SSL_CTX_set_min_proto_version(tls->context, options->min_version) != 1 ||
        SSL_CTX_set_max_proto_version(tls->context, options->max_version) != 1)
        return fail(why, "setting the protocol versions");
    if (options->ciphers && SSL_CTX_set_cipher_list(tls->context, options->ciphers) != 1)
        return fail(why, "setting the ciphers");
    if (server && options->allows_renegotiation)
        SSL_CTX_set_options(tls->context, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    if (!encode_alpn(tls, options->alpn ? options->alpn : "h2"))
        return fail(why, "the ALPN list is too long or has an empty name");
    if (server)
        SSL_CTX_set_alpn_select_cb(tls->context, select_alpn, tls);
    else if (tls->protocols_len && /* this one returns 0 for success */
             SSL_CTX_set_alpn_protos(tls->context, tls->protocols, tls->protocols_len) != 0)
        return fail(why, "setting ALPN");
    return load_files(tls->context, options, server, why) &&
           open_keylog(tls, options->keylog_file, why);
}

static bool make_ssl(struct tls *tls, int fd, const struct transport_tls *options, bool server,
                     char why[static 256])
{
    tls->ssl = SSL_new(tls->context);
    BIO *bio = tls->ssl ? socket_bio(fd) : NULL;
    if (!bio)
        return fail(why, "making a session");
    SSL_set_bio(tls->ssl, bio, bio);
    tls->asks_late = server && options->asks_late;
    if (server) {
        SSL_set_accept_state(tls->ssl);
        return true;
    }
    SSL_set_connect_state(tls->ssl);
    if (options->server_name && SSL_set_tlsext_host_name(tls->ssl, options->server_name) != 1)
        return fail(why, "setting SNI");
    if (options->server_name && options->ca_file &&
        SSL_set1_host(tls->ssl, options->server_name) != 1)
        return fail(why, "setting the name to verify");
    return true;
}

struct tls *tls_new(int fd, const struct transport_tls *options, bool server, char why[static 256])
{
    struct tls *tls = calloc(1, sizeof *tls);
    if (!tls) {
        (void)snprintf(why, 256, "out of memory");
        return NULL;
    }
    tls->keylog_fd = -1;
    if (make_context(tls, options, server, why) && make_ssl(tls, fd, options, server, why))
        return tls;
    tls_free(tls);
    return NULL;
}

void tls_free(struct tls *tls)
{
    if (!tls)
        return;
    SSL_free(tls->ssl);
    SSL_CTX_free(tls->context);
    if (tls->keylog_fd >= 0)
        (void)close(tls->keylog_fd);
    free(tls);
}

/* ---- octets ---- */

static enum tls_result result_of(const struct tls *tls, int returned)
{
    switch (SSL_get_error(tls->ssl, returned)) {
    case SSL_ERROR_NONE:
        return TLS_OK;
    case SSL_ERROR_WANT_READ:
        return TLS_WANTS_READ;
    case SSL_ERROR_WANT_WRITE:
        return TLS_WANTS_WRITE;
    case SSL_ERROR_ZERO_RETURN:
        return TLS_END;
    default:
        return TLS_BROKEN;
    }
}

static void note_alpn(struct tls *tls)
{
    const unsigned char *name = NULL;
    unsigned len = 0;
    SSL_get0_alpn_selected(tls->ssl, &name, &len);
    if (len < sizeof tls->selected && len > 0)
        memcpy(tls->selected, name, len);
}

/* A CertificateRequest behind the handshake (RFC 8446 4.6.2), to clients that said they would answer it. */
static void ask_late(struct tls *tls)
{
    SSL_set_verify(tls->ssl, SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE, NULL);
    if (SSL_verify_client_post_handshake(tls->ssl) == 1)
        (void)SSL_do_handshake(tls->ssl);
    ERR_clear_error();
}

enum tls_result tls_handshake(struct tls *tls, char why[static 256])
{
    ERR_clear_error();
    enum tls_result result = result_of(tls, SSL_do_handshake(tls->ssl));
    if (result == TLS_OK)
        note_alpn(tls);
    if (result == TLS_OK && tls->asks_late)
        ask_late(tls);
    if (result == TLS_BROKEN || result == TLS_END)
        (void)fail(why, "the handshake failed");
    return result;
}

enum tls_result tls_read(struct tls *tls, uint8_t *into, size_t cap, size_t *got)
{
    ERR_clear_error();
    *got = 0;
    int n = SSL_read(tls->ssl, into, cap > INT_MAX ? INT_MAX : (int)cap);
    if (n <= 0)
        return result_of(tls, n);
    *got = (size_t)n;
    return TLS_OK;
}

enum tls_result tls_write(struct tls *tls, struct bytes octets, size_t *put)
{
    ERR_clear_error();
    *put = 0;
    int n = SSL_write(tls->ssl, octets.data, octets.len > INT_MAX ? INT_MAX : (int)octets.len);
    if (n <= 0)
        return result_of(tls, n);
    *put = (size_t)n;
    return TLS_OK;
}

void tls_close_notify(struct tls *tls)
{
    ERR_clear_error();
    if (SSL_is_init_finished(tls->ssl))
        (void)SSL_shutdown(tls->ssl);
    ERR_clear_error();
}

const char *tls_server_name(const struct tls *tls)
{
    const char *name = SSL_get_servername(tls->ssl, TLSEXT_NAMETYPE_host_name);
    return name ? name : "";
}

const char *tls_alpn(const struct tls *tls)
{
    return tls->selected;
}
