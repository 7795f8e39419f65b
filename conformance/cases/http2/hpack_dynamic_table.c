/* SPDX-License-Identifier: MIT
 *
 * The dynamic table across requests (RFC 7541 2.3.2, 4): it is shared by the streams of a connection, filled to the
 * last octet, and evicts the oldest entry and no other. */
#include "cases/cases.h"
#include "cases/hpack_forms.h"
#include "cases/http2/hpack_indexing.h"

/* Entries of exactly this size, so that a table of 4096 holds 32 of them. */
#define ENTRY_SIZE     128
#define ENTRY_OVERHEAD 32

#define ACCEPT_ENCODING 16 /* of the static table: means nothing here */

static void table_is_shared_by_streams(struct test *t)
{
    struct conn *conn = main_connection(t);

    expect_answer(request_with_insert(conn, EMPTY_CALL, BYTES("x-inserted"), BYTES("value")));
    expect_answer(request_with_index(conn, EMPTY_CALL, NULL, FIRST_DYNAMIC));
    expect_answer(request_with_index(conn, EMPTY_CALL, NULL, FIRST_DYNAMIC));
    forget_dynamic_table(conn);
    expect_connection_still_serves(conn);
}

/* The whole request, inserted once; then nothing but indices. */
static void whole_request_by_index(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);
    struct field fields[16];
    struct buf block = {0};
    size_t count = request_fields(call, NO_EDITS, fields, ARRAY_LEN(fields));

    put_request(&block, call, NO_EDITS, LITERAL_INDEXED);
    send_request_block(call, &block);
    expect_answer(call);
    for (int round = 0; round < 3; round++) {
        call = new_call_on(conn, EMPTY_CALL);
        for (size_t i = 0; i < count; i++)
            hpack_put_indexed(&block, FIRST_DYNAMIC + count - 1 - i);
        send_request_block(call, &block);
        expect_answer(call);
    }
    forget_dynamic_table(conn);
    expect_connection_still_serves(conn);
}

/* Insert `count` entries of ENTRY_SIZE, the first of them named ECHO. The oldest is then at index 62 + count - 1. */
static struct call *fill_table_after(struct conn *conn, const struct size_updates *updates,
                                     size_t count)
{
    struct call *call = new_call_on(conn, UNARY_CALL);
    struct buf block = {0}, filler = {0};

    put_fill(&filler, 'f', ENTRY_SIZE);
    put_size_updates(&block, updates, 4096);
    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES(ECHO),
                      bytes_first(buf_view(&filler), ENTRY_SIZE - ENTRY_OVERHEAD - strlen(ECHO)));
    for (size_t i = 1; i < count; i++)
        hpack_put_literal(
            &block, LITERAL_INDEXED, BYTES("x-filler"),
            bytes_first(buf_view(&filler), ENTRY_SIZE - ENTRY_OVERHEAD - strlen("x-filler")));
    send_request_block(call, &block);
    expect_status(call, GRPC_OK);
    buf_clear(&filler);
    return call;
}

static struct call *fill_table(struct conn *conn, size_t count)
{
    return fill_table_after(conn, UPDATES(4096), count);
}

#define FULL (4096 / ENTRY_SIZE)

static bool table_is_too_small(struct conn *conn)
{
    if (test_is_over(conn->t))
        return true;
    if (table_limit(conn) < 4096)
        test_skip(conn->t, "the target's dynamic table is smaller than 4096 octets");
    return table_limit(conn) < 4096;
}

static void full_table_keeps_every_entry(struct test *t)
{
    struct conn *conn = main_connection(t);
    char value[ENTRY_SIZE] = {0};

    if (table_is_too_small(conn))
        return;
    memset(value, 'f', ENTRY_SIZE - ENTRY_OVERHEAD - strlen(ECHO));
    fill_table(conn, FULL);
    expect_echo(request_with_index(conn, UNARY_CALL, NULL, FIRST_DYNAMIC + FULL - 1), value);
    forget_dynamic_table(conn);
    expect_connection_still_serves(conn);
}

/* Made small by one block and large again by the next, or both by one: it holds what it held before. */
static void table_is_large_again(struct test *t)
{
    const struct size_updates *updates = t->arg;
    struct conn *conn = main_connection(t);
    char value[ENTRY_SIZE] = {0};

    if (table_is_too_small(conn))
        return;
    if (updates->count == 1)
        expect_answer(request_with_index(conn, EMPTY_CALL, &(const uint32_t){64}, ACCEPT_ENCODING));
    memset(value, 'f', ENTRY_SIZE - ENTRY_OVERHEAD - strlen(ECHO));
    fill_table_after(conn, updates, FULL);
    expect_echo(request_with_index(conn, UNARY_CALL, NULL, FIRST_DYNAMIC + FULL - 1), value);
    forget_dynamic_table(conn);
    expect_connection_still_serves(conn);
}

/* As many entries as a table of 4096 can have at most: names of one octet and no values, but for the oldest. */
static void as_many_entries_as_fit(struct test *t)
{
    enum { SMALLEST = 1 + ENTRY_OVERHEAD, OLDEST = sizeof ECHO - 1 + 6 + ENTRY_OVERHEAD };
    const size_t count = (4096 - OLDEST) / SMALLEST;
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, UNARY_CALL);
    struct buf block = {0};

    if (table_is_too_small(conn))
        return;
    hpack_put_size_update(&block, 4096);
    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES(ECHO), BYTES("oldest"));
    send_request_block(call, &block);
    expect_status(call, GRPC_OK);
    for (size_t i = 0; i < count && !test_is_over(t);) { /* in blocks of a size that servers take */
        call = new_call_on(conn, EMPTY_CALL);
        put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
        for (int k = 0; k < 30 && i < count; k++, i++)
            hpack_put_literal(&block, LITERAL_INDEXED, BYTES("x"), NO_BYTES);
        send_request_block(call, &block);
        expect_status(call, GRPC_OK);
    }
    expect_echo(request_with_index(conn, UNARY_CALL, NULL, FIRST_DYNAMIC + count), "oldest");
    forget_dynamic_table(conn);
    expect_connection_still_serves(conn);
}

static void one_entry_more_evicts_the_oldest(struct test *t)
{
    struct conn *conn = main_connection(t);

    if (table_is_too_small(conn))
        return;
    fill_table(conn, FULL);
    expect_answer(request_with_insert(conn, EMPTY_CALL, BYTES("x"), BYTES("y")));
    expect_answer(request_with_index(conn, EMPTY_CALL, NULL, FIRST_DYNAMIC + FULL - 1));
    request_with_index(conn, EMPTY_CALL, NULL, FIRST_DYNAMIC + FULL);
    expect_connection_error(conn, H2_COMPRESSION_ERROR);
    expect_target_still_serves(t);
}

static void too_large_an_entry_empties_the_table(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct buf value = {0};

    put_fill(&value, 'v', 4096);
    forget_dynamic_table(conn); /* and says that the table is of 4096 octets at most */
    expect_answer(request_with_insert(conn, EMPTY_CALL, BYTES("x-inserted"), BYTES("value")));
    expect_answer(request_with_insert(conn, EMPTY_CALL, BYTES("x-large"), buf_view(&value)));
    request_with_index(conn, EMPTY_CALL, NULL, FIRST_DYNAMIC);
    expect_connection_error(conn, H2_COMPRESSION_ERROR);
    expect_target_still_serves(t);
    buf_clear(&value);
}

/* The new entry takes its name from the oldest, which must go to make room for it. */
static void name_of_the_entry_it_evicts(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call;
    struct buf block = {0};

    if (table_is_too_small(conn))
        return;
    fill_table(conn, FULL);
    call = new_call_on(conn, UNARY_CALL);
    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    hpack_put_literal_indexed_name(&block, LITERAL_INDEXED, FIRST_DYNAMIC + FULL - 1, BYTES("new"));
    send_request_block(call, &block);
    expect_echo(call, "new");
    expect_echo(request_with_index(conn, UNARY_CALL, NULL, FIRST_DYNAMIC), "new");
    forget_dynamic_table(conn);
    expect_connection_still_serves(conn);
}

static void repeated_entries_are_kept_apart(struct test *t)
{
    struct conn *conn = main_connection(t);

    expect_answer(request_with_insert(conn, EMPTY_CALL, BYTES(ECHO), BYTES("first")));
    expect_answer(request_with_insert(conn, EMPTY_CALL, BYTES(ECHO), BYTES("second")));
    expect_answer(request_with_insert(conn, EMPTY_CALL, BYTES(ECHO), BYTES("second")));
    expect_echo(request_with_index(conn, UNARY_CALL, NULL, FIRST_DYNAMIC), "second");
    expect_echo(request_with_index(conn, UNARY_CALL, NULL, FIRST_DYNAMIC + 1), "second");
    expect_echo(request_with_index(conn, UNARY_CALL, NULL, FIRST_DYNAMIC + 2), "first");
    forget_dynamic_table(conn);
    expect_connection_still_serves(conn);
}

static const struct test_case cases[] = {
    {"http2/hpack/table-shared-by-streams", "HPACK-015",
     "An entry that one request inserts is there for the next.", NEEDS_TRANSPORT,
     table_is_shared_by_streams, NULL},
    {"http2/hpack/whole-request-by-index", "HPACK-015",
     "A request may consist of dynamic indices only.", NEEDS_TRANSPORT, whole_request_by_index,
     NULL},
    {"http2/hpack/full-table", "HPACK-016", "A table filled to the last octet keeps every entry.",
     NEEDS_TEST_SERVICE, full_table_keeps_every_entry, NULL},
    {"http2/hpack/full-table-of-small-entries", "HPACK-016",
     "A table holds as many of the smallest entries as fit.", NEEDS_TEST_SERVICE,
     as_many_entries_as_fit, NULL},
    {"http2/hpack/full-table-after-a-small-one", "HPACK-016 HPACK-006",
     "A table that a size update makes large again keeps every entry.", NEEDS_TEST_SERVICE,
     table_is_large_again, UPDATES(4096)},
    {"http2/hpack/full-table-after-two-updates", "HPACK-016 HPACK-006",
     "A table that is made small and large again by one block keeps every entry.",
     NEEDS_TEST_SERVICE, table_is_large_again, UPDATES(64, 4096)},
    {"http2/hpack/eviction", "HPACK-016",
     "An entry beyond the full table evicts the oldest, and only that.", NEEDS_TEST_SERVICE,
     one_entry_more_evicts_the_oldest, NULL},
    {"http2/hpack/entry-larger-than-the-table", "HPACK-017",
     "An entry larger than the table is no error, and leaves the table empty.", NEEDS_TRANSPORT,
     too_large_an_entry_empties_the_table, NULL},
    {"http2/hpack/name-of-the-evicted-entry", "HPACK-018",
     "A literal may take its name from the entry that its insertion evicts.", NEEDS_TEST_SERVICE,
     name_of_the_entry_it_evicts, NULL},
    {"http2/hpack/repeated-entries", "HPACK-015 HPACK-016",
     "The same field inserted twice makes two entries.", NEEDS_TEST_SERVICE,
     repeated_entries_are_kept_apart, NULL},
};
const struct case_list hpack_dynamic_table_cases = {cases, ARRAY_LEN(cases)};
