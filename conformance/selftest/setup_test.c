/* SPDX-License-Identifier: MIT
 *
 * The setups of the faulty server: what is said of them is what --server-has takes, and each serves. */
#include "base/test.h"
#include "peer/own_target.h"
#include "selftest/server.h"

#include <stdio.h>
#include <string.h>

static void names_find_their_setups(void **state)
{
    (void)state;
    for (size_t i = 0; i < setup_count; i++)
        assert_ptr_equal(setup_find(setups[i].name), &setups[i]);
    assert_null(setup_find("no-such-setup"));
}

static void properties_are_those_of_server_has(void **state)
{
    (void)state;
    for (size_t i = 0; i < setup_count; i++)
        for (const struct server_property *p = setups[i].properties; p->key; p++) {
            char text[256], storage[128], why[256] = "";
            struct server_property read;
            (void)snprintf(text, sizeof text, "%s=%s", p->key, p->value);
            if (!server_property_parse(text, storage, &read, why))
                fail_msg("%s: %s", setups[i].name, why);
        }
}

/* Speaks to the server in its setup: its first octets are SETTINGS. */
static void speaks_http2(const struct setup *setup, const struct certificates *certificates)
{
    const struct faulty_options options = {.setup = setup, .certificates = certificates};
    const struct transport_tls tls = setup_client_tls(certificates);
    struct endpoint endpoint = {.host = "127.0.0.1"};
    struct faulty_server *server = faulty_server_start(&options);
    gr_time deadline = clock_now_ns() + 5 * NS_PER_S;
    char why[256] = "";
    uint8_t octets[64] = {0};
    size_t got = 0;
    assert_non_null(server);
    endpoint.port = faulty_server_port(server);
    struct transport *transport = transport_connect(&endpoint, setup->tls ? &tls : NULL, deadline,
                                                    why);
    assert_non_null(transport);
    assert_string_equal(transport_alpn(transport), setup->tls ? "h2" : "");
    assert_int_equal(transport_read(transport, octets, sizeof octets, &got, deadline),
                     TRANSPORT_OK);
    assert_true(got > 9);
    assert_int_equal(octets[3], 4); /* SETTINGS */
    assert_true(faulty_server_memory(server).peak > 0);
    transport_free(transport);
    faulty_server_stop(server);
}

static void every_setup_serves(void **state)
{
    (void)state;
    char why[256];
    struct certificates certificates;
    assert_true(certificates_make(&certificates, why));
    for (size_t i = 0; i < setup_count; i++)
        speaks_http2(&setups[i], &certificates);
    certificates_remove(&certificates);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_find_their_setups),
        cmocka_unit_test(properties_are_those_of_server_has),
        cmocka_unit_test(every_setup_serves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
