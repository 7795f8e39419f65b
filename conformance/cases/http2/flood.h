/* SPDX-License-Identifier: MIT
 *
 * What the cases about abuse share. A probe is bounded, its cap stands in the case's title, and it is judged by what
 * becomes of others: a canary on a second connection, opened before the probe, is answered in time. Whether the target
 * bears the probe or ends the connection is its own affair, and noted. */
#ifndef CASES_HTTP2_FLOOD_H
#define CASES_HTTP2_FLOOD_H

#include "cases/http2/common.h"

/* The connection that is flooded, and the canary beside it. */
struct flood {
    struct conn *conn, *canary;
};
struct flood begin_flood(struct test *t, const struct setting *settings, size_t count);
/* A call on the connection is answered; one that is turned away because others are still being worked off is made
 * again, within patience. */
void expect_served_in_the_end(struct conn *conn);
/* The canary is answered, on its own connection; and so is a new one. More than a second, or turned away at once, is
 * remarked, no more: machines are loaded, and other cases run beside. Never answered is FAIL. */
void expect_others_served(const struct flood *flood);
/* What was sent has been read to its end: a PING behind it is answered, or the target has ended the connection. Then
 * expect_others_served. */
void expect_borne_or_refused(const struct flood *flood);

/* Why a case about the memory of the target's process is a SKIP. */
#define MEMORY_NOT_KNOWN                                                                           \
    "the memory of the target's process is not known: --spawn or --pid, and no sanitizer"
/* What a target may grow by where 64 MiB are asked of it, that it need not have all at once: far below that. */
#define MOST_GROWTH (INT64_C(32) << 20)

/* The target has said GOAWAY or closed. */
bool has_ended_connection(const struct conn *conn);
/* Wait for that, at most this long. */
bool ends_connection_within(struct conn *conn, int64_t ns);
/* Remark how: "GOAWAY(ENHANCE_YOUR_CALM)", which is what SEC-032 asks for, or another way. */
void note_defence(const struct conn *conn);

/* Whether the target leaves something alone because it wants to: `happened` stays false for this long, and then while
 * three calls on the canary are answered. (A busy machine leaves everything alone.) */
bool stays_quiet(struct conn *canary, int64_t ns, bool (*happened)(void *arg, int64_t within_ns),
                 void *arg);

/* Take in what is there, without waiting; send what is queued. */
void turn_once(struct conn *conn);

#endif
