/* SPDX-License-Identifier: MIT
 *
 * Who killed the target? Cases run side by side, so when it dies all that ran are suspects. Once
 * nothing runs any more it is brought back, and each suspect runs again alone: the one that kills
 * it again did it, the others get the verdict they earn. See suite.h. */
#include "run/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* how long a target that we did not start has, to be back by itself */
#define COMES_BACK_NS  (2 * NS_PER_S)
#define ASK_AGAIN_NS   (100 * NS_PER_MS)
#define NAMED_SUSPECTS 8

struct death {
    enum report_verdict verdict; /* CRASH or HANG */
    struct buf how;
};

/* What happened to the target, in words. */
static struct death examine(struct suite *suite, const struct canary *canary)
{
    const struct run_revival *revival = &suite->options->revival;
    struct death death = {.verdict = REPORT_HANG};
    if (revival->has_died && revival->has_died(revival->arg, &death.how)) {
        death.verdict = REPORT_CRASH;
        return death;
    }
    if (canary->answer == CANARY_UNREACHABLE)
        death.verdict = REPORT_CRASH;
    buf_printf(&death.how, "after the case the target no longer serves: %s", canary->why);
    return death;
}

/* A supervisor may have started it again, or it recovers. */
static bool comes_back(struct suite *suite, struct canary *last)
{
    gr_time end = clock_add(clock_now_ns(), COMES_BACK_NS);
    do {
        *last = canary_ask(&suite->target.endpoint, suite->target.tls, suite->options->patience_ns);
        if (suite_is_alive(suite, last))
            return true;
        nanosleep(&(struct timespec){.tv_nsec = ASK_AGAIN_NS}, NULL);
    } while (clock_now_ns() < end && !suite_is_stopped(suite));
    return false;
}

/* death: what was thought so far; refusing connections for good tells more than the first answer
 * did. */
static bool revive(struct suite *suite, struct death *death)
{
    const struct run_revival *revival = &suite->options->revival;
    char why[256];
    if (revival->restart) {
        if (revival->restart(revival->arg, &suite->target.endpoint, why))
            return true;
        snprintf(suite->gone_why, sizeof(suite->gone_why),
                 "not run: the target could not be started again: %.150s", why);
    } else {
        struct canary last;
        if (comes_back(suite, &last))
            return true;
        if (last.answer == CANARY_UNREACHABLE)
            death->verdict = REPORT_CRASH;
        snprintf(suite->gone_why, sizeof(suite->gone_why),
                 "not run: the target no longer serves since %.120s: %.80s",
                 suite->cases[suite->finder]->id, last.why);
    }
    suite->gone = true;
    return false;
}

static size_t list_suspects(const struct suite *suite, size_t *suspects)
{
    size_t count = 0;
    for (size_t i = 0; i < suite->count; i++)
        if (suite->slots[i].suspect)
            suspects[count++] = i;
    return count;
}

/* "a, b, c and 3 more" */
static void put_names(const struct suite *suite, const size_t *suspects, size_t count,
                      struct buf *out)
{
    for (size_t i = 0; i < count && i < NAMED_SUSPECTS; i++)
        buf_printf(out, "%s%s", i ? ", " : "", suite->cases[suspects[i]]->id);
    if (count > NAMED_SUSPECTS)
        buf_printf(out, " and %zu more", count - NAMED_SUSPECTS);
}

/* The case's own judgement, if it had one, becomes a note. note: more to say, or NULL. */
static void blame(struct suite *suite, size_t index, const struct death *death, const char *note)
{
    struct report *report = suite->report;
    struct report_result *result = &report->results[index];
    struct buf seen = {0}, notes = {0};
    buf_put(&seen, buf_view(&death->how));
    if (result->notes && *result->notes)
        buf_printf(&notes, "%s\n", result->notes);
    buf_printf(&notes, "the case itself: %s%s%s\n", report_verdict_name(result->verdict),
               result->seen ? ", " : "", result->seen ? result->seen : "");
    if (note)
        buf_printf(&notes, "%s\n", note);

    free(result->expected);
    free(result->seen);
    free(result->notes);
    result->verdict = death->verdict;
    result->expected = report_string(report, "the target still serves after the case");
    result->seen = report_string(report, buf_str(&seen));
    result->notes = report_string(report, buf_str(&notes));
    buf_clear(&seen);
    buf_clear(&notes);
}

static void blame_all(struct suite *suite, const size_t *suspects, size_t count,
                      const struct death *death)
{
    struct buf note = {0};
    buf_printf(&note, "%zu cases ran at that moment (", count);
    put_names(suite, suspects, count, &note);
    buf_put_str(&note, "); --jobs 1 tells which did it");
    for (size_t i = 0; i < count; i++)
        blame(suite, suspects[i], death, buf_str(&note));
    buf_clear(&note);
}

/* A suspect whose turn never came, because another took the target down for good. */
static void leave_unjudged(struct suite *suite, size_t index)
{
    struct report_result *result = &suite->report->results[index];
    free(result->seen);
    result->verdict = REPORT_BROKEN;
    result->seen = report_string(suite->report, suite->gone_why);
}

static void blame_finder(struct suite *suite, const size_t *suspects, size_t count,
                         const struct death *death)
{
    struct buf note = {0};
    buf_printf(&note, "%zu cases ran at that moment (", count);
    put_names(suite, suspects, count, &note);
    buf_put_str(&note, "); run alone, none of them does it again");
    blame(suite, suite->finder, death, buf_str(&note));
    buf_clear(&note);
}

/* Run each alone; the first death stays with the finder unless somebody does it again. */
static void try_each(struct suite *suite, const size_t *suspects, size_t count,
                     const struct death *first)
{
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        if (suite->gone || suite_is_stopped(suite)) {
            if (suite->gone)
                leave_unjudged(suite, suspects[i]);
            continue;
        }
        struct canary after;
        suite_judge(suite, suspects[i], &after);
        if (suite_is_alive(suite, &after))
            continue;
        found = true;
        struct death death = examine(suite, &after);
        (void)revive(suite, &death);
        blame(suite, suspects[i], &death, NULL);
        buf_clear(&death.how);
    }
    if (!found)
        blame_finder(suite, suspects, count, first);
}

void suite_recover(struct suite *suite)
{
    size_t *suspects = calloc(suite->count, sizeof(*suspects));
    if (!suspects) {
        suite->report->failed = true;
        return;
    }
    size_t count = list_suspects(suite, suspects);
    struct death death = examine(suite, &suite->death);
    bool back = revive(suite, &death);
    if (count == 1)
        blame(suite, suspects[0], &death, NULL);
    else if (back)
        try_each(suite, suspects, count, &death);
    else
        blame_all(suite, suspects, count, &death);
    buf_clear(&death.how);

    pthread_mutex_lock(&suite->lock);
    for (size_t i = 0; i < count; i++) {
        suite->slots[suspects[i]].suspect = suite->slots[suspects[i]].crowded = false;
        suite_finish(suite, suspects[i]);
    }
    pthread_mutex_unlock(&suite->lock);
    free(suspects);
}
