/* SPDX-License-Identifier: MIT
 *
 * Two halves of TLS talk in memory, with certificates made on the spot. */
#include "base/test.h"

#include "loop/test_certs.h"
#include "loop/tls.h"

/* ---- two halves
 * ------------------------------------------------------------------------------------------------
 */

struct pair {
    struct tls_context *contexts[2];
    struct tls *ends[2]; /* 0: client, 1: server */
    struct buf plain[2]; /* what each has read */
    int rc[2];
};

static void pair_clear(struct pair *pair)
{
    for (int i = 0; i < 2; i++) {
        tls_free(pair->ends[i]);
        tls_context_free(pair->contexts[i]);
        buf_clear(&pair->plain[i]);
    }
}

/* Carry octets both ways, `step` at a time, until nobody has any. */
static void carry(struct pair *pair, size_t step)
{
    for (bool moved = true; moved;) {
        moved = false;
        for (int from = 0; from < 2; from++) {
            struct buf *out = tls_output(pair->ends[from]);
            if (out->len == 0)
                continue;
            struct bytes piece = bytes_first(buf_view(out), step);
            if (pair->rc[!from] == 0)
                pair->rc[!from] = tls_feed(pair->ends[!from], piece, &pair->plain[!from]);
            buf_consume(out, piece.len);
            moved = true;
        }
    }
}

static void connect_pair(struct pair *pair, const struct gr_tls_options *client,
                         const struct gr_tls_options *server, const char *name, size_t step)
{
    *pair = (struct pair){0};
    assert_int_equal(tls_context_new(client, false, &pair->contexts[0]), 0);
    assert_int_equal(tls_context_new(server, true, &pair->contexts[1]), 0);
    pair->ends[0] = tls_new(pair->contexts[0], name);
    pair->ends[1] = tls_new(pair->contexts[1], NULL);
    assert_non_null(pair->ends[0]);
    assert_non_null(pair->ends[1]);
    assert_int_equal(tls_start(pair->ends[0]), 0);
    carry(pair, step);
}

static void octets_arrive_as_they_were_in_any_segmentation(void **state)
{
    (void)state;
    static const size_t steps[] = {1, 7, 1000, SIZE_MAX};
    const struct gr_tls_options client = {.ca_file = ca},
                                server = {.cert_file = cert, .key_file = key};
    struct buf big = {0};
    for (uint32_t i = 0; i < 30000; i++)
        buf_put_u32(&big, i);
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        struct pair pair;
        connect_pair(&pair, &client, &server, "server.test", steps[i]);
        assert_true(tls_is_ready(pair.ends[0]));
        assert_true(tls_is_ready(pair.ends[1]));
        assert_int_equal(tls_write(pair.ends[0], buf_view(&big)), 0);
        assert_int_equal(tls_write(pair.ends[1], BYTES("hello")), 0);
        carry(&pair, steps[i]);
        assert_bytes(buf_view(&pair.plain[1]), buf_view(&big));
        assert_bytes(buf_view(&pair.plain[0]), BYTES("hello"));
        tls_close(pair.ends[0]);
        carry(&pair, steps[i]);
        assert_int_equal(pair.rc[1], GR_CLOSED);
        pair_clear(&pair);
    }
    buf_clear(&big);
}

struct trust_row {
    const char *label;
    const char *client_ca, *name, *server_cert, *server_ca, *client_cert;
    bool client_ok, server_ok;
};

static void only_who_may_be_trusted_is(void **state)
{
    (void)state;
    const struct trust_row rows[] = {
        {"right name", ca, "server.test", cert, NULL, NULL, true, true},
        {"right address", ca, "127.0.0.1", cert, NULL, NULL, true, true},
        {"wrong name", ca, "other.test", cert, NULL, NULL, false, false},
        {"wrong address", ca, "127.0.0.2", cert, NULL, NULL, false, false},
        {"unknown authority", other_ca, "server.test", cert, NULL, NULL, false, false},
        {"expired", ca, "server.test", expired, NULL, NULL, false, false},
        {"client certificate", ca, "server.test", cert, ca, cert, true, true},
        {"no client certificate", ca, "server.test", cert, ca, NULL, false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct trust_row *row = &rows[i];
        const struct gr_tls_options client = {.ca_file = row->client_ca,
                                              .cert_file = row->client_cert,
                                              .key_file = row->client_cert ? key : NULL};
        const struct gr_tls_options server = {
            .cert_file = row->server_cert, .key_file = key, .ca_file = row->server_ca};
        struct pair pair;
        print_message("%s\n", row->label);
        connect_pair(&pair, &client, &server, row->name, SIZE_MAX);
        assert_int_equal(tls_is_ready(pair.ends[0]) && pair.rc[0] == 0, row->client_ok);
        assert_int_equal(tls_is_ready(pair.ends[1]) && pair.rc[1] == 0, row->server_ok);
        if (!row->server_ok)
            assert_true(*tls_why(pair.ends[0]) || *tls_why(pair.ends[1]));
        pair_clear(&pair);
    }
}

static void missing_and_wrong_files_are_errors(void **state)
{
    (void)state;
    const struct gr_tls_options rows[] = {
        {0},
        {.cert_file = "/nonexistent", .key_file = key},
        {.cert_file = cert, .key_file = "/nonexistent"},
        {.cert_file = cert},
        {.cert_file = key, .key_file = key},
        {.cert_file = ca, .key_file = key}, /* not this key's certificate */
        {.cert_file = cert, .key_file = key, .ca_file = "/nonexistent"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tls_context *context;
        assert_int_equal(tls_context_new(&rows[i], true, &context), GR_TLS);
        assert_null(context);
    }
}

static void garbage_is_a_failure_with_a_reason(void **state)
{
    (void)state;
    const struct gr_tls_options options = {.cert_file = cert, .key_file = key};
    struct tls_context *context;
    assert_int_equal(tls_context_new(&options, true, &context), 0);
    struct tls *tls = tls_new(context, NULL);
    struct buf plain = {0};
    assert_int_equal(tls_feed(tls, BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), &plain), GR_TLS);
    assert_true(*tls_why(tls));
    assert_int_equal(plain.len, 0);
    buf_clear(&plain);
    tls_free(tls);
    tls_context_free(context);
}

/* A bare OpenSSL client that offers only what the row says. */
static void only_h2_and_modern_tls_are_served(void **state)
{
    (void)state;
    static const struct {
        const char *alpn;
        int max_version;
        bool ok;
    } rows[] = {
        {"\x02h2", 0, true},   {"\x08http/1.1\x02h2", 0, true},  {"\x08http/1.1", 0, false},
        {"\x03h2c", 0, false}, {"\x02h2", TLS1_2_VERSION, true}, {"\x02h2", TLS1_1_VERSION, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct gr_tls_options options = {.cert_file = cert, .key_file = key};
        struct tls_context *context;
        assert_int_equal(tls_context_new(&options, true, &context), 0);
        struct tls *server = tls_new(context, NULL);
        SSL_CTX *bare = SSL_CTX_new(TLS_client_method());
        if (rows[i].max_version)
            SSL_CTX_set_max_proto_version(bare, rows[i].max_version);
        SSL_CTX_set_alpn_protos(bare, (const unsigned char *)rows[i].alpn,
                                (unsigned)strlen(rows[i].alpn));
        SSL *client = SSL_new(bare);
        BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
        SSL_set_bio(client, in, out);
        SSL_set_connect_state(client);
        struct buf plain = {0};
        int rc = 0;
        for (int turn = 0; turn < 4 && rc == 0; turn++) {
            (void)SSL_do_handshake(client);
            char *data = NULL;
            long len = BIO_get_mem_data(out, &data);
            if (len > 0)
                rc = tls_feed(server, bytes_of(data, (size_t)len), &plain);
            (void)BIO_reset(out);
            struct buf *reply = tls_output(server);
            if (reply->len > 0)
                BIO_write(in, reply->data, (int)reply->len);
            buf_reset(reply);
        }
        assert_int_equal(rc == 0 && tls_is_ready(server), rows[i].ok);
        buf_clear(&plain);
        SSL_free(client);
        SSL_CTX_free(bare);
        tls_free(server);
        tls_context_free(context);
    }
}

static void allocations_that_fail_are_said(void **state)
{
    (void)state;
    const struct gr_tls_options options = {
        .cert_file = cert, .key_file = key, .keylog_file = "/dev/null"};
    for (size_t n = 0;; n++) {
        struct tls_context *context;
        fail_allocation(n);
        int rc = tls_context_new(&options, true, &context);
        struct tls *tls = context ? tls_new(context, NULL) : NULL;
        bool failed = stop_failing();
        assert_int_equal(failed, rc != 0 || !tls);
        tls_free(tls);
        tls_context_free(context);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(octets_arrive_as_they_were_in_any_segmentation),
        cmocka_unit_test(only_who_may_be_trusted_is),
        cmocka_unit_test(missing_and_wrong_files_are_errors),
        cmocka_unit_test(garbage_is_a_failure_with_a_reason),
        cmocka_unit_test(only_h2_and_modern_tls_are_served),
        cmocka_unit_test(allocations_that_fail_are_said),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
