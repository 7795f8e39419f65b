/* SPDX-License-Identifier: MIT
 *
 * A case of the fuzzer as data: what is said, how it is cut, what is awaited, and what must come of it. The same in
 * memory and as text, so a finding is a small file that says the same octets again and can be kept for ever.
 * Nothing is sent or judged here; see execute.h. */
#ifndef FUZZ_SCRIPT_H
#define FUZZ_SCRIPT_H

#include "peer/peer.h"

#define PROFILE_VERSION 3 /* a change of any generator that changes octets is another profile */
#define PROFILE_HASH                                                                               \
    0xb0bc06deu /* of the text of the first 500 cases of seed 1, of servers and of clients; see script_test.c */

/* X(symbol, word in the text, what it does) */
#define STEP_KINDS(X)                                                                              \
    X(OPEN, "open", "a new connection to the target; it is the current one from now on")           \
    X(ACCEPT, "accept", "the client's connection, and its next call; `stream` is that call's")     \
    X(CALL, "call", "take note of what comes on stream `stream`")                                  \
    X(SEND, "send", "queue octets")                                                                \
    X(FLUSH, "flush", "write what is queued, with the cuts of its steps")                          \
    X(FIN, "fin", "write, then end our half")                                                      \
    X(WINDOWS, "windows", "give windows back from now on (1), or do not (0)")                      \
    X(AWAIT_SETTINGS, "await-settings", "the target's SETTINGS, and its ACK of ours")              \
    X(AWAIT_DATA, "await-data", "`number` octets of DATA on stream `stream`")                      \
    X(AWAIT_END, "await-end", "the end of stream `stream`, whatever it is")                        \
    X(EXPECT_CALL, "expect-call", "the call on `stream` ends in one of the outcomes")              \
    X(EXPECT_CONNECTION, "expect-connection", "one of the outcomes")                               \
    X(EXPECT_CONNECTION_ERROR, "expect-connection-error", "GOAWAY with the code `number`")         \
    X(EXPECT_STREAM_ERROR, "expect-stream-error", "RST_STREAM with the code `number`")             \
    X(EXPECT_REPLY, "expect-reply", "the next message has a body of `number` octets")              \
    X(EXPECT_SUM, "expect-sum", "the one message says that `number` octets came")                  \
    X(EXPECT_NO_MORE, "expect-no-more", "no further message")                                      \
    X(EXPECT_FIELD, "expect-field", "a field of the response has the value `octets`")              \
    X(EXPECT_STATUS_MESSAGE, "expect-status-message", "the status message is `octets`")            \
    X(EXPECT_ACKS, "expect-acks", "each SETTINGS of ours is acknowledged once")                    \
    X(EXPECT_SERVES, "expect-serves", "a plain call is OK, here, or anew where it might close")    \
    X(EXPECT_ALIVE, "expect-alive", "a PING is answered, or the connection is closed")             \
    X(EXPECT_CLIENT, "expect-client", "the client's call ends in one of the outcomes")

enum step_kind {
#define STEP_ENUM(symbol, word, does) STEP_##symbol,
    STEP_KINDS(STEP_ENUM)
#undef STEP_ENUM
        STEP_KIND_COUNT
};
const char *step_word(enum step_kind kind);

#define MAX_CUTS     24
#define MAX_OUTCOMES 20

struct step {
    enum step_kind kind;
    bool noise; /* legal and beside the point: what is to be shown is the same without it */
    uint32_t stream;
    int64_t number;
    struct buf octets;
    uint32_t cuts[MAX_CUTS]; /* of SEND: a write ends before these octets; ascending */
    size_t cut_count;
    char name[64];                             /* of EXPECT_FIELD */
    struct outcome outcomes[MAX_OUTCOMES + 1]; /* ends with OUTCOME_END */
};

struct script {
    char fault[64];   /* "frames/ping-length": the generator */
    char clauses[96]; /* space separated; the first is what it is about */
    char wrong[160];  /* what is wrong, or remarkable, one sentence */
    uint64_t seed, index;
    unsigned profile;
    struct step *steps;
    size_t count, cap;
};

void script_clear(struct script *script);
/* Append a step, all zeros but its kind. Never NULL: without memory the program ends. */
struct step *script_add(struct script *script, enum step_kind kind);
void script_copy(struct script *into, const struct script *from); /* into: cleared or zeros */
void script_remove(struct script *script, size_t first, size_t count);
bool script_equal(const struct script *a, const struct script *b);
/* All octets that are sent, one after the other. */
void script_put_octets(const struct script *script, struct buf *out);

/* The text. `#` begins a comment. */
void script_put(const struct script *script, struct buf *out);
/* returns false with one sentence in why; *script is then to be cleared as well */
bool script_parse(struct bytes text, struct script *script, char why[static 256]);

/* What a SEND step says, in words: "PING stream 0 len 7". */
void step_describe(const struct step *step, struct buf *out);
void outcomes_put(const struct outcome *outcomes, struct buf *out);

#endif
