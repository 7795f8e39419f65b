/* SPDX-License-Identifier: MIT
 *
 * TLS below HTTP/2 (RFC 9113 3.2, 9.2): ALPN, versions, ciphers, renegotiation, client certificates. Each case makes a
 * TLS connection of its own, with one thing chosen, beside the connection that everything else goes over. */
#include "cases/cases.h"
#include "cases/http2/common.h"
#include "wire/transport_offer.h"

/* OpenSSL's numbers; its headers stay in wire/. */
#define TLS_1_0 0x0301
#define TLS_1_1 0x0302
#define TLS_1_2 0x0303
#define TLS_1_3 0x0304

static struct tls_answer offer(struct test *t, const struct tls_offer *what)
{
    struct tls_answer answer = {.shaken = false};
    if (test_is_over(t))
        return answer;
    if (!tls_try(&t->target->endpoint, t->target->tls, what, t->target->authority,
                 clock_now_ns() + t->patience_ns, &answer))
        test_broken(t, HERE, "the target could not be reached: %s", answer.why);
    test_note(t, "%s%s%s%s%s%s%s", answer.shaken ? "handshake: " : "no handshake: ",
              answer.shaken ? answer.version : answer.why, answer.shaken ? ", " : "", answer.cipher,
              answer.shaken ? ", ALPN \"" : "", answer.alpn, answer.shaken ? "\"" : "");
    return answer;
}

static void expect_a_call(struct test *t, const struct tls_answer *answer)
{
    expect(t, answer->shaken, "the handshake succeeds", "%s", answer->why);
    expect(t, strcmp(answer->alpn, "h2") == 0, "ALPN \"h2\"", "\"%s\"", answer->alpn);
    expect(t, answer->speaks_h2 && answer->answered,
           "HTTP/2 behind the handshake, and an answer to a call", "%s",
           answer->why[0] ? answer->why : "none in time");
}

/* ---- ALPN ---- */

struct alpn_row {
    const char *list;
};
#define ALPN(list) (&(const struct alpn_row){list})

static void selects_h2(struct test *t)
{
    const struct alpn_row *row = t->arg;
    struct tls_answer answer = offer(t, &(struct tls_offer){.alpn = row->list});
    expect_a_call(t, &answer);
    expect_target_still_serves(t);
}

/* ---- versions ---- */

struct version_row {
    int version;
};
#define VERSION(v) (&(const struct version_row){v})

static void old_version_refused(struct test *t)
{
    const struct version_row *row = t->arg;
    struct tls_answer answer = offer(t, &(struct tls_offer){.min_version = row->version,
                                                            .max_version = row->version,
                                                            .ciphers = "ALL:@SECLEVEL=0",
                                                            .alpn = "h2"});
    expect(t, !answer.shaken || !answer.answered, "no call over TLS below 1.2",
           "%s, and a call is answered", answer.version);
    if (answer.shaken)
        expect(t, answer.has_goaway, "the handshake is refused", "it succeeds with %s",
               answer.version);
    expect_target_still_serves(t);
}

static void version_serves(struct test *t)
{
    const struct version_row *row = t->arg;
    struct tls_answer answer = offer(t, &(struct tls_offer){.min_version = row->version,
                                                            .max_version = row->version,
                                                            .alpn = "h2"});
    if (!answer.shaken)
        test_skip(t, "the target does not speak this version: %s", answer.why);
    else
        expect_a_call(t, &answer);
    expect_target_still_serves(t);
}

/* ---- TLS 1.2 ---- */

struct cipher_row {
    const char *cipher;
};
#define CIPHER(name) (&(const struct cipher_row){name})

static bool speaks_tls_1_2(struct test *t)
{
    struct tls_answer answer = offer(
        t, &(struct tls_offer){.min_version = TLS_1_2, .max_version = TLS_1_2, .alpn = "h2"});
    if (!answer.shaken)
        test_skip(t, "the target does not speak TLS 1.2: %s", answer.why);
    return !test_is_over(t);
}

static void prohibited_cipher(struct test *t)
{
    const struct cipher_row *row = t->arg;
    if (!speaks_tls_1_2(t))
        return;
    struct tls_answer answer = offer(t, &(struct tls_offer){.min_version = TLS_1_2,
                                                            .max_version = TLS_1_2,
                                                            .ciphers = row->cipher,
                                                            .alpn = "h2"});
    bool calm = answer.has_goaway && answer.goaway_code == H2_INADEQUATE_SECURITY;
    if (answer.shaken && !calm)
        test_lenient(t, HERE, "a cipher suite that RFC 9113 Appendix A prohibits is not negotiated",
                     "%s%s", answer.cipher,
                     answer.answered ? ", and a call is answered over it" : "");
    expect_target_still_serves(t);
}

static void mandatory_cipher(struct test *t)
{
    if (!speaks_tls_1_2(t))
        return;
    struct tls_answer any = offer(
        t, &(struct tls_offer){.min_version = TLS_1_2, .max_version = TLS_1_2, .alpn = "h2"});
    if (!any.rsa)
        test_skip(t, "the target's certificate has no RSA key");
    struct tls_answer answer = offer(t,
                                     &(struct tls_offer){.min_version = TLS_1_2,
                                                         .max_version = TLS_1_2,
                                                         .ciphers = "ECDHE-RSA-AES128-GCM-SHA256",
                                                         .groups = "P-256",
                                                         .alpn = "h2"});
    expect_a_call(t, &answer);
    expect_target_still_serves(t);
}

static void no_compression(struct test *t)
{
    int method = tls_try_compression(&t->target->endpoint, t->target->tls->server_name,
                                     clock_now_ns() + t->patience_ns);
    if (method == -2)
        test_broken(t, HERE, "the target could not be reached");
    test_note(t, method == -1 ? "the ClientHello was refused" : "compression method %d", method);
    expect(t, method <= 0, "compression method null, or no handshake", "method %d", method);
    expect_target_still_serves(t);
}

static void no_renegotiation(struct test *t)
{
    if (!speaks_tls_1_2(t))
        return;
    struct tls_answer answer = offer(
        t, &(struct tls_offer){
               .min_version = TLS_1_2, .max_version = TLS_1_2, .alpn = "h2", .renegotiate = true});
    bool refused = answer.has_goaway && answer.goaway_code == H2_PROTOCOL_ERROR;
    expect(t, answer.speaks_h2, "SETTINGS behind the handshake", "none: %s", answer.why);
    expect(t, !answer.renegotiated || refused, "renegotiation is refused", "it is carried out");
    expect_target_still_serves(t);
}

/* ---- client certificates ---- */

static void no_late_certificate_request(struct test *t)
{
    struct tls_answer answer = offer(t, &(struct tls_offer){.min_version = TLS_1_3,
                                                            .max_version = TLS_1_3,
                                                            .alpn = "h2",
                                                            .post_handshake_auth = true});
    if (!answer.shaken) {
        test_skip(t, "the target does not speak TLS 1.3: %s", answer.why);
        return;
    }
    expect_a_call(t, &answer);
    expect(t, !answer.certificate_asked_late, "no CertificateRequest behind the handshake",
           "one came");
    expect_target_still_serves(t);
}

static void certificate_demanded(struct test *t)
{
    if (!t->target->demands_certificate) {
        test_skip(t, "needs a server that demands client certificates: --mutual-tls");
        return;
    }
    struct tls_answer answer = offer(
        t, &(struct tls_offer){.alpn = "h2", .without_certificate = true});
    expect(t, !answer.answered, "no call without a certificate", "a call is answered");
    expect(t, !answer.shaken || answer.over, "a client without a certificate is turned away",
           "the connection stays open");
    expect_target_still_serves(t);
}

static const struct test_case cases[] = {
    {"http2/tls/alpn-h2", "H2-TLS-001", "ALPN \"h2\" is selected where it is all that is offered.",
     NEEDS_TLS, selects_h2, ALPN("h2")},
    {"http2/tls/alpn-h2-first", "H2-TLS-001", "ALPN \"h2\" is selected before \"http/1.1\".",
     NEEDS_TLS, selects_h2, ALPN("h2,http/1.1")},
    {"http2/tls/alpn-h2-last", "H2-TLS-001", "ALPN \"h2\" is selected among unknown names.",
     NEEDS_TLS, selects_h2, ALPN("h3,spdy/3,h2")},
    {"http2/tls/version-1-0-refused", "H2-TLS-004", "TLS 1.0 is refused.", NEEDS_TLS,
     old_version_refused, VERSION(TLS_1_0)},
    {"http2/tls/version-1-1-refused", "H2-TLS-004", "TLS 1.1 is refused.", NEEDS_TLS,
     old_version_refused, VERSION(TLS_1_1)},
    {"http2/tls/version-1-2", "H2-TLS-004 H2-TLS-001", "A call over TLS 1.2 is answered.",
     NEEDS_TLS, version_serves, VERSION(TLS_1_2)},
    {"http2/tls/version-1-3", "H2-TLS-004 H2-TLS-001", "A call over TLS 1.3 is answered.",
     NEEDS_TLS, version_serves, VERSION(TLS_1_3)},
    {"http2/tls/prohibited-cipher-rsa", "H2-TLS-008",
     "TLS_RSA_WITH_AES_128_CBC_SHA is not negotiated.", NEEDS_TLS, prohibited_cipher,
     CIPHER("AES128-SHA")},
    {"http2/tls/prohibited-cipher-cbc", "H2-TLS-008",
     "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA is not negotiated.", NEEDS_TLS, prohibited_cipher,
     CIPHER("ECDHE-RSA-AES128-SHA")},
    {"http2/tls/mandatory-cipher", "H2-TLS-009",
     "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 with P-256 can be negotiated.", NEEDS_TLS,
     mandatory_cipher, NULL},
    {"http2/tls/no-compression", "H2-TLS-006", "TLS compression is not negotiated.", NEEDS_TLS,
     no_compression, NULL},
    {"http2/tls/no-renegotiation", "H2-TLS-007", "Renegotiation of TLS 1.2 is refused.", NEEDS_TLS,
     no_renegotiation, NULL},
    {"http2/tls/no-late-certificate-request", "H2-TLS-011",
     "No client certificate is asked for behind a handshake of TLS 1.3.", NEEDS_TLS,
     no_late_certificate_request, NULL},
    {"http2/tls/certificate-demanded", "H2-TLS-012",
     "A client without a certificate is turned away, and no call of it served.", NEEDS_TLS,
     certificate_demanded, NULL},
};
const struct case_list tls_cases = {cases, ARRAY_LEN(cases)};
