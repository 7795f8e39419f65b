/* SPDX-License-Identifier: MIT
 *
 * TLS of a server (RFC 9113 9.2; PROTOCOL-HTTP2, Security), with certificates, protocols and versions that a
 * client must not put up with: none of its requests may be sent, and its call is UNAVAILABLE. */
#include "cases/client/client_cases.h"
#include "cases/client/common.h"
#include "wire/certificates.h"

/* OpenSSL's numbers; its headers stay in wire/. */
#define TLS_1_0 0x0301
#define TLS_1_1 0x0302

static const struct certificates *own_certificates(struct test *t)
{
    if (!t->target->certificates)
        test_skip(t, "the listener's certificate was given: the tool has no CA of its own then");
    return t->target->certificates;
}

static struct transport_tls usual(const struct certificates *made)
{
    return (struct transport_tls){.cert_file = made->server_cert_file,
                                  .key_file = made->server_key_file};
}

static bool has_call(const struct conn *conn, const void *unused)
{
    (void)unused;
    return conn->calls != NULL || conn->closed != NOT_CLOSED;
}

/* Whatever the handshake said: no HEADERS come, and the call fails soon. */
static void expect_refused(struct test *t, const struct transport_tls *tls)
{
    char why[256] = "";
    if (test_is_over(t))
        return;
    (void)ask_client(t, &empty_unary);
    struct conn *conn = accept_tls(t, tls, why);
    stop_listening(t); /* some try again for as long as they can connect */
    if (conn->transport) {
        send_settings(conn, NULL, 0);
        (void)wait_until(conn, has_call, NULL);
    }
    expect(t, conn->calls == NULL, "no request on such a connection", "the client sent one");
    if (conn->transport && conn->closed == NOT_CLOSED)
        close_transport(conn);
    expect_client_outcome(
        t, ONE_OF(STATUS(GRPC_UNAVAILABLE), LENIENT_ANY_ERROR("an error of another code")));
}

enum certificate { WRONG_NAME, EXPIRED, UNTRUSTED };

static void bad_certificate(struct test *t)
{
    const struct certificates *made = own_certificates(t);
    if (!made)
        return;
    const char *const files[] = {[WRONG_NAME] = made->wrong_name_cert_file,
                                 [EXPIRED] = made->expired_cert_file,
                                 [UNTRUSTED] = made->untrusted_cert_file};
    struct transport_tls tls = usual(made);
    tls.cert_file = files[*(const enum certificate *)t->arg];
    expect_refused(t, &tls);
}

/* The server selects none of the client's protocols, or another than h2. */
static void bad_protocol(struct test *t)
{
    const struct certificates *made = own_certificates(t);
    if (!made)
        return;
    struct transport_tls tls = usual(made);
    tls.alpn = t->arg;
    expect_refused(t, &tls);
}

static void old_version(struct test *t)
{
    const struct certificates *made = own_certificates(t);
    if (!made)
        return;
    struct transport_tls tls = usual(made);
    tls.min_version = TLS_1_0;
    tls.max_version = TLS_1_1;
    tls.ciphers = "ALL:@SECLEVEL=0";
    expect_refused(t, &tls);
}

/* A listener that takes nothing but h2, and a call that is served. */
static void offers_h2(struct test *t)
{
    (void)ask_client(t, &empty_unary);
    struct conn *conn = accept_h2(t);

    if (!test_is_over(t))
        expect(t, strcmp(transport_alpn(conn->transport), "h2") == 0, "ALPN selects h2", "\"%s\"",
               transport_alpn(conn->transport));
    serve_call(await_call_on(conn));
    expect_client_ok(t);
}

/* The name that it was told, for servers that have several. */
static void names_the_server(struct test *t)
{
    (void)ask_client(t, &empty_unary);
    struct conn *conn = accept_h2(t);

    if (!test_is_over(t))
        expect(t, strcmp(transport_server_name(conn->transport), t->target->tls_name) == 0,
               "the server's name in the TLS extension server_name", "\"%s\"",
               transport_server_name(conn->transport));
    serve_call(await_call_on(conn));
    expect_client_ok(t);
}

/* Only suites of TLS 1.2 that RFC 9113 Appendix A prohibits. */
static void prohibited_suite(struct test *t)
{
    const struct certificates *made = own_certificates(t);
    if (!made)
        return;
    struct transport_tls tls = usual(made);
    tls.max_version = 0x0303;
    tls.ciphers = "AES128-SHA:AES256-SHA:AES128-SHA256";
    char why[256] = "";
    (void)ask_client(t, &empty_unary);
    struct conn *conn = accept_tls(t, &tls, why);
    stop_listening(t);
    if (conn->transport) {
        send_settings(conn, NULL, 0);
        (void)wait_until(conn, has_call, NULL);
        if (conn->calls)
            test_lenient(t, HERE, "no connection with a prohibited cipher suite",
                         "the client makes its call on one");
    }
    if (conn->transport && conn->closed == NOT_CLOSED)
        close_transport(conn);
    expect_client_outcome(
        t, ONE_OF(STATUS(GRPC_UNAVAILABLE), LENIENT_ANY_ERROR("an error of another code")));
}

/* clang-format off */
#define CERTIFICATE(word, title, which) \
    {"client/http2/tls/" word, "H2-TLS-010", title, NEEDS_CLIENT_TLS, bad_certificate, &(const enum certificate){which}}

static const struct test_case cases[] = {
    {"client/http2/tls/offers-h2", "H2-TLS-002", "A client offers h2 by ALPN.", NEEDS_CLIENT_TLS, offers_h2, NULL},
    {"client/http2/tls/server-name", "H2-TLS-005", "A client names the server to which it connects.", NEEDS_CLIENT_TLS,
     names_the_server, NULL},
    CERTIFICATE("certificate-for-another-name", "A certificate for another name is refused.", WRONG_NAME),
    CERTIFICATE("certificate-that-expired", "A certificate that expired is refused.", EXPIRED),
    CERTIFICATE("certificate-of-nobody", "A certificate that nobody trusts is refused.", UNTRUSTED),
    {"client/http2/tls/no-protocol", "H2-TLS-003", "A connection on which ALPN selected nothing is not used.", NEEDS_CLIENT_TLS,
     bad_protocol, "none-of-these"},
    {"client/http2/tls/http-1", "H2-TLS-003", "A connection on which ALPN selected http/1.1 is not used.", NEEDS_CLIENT_TLS,
     bad_protocol, "http/1.1"},
    {"client/http2/tls/version-1-1", "H2-TLS-004", "TLS 1.1 is refused.", NEEDS_CLIENT_TLS, old_version, NULL},
    {"client/http2/tls/prohibited-suite", "H2-TLS-008", "A cipher suite that HTTP/2 prohibits is not used.", NEEDS_CLIENT_TLS,
     prohibited_suite, NULL},
};
/* clang-format on */
const struct case_list client_tls_cases = {cases, ARRAY_LEN(cases)};
