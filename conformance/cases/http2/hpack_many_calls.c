/* SPDX-License-Identifier: MIT
 *
 * Both dynamic tables stay in step over many calls of one connection. No block is written by hand here. */
#include "cases/cases.h"
#include "cases/http2/common.h"

#include <stdio.h>

/* Metadata that changes from call to call keeps both tables turning over. Fewer calls where the target is slow: the
 * case's time ends. */
static void thousand_calls(struct test *t)
{
    struct conn *conn = main_connection(t);
    gr_time enough = clock_add(t->deadline, -4 * NS_PER_S);

    for (unsigned i = 0; i < 1000 && !test_is_over(t); i++) {
        if (clock_now_ns() > enough) {
            test_note(t, "%u calls in the time there was", i);
            break;
        }
        struct call *call = new_call_on(conn, EMPTY_CALL);
        char changing[32], mixed[32];

        snprintf(changing, sizeof(changing), "value-%u", i);
        snprintf(mixed, sizeof(mixed), "value-%u", i % 7);
        send_request_headers(call,
                             EDITS({EDIT_ADD, "x-changing", bytes_str(changing)},
                                   {EDIT_ADD, "x-mixed", bytes_str(mixed)}),
                             0);
        complete_call(call);
    }
    expect_connection_still_serves(conn);
}

static const struct test_case cases[] = {
    {"http2/hpack/thousand-calls", "HPACK-021 HPACK-015",
     "A thousand calls with changing metadata on one connection keep both tables in step.",
     NEEDS_TRANSPORT, thousand_calls, NULL},
};
const struct case_list hpack_many_calls_cases = {cases, ARRAY_LEN(cases)};
