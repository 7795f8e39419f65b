/* SPDX-License-Identifier: MIT
 *
 * Every cell of the two tables, drawn. A row is a state, a column an input; "-" is an unlisted cell. */
#include "base/test.h"

#include "call/machine.h"

#include <stdio.h>

/* One letter for each action: violation -, begin B, deframe D, finish F, cut off C, abort A, lose L, ignore i. */
static const char RECEIVING_LETTERS[] = "-BDFCALi";
/* Refuse -, headers h, headers and message H, message m, trailers t, trailers-only T, end e, nothing n. */
static const char SENDING_LETTERS[] = "-hHmtTen";

struct receiving_row {
    enum role role;
    enum receiving state;
    const char *actions; /* HEADERS FINAL_HEADERS DATA END RESET LOST */
    const char *next;    /* the first letter of the next state; "." for an unlisted cell */
};

static const struct receiving_row receiving_rows[] = {
    /* AWAIT_HEADERS h, AWAIT_MESSAGES m, COMPLETE c, DEAF d */
    {ROLE_SERVER, AWAIT_HEADERS, "BB--AL", "mc..dd"},
    {ROLE_SERVER, AWAIT_MESSAGES, "-iDiAL", ".cmcdd"},
    {ROLE_SERVER, COMPLETE, "----AL", "....dd"},
    {ROLE_SERVER, DEAF, "iiiiAL", "dddddd"},
    {ROLE_CLIENT, AWAIT_HEADERS, "BF--AL", "mc..dd"},
    {ROLE_CLIENT, AWAIT_MESSAGES, "-FDCAL", ".cmcdd"},
    {ROLE_CLIENT, COMPLETE, "----ii", "....cc"},
    {ROLE_CLIENT, DEAF, "iiiiii", "dddddd"},
};

static void every_receiving_cell_is_as_drawn(void **state)
{
    static const char STATES[] = "hmcd";

    (void)state;
    assert_int_equal(ARRAY_LEN(receiving_rows), ROLES * RECEIVING_COUNT);
    for (size_t i = 0; i < ARRAY_LEN(receiving_rows); i++) {
        const struct receiving_row *row = &receiving_rows[i];
        char actions[RECEIVING_INPUT_COUNT + 1] = {0}, next[RECEIVING_INPUT_COUNT + 1] = {0};
        for (int input = 0; input < RECEIVING_INPUT_COUNT; input++) {
            struct receiving_step step = receiving_step(row->role, row->state,
                                                        (enum receiving_input)input);
            actions[input] = RECEIVING_LETTERS[step.action];
            next[input] = step.action == DO_VIOLATION ? '.' : STATES[step.next];
        }
        assert_string_equal(actions, row->actions);
        assert_string_equal(next, row->next);
    }
}

struct sending_row {
    enum role role;
    enum sending state;
    const char *actions; /* HEADERS MESSAGE FINISH */
    const char *next;    /* UNSENT u, OPEN o, FINISHED f, MUTE m */
};

static const struct sending_row sending_rows[] = {
    {ROLE_SERVER, UNSENT, "hHT", "oof"},   {ROLE_SERVER, OPEN, "nmt", "oof"},
    {ROLE_SERVER, FINISHED, "---", "..."}, {ROLE_SERVER, MUTE, "---", "..."},
    {ROLE_CLIENT, UNSENT, "h--", "o.."},   {ROLE_CLIENT, OPEN, "-me", ".of"},
    {ROLE_CLIENT, FINISHED, "--n", "..f"}, {ROLE_CLIENT, MUTE, "---", "..."},
};

static void every_sending_cell_is_as_drawn(void **state)
{
    static const char STATES[] = "uofm";

    (void)state;
    assert_int_equal(ARRAY_LEN(sending_rows), ROLES * SENDING_COUNT);
    for (size_t i = 0; i < ARRAY_LEN(sending_rows); i++) {
        const struct sending_row *row = &sending_rows[i];
        char actions[SENDING_INPUT_COUNT + 1] = {0}, next[SENDING_INPUT_COUNT + 1] = {0};
        for (int input = 0; input < SENDING_INPUT_COUNT; input++) {
            struct sending_step step = sending_step(row->role, row->state,
                                                    (enum sending_input)input);
            actions[input] = SENDING_LETTERS[step.action];
            next[input] = step.action == DO_REFUSE ? '.' : STATES[step.next];
        }
        assert_string_equal(actions, row->actions);
        assert_string_equal(next, row->next);
    }
}

static void states_have_names(void **state)
{
    (void)state;
    assert_string_equal(receiving_name(AWAIT_MESSAGES), "AWAIT_MESSAGES");
    assert_string_equal(sending_name(MUTE), "MUTE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_receiving_cell_is_as_drawn),
        cmocka_unit_test(every_sending_cell_is_as_drawn),
        cmocka_unit_test(states_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
