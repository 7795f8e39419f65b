/* SPDX-License-Identifier: MIT
 *
 * How the faulty server can be set up. Some rules show only on a server that speaks TLS, that announces unusual
 * settings, or that ends connections by their age: what one setup cannot show, another does. A case is judged in the
 * first setup that does not make it a SKIP. Knobs are independent of this: see knobs.h. */
#ifndef SELFTEST_SETUP_H
#define SELFTEST_SETUP_H

#include "peer/test.h"
#include "wire/certificates.h"

struct setup {
    const char *name; /* as given to --setup */
    const char *sentence;
    bool tls; /* and clients must show a certificate */

    /* announced; 0: not */
    uint32_t table_size, initial_window;
    bool true_binary; /* grpc's setting 0xfe03 */
    bool details;     /* errors carry grpc-status-details-bin */

    /* of connections; 0: for ever */
    int64_t handshake_ns, max_idle_ns, max_age_ns, max_age_grace_ns;
    int64_t keepalive_ns, keepalive_timeout_ns; /* its own pings */
    int64_t pings_apart_ns;                     /* a client's pings that far apart are no strikes */

    struct server_property
        properties[4]; /* what is said of it by --server-has; ends with key NULL */
};

#define SETUP_COUNT 6
extern const struct setup setups[]; /* the first is the plain one */
extern const size_t setup_count;

/* NULL when there is none of that name. */
const struct setup *setup_find(const char *name);

/* Of this thread's connection; the plain one at first. */
void setup_turn(const struct setup *setup);
const struct setup *setup_here(void);

/* With what the server of a TLS setup accepts, and with what a client of it connects. Views into `made`. The knob that
 * is turned has a say in the first. */
struct transport_tls setup_server_tls(const struct certificates *made);
struct transport_tls setup_client_tls(const struct certificates *made);

/* For a knob: a client that offers to compress is taken at its word, in a ServerHello by hand. returns whether it was;
 * the socket is of no more use then, and still the caller's */
bool answer_with_compression(int fd, gr_time deadline);

#endif
