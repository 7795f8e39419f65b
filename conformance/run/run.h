/* SPDX-License-Identifier: MIT
 *
 * The runner: cases against one target, side by side, each judged on its own connections, with a
 * look after each whether the target still serves. Usable in-process: nothing is printed, no signal
 * handler is installed; what was found is a struct report. How the target came to be (an address, a
 * process) is not known here. */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include "peer/test.h"
#include "reports/model.h"

#include <stdatomic.h>

/* Told about progress, one call at a time, from the workers' threads. All may be NULL. */
struct run_reporter {
    void (*began)(void *arg, const struct report *report, size_t total);
    /* The result is final. */
    void (*finished)(void *arg, const struct report_result *result, size_t done, size_t total);
    void *arg;
};

/* What the runner may ask of a target that it cannot reach any more. All NULL: an address, nothing
 * can be done. Called from a worker's thread while no case runs. */
struct run_revival {
    /* Has the target's process ended by itself? Then how ("killed by signal 11 (Segmentation
     * fault)", the tail of its stderr) is appended to *how. */
    bool (*has_died)(void *arg, struct buf *how);
    /* End it and start it again; *endpoint may change. false: it cannot be, *why says so. */
    bool (*restart)(void *arg, struct endpoint *endpoint, char why[static 256]);
    void *arg;
};

/* What the target prints, where the tool reads that. All NULL: it does not. Called from workers'
 * threads while the target runs. */
struct run_output {
    size_t (*printed)(void *arg); /* how many octets so far */
    /* append what it printed since that was `mark` (the end of it, when it is long) */
    void (*put_since)(void *arg, size_t mark, struct buf *out);
    void *arg;
};

struct run_options {
    const struct test_case *const *cases; /* borrowed; NULL: every case for such a target */
    size_t case_count;
    unsigned jobs; /* cases side by side; 0: twice the processors, at least 8, because most wait */
    int64_t timeout_ns;  /* of a case; 0: 10 s */
    int64_t patience_ns; /* of one expectation; 0: 3 s */
    uint64_t seed;       /* 0 is a seed like any other */
    enum segmentation segmentation;
    bool not_grpc;             /* speaks HTTP/2 but not gRPC: cases "grpc/..." are SKIP */
    bool no_canary;            /* do not look after each case whether the target still serves */
    const atomic_int *stop;    /* not 0: hand out no more cases; NULL: never */
    const char *repeat_prefix; /* "grpcspec test HOST:PORT": before " --case ID" in results; NULL:
                                  "grpcspec test" */
    const char *repeat_suffix; /* " -- CMD", behind it; NULL: nothing */
    struct run_reporter reporter;
    struct run_revival revival;
    struct run_output output;
};

/* Run the selected cases. `report` is initialised and may hold facts; it is given a result for each
 * case in the order of options->cases, and one for each lint rule (ids "lint/...").
 * report->interrupted when stopped: cases not begun have no result. A case whose result is missing
 * otherwise does not exist: each gets a verdict. returns 0; -1 when out of memory or no thread
 * could be started (report->failed) */
MUST_USE int run_suite(const struct run_options *options, const struct target_info *target,
                       struct report *report);

/* Run one case on this thread, no canary, no report: fills *t, which the caller clears with
 * test_clear. */
void run_case(const struct run_options *options, const struct target_info *target,
              const struct test_case *test_case, struct test *t);

/* Every case of all_case_lists in order; given (caller frees with free). NULL: out of memory. */
const struct test_case **run_all_cases(size_t *count);

/* The same of all_client_case_lists: those for a target with a drive. */
const struct test_case **run_client_cases(size_t *count);

/* Tell the report which clauses no case and no lint rule of the suite is about, and why. */
void record_unjudged(struct report *report);

/* The area of a case: its id without the last word ("http2/ping" of "http2/ping/answer"). */
struct bytes run_area(const char *id);

#endif
