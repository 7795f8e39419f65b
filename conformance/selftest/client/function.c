/* SPDX-License-Identifier: MIT
 *
 * The faulty client as a function on a thread; see function.h. */
#include "selftest/client/function.h"

#include "run/drive_function.h"
#include "selftest/client/client.h"

static const struct client_call *next(void *arg, size_t *index)
{
    return function_client_next(arg, 0, index);
}

static bool is_over(void *arg)
{
    return function_client_is_over(arg);
}

static void report(void *arg, size_t index, struct client_result *result)
{
    function_client_report(arg, index, result);
}

void faulty_client_run(struct function_client *self, void *arg)
{
    const struct call_source source = {
        .next = next, .is_over = is_over, .report = report, .arg = self};
    channel_run(&source, function_client_address(self), *(const enum client_knob *)arg);
}
