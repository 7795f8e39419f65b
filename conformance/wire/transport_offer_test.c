/* SPDX-License-Identifier: MIT
 *
 * Offers against a server of ours that has one property, and what is seen of it. */
#include "base/test.h"

#include "wire/certificates.h"
#include "wire/frame.h"
#include "wire/transport_offer.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define TLS_1_2 0x0303
#define TLS_1_3 0x0304

static struct certificates made;

/* Accepts once, says SETTINGS and a response on stream 1, and reads until the end. */
struct server {
    struct transport_tls tls;
    int listener;
    uint16_t port;
    pthread_t thread;
};

static void *serve(void *arg)
{
    struct server *server = arg;
    char why[256];
    uint8_t scratch[4096];
    size_t got;
    int fd = accept(server->listener, NULL, NULL);
    gr_time deadline = clock_now_ns() + 5 * NS_PER_S;
    struct transport *transport = fd < 0 ? NULL : transport_accept(fd, &server->tls, deadline, why);
    if (!transport)
        return NULL;
    struct buf out = {0};
    frame_put(&out, &(struct frame){.type = FRAME_SETTINGS});
    frame_put(&out, &(struct frame){.type = FRAME_HEADERS,
                                    .flags = FLAG_END_HEADERS,
                                    .stream = 1,
                                    .payload = BYTES("\x88")});
    (void)transport_write(transport, buf_view(&out), deadline);
    while (transport_read(transport, scratch, sizeof scratch, &got, deadline) == TRANSPORT_OK)
        continue;
    transport_free(transport);
    buf_clear(&out);
    return NULL;
}

static struct tls_answer try_against(const struct transport_tls *tls, const struct tls_offer *offer)
{
    struct server server = {.tls = *tls};
    struct tls_answer answer;
    server.tls.cert_file = made.server_cert_file;
    server.tls.key_file = made.server_key_file;
    server.listener = transport_listen(0, &server.port);
    assert_true(server.listener >= 0);
    assert_int_equal(pthread_create(&server.thread, NULL, serve, &server), 0);
    struct endpoint endpoint = {.host = "127.0.0.1", .port = server.port};
    const struct transport_tls ours = {.server_name = "localhost",
                                       .cert_file = made.client_cert_file,
                                       .key_file = made.client_key_file};
    assert_true(
        tls_try(&endpoint, &ours, offer, "localhost", clock_now_ns() + 5 * NS_PER_S, &answer));
    pthread_join(server.thread, NULL);
    close(server.listener);
    return answer;
}

static void a_willing_server_answers(void **state)
{
    (void)state;
    struct tls_answer answer = try_against(&(struct transport_tls){.alpn = "h2"},
                                           &(struct tls_offer){.alpn = "http/1.1,h2"});
    assert_true(answer.shaken && answer.speaks_h2 && answer.answered && answer.rsa);
    assert_string_equal(answer.alpn, "h2");
    assert_false(answer.certificate_asked_late);
}

static void another_protocol_is_seen(void **state)
{
    (void)state;
    struct tls_answer answer = try_against(&(struct transport_tls){.alpn = "http/1.1"},
                                           &(struct tls_offer){.alpn = "h2,http/1.1"});
    assert_string_equal(answer.alpn, "http/1.1");
}

static void versions_and_ciphers_are_what_was_offered(void **state)
{
    (void)state;
    struct tls_answer answer = try_against(&(struct transport_tls){.alpn = "h2"},
                                           &(struct tls_offer){.min_version = TLS_1_2,
                                                               .max_version = TLS_1_2,
                                                               .ciphers = "ECDHE-RSA-AES128-SHA",
                                                               .alpn = "h2"});
    assert_string_equal(answer.version, "TLSv1.2");
    assert_string_equal(answer.cipher, "ECDHE-RSA-AES128-SHA");
    answer = try_against(
        &(struct transport_tls){.alpn = "h2", .min_version = TLS_1_3},
        &(struct tls_offer){.min_version = TLS_1_2, .max_version = TLS_1_2, .alpn = "h2"});
    assert_false(answer.shaken);
    assert_non_null(strstr(answer.why, "the handshake failed"));
}

static void a_certificate_can_be_left_out(void **state)
{
    (void)state;
    const struct transport_tls mutual = {.alpn = "h2", .ca_file = made.ca_file};
    struct tls_answer answer = try_against(&mutual, &(struct tls_offer){.alpn = "h2"});
    assert_true(answer.answered);
    answer = try_against(&mutual, &(struct tls_offer){.alpn = "h2", .without_certificate = true});
    assert_false(answer.answered);
    assert_true(!answer.shaken || answer.over);
}

static int make(void **state)
{
    char why[256];
    (void)state;
    return certificates_make(&made, why) ? 0 : -1;
}

static int remove_all(void **state)
{
    (void)state;
    certificates_remove(&made);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_willing_server_answers),
        cmocka_unit_test(another_protocol_is_seen),
        cmocka_unit_test(versions_and_ciphers_are_what_was_offered),
        cmocka_unit_test(a_certificate_can_be_left_out),
    };
    return cmocka_run_group_tests(tests, make, remove_all);
}
