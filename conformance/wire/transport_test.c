/* SPDX-License-Identifier: MIT
 *
 * Transports over loopback: TCP, unix socket and TLS with certificates made here; deadlines, ends,
 * resets, and two ends that both write before they read. */
#include "base/test.h"

#include "base/buf.h"
#include "wire/transport.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define SPAN (5 * NS_PER_S)

static gr_time soon(void)
{
    return clock_now_ns() + SPAN;
}

/* ---- the two ends ---- */

struct pair {
    struct transport *client, *server;
    const struct transport_tls *server_tls;
    int listener;
    char client_why[256], server_why[256];
};

static void *accept_one(void *arg)
{
    struct pair *pair = arg;
    int fd = accept(pair->listener, NULL, NULL);
    if (fd >= 0)
        pair->server = transport_accept(fd, pair->server_tls, soon(), pair->server_why);
    return NULL;
}

static void make_pair(struct pair *pair, const struct endpoint *endpoint,
                      const struct transport_tls *client_tls)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, accept_one, pair), 0);
    pair->client = transport_connect(endpoint, client_tls, soon(), pair->client_why);
    (void)pthread_join(thread, NULL);
    (void)close(pair->listener);
}

static void make_tcp_pair(struct pair *pair, const struct transport_tls *client_tls,
                          const struct transport_tls *server_tls)
{
    struct endpoint endpoint = {.host = "127.0.0.1"};
    *pair = (struct pair){.server_tls = server_tls,
                          .listener = transport_listen(0, &endpoint.port)};
    assert_true(pair->listener >= 0);
    make_pair(pair, &endpoint, client_tls);
}

static void free_pair(struct pair *pair)
{
    transport_free(pair->client);
    transport_free(pair->server);
}

static void assert_reads(struct transport *transport, struct bytes expected)
{
    struct buf seen = {0};
    enum transport_result result = TRANSPORT_OK;
    while (seen.len < expected.len && result == TRANSPORT_OK) {
        size_t got = 0;
        uint8_t *at = buf_reserve(&seen, expected.len - seen.len);
        result = transport_read(transport, at, expected.len - seen.len, &got, soon());
        seen.len += got;
    }
    assert_bytes(buf_view(&seen), expected);
    buf_clear(&seen);
}

static enum transport_result read_end(struct transport *transport)
{
    uint8_t octet;
    size_t got = 0;
    enum transport_result result = transport_read(transport, &octet, 1, &got, soon());
    assert_int_equal(got, 0);
    return result;
}

static void assert_talks(struct pair *pair)
{
    assert_non_null(pair->client);
    assert_non_null(pair->server);
    assert_int_equal(transport_write(pair->client, BYTES("ping"), soon()), TRANSPORT_OK);
    assert_reads(pair->server, BYTES("ping"));
    assert_int_equal(transport_write(pair->server, BYTES("pong"), soon()), TRANSPORT_OK);
    assert_reads(pair->client, BYTES("pong"));
}

/* ---- cleartext ---- */

static void tcp_talks_and_ends(void **state)
{
    (void)state;
    struct pair pair;
    make_tcp_pair(&pair, NULL, NULL);
    assert_talks(&pair);
    assert_string_equal(transport_alpn(pair.client), "");
    assert_false(transport_is_tls(pair.client));
    transport_shutdown_write(pair.client);
    assert_int_equal(read_end(pair.server), TRANSPORT_END);
    assert_int_equal(read_end(pair.server), TRANSPORT_END); /* and stays so */
    assert_int_equal(transport_write(pair.server, BYTES("still"), soon()), TRANSPORT_OK);
    assert_reads(pair.client, BYTES("still"));
    free_pair(&pair);
}

static void unix_sockets_talk(void **state)
{
    (void)state;
    struct endpoint endpoint = {0};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(endpoint.unix_path, sizeof endpoint.unix_path, "/tmp/transport_test.%ld",
                   (long)getpid());
    memcpy(address.sun_path, endpoint.unix_path, sizeof address.sun_path);
    struct pair pair = {.listener = socket(AF_UNIX, SOCK_STREAM, 0)};
    assert_int_equal(bind(pair.listener, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(pair.listener, 1), 0);
    make_pair(&pair, &endpoint, NULL);
    assert_talks(&pair);
    free_pair(&pair);
    (void)unlink(endpoint.unix_path);
}

static void a_read_ends_at_its_deadline(void **state)
{
    (void)state;
    struct pair pair;
    uint8_t octet;
    size_t got = 0;
    make_tcp_pair(&pair, NULL, NULL);
    gr_time began = clock_now_ns();
    assert_int_equal(transport_read(pair.client, &octet, 1, &got, began + 20 * NS_PER_MS),
                     TRANSPORT_TIMEOUT);
    assert_true(clock_now_ns() - began >= 20 * NS_PER_MS);
    free_pair(&pair);
}

static void an_abort_is_a_reset(void **state)
{
    (void)state;
    struct pair pair;
    make_tcp_pair(&pair, NULL, NULL);
    transport_abort(pair.client);
    pair.client = NULL;
    assert_int_equal(read_end(pair.server), TRANSPORT_RESET);
    free_pair(&pair);
}

static void a_refused_connection_says_so(void **state)
{
    (void)state;
    struct endpoint endpoint = {.host = "127.0.0.1"};
    char why[256] = "";
    (void)close(transport_listen(0, &endpoint.port));
    assert_null(transport_connect(&endpoint, NULL, soon(), why));
    assert_non_null(strstr(why, "refused"));
    struct endpoint nowhere = {.unix_path = "/nonexistent/socket"};
    assert_null(transport_connect(&nowhere, NULL, soon(), why));
}

/* Write 8 MiB, and only then read as much. returns arg, or NULL on failure */
static void *write_then_read(void *arg)
{
    const size_t amount = 8 << 20;
    struct buf octets = {0};
    size_t read = 0;
    buf_put_zeros(&octets, amount);
    enum transport_result result = transport_write(arg, buf_view(&octets), soon());
    while (result == TRANSPORT_OK && read < amount) {
        size_t got = 0;
        result = transport_read(arg, octets.data, octets.len, &got, soon());
        read += got;
    }
    buf_clear(&octets);
    return read == amount ? arg : NULL;
}

static void assert_both_write_then_read(struct pair *pair)
{
    pthread_t thread;
    void *server_result = NULL;
    assert_int_equal(pthread_create(&thread, NULL, write_then_read, pair->server), 0);
    void *client_result = write_then_read(pair->client);
    (void)pthread_join(thread, &server_result);
    assert_non_null(client_result);
    assert_non_null(server_result);
}

static void both_may_write_before_they_read(void **state)
{
    (void)state;
    struct pair pair;
    make_tcp_pair(&pair, NULL, NULL);
    assert_both_write_then_read(&pair);
    free_pair(&pair);
}

static void a_peer_that_does_not_read_is_a_timeout(void **state)
{
    (void)state;
    struct pair pair;
    struct buf octets = {0};
    make_tcp_pair(&pair, NULL, NULL);
    buf_put_zeros(&octets, 32 << 20);
    assert_int_equal(
        transport_write(pair.client, buf_view(&octets), clock_now_ns() + 50 * NS_PER_MS),
        TRANSPORT_TIMEOUT);
    buf_clear(&octets);
    free_pair(&pair);
}

/* ---- TLS ---- */

static char cert_path[64], key_path[64], keylog_path[64];

static void write_files(EVP_PKEY *key, X509 *cert)
{
    FILE *file = fopen(key_path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    (void)fclose(file);
    file = fopen(cert_path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, cert), 1);
    (void)fclose(file);
}

static int make_certificate(void **state)
{
    (void)state;
    (void)snprintf(cert_path, sizeof cert_path, "/tmp/transport_test.%ld.cert", (long)getpid());
    (void)snprintf(key_path, sizeof key_path, "/tmp/transport_test.%ld.key", (long)getpid());
    (void)snprintf(keylog_path, sizeof keylog_path, "/tmp/transport_test.%ld.log", (long)getpid());
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    X509_NAME *name = X509_get_subject_name(cert);
    (void)X509_set_version(cert, 2);
    (void)ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    (void)X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
    (void)X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
    (void)X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"test.invalid", -1,
                                     -1, 0);
    (void)X509_set_issuer_name(cert, name);
    (void)X509_set_pubkey(cert, key);
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name,
                                                "DNS:test.invalid");
    (void)X509_add_ext(cert, names, -1);
    X509_EXTENSION_free(names);
    bool made = X509_sign(cert, key, EVP_sha256()) > 0;
    write_files(key, cert);
    X509_free(cert);
    EVP_PKEY_free(key);
    return made ? 0 : -1;
}

static int remove_files(void **state)
{
    (void)state;
    (void)unlink(cert_path);
    (void)unlink(key_path);
    (void)unlink(keylog_path);
    return 0;
}

static void tls_talks_with_alpn(void **state)
{
    (void)state;
    const struct transport_tls server = {
        .cert_file = cert_path, .key_file = key_path, .alpn = "h2,http/1.1"};
    const struct transport_tls client = {.ca_file = cert_path,
                                         .server_name = "test.invalid",
                                         .keylog_file = keylog_path,
                                         .alpn = "x,h2"};
    struct pair pair;
    make_tcp_pair(&pair, &client, &server);
    assert_string_equal(pair.client_why, "");
    assert_talks(&pair);
    assert_string_equal(transport_alpn(pair.client), "h2");
    assert_string_equal(transport_alpn(pair.server), "h2");
    assert_true(transport_is_tls(pair.client));
    assert_int_equal(access(keylog_path, R_OK), 0);
    transport_free(pair.client);
    pair.client = NULL;
    assert_int_equal(read_end(pair.server), TRANSPORT_END);
    free_pair(&pair);
}

static void tls_carries_much_both_ways(void **state)
{
    (void)state;
    const struct transport_tls server = {.cert_file = cert_path, .key_file = key_path};
    const struct transport_tls client = {0};
    struct pair pair;
    make_tcp_pair(&pair, &client, &server);
    assert_both_write_then_read(&pair);
    free_pair(&pair);
}

static void mutual_tls_wants_a_certificate(void **state)
{
    (void)state;
    const struct transport_tls server = {
        .cert_file = cert_path, .key_file = key_path, .ca_file = cert_path};
    const struct transport_tls with = {.cert_file = cert_path, .key_file = key_path};
    const struct transport_tls without = {0};
    struct pair pair;
    make_tcp_pair(&pair, &with, &server);
    assert_talks(&pair);
    free_pair(&pair);
    make_tcp_pair(&pair, &without, &server);
    assert_null(pair.server);
    assert_non_null(strstr(pair.server_why, "TLS"));
    free_pair(&pair);
}

static void tls_refuses_and_says_why(void **state)
{
    (void)state;
    const struct transport_tls server = {.cert_file = cert_path, .key_file = key_path};
    const struct transport_tls old_server = {
        .cert_file = cert_path, .key_file = key_path, .max_version = TLS1_2_VERSION};
    const struct transport_tls keyless = {.cert_file = cert_path};
    const struct transport_tls clients[] = {
        {.ca_file = cert_path, .server_name = "other.invalid"},
        {.ca_file = "/nonexistent"},
        {.min_version = TLS1_3_VERSION},
        {.alpn = "h2,,x"},
    };
    for (size_t i = 0; i < ARRAY_LEN(clients); i++) {
        struct pair pair;
        make_tcp_pair(&pair, &clients[i], i == 2 ? &old_server : &server);
        assert_null(pair.client);
        assert_non_null(strstr(pair.client_why, "TLS"));
        free_pair(&pair);
    }
    struct pair pair;
    make_tcp_pair(&pair, &clients[0], &keyless);
    assert_null(pair.server);
    free_pair(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tcp_talks_and_ends),
        cmocka_unit_test(unix_sockets_talk),
        cmocka_unit_test(a_read_ends_at_its_deadline),
        cmocka_unit_test(an_abort_is_a_reset),
        cmocka_unit_test(a_refused_connection_says_so),
        cmocka_unit_test(both_may_write_before_they_read),
        cmocka_unit_test(a_peer_that_does_not_read_is_a_timeout),
        cmocka_unit_test(tls_talks_with_alpn),
        cmocka_unit_test(tls_carries_much_both_ways),
        cmocka_unit_test(mutual_tls_wants_a_certificate),
        cmocka_unit_test(tls_refuses_and_says_why),
    };
    return cmocka_run_group_tests(tests, make_certificate, remove_files);
}
