/* SPDX-License-Identifier: MIT
 *
 * The passive linter: a state machine of HTTP/2 and gRPC that watches everything the endpoint under test sends,
 * in every case, and reports by rule, even where the case itself passed. It never sends and never decides what a
 * case expects. One struct lint per connection; the rules are a table.
 *
 * It knows both directions, because what the target may send depends on what it was sent (settings that it has
 * acknowledged, windows, streams). Illegal frames that grpcspec sends on purpose must not make it blame the target. */
#ifndef LINT_H
#define LINT_H

#include "wire/frame.h"
#include "wire/hpack.h"
#include "wire/transcript.h"

enum lint_level { LINT_MUST, LINT_SHOULD };
enum lint_subject { LINT_OF_SERVERS = 1, LINT_OF_CLIENTS = 2, LINT_OF_BOTH = 3 };
enum lint_role { LINT_SERVER, LINT_CLIENT }; /* what the endpoint under test is */

struct lint_rule {
    const char *id;            /* "lint/window/stream": never changes meaning */
    const char *clauses;       /* "H2-FLOW-001 ...", space separated */
    enum lint_subject subject; /* whom it binds */
    enum lint_level level;
    const char *title; /* what must hold, one sentence */
};
extern const struct lint_rule lint_rules[];
extern const size_t lint_rule_count;
bool lint_rule_binds(const struct lint_rule *rule, enum lint_role role);

/* Rules as a set; all zeros is empty. */
#define LINT_WORDS 2
struct lint_bits {
    uint64_t words[LINT_WORDS];
};
void lint_bits_add(struct lint_bits *bits, size_t rule);
bool lint_bits_have(const struct lint_bits *bits, size_t rule);

/* Where findings go. arg as given to lint_new. */
struct lint_sink {
    /* The rule was broken, by what was observed last; `what` is one sentence, borrowed. */
    void (*broken)(void *arg, size_t rule, const char *what);
    /* The rule had something to judge and it was fine (called often: keep it cheap). */
    void (*exercised)(void *arg, size_t rule);
    void *arg;
};

struct lint;
struct lint *lint_new(enum lint_role target_role, struct lint_sink sink); /* NULL: out of memory */
void lint_free(struct lint *lint);

/* The connection is TLS; say so before the first frame. */
void lint_set_tls(struct lint *lint);
/* What a client began the connection with: was it the preface? */
void lint_preface(struct lint *lint, bool right);
/* One whole frame, as it was sent or received. RECEIVED: by the target under test.
 * headers, hpack: with the frame that ended a header block (END_HEADERS), its decoded list and how decoding went;
 * NULL otherwise. */
void lint_frame(struct lint *lint, enum direction direction, const struct frame *frame,
                const struct header_list *headers, const struct hpack_result *hpack);
/* The target closed the connection in order; before lint_end(). */
void lint_target_closed(struct lint *lint);
/* The connection is over: rules that wait for the end are judged. orderly: nobody aborted it midway. */
void lint_end(struct lint *lint, bool orderly);

#endif
