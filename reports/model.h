/* SPDX-License-Identifier: MIT
 *
 * What one run found out, as plain data: the model that every rendering reads. It owns all its
 * strings and knows nothing of cases, peers or sockets; whoever ran the suite fills it.
 *
 * Any string may be NULL, which renders as if empty. Strings may hold any octets: renderings escape
 * them. */
#ifndef REPORTS_MODEL_H
#define REPORTS_MODEL_H

#include "base/buf.h"

/* In the order of a summary line. Names are part of the JSON schema. */
#define REPORT_VERDICTS(X)                                                                         \
    X(PASS)                                                                                        \
    X(LENIENT) /* works, but not what the document says, or a SHOULD was missed */                 \
    X(FAIL)                                                                                        \
    X(CRASH)  /* the target died */                                                                \
    X(HANG)   /* the target stopped answering */                                                   \
    X(SKIP)   /* could not be judged here: `seen` says why */                                      \
    X(BROKEN) /* the tool, or the way to the target, failed: never a pass */

enum report_verdict {
#define REPORT_VERDICT_ENUM(name) REPORT_##name,
    REPORT_VERDICTS(REPORT_VERDICT_ENUM)
#undef REPORT_VERDICT_ENUM
        REPORT_VERDICT_COUNT
};

const char *report_verdict_name(enum report_verdict verdict); /* "PASS" */
/* Any capitals; false when there is no such verdict. */
bool report_verdict_parse(const char *name, enum report_verdict *verdict);
/* PASS, LENIENT and SKIP: nothing to do for the person who asked. */
bool report_verdict_is_fine(enum report_verdict verdict);

/* Octets of a frame kept for reports; longer frames are cut and their length still told. */
#define REPORT_MAX_OCTETS 1024

/* One line of the transcript: a frame, octets that are no frame, or a remark. */
struct report_frame {
    int64_t at_ns;       /* since the case began */
    char direction;      /* '>' sent by grpcspec, '<' received from the target, '*' a remark */
    unsigned connection; /* 1, 2 ... within the case */
    bool is_frame;       /* type, flags, stream are meaningful */
    bool offending;      /* the failure is about this one */
    uint8_t type, flags;
    uint32_t stream;
    size_t length;     /* of the payload; of the octets when it is no frame */
    char *line;        /* decoded, one line */
    struct buf octets; /* the first REPORT_MAX_OCTETS, with the frame header */
};

struct report_clause {
    char *id, *level, *text, *source; /* "H2-PING-001", "MUST", the rule, "RFC 9113 s6.7" */
    char *why;                        /* of a clause that no case is about: the reason */
};

struct report_result {
    bool is_rule;            /* watched in every case (a lint rule), not a case of its own */
    char *id, *title, *area; /* "http2/ping/answer", a sentence, "http2/ping" */
    char *level;             /* of the first clause */
    struct report_clause *clauses;
    size_t clause_count;
    enum report_verdict verdict;
    bool expected_by_baseline; /* the run's baseline lists this verdict for this id */
    char *baseline_reason;     /* why, as the baseline says */
    char *file;                /* the expectation that decided; NULL when none did */
    int line;
    char *expected, *seen; /* sentences */
    char *notes;           /* one remark a line */
    int64_t duration_ns;
    struct report_frame *frames;
    size_t frame_count;
    size_t frames_dropped; /* more than could be kept */
    size_t findings;       /* lint results: how often the rule was broken */
    char *first_case; /* lint results: the case of the first finding, whose transcript this is */
    char *repeat;     /* the command that repeats just this */
    char *output;     /* what the target printed meanwhile, for the cases beside it too; NULL:
                         nothing, or it was not started by the tool */
};

struct report_fact {
    char *name, *value; /* "grpc", "no" */
};

struct report {
    char *tool, *nghttp2; /* versions */
    char *target;         /* as a person would name it */
    char *started;        /* RFC 3339, UTC */
    char *segmentation;   /* "whole" */
    uint64_t seed;
    int64_t duration_ns;
    bool interrupted; /* cases that had not begun are missing */
    bool failed;      /* out of memory: something is missing */
    struct report_fact *facts;
    size_t fact_count;
    struct report_result *results;
    size_t result_count;
    char **problems; /* sentences about the run itself (baseline entries that match nothing ...): it
                        is not a success */
    size_t problem_count;
    struct report_clause *unjudged; /* clauses that no case and no rule of the suite is about */
    size_t unjudged_count;
};

void report_init(struct report *report);
void report_clear(struct report *report);

/* A copy of s for a member; NULL for NULL, and NULL with report->failed when out of memory. */
char *report_string(struct report *report, const char *s);
/* All copied. */
void report_add_fact(struct report *report, const char *name, const char *value);
void report_add_problem(struct report *report, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Room for `count` results, all zeros, PASS; call once. false: out of memory. */
MUST_USE bool report_make_results(struct report *report, size_t count);
/* Append an empty result; NULL when out of memory (report->failed). Moves the others. */
struct report_result *report_add_result(struct report *report);
void report_add_clause(struct report *report, struct report_result *result, const char *id,
                       const char *level, const char *text, const char *source);
/* why    the reason why nothing is about the clause; NULL: none is written down */
void report_add_unjudged(struct report *report, const char *id, const char *level, const char *text,
                         const char *source, const char *why);
/* Append an empty frame; NULL when out of memory (report->failed). */
struct report_frame *report_add_frame(struct report *report, struct report_result *result);
/* Copies all frames of `from` behind those of `to`. */
void report_copy_frames(struct report *report, struct report_result *to,
                        const struct report_result *from);
/* Free what the result holds; it is empty and usable. */
void report_result_clear(struct report_result *result);

const struct report_result *report_find(const struct report *report, const char *id); /* or NULL */
/* Fine, or expected by the baseline. */
bool report_result_is_expected(const struct report_result *result);
size_t report_count(const struct report *report, enum report_verdict verdict);
/* Everything is as expected: each result, no problem, not interrupted. */
bool report_is_success(const struct report *report);

#endif
