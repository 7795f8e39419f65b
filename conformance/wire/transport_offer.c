/* SPDX-License-Identifier: MIT
 *
 * TLS offers with OpenSSL; see transport_offer.h. */
#include "wire/transport_offer.h"

#include "wire/frame.h"
#include "wire/hpack.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>

#define LAST_ALPN 64

/* A try, while it goes on. */
struct attempt {
    SSL_CTX *context;
    SSL *ssl;
    int fd;
    gr_time deadline;
    const struct tls_offer *offer;
    struct tls_answer *answer;
    struct buf in;
};

static void explain(struct attempt *attempt, const char *doing)
{
    char detail[160] = "the connection was closed";
    unsigned long code = ERR_peek_last_error();
    if (code)
        ERR_error_string_n(code, detail, sizeof detail);
    (void)snprintf(attempt->answer->why, sizeof attempt->answer->why, "%.60s: %.160s", doing,
                   detail);
    ERR_clear_error();
}

/* Wait for what the last call wants. false: it failed for good, or time is over. */
static bool go_on(struct attempt *attempt, int returned)
{
    int error = SSL_get_error(attempt->ssl, returned);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
        return false;
    int64_t left = (attempt->deadline - clock_now_ns()) / NS_PER_MS;
    struct pollfd ready = {.fd = attempt->fd,
                           .events = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT};
    return left > 0 && poll(&ready, 1, (int)(left < 60000 ? left : 60000)) > 0;
}

/* ---- the offer ---- */

static bool offer_alpn(struct attempt *attempt)
{
    uint8_t names[LAST_ALPN];
    unsigned len = 0;
    const char *list = attempt->offer->alpn;
    while (list && *list) {
        size_t word = strcspn(list, ",");
        if (len + word + 1 > sizeof names)
            return false;
        names[len++] = (uint8_t)word;
        memcpy(names + len, list, word);
        len += (unsigned)word;
        list += word + (list[word] == ',');
    }
    return len == 0 || SSL_CTX_set_alpn_protos(attempt->context, names, len) == 0;
}

/* A CertificateRequest behind the handshake (RFC 8446 4.6.2). */
static void watch_messages(int is_write, int version, int content, const void *octets, size_t len,
                           SSL *ssl, void *arg)
{
    struct attempt *attempt = arg;
    (void)version;
    (void)ssl;
    if (!is_write && content == SSL3_RT_HANDSHAKE && len > 0 &&
        *(const uint8_t *)octets == SSL3_MT_CERTIFICATE_REQUEST && attempt->answer->shaken)
        attempt->answer->certificate_asked_late = true;
}

static bool make_context(struct attempt *attempt, const struct transport_tls *options)
{
    const struct tls_offer *offer = attempt->offer;
    SSL_CTX *context = attempt->context = SSL_CTX_new(TLS_client_method());
    if (!context)
        return false;
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_msg_callback(context, watch_messages);
    SSL_CTX_set_msg_callback_arg(context, attempt);
    if (options->cert_file && !offer->without_certificate)
        (void)(SSL_CTX_use_certificate_chain_file(context, options->cert_file) == 1 &&
               SSL_CTX_use_PrivateKey_file(context, options->key_file, SSL_FILETYPE_PEM) == 1);
    if (offer->post_handshake_auth)
        SSL_CTX_set_post_handshake_auth(context, 1);
    return SSL_CTX_set_min_proto_version(context, offer->min_version) == 1 &&
           SSL_CTX_set_max_proto_version(context, offer->max_version) == 1 &&
           (!offer->ciphers || SSL_CTX_set_cipher_list(context, offer->ciphers) == 1) &&
           (!offer->groups || SSL_CTX_set1_groups_list(context, offer->groups) == 1) &&
           offer_alpn(attempt);
}

static void note_what_was_chosen(struct attempt *attempt)
{
    struct tls_answer *answer = attempt->answer;
    const unsigned char *name = NULL;
    unsigned len = 0;
    SSL_get0_alpn_selected(attempt->ssl, &name, &len);
    answer->shaken = true;
    (void)snprintf(answer->version, sizeof answer->version, "%s", SSL_get_version(attempt->ssl));
    (void)snprintf(answer->cipher, sizeof answer->cipher, "%s", SSL_get_cipher_name(attempt->ssl));
    (void)snprintf(answer->alpn, sizeof answer->alpn, "%.*s", (int)len,
                   name ? (const char *)name : "");
    EVP_PKEY *key = X509_get0_pubkey(SSL_get0_peer_certificate(attempt->ssl));
    answer->rsa = key && EVP_PKEY_is_a(key, "RSA");
}

static bool shake_hands(struct attempt *attempt, const struct transport_tls *options)
{
    attempt->ssl = SSL_new(attempt->context);
    if (!attempt->ssl || SSL_set_fd(attempt->ssl, attempt->fd) != 1)
        return false;
    if (options->server_name && SSL_set_tlsext_host_name(attempt->ssl, options->server_name) != 1)
        return false;
    int returned;
    ERR_clear_error();
    while ((returned = SSL_connect(attempt->ssl)) != 1)
        if (!go_on(attempt, returned)) {
            explain(attempt, "the handshake failed");
            return false;
        }
    note_what_was_chosen(attempt);
    return true;
}

/* ---- what is said on it ---- */

static void put_request(struct buf *out, const char *authority)
{
    struct buf block = {0};
    hpack_put_indexed(&block, 3); /* :method POST */
    hpack_put_indexed(&block, 7); /* :scheme https */
    hpack_put_literal(&block, LITERAL_NOT_INDEXED, BYTES(":path"),
                      BYTES("/grpc.testing.TestService/EmptyCall"));
    hpack_put_literal(&block, LITERAL_NOT_INDEXED, BYTES(":authority"), bytes_str(authority));
    hpack_put_literal(&block, LITERAL_NOT_INDEXED, BYTES("te"), BYTES("trailers"));
    hpack_put_literal(&block, LITERAL_NOT_INDEXED, BYTES("content-type"),
                      BYTES("application/grpc"));
    const struct frame settings = {.type = FRAME_SETTINGS};
    const struct frame headers = {
        .type = FRAME_HEADERS, .flags = FLAG_END_HEADERS, .stream = 1, .payload = buf_view(&block)};
    const struct frame data = {
        .type = FRAME_DATA, .flags = FLAG_END_STREAM, .stream = 1, .payload = BYTES("\0\0\0\0\0")};
    buf_put(out, CONNECTION_PREFACE);
    frame_put(out, &settings);
    frame_put(out, &headers);
    frame_put(out, &data);
    buf_clear(&block);
}

static bool write_all(struct attempt *attempt, struct bytes octets)
{
    while (octets.len > 0) {
        int n = SSL_write(attempt->ssl, octets.data, (int)octets.len);
        if (n > 0)
            octets = bytes_skip(octets, (size_t)n);
        else if (!go_on(attempt, n))
            return false;
    }
    return true;
}

static void take_frames(struct attempt *attempt)
{
    struct tls_answer *answer = attempt->answer;
    struct bytes rest = buf_view(&attempt->in);
    struct frame frame;
    while (frame_take(&rest, &frame)) {
        answer->speaks_h2 = answer->speaks_h2 || frame.type == FRAME_SETTINGS;
        answer->answered = answer->answered || (frame.type == FRAME_HEADERS && frame.stream == 1);
        if (frame.type == FRAME_GOAWAY && frame.payload.len >= 8) {
            answer->has_goaway = true;
            answer->goaway_code = load_u32(frame.payload.data + 4);
        }
    }
    buf_consume(&attempt->in, attempt->in.len - rest.len);
}

/* Read once; false: the end. */
static bool read_some(struct attempt *attempt)
{
    uint8_t *at = buf_reserve(&attempt->in, 16384);
    int n = at ? SSL_read(attempt->ssl, at, 16384) : 0;
    if (n > 0) {
        attempt->in.len += (size_t)n;
        take_frames(attempt);
        return true;
    }
    if (at && go_on(attempt, n))
        return true;
    attempt->answer->over = clock_now_ns() < attempt->deadline;
    if (attempt->answer->over && !attempt->answer->why[0])
        explain(attempt, "the connection ended");
    return false;
}

/* OpenSSL's client takes the server's refusal (no_renegotiation) for a failed handshake. */
static void renegotiate(struct attempt *attempt)
{
    int returned = SSL_renegotiate(attempt->ssl);
    ERR_clear_error();
    while (returned == 1 && (returned = SSL_do_handshake(attempt->ssl)) != 1)
        if (!go_on(attempt, returned))
            break;
        else
            returned = 1;
    while (SSL_renegotiate_pending(attempt->ssl) && read_some(attempt))
        continue;
    attempt->answer->renegotiated = !SSL_renegotiate_pending(attempt->ssl) &&
                                    !attempt->answer->over;
    if (!attempt->answer->renegotiated)
        explain(attempt, "renegotiation was refused");
}

static void talk(struct attempt *attempt, const char *authority)
{
    struct tls_answer *answer = attempt->answer;
    struct buf request = {0};
    ERR_clear_error();
    if (attempt->offer->renegotiate) {
        while (!answer->speaks_h2 && !answer->over && read_some(attempt))
            continue;
        renegotiate(attempt);
        return;
    }
    put_request(&request, authority);
    if (write_all(attempt, buf_view(&request)))
        while (!answer->answered && !answer->has_goaway && read_some(attempt))
            continue;
    else
        answer->over = true;
    buf_clear(&request);
}

bool tls_try(const struct endpoint *endpoint, const struct transport_tls *options,
             const struct tls_offer *offer, const char *authority, gr_time deadline,
             struct tls_answer *answer)
{
    *answer = (struct tls_answer){.shaken = false};
    struct transport *socket = transport_connect(endpoint, NULL, deadline, answer->why);
    if (!socket)
        return false;
    struct attempt attempt = {
        .fd = transport_fd(socket), .deadline = deadline, .offer = offer, .answer = answer};
    if (!make_context(&attempt, options))
        explain(&attempt, "OpenSSL cannot offer that");
    else if (shake_hands(&attempt, options))
        talk(&attempt, authority);
    SSL_free(attempt.ssl);
    SSL_CTX_free(attempt.context);
    transport_free(socket);
    buf_clear(&attempt.in);
    return true;
}

/* ---- a ClientHello by hand (RFC 5246 7.4.1.2) ------------------------------------------------ */

static void put_extension(struct buf *out, uint16_t type, struct bytes body)
{
    buf_put_u16(out, type);
    buf_put_u16(out, (uint16_t)body.len);
    buf_put(out, body);
}

static void put_extensions(struct buf *out, const char *server_name)
{
    struct bytes name = bytes_str(server_name ? server_name : "localhost");
    struct buf sni = {0};
    buf_put_u16(&sni, (uint16_t)(name.len + 3));
    buf_put_u8(&sni, 0);
    buf_put_u16(&sni, (uint16_t)name.len);
    buf_put(&sni, name);
    put_extension(out, 0, buf_view(&sni));
    put_extension(out, 10, BYTES("\x00\x04\x00\x17\x00\x18")); /* groups: P-256, P-384 */
    put_extension(out, 11, BYTES("\x01\x00"));                 /* points: uncompressed */
    put_extension(out, 13,
                  BYTES("\x00\x0a\x04\x01\x08\x04\x04\x03\x05\x01\x02\x01")); /* signatures */
    put_extension(out, 16, BYTES("\x00\x03\x02h2"));                          /* ALPN */
    put_extension(out, 0xff01, BYTES("\x00")); /* secure renegotiation */
    buf_clear(&sni);
}

static void put_client_hello(struct buf *out, const char *server_name)
{
    struct buf body = {0}, extensions = {0};
    uint8_t random[32] = {0};
    (void)RAND_bytes(random, sizeof random);
    put_extensions(&extensions, server_name);
    buf_put_u16(&body, 0x0303);
    buf_put(&body, bytes_of(random, sizeof random));
    buf_put_u8(&body, 0);                                              /* no session */
    buf_put(&body, BYTES("\x00\x08\xc0\x2f\xc0\x2b\xc0\x30\xc0\x2c")); /* ECDHE with AES-GCM */
    buf_put(&body, BYTES("\x02\x01\x00"));                             /* DEFLATE, null */
    buf_put_u16(&body, (uint16_t)extensions.len);
    buf_put(&body, buf_view(&extensions));
    buf_put(out, BYTES("\x16\x03\x01"));
    buf_put_u16(out, (uint16_t)(body.len + 4));
    buf_put_u8(out, 1);
    buf_put_u24(out, (uint32_t)body.len);
    buf_put(out, buf_view(&body));
    buf_clear(&body);
    buf_clear(&extensions);
}

/* A record with a whole ServerHello in front: version, random, session, cipher, then the method. */
static int selected_method(struct bytes in)
{
    static const size_t session_len = 5 + 4 + 2 + 32;
    if (in.len < 6 || in.data[0] != 22 || in.data[5] != 2)
        return -1;
    if (in.len <= session_len || in.len <= session_len + in.data[session_len] + 3u)
        return -1;
    return in.data[session_len + in.data[session_len] + 3u];
}

int tls_try_compression(const struct endpoint *endpoint, const char *server_name, gr_time deadline)
{
    char why[256];
    struct buf hello = {0}, in = {0};
    size_t got = 0;
    struct transport *socket = transport_connect(endpoint, NULL, deadline, why);
    if (!socket)
        return -2;
    put_client_hello(&hello, server_name);
    bool sent = transport_write(socket, buf_view(&hello), deadline) == TRANSPORT_OK;
    while (sent && in.len < 128) {
        uint8_t *at = buf_reserve(&in, 4096);
        if (!at || transport_read(socket, at, 4096, &got, deadline) != TRANSPORT_OK)
            break;
        in.len += got;
    }
    int method = selected_method(buf_view(&in));
    transport_free(socket);
    buf_clear(&hello);
    buf_clear(&in);
    return method;
}
