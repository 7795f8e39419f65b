/* SPDX-License-Identifier: MIT
 *
 * See canary.h. */
#include "fuzz/canary.h"

#include "fuzz/answer.h"

#include <stdio.h>

#define CALLS_OF_ONE 400 /* then it is made anew: what it heard is kept */
#define KNOWN_BY     4   /* so many answers say what is usual */

static void open_canary(struct fuzz_canary *canary, const struct execute_options *options)
{
    static const struct test_case canary_case = {.id = "fuzz/canary", .title = "a canary"};
    test_init(&canary->t, &canary_case, options->target, clock_now_ns());
    canary->t.patience_ns = options->patience_ns;
    canary->t.deadline = TIME_NEVER;
    canary->conn = connect_h2(&canary->t);
    canary->next_stream = 1;
    canary->open = true;
}

void fuzz_canary_close(struct fuzz_canary *canary)
{
    if (canary->open)
        test_clear(&canary->t);
    canary->open = false;
    canary->conn = NULL;
}

/* It was told to go, in order, as any connection may be. */
static bool was_dismissed(const struct fuzz_canary *canary)
{
    return canary->conn->goaways > 0 && canary->conn->goaway.code == H2_NO_ERROR;
}

static void observe(const struct fuzz_canary *canary, struct observed *observed)
{
    static const struct script of_canary = {.fault = "liveness/other-connection",
                                            .clauses = "H2-STREAM-021 H2-ERR-002"};
    script_observe(&of_canary, &canary->t, SIZE_MAX, observed);
    if (observed->kind == SEEN_NO_CONNECTION)
        return;
    observed->kind = SEEN_FAILURE;
    (void)snprintf(observed->expected, sizeof observed->expected,
                   "a connection that did nothing wrong is still served");
}

bool fuzz_canary_check(struct fuzz_canary *canary, const struct execute_options *options,
                       struct observed *observed)
{
    if (!canary->open)
        open_canary(canary, options);
    gr_time began = clock_now_ns();
    answer_serves(canary->conn, canary->next_stream);
    canary->next_stream += 2;
    canary->last_ns = clock_now_ns() - began;
    bool fine = !test_is_over(&canary->t);
    bool dismissed = was_dismissed(canary);
    if (!fine && !dismissed)
        observe(canary, observed);
    canary->answers += fine;
    if (fine && (canary->usual_ns == 0 || canary->last_ns < canary->usual_ns))
        canary->usual_ns = canary->last_ns;
    if (!fine || dismissed || canary->next_stream > 2 * CALLS_OF_ONE)
        fuzz_canary_close(canary);
    return fine || dismissed;
}

bool canary_was_slow(const struct fuzz_canary *canary)
{
    return canary->answers > KNOWN_BY && canary->last_ns > SLOW_AT_LEAST &&
           canary->last_ns > SLOW_TIMES * canary->usual_ns;
}
