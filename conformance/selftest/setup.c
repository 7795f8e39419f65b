/* SPDX-License-Identifier: MIT
 *
 * The table of setups, and TLS as the faulty server has it; see setup.h. */
#include "selftest/setup.h"

#include "selftest/knobs.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* OpenSSL's numbers; its headers stay in wire/. */
#define TLS_1_0 0x0301
#define TLS_1_1 0x0302
#define TLS_1_2 0x0303

#define NS_OF(seconds) ((int64_t)((seconds)*1e9))

const struct setup setups[] = {
    {
        .name = "plain",
        .sentence = "cleartext, default settings",
        .properties = {{"changing-health", "changing.Service"},
                       {"throwing-method", "/grpc.testing.TestService/Throw"}},
    },
    {
        .name = "tls",
        .sentence = "TLS 1.2 and 1.3, clients must show a certificate",
        .tls = true,
    },
    {
        .name = "small",
        .sentence = "small tables and windows, true binary metadata, details of errors",
        .table_size = 1024,
        .initial_window = 16384,
        .true_binary = true,
        .details = true,
    },
    {
        .name = "idle",
        .sentence = "connections that are silent or idle are closed",
        .handshake_ns = NS_OF(0.5),
        .max_idle_ns = NS_OF(0.6),
        .properties = {{"handshake-timeout", "0.5"}, {"max-idle", "0.6"}},
    },
    {
        .name = "age",
        .sentence = "connections that are old are closed",
        .max_age_ns = NS_OF(1.6), /* a loaded machine needs a while to begin a call */
        .max_age_grace_ns = NS_OF(1),
        .properties = {{"max-age", "1.6"}, {"max-age-grace", "1"}},
    },
    {
        .name = "keepalive",
        .sentence = "pings clients, and lets them ping",
        .keepalive_ns = NS_OF(0.3),
        .keepalive_timeout_ns = NS_OF(
            1.5), /* so long may a loaded machine keep us from answering */
        .pings_apart_ns = NS_OF(
            0.03), /* less than it says: a loaded machine brings pings together */
        .properties = {{"keepalive-time", "0.3"},
                       {"keepalive-timeout", "1.5"},
                       {"permit-idle-pings", "0.1"}},
    },
};
const size_t setup_count = ARRAY_LEN(setups);
_Static_assert(ARRAY_LEN(setups) == SETUP_COUNT, "SETUP_COUNT is how many there are");

static _Thread_local const struct setup *here = &setups[0];

const struct setup *setup_find(const char *name)
{
    for (size_t i = 0; i < setup_count; i++)
        if (strcmp(setups[i].name, name) == 0)
            return &setups[i];
    return NULL;
}

void setup_turn(const struct setup *setup)
{
    here = setup;
}

const struct setup *setup_here(void)
{
    return here;
}

/* ---- TLS ---- */

static const char *protocols(void)
{
    if (knob(KNOB_TLS_SELECTS_NOTHING))
        return "none-of-these";
    return knob(KNOB_TLS_PREFERS_HTTP_1) ? "http/1.1,h2" : "h2";
}

static int oldest_version(void)
{
    if (knob(KNOB_TLS_1_0_IS_SPOKEN))
        return TLS_1_0;
    return knob(KNOB_TLS_1_1_IS_SPOKEN) ? TLS_1_1 : TLS_1_2;
}

/* None of RFC 9113 Appendix A. */
static const char *ciphers(void)
{
    if (knob(KNOB_TLS_1_0_IS_SPOKEN) || knob(KNOB_TLS_1_1_IS_SPOKEN))
        return "ALL:@SECLEVEL=0";
    if (knob(KNOB_TLS_WEAK_CIPHERS))
        return "ALL";
    if (knob(KNOB_TLS_LACKS_MANDATORY_CIPHER))
        return "ECDHE-RSA-AES256-GCM-SHA384";
    return "ECDHE+AESGCM:ECDHE+CHACHA20";
}

struct transport_tls setup_server_tls(const struct certificates *made)
{
    return (struct transport_tls){
        .ca_file = knob(KNOB_TLS_DEMANDS_NO_CERTIFICATE) ? NULL : made->ca_file,
        .cert_file = made->server_cert_file,
        .key_file = made->server_key_file,
        .alpn = protocols(),
        .min_version = oldest_version(),
        .ciphers = ciphers(),
        .allows_renegotiation = knob(KNOB_TLS_RENEGOTIATES),
        .asks_late = knob(KNOB_TLS_ASKS_LATE),
    };
}

struct transport_tls setup_client_tls(const struct certificates *made)
{
    return (struct transport_tls){
        .ca_file = made->ca_file,
        .server_name = "localhost",
        .cert_file = made->client_cert_file,
        .key_file = made->client_key_file,
    };
}

/* ---- TLS compression, which no library does any more ----------------------------------------- */

/* Behind record header, type, length, version and random of a ClientHello (RFC 5246 7.4.1.2) come three lists: session,
 * ciphers, compression methods. */
static bool offers_compression(struct bytes hello)
{
    static const size_t session_at = 5 + 4 + 2 + 32;
    if (hello.len <= session_at || hello.data[0] != 22 || hello.data[5] != 1)
        return false;
    struct bytes rest = bytes_skip(hello, session_at + 1u + hello.data[session_at]);
    if (rest.len < 2)
        return false;
    rest = bytes_skip(rest, 2u + ((size_t)rest.data[0] << 8 | rest.data[1]));
    return rest.len > 1 && rest.data[0] > 1 && rest.data[1] == 1;
}

bool answer_with_compression(int fd, gr_time deadline)
{
    static const uint8_t head[] = {22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3};
    static const uint8_t tail[] = {0, 0xc0, 0x2f, 1}; /* no session, a cipher, DEFLATE */
    uint8_t octets[512], answer[sizeof head + 32 + sizeof tail] = {0};
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    int64_t left = (deadline - clock_now_ns()) / NS_PER_MS;
    if (left <= 0 || poll(&readable, 1, (int)left) <= 0)
        return false;
    ssize_t n = recv(fd, octets, sizeof octets, MSG_PEEK);
    if (n <= 0 || !offers_compression(bytes_of(octets, (size_t)n)))
        return false;
    memcpy(answer, head, sizeof head);
    memcpy(answer + sizeof head + 32, tail, sizeof tail);
    (void)recv(fd, octets, (size_t)n, 0);
    (void)send(fd, answer, sizeof answer, MSG_NOSIGNAL);
    return true;
}
