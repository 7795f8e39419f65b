/* SPDX-License-Identifier: MIT
 *
 * What a few cases need besides the target as it stands: a server of their own, which they may stop or whose memory
 * they watch; and what the person says of the server's configuration. No protocol is spoken here. */
#ifndef PEER_OWN_TARGET_H
#define PEER_OWN_TARGET_H

#include "peer/test.h"

/* Start another server like the target; from now on the case's connections go there. Makes the case SKIP when the run
 * has no command to start one, BROKEN when it does not start. Its start does not count against the case's time. */
void start_own_target(struct test *t);
/* Ask it to stop in order (SIGTERM). A case whose server may take that for "die at once" is a SKIP, unless --server-has
 * graceful-stop is given. */
void stop_own_target(struct test *t);
/* Its process has ended by itself, within `span_ns`. */
bool own_target_has_ended(struct test *t, int64_t span_ns);
/* Ends it if there is one; for test_finish(). */
void own_target_end(struct test *t);

/* The memory of the case's own server, else of the process of --pid. */
struct memory target_memory(const struct test *t);
/* The same for a process; with `group`, of all processes of the group it leads. A process instrumented by a sanitizer,
 * or with a heap that grows as its collector likes (Java, Node), is not known. */
struct memory process_memory(int pid, bool group);

/* The properties, in the order in which --help shows them: what follows the `=`, and what it says. */
enum property_value { NOTHING, SECONDS, TEXT };

#define SERVER_PROPERTIES(X)                                                                       \
    X(GRACEFUL_STOP, "graceful-stop", NOTHING, "SIGTERM stops it in order")                        \
    X(MAX_IDLE, "max-idle", SECONDS, "it closes connections idle for so many seconds")             \
    X(MAX_AGE, "max-age", SECONDS, "it closes connections after so many seconds")                  \
    X(MAX_AGE_GRACE, "max-age-grace", SECONDS, "calls may go on so many seconds beyond max-age")   \
    X(KEEPALIVE_TIME, "keepalive-time", SECONDS, "it pings after so many seconds")                 \
    X(KEEPALIVE_TIMEOUT, "keepalive-timeout", SECONDS,                                             \
      "its pings must be answered within so many seconds")                                         \
    X(PERMIT_IDLE_PINGS, "permit-idle-pings", SECONDS,                                             \
      "pings so many seconds apart are allowed without calls")                                     \
    X(HANDSHAKE_TIMEOUT, "handshake-timeout", SECONDS,                                             \
      "a preface must be there within so many seconds")                                            \
    X(CHANGING_HEALTH, "changing-health", TEXT,                                                    \
      "the health of this service changes by itself within 5 s")                                   \
    X(THROWING_METHOD, "throwing-method", TEXT,                                                    \
      "a unary method, /SERVICE/METHOD, whose handler throws")

enum property {
#define PROPERTY_ENUM(symbol, key, takes, sentence) HAS_##symbol,
    SERVER_PROPERTIES(PROPERTY_ENUM)
#undef PROPERTY_ENUM
};

/* Read "KEY" or "KEY=VALUE" as given to --server-has; key and value view into `storage`.
 * returns false with one sentence in why */
bool server_property_parse(const char *text, char storage[static 128],
                           struct server_property *property, char why[static 256]);

/* The value of a property; makes the case SKIP, and returns "", when it was not given. */
const char *server_has(struct test *t, enum property property);
/* The same, where the value is a number of seconds; 0 when the case is over. */
int64_t server_has_seconds(struct test *t, enum property property);
/* Only whether it was given. */
bool server_is_said_to_have(const struct test *t, enum property property);

#endif
