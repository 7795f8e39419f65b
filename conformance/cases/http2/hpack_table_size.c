/* SPDX-License-Identifier: MIT
 *
 * The size of the dynamic table (RFC 7541 4.2, 6.3): size updates that a decoder must take, and HEADER_TABLE_SIZE that
 * an encoder must obey. Updates that are errors are in hpack_invalid_blocks.c. */
#include "cases/cases.h"
#include "cases/hpack_forms.h"
#include "cases/http2/hpack_indexing.h"

#include <stdio.h>

static void size_updates_are_accepted(struct test *t)
{
    const struct size_updates *row = t->arg;
    struct call *call = new_call(t, EMPTY_CALL);
    struct buf block = {0};

    put_size_updates(&block, row, table_limit(call->conn));
    put_request(&block, call, NO_EDITS, LITERAL_INDEXED);
    send_request_block(call, &block);
    expect_answer(call);
    forget_dynamic_table(call->conn);
    expect_connection_still_serves(call->conn);
}

static void size_update_to_0_empties_the_table(struct test *t)
{
    struct conn *conn = main_connection(t);

    expect_answer(request_with_insert(conn, EMPTY_CALL, BYTES("x-inserted"), BYTES("value")));
    request_with_index(conn, EMPTY_CALL, &(const uint32_t){0}, FIRST_DYNAMIC);
    expect_connection_error(conn, H2_COMPRESSION_ERROR);
    expect_target_still_serves(t);
}

/* What a server may refer to shrinks with our HEADER_TABLE_SIZE; our decoder refuses a block that forgets that. */
static void lowered_table_size_is_obeyed(struct test *t)
{
    uint32_t size = *(const uint32_t *)t->arg;
    struct conn *conn = main_connection(t);

    expect_call_works(conn);
    expect_call_works(conn);
    send_settings(conn, SETTINGS({SETTING_HEADER_TABLE_SIZE, size}));
    expect_settings_acks(conn, 2);
    expect_call_works(conn);
    expect_call_works(conn);
    expect_connection_still_serves(conn);
}

/* Down and up again before the next block: the lowest counts too, as it empties the table (RFC 7541 4.2). */
static void both_sizes_are_obeyed(struct test *t)
{
    struct conn *conn = main_connection(t);

    expect_call_works(conn);
    expect_call_works(conn);
    send_settings(conn, SETTINGS({SETTING_HEADER_TABLE_SIZE, 0}));
    send_settings(conn, SETTINGS({SETTING_HEADER_TABLE_SIZE, 4096}));
    expect_settings_acks(conn, 3);
    for (int i = 0; i < 3; i++)
        expect_call_works(conn);
    expect_connection_still_serves(conn);
}

/* More entries than a table of 4096 holds, each asked for twice. A server that uses the room says so first. */
static void raised_table_size_is_obeyed(struct test *t)
{
    struct conn *conn = main_connection(t);
    char value[101];

    send_settings(conn, SETTINGS({SETTING_HEADER_TABLE_SIZE, 1 << 16}));
    expect_settings_acks(conn, 2);
    for (unsigned i = 0; i < 120 && !test_is_over(t); i++) {
        struct call *call = new_call_on(conn, UNARY_CALL);
        (void)snprintf(value, sizeof value, "%0100u", i % 60);
        send_request_headers(call, EDITS({EDIT_ADD, ECHO, bytes_str(value)}), 0);
        send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
        expect_echo(call, value);
    }
    expect_connection_still_serves(conn);
}

static const struct test_case cases[] = {
    {"http2/hpack/one-size-update", "HPACK-006",
     "A size update at the start of a block is accepted.", NEEDS_TRANSPORT,
     size_updates_are_accepted, UPDATES(128)},
    {"http2/hpack/two-size-updates", "HPACK-006",
     "Two size updates at the start of a block are accepted.", NEEDS_TRANSPORT,
     size_updates_are_accepted, UPDATES(128, 4096)},
    {"http2/hpack/size-update-to-0", "HPACK-006",
     "A size update to 0 is accepted, and the fields behind it count.", NEEDS_TRANSPORT,
     size_updates_are_accepted, UPDATES(0)},
    {"http2/hpack/size-update-to-0-empties-the-table", "HPACK-006 HPACK-016",
     "After size updates to 0 and back the old entries are gone.", NEEDS_TRANSPORT,
     size_update_to_0_empties_the_table, NULL},
    {"http2/hpack/table-size-0-obeyed", "HPACK-008",
     "After HEADER_TABLE_SIZE=0 a server's blocks use no dynamic table.", NEEDS_TRANSPORT,
     lowered_table_size_is_obeyed, &(const uint32_t){0}},
    {"http2/hpack/lowered-table-size-obeyed", "HPACK-008",
     "After HEADER_TABLE_SIZE=100 a server's blocks keep to a table of 100 octets.",
     NEEDS_TRANSPORT, lowered_table_size_is_obeyed, &(const uint32_t){100}},
    {"http2/hpack/table-size-down-and-up-obeyed", "HPACK-008",
     "After HEADER_TABLE_SIZE=0 and then 4096 a server's block begins with the lower size.",
     NEEDS_TRANSPORT, both_sizes_are_obeyed, NULL},
    {"http2/hpack/raised-table-size-obeyed", "HPACK-008 HPACK-021",
     "After HEADER_TABLE_SIZE=65536 a server that uses more than 4096 octets says so.",
     NEEDS_TEST_SERVICE, raised_table_size_is_obeyed, NULL},
};
const struct case_list hpack_table_size_cases = {cases, ARRAY_LEN(cases)};
