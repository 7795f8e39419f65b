/* SPDX-License-Identifier: MIT
 *
 * struct test: one run of one case. Its verdict, its evidence, what it may use. A case is straight-line C: the first
 * failed expectation is remembered with its line, and every later verb does nothing, so no case checks for errors. */
#ifndef PEER_TEST_H
#define PEER_TEST_H

#include "lint/lint.h"
#include "wire/transcript.h"
#include "wire/transport.h"

#include <stdatomic.h>

enum verdict {
    VERDICT_PASS,
    VERDICT_LENIENT, /* works, but not what the document says, or a SHOULD was missed: `seen` says what */
    VERDICT_FAIL,
    VERDICT_CRASH,  /* the target died */
    VERDICT_HANG,   /* the target no longer answers new connections */
    VERDICT_SKIP,   /* `seen` says why */
    VERDICT_BROKEN, /* grpcspec or the way to the target failed: never a pass */
};

/* What a case needs of the target; a target without it makes the case SKIP. */
enum need {
    NEEDS_TRANSPORT,    /* HTTP/2 only */
    NEEDS_TEST_SERVICE, /* grpc.testing.TestService */
    NEEDS_TLS,          /* --tls */
    NEEDS_HEALTH,       /* grpc.health.v1.Health */
    NEEDS_REFLECTION,   /* grpc.reflection, v1 or v1alpha */
    /* of a client, and of what drives it */
    NEEDS_CLIENT, /* nothing but that it makes calls: the wire judges, and its exit status */
    NEEDS_REPORTED_STATUS,   /* the status it reports: an adapter */
    NEEDS_REPORTED_RESULT,   /* and the metadata and messages */
    NEEDS_SHARED_CONNECTION, /* a later call may use the same connection */
    NEEDS_CLIENT_TLS,        /* --tls */
};

struct test;
struct drive;
struct certificates;

struct test_case {
    const char *id; /* "http2/settings/ack": words, lower case, never changed, never reused */
    const char *
        clauses; /* space separated ids of conformance/clauses/, the first is what the case is about */
    const char *title; /* what must hold, one sentence */
    enum need needs;
    void (*run)(struct test *t);
    const void *arg; /* the row, in a family driven by a table */
};
struct case_list {
    const struct test_case *cases;
    size_t count;
};

/* What the person says of the server's configuration: --server-has KEY=VALUE. The keys are in peer/own_target.h. */
struct server_property {
    const char *key;
    const char *value; /* "" when none was given */
};

/* What a process (and its process group) has resident; -1: not known. */
struct memory {
    int64_t now, peak;
};

/* How the run starts another server like its target, for cases that end one or watch its memory. Called from the
 * cases' threads. */
struct starter {
    /* returns NULL with one sentence in why */
    void *(*start)(void *arg, struct endpoint *endpoint, char why[static 256]);
    void (*stop_gracefully)(void *server); /* SIGTERM */
    bool (*has_ended)(void *server);
    struct memory (*memory)(void *server);
    void (*end)(void *server); /* at once; frees */
    void *arg;
    bool stops_gracefully; /* stop_gracefully is known to begin an orderly stop */
};

/* What the run knows of the target before the cases start; read-only for cases. */
struct target_info {
    struct endpoint endpoint;
    const struct transport_tls *tls; /* NULL: cleartext */
    const char *authority;           /* :authority to send */
    bool has_test_service;
    bool has_health;
    const char *reflection_path; /* of the newest version it has; NULL: no reflection */
    bool demands_certificate;    /* --mutual-tls */
    int pid;                     /* --pid: its process, whose memory may be watched; 0: not known */
    const struct server_property *properties;
    size_t property_count;
    const struct starter *starter; /* NULL: the run cannot start a server */
    const struct drive
        *drive; /* how the client under test is driven; NULL: the target is a server */
    /* with a drive, `tls` is what the case's listener has, and this is what the client is told of it */
    const char *trusted_ca, *tls_name;
    const struct certificates *certificates; /* that the tool made; NULL: the person gave some */
    const atomic_int *stop;                  /* not 0: the run is to end; NULL: never */
    bool
        answers_requests; /* it answered at least one well-formed request: only then does a bare close after bad
                              input say anything */
};

struct source_line {
    const char *file;
    int line;
};
#define HERE ((struct source_line){__FILE__, __LINE__})

struct conn;
struct lint;
struct own_target;
struct client;

struct test {
    const struct test_case *test_case;
    const struct target_info *target;
    const void *arg; /* test_case->arg */

    /* from the run's options */
    gr_time deadline;     /* when the whole case is over */
    int64_t patience_ns;  /* how long one expectation waits */
    int64_t uncounted_ns; /* what starting a client under test took: not the case's time */
    enum segmentation segmentation;
    uint64_t random; /* state of test_random() */

    /* what the run reads afterwards */
    enum verdict verdict;
    struct source_line where;  /* of the first failure or leniency */
    struct buf expected, seen; /* sentences */
    struct buf notes; /* one remark a line: outcomes recorded where documents allow several */
    struct transcript transcript;
    struct lint_bits lint_broken, lint_exercised;
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
    struct own_target *own; /* a server of the case's own; ended by test_finish() */
    struct client *client;  /* the client under test; ended by test_finish() */
};

void test_init(struct test *t, const struct test_case *test_case, const struct target_info *target,
               gr_time now);
/* Close every connection and let the linter judge the end: verdict, findings and transcript are complete then.
 * Calls and connections are still valid memory, but silent. */
void test_finish(struct test *t);
void test_clear(struct test *t); /* test_finish(), then frees everything */

/* True when a verb should do nothing: the verdict is decided (FAIL, SKIP, BROKEN ...). LENIENT goes on. */
bool test_is_over(const struct test *t);

/* The first call decides; fail() after lenient() wins. Sentences: what was expected, what was seen. */
void test_fail(struct test *t, struct source_line where, const char *expected, const char *seen_fmt,
               ...) PRINTF_LIKE(4, 5);
void test_lenient(struct test *t, struct source_line where, const char *expected,
                  const char *seen_fmt, ...) PRINTF_LIKE(4, 5);
void test_skip(struct test *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
void test_broken(struct test *t, struct source_line where, const char *fmt, ...) PRINTF_LIKE(3, 4);
void test_note(struct test *t, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Deterministic from --seed and the case id. */
uint64_t test_random(struct test *t);

/* A general check of the case's own: fails with the sentences unless `holds`. */
#define expect(t, holds, expected, ...)                                                            \
    do {                                                                                           \
        if (!test_is_over(t) && !(holds))                                                          \
            test_fail((t), HERE, (expected), __VA_ARGS__);                                         \
    } while (0)

#endif
