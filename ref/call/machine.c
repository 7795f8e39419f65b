/* SPDX-License-Identifier: MIT
 *
 * The two tables of machine.h. */
#include "call/machine.h"

#include <assert.h>

static const struct receiving_step RECEIVING[ROLES][RECEIVING_COUNT][RECEIVING_INPUT_COUNT] = {
    [ROLE_SERVER] =
        {
            [AWAIT_HEADERS] =
                {
                    [IN_HEADERS] = {AWAIT_MESSAGES, DO_BEGIN},
                    [IN_FINAL_HEADERS] = {COMPLETE, DO_BEGIN},
                    [IN_RESET] = {DEAF, DO_ABORT},
                    [IN_LOST] = {DEAF, DO_LOSE},
                },
            [AWAIT_MESSAGES] =
                {
                    [IN_DATA] = {AWAIT_MESSAGES, DO_DEFRAME},
                    [IN_END] = {COMPLETE, DO_IGNORE},
                    /* Trailers of a request: HTTP has them, gRPC does not; no harm (H2-HDR-026). */
                    [IN_FINAL_HEADERS] = {COMPLETE, DO_IGNORE},
                    [IN_RESET] = {DEAF, DO_ABORT},
                    [IN_LOST] = {DEAF, DO_LOSE},
                },
            [COMPLETE] = {[IN_RESET] = {DEAF, DO_ABORT}, [IN_LOST] = {DEAF, DO_LOSE}},
            [DEAF] =
                {
                    [IN_HEADERS] = {DEAF, DO_IGNORE},
                    [IN_FINAL_HEADERS] = {DEAF, DO_IGNORE},
                    [IN_DATA] = {DEAF, DO_IGNORE},
                    [IN_END] = {DEAF, DO_IGNORE},
                    /* Its handler may have finished while its answer still waits for a window. */
                    [IN_RESET] = {DEAF, DO_ABORT},
                    [IN_LOST] = {DEAF, DO_LOSE},
                },
        },
    [ROLE_CLIENT] =
        {
            [AWAIT_HEADERS] =
                {
                    [IN_HEADERS] = {AWAIT_MESSAGES, DO_BEGIN},
                    [IN_FINAL_HEADERS] = {COMPLETE, DO_FINISH},
                    [IN_RESET] = {DEAF, DO_ABORT},
                    [IN_LOST] = {DEAF, DO_LOSE},
                },
            [AWAIT_MESSAGES] =
                {
                    [IN_DATA] = {AWAIT_MESSAGES, DO_DEFRAME},
                    [IN_END] = {COMPLETE, DO_CUT_OFF},
                    [IN_FINAL_HEADERS] = {COMPLETE, DO_FINISH},
                    [IN_RESET] = {DEAF, DO_ABORT},
                    [IN_LOST] = {DEAF, DO_LOSE},
                },
            /* The server has said how it ended; a reset after that changes nothing (GRPC-CALL-017). */
            [COMPLETE] = {[IN_RESET] = {COMPLETE, DO_IGNORE}, [IN_LOST] = {COMPLETE, DO_IGNORE}},
            [DEAF] =
                {
                    [IN_HEADERS] = {DEAF, DO_IGNORE},
                    [IN_FINAL_HEADERS] = {DEAF, DO_IGNORE},
                    [IN_DATA] = {DEAF, DO_IGNORE},
                    [IN_END] = {DEAF, DO_IGNORE},
                    [IN_RESET] = {DEAF, DO_IGNORE},
                    [IN_LOST] = {DEAF, DO_IGNORE},
                },
        },
};

static const struct sending_step
    SENDING[ROLES][SENDING_COUNT][SENDING_INPUT_COUNT] =
        {
            [ROLE_SERVER] =
                {
                    [UNSENT] =
                        {
                            [OUT_HEADERS] = {OPEN, DO_SEND_HEADERS},
                            [OUT_MESSAGE] = {OPEN, DO_SEND_HEADERS_MESSAGE},
                            [OUT_FINISH] = {FINISHED, DO_SEND_TRAILERS_ONLY},
                        },
                    [OPEN] =
                        {
                            [OUT_HEADERS] = {OPEN, DO_NOTHING},
                            [OUT_MESSAGE] = {OPEN, DO_SEND_MESSAGE},
                            [OUT_FINISH] = {FINISHED, DO_SEND_TRAILERS},
                        },
                },
            [ROLE_CLIENT] =
                {
                    [UNSENT] =
                        {
                            [OUT_HEADERS] = {OPEN, DO_SEND_HEADERS},
                        },
                    [OPEN] =
                        {
                            [OUT_MESSAGE] = {OPEN, DO_SEND_MESSAGE},
                            [OUT_FINISH] = {FINISHED, DO_SEND_END},
                        },
                    [FINISHED] = {[OUT_FINISH] = {FINISHED, DO_NOTHING}},
                },
};

struct receiving_step receiving_step(enum role role, enum receiving state,
                                     enum receiving_input input)
{
    assert(role < ROLES && state < RECEIVING_COUNT && input < RECEIVING_INPUT_COUNT);
    return RECEIVING[role][state][input];
}

struct sending_step sending_step(enum role role, enum sending state, enum sending_input input)
{
    assert(role < ROLES && state < SENDING_COUNT && input < SENDING_INPUT_COUNT);
    return SENDING[role][state][input];
}

#define NAME(name) #name,

const char *receiving_name(enum receiving state)
{
    static const char *const NAMES[] = {RECEIVING_STATES(NAME)};
    return NAMES[state];
}

const char *sending_name(enum sending state)
{
    static const char *const NAMES[] = {SENDING_STATES(NAME)};
    return NAMES[state];
}
