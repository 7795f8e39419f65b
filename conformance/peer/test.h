/* SPDX-License-Identifier: MIT
 *
 * struct test: one run of one case. Its verdict, its evidence, what it may use. A case is straight-line C: the first
 * failed expectation is remembered with its line, and every later verb does nothing, so no case checks for errors. */
#ifndef PEER_TEST_H
#define PEER_TEST_H

#include "wire/transcript.h"
#include "wire/transport.h"

enum verdict {
    VERDICT_PASS,
    VERDICT_LENIENT, /* works, but not what the document says, or a SHOULD was missed: `seen` says what */
    VERDICT_FAIL,
    VERDICT_CRASH,   /* the target died */
    VERDICT_HANG,    /* the target no longer answers new connections */
    VERDICT_SKIP,    /* `seen` says why */
    VERDICT_BROKEN,  /* grpcspec or the way to the target failed: never a pass */
};

/* What a case needs of the target; a target without it makes the case SKIP. */
enum need {
    NEEDS_TRANSPORT,    /* HTTP/2 only */
    NEEDS_TEST_SERVICE, /* grpc.testing.TestService */
    NEEDS_TLS,          /* --tls */
    NEEDS_HEALTH,       /* grpc.health.v1.Health */
};

struct test_case {
    const char *id;      /* "http2/settings/ack": words, lower case, never changed, never reused */
    const char *clauses; /* space separated ids of conformance/clauses/, the first is what the case is about */
    const char *title;   /* what must hold, one sentence */
    enum need needs;
    void (*run)(struct test *t);
    const void *arg; /* the row, in a family driven by a table */
};
struct case_list {
    const struct test_case *cases;
    size_t count;
};

/* What the run knows of the target before the cases start; read-only for cases. */
struct target_info {
    struct endpoint endpoint;
    const struct transport_tls *tls; /* NULL: cleartext */
    const char *authority;           /* :authority to send */
    bool has_test_service;
    bool has_health;
    bool answers_requests; /* it answered at least one well-formed request: only then does a bare close after bad
                              input say anything */
};

struct source_line {
    const char *file;
    int line;
};
#define HERE ((struct source_line){__FILE__, __LINE__})

struct conn;
struct lint;

struct test {
    const struct test_case *test_case;
    const struct target_info *target;
    const void *arg; /* test_case->arg */

    /* from the run's options */
    gr_time deadline;        /* when the whole case is over */
    int64_t patience_ns;     /* how long one expectation waits */
    enum segmentation segmentation;
    uint64_t random;         /* state of test_random() */

    /* what the run reads afterwards */
    enum verdict verdict;
    struct source_line where; /* of the first failure or leniency */
    struct buf expected, seen; /* sentences */
    struct buf notes;          /* one remark a line: outcomes recorded where documents allow several */
    struct transcript transcript;
    uint64_t lint_broken, lint_exercised; /* bit i: lint_rules[i] */
    struct lint_finding {
        size_t rule;
        size_t entry; /* index in the transcript */
        char what[160];
    } findings[16];
    size_t finding_count;

    /* private to peer/ */
    struct conn *conns;     /* all connections of the case, newest first */
    struct conn *main_conn; /* what new_call() uses */
    unsigned conn_count;
};

void test_init(struct test *t, const struct test_case *test_case, const struct target_info *target, gr_time now);
void test_clear(struct test *t); /* closes every connection, frees everything */

/* True when a verb should do nothing: the verdict is decided (FAIL, SKIP, BROKEN ...). LENIENT goes on. */
bool test_is_over(const struct test *t);

/* The first call decides; fail() after lenient() wins. Sentences: what was expected, what was seen. */
void test_fail(struct test *t, struct source_line where, const char *expected, const char *seen_fmt, ...) PRINTF_LIKE(4, 5);
void test_lenient(struct test *t, struct source_line where, const char *expected, const char *seen_fmt, ...) PRINTF_LIKE(4, 5);
void test_skip(struct test *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
void test_broken(struct test *t, struct source_line where, const char *fmt, ...) PRINTF_LIKE(3, 4);
void test_note(struct test *t, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Deterministic from --seed and the case id. */
uint64_t test_random(struct test *t);

/* A general check of the case's own: fails with the sentences unless `holds`. */
#define expect(t, holds, expected, ...)                                                                                \
    do {                                                                                                               \
        if (!test_is_over(t) && !(holds))                                                                              \
            test_fail((t), HERE, (expected), __VA_ARGS__);                                                             \
    } while (0)

#endif
