/* SPDX-License-Identifier: MIT
 *
 * Cases that failed because of other cases, beside them or before: the target said that it had no room
 * for a call (RESOURCE_EXHAUSTED, or REFUSED_STREAM, RFC 9113 section 8.7), because a pool of threads
 * was still busy, say. When all others have ended they run again, one at a time, and that verdict holds. What failed for any other reason is not tried again.
 * See suite.h. */
#include "peer/peer.h"
#include "run/suite.h"

#include <stdlib.h>

bool suite_was_crowded(const struct suite *suite, const struct test *t)
{
    if (suite->judges_again || suite->count < 2 || suite->target.drive ||
        t->verdict != VERDICT_FAIL)
        return false;
    for (const struct conn *conn = t->conns; conn; conn = conn->next)
        for (const struct call *call = conn->calls; call; call = call->next)
            if (call_is_turned_away(call))
                return true;
    return false;
}

/* Behind the notes of the second judgement. first: what it was before; taken. */
static void note_first(struct suite *suite, struct report_result *result, char *first)
{
    struct buf notes = {0};
    if (result->notes && *result->notes)
        buf_printf(&notes, "%s\n", result->notes);
    buf_printf(&notes,
               "among other cases it was turned away, and failed (%s); this is how it went alone",
               first ? first : "");
    free(first);
    free(result->notes);
    result->notes = report_string(suite->report, buf_str(&notes));
    buf_clear(&notes);
}

static void judge_alone(struct suite *suite, size_t index)
{
    struct report_result *result = &suite->report->results[index];
    char *first = result->seen;
    struct canary after;

    result->seen = NULL;
    suite->running++;
    suite_judge(suite, index, &after);
    note_first(suite, result, first);
    pthread_mutex_lock(&suite->lock);
    suite_settle(suite, index, &after);
    pthread_mutex_unlock(&suite->lock);
}

static void keep_first(struct suite *suite, size_t index)
{
    pthread_mutex_lock(&suite->lock);
    suite_finish(suite, index);
    pthread_mutex_unlock(&suite->lock);
}

void suite_judge_crowded(struct suite *suite)
{
    suite->judges_again = true;
    for (size_t i = 0; i < suite->count; i++) {
        if (!suite->slots[i].crowded)
            continue;
        if (suite->gone || suite_is_stopped(suite))
            keep_first(suite, i);
        else
            judge_alone(suite, i);
    }
}
