/* SPDX-License-Identifier: MIT
 *
 * HPACK (RFC 7541): blocks that no decoder may accept, every form that each must, and the dynamic table across
 * requests. Blocks are written by hand, so that the target's table holds what a case says; forget_dynamic_table()
 * then makes the connection's own encoder usable for the blast radius check. */
#include "cases/cases.h"
#include "cases/http2/common.h"

#include <stdio.h>

#define ECHO          "x-grpc-test-echo-initial"
#define FIRST_DYNAMIC 62 /* the newest entry */

/* Entries of exactly this size, so that a table of 4096 holds 32 of them. */
#define ENTRY_SIZE     128
#define ENTRY_OVERHEAD 32

/* ---- blocks that are errors ------------------------------------------------------------------ */

/* The row is what follows a request's valid fields. */
static void bad_octets(struct test *t)
{
    const struct bytes *octets = t->arg;
    struct call *call = new_call(t, EMPTY_CALL);
    struct buf block = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    buf_put(&block, *octets);
    send_request_block(call, &block);
    expect_connection_error(call->conn, H2_COMPRESSION_ERROR);
    expect_target_still_serves(t);
}

/* How many needless octets an integer may have is each decoder's own choice. */
static void long_integer(struct test *t)
{
    struct call *call = new_call(t, EMPTY_CALL);
    struct buf block = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    buf_put_u8(&block, LITERAL_NOT_INDEXED);
    hpack_put_string(&block, BYTES("x-test"));
    hpack_put_long_int(&block, 7, 0, 127, 40);
    put_fill(&block, 'v', 127);
    send_request_block(call, &block);
    expect_outcome(call,
                   ONE_OF(GOAWAY(H2_COMPRESSION_ERROR),
                          LENIENT_STATUS(GRPC_OK, "an over-long integer is accepted"),
                          LENIENT_ANY_ERROR("an over-long integer is accepted"),
                          LENIENT_HTTP(404, "an over-long integer is accepted"),
                          LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "a connection error of another code"),
                          LENIENT_CLOSE));
    expect_target_still_serves(t);
}

static void size_update_above_the_limit(struct test *t)
{
    struct call *call = new_call(t, EMPTY_CALL);
    struct buf block = {0};

    hpack_put_size_update(&block,
                          (uint64_t)call->conn->their_settings[SETTING_HEADER_TABLE_SIZE] + 1);
    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    send_request_block(call, &block);
    expect_connection_error(call->conn, H2_COMPRESSION_ERROR);
    expect_target_still_serves(t);
}

/* ---- size updates ---------------------------------------------------------------------------- */

struct updates {
    uint32_t sizes[2];
    size_t count;
};
#define UPDATES(...)                                                                               \
    (&(const struct updates){{__VA_ARGS__},                                                        \
                             sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)})

static void size_updates_are_accepted(struct test *t)
{
    const struct updates *row = t->arg;
    struct call *call = new_call(t, EMPTY_CALL);
    struct buf block = {0};

    for (size_t i = 0; i < row->count; i++)
        hpack_put_size_update(&block, row->sizes[i] < table_limit(call->conn)
                                          ? row->sizes[i]
                                          : table_limit(call->conn));
    put_request(&block, call, NO_EDITS, LITERAL_INDEXED);
    send_request_block(call, &block);
    expect_answer(call);
    forget_dynamic_table(call->conn);
    expect_connection_still_serves(call->conn);
}

/* A request, literal, with one field that is an index. It begins with a size update when `update` is given. */
static struct call *request_with_index(struct conn *conn, const char *path, const uint32_t *update,
                                       uint64_t index)
{
    struct call *call = new_call_on(conn, path);
    struct buf block = {0};

    if (update != NULL) {
        hpack_put_size_update(&block, *update);
        hpack_put_size_update(&block, table_limit(conn));
    }
    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    hpack_put_indexed(&block, index);
    send_request_block(call, &block);
    return call;
}

/* A request, literal, that also inserts one field. */
static struct call *request_with_insert(struct conn *conn, const char *path, struct bytes name,
                                        struct bytes value)
{
    struct call *call = new_call_on(conn, path);
    struct buf block = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    hpack_put_literal(&block, LITERAL_INDEXED, name, value);
    send_request_block(call, &block);
    return call;
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

/* ---- every literal form ---------------------------------------------------------------------- */

struct literal_form {
    enum hpack_literal form;
    bool indexed_name, huffman;
    size_t length; /* of the value; 0: a short one */
};
#define FORM(...) (&(const struct literal_form){__VA_ARGS__})

static void put_string(struct buf *block, struct bytes s, bool huffman)
{
    struct buf coded = {0};

    if (!huffman) {
        hpack_put_string(block, s);
        return;
    }
    hpack_huffman_encode(&coded, s);
    hpack_put_huffman(block, buf_view(&coded));
    buf_clear(&coded);
}

static void put_in_form(struct buf *block, const struct literal_form *row, struct bytes name,
                        struct bytes value)
{
    unsigned prefix = row->form == LITERAL_INDEXED ? 6 : 4;

    hpack_put_int(block, prefix, (uint8_t)row->form, row->indexed_name ? FIRST_DYNAMIC : 0);
    if (!row->indexed_name)
        put_string(block, name, row->huffman);
    put_string(block, value, row->huffman);
}

static void expect_echo(struct call *call, const char *value)
{
    expect_header(call, ECHO, value);
    expect_status(call, GRPC_OK);
}

/* First the name gets into the table; then the form under test; then the newest entry tells whether the form has
 * left one. */
static void literal_form(struct test *t)
{
    const struct literal_form *row = t->arg;
    struct conn *conn = main_connection(t);
    struct buf block = {0}, value = {0};
    struct call *call;

    expect_echo(request_with_insert(conn, UNARY_CALL, BYTES(ECHO), BYTES("inserted")), "inserted");
    if (row->length)
        put_fill(&value, 'v', row->length);
    else
        buf_put_str(&value, "a value, of its own");
    call = new_call_on(conn, UNARY_CALL);
    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    put_in_form(&block, row, BYTES(ECHO), buf_view(&value));
    send_request_block(call, &block);
    expect_echo(call, buf_str(&value));
    expect_echo(request_with_index(conn, UNARY_CALL, NULL, FIRST_DYNAMIC),
                row->form == LITERAL_INDEXED ? buf_str(&value) : "inserted");
    forget_dynamic_table(conn);
    expect_connection_still_serves(conn);
    buf_clear(&value);
}

/* ---- the dynamic table ----------------------------------------------------------------------- */

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
static struct call *fill_table(struct conn *conn, size_t count)
{
    struct call *call = new_call_on(conn, UNARY_CALL);
    struct buf block = {0}, filler = {0};

    put_fill(&filler, 'f', ENTRY_SIZE);
    hpack_put_size_update(&block, 4096);
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

/* ---- blocks of calls that fail --------------------------------------------------------------- */

struct failing {
    const char *path;
    struct edit edits[2];
};
#define FAILING(p, ...) (&(const struct failing){(p), {__VA_ARGS__}})

/* However the call ends, the entry that its block inserts is there for the next. */
static void table_survives_a_failing_call(struct test *t)
{
    const struct failing *row = t->arg;
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, row->path);
    struct buf block = {0};

    put_request(&block, call, row->edits, LITERAL_NOT_INDEXED);
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES(ECHO), BYTES("kept"));
    send_request_block(call, &block);
    wait_for_all(call);
    expect_echo(request_with_index(conn, UNARY_CALL, NULL, FIRST_DYNAMIC), "kept");
    forget_dynamic_table(conn);
    expect_connection_still_serves(conn);
}

#define CONNECTION_ENDED                                                                           \
    "the target ends the connection with the request, as RFC 9113 5.4.1 allows: no table survives"

/* The same where a target may make a connection error of it. */
static void table_survives_a_malformed_request(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);
    struct buf block = {0};

    put_request(&block, call, EDITS({EDIT_ADD, "connection", OCTETS("close")}),
                LITERAL_NOT_INDEXED);
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES(ECHO), BYTES("kept"));
    send_request_block(call, &block);
    wait_for_all(call);
    if (!connection_goes_on(call))
        test_skip(t, CONNECTION_ENDED);
    expect_echo(request_with_index(conn, UNARY_CALL, NULL, FIRST_DYNAMIC), "kept");
    forget_dynamic_table(conn);
    expect_connection_still_serves(conn);
}

static void table_survives_a_reset_call(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);
    struct buf block = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES(ECHO), BYTES("kept"));
    send_block(conn, call->stream, buf_view(&block), 0);
    send_rst_stream(conn, call->stream, H2_CANCEL);
    expect_echo(request_with_index(conn, UNARY_CALL, NULL, FIRST_DYNAMIC), "kept");
    forget_dynamic_table(conn);
    expect_connection_still_serves(conn);
    buf_clear(&block);
}

static void bad_metadata_then_good_calls(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *bad = request_with_insert(conn, EMPTY_CALL, BYTES("x-test-bin"),
                                           BYTES("!!!not base64!!!"));

    wait_for_all(bad);
    if (!connection_goes_on(bad)) /* grpc/metadata/base64-* judge that */
        test_skip(t, CONNECTION_ENDED);
    for (int i = 0; i < 5; i++)
        expect_echo(request_with_insert(conn, UNARY_CALL, BYTES(ECHO), BYTES("good")), "good");
    expect_echo(request_with_index(conn, UNARY_CALL, NULL, FIRST_DYNAMIC + 4), "good");
    forget_dynamic_table(conn);
    expect_connection_still_serves(conn);
}

/* ---- the static table, and volume ------------------------------------------------------------ */

/* :method POST and :scheme http(s) whole, every other name of the request from the static table where it is there. */
static void request_from_the_static_table(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);
    struct buf block = {0};

    hpack_put_indexed(&block, 3);
    hpack_put_indexed(&block, t->target->tls ? 7 : 6);
    hpack_put_literal_indexed_name(&block, LITERAL_NOT_INDEXED, 5, BYTES(EMPTY_CALL));
    hpack_put_literal_indexed_name(&block, LITERAL_NEVER_INDEXED, 1,
                                   bytes_str(t->target->authority));
    hpack_put_literal(&block, LITERAL_NOT_INDEXED, BYTES("te"), BYTES("trailers"));
    hpack_put_literal_indexed_name(&block, LITERAL_INDEXED, 31, BYTES("application/grpc"));
    hpack_put_literal_indexed_name(&block, LITERAL_NOT_INDEXED, 58, BYTES("grpcspec"));
    send_request_block(call, &block);
    expect_answer(call);
    forget_dynamic_table(conn);
    expect_connection_still_serves(conn);
}

/* Entries that may stand in a request as they are: neither pseudo-fields nor those that HTTP gives a meaning. */
static void entries_of_the_static_table(struct test *t)
{
    static const uint8_t harmless[] = {15, 16, 17, 18, 19, 21, 22, 24, 25, 26,
                                       27, 29, 32, 34, 37, 50, 51, 59, 60, 61};
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);
    struct buf block = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
        hpack_put_indexed(&block, harmless[i]);
    send_request_block(call, &block);
    expect_answer(call);
    expect_connection_still_serves(conn);
}

/* Metadata that changes from call to call keeps both tables turning over. */
/* Fewer where the target is slow: the case's time ends. */
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

#define BLOCK(name, clause, what, octets)                                                          \
    {                                                                                              \
        "http2/hpack/" name, clause, what, NEEDS_TRANSPORT, bad_octets, &BYTES(octets)             \
    }
#define LITERAL(name, what, ...)                                                                   \
    {                                                                                              \
        "http2/hpack/" name, "HPACK-014", what, NEEDS_TEST_SERVICE, literal_form,                  \
            FORM(__VA_ARGS__)                                                                      \
    }

static const struct test_case cases[] = {
    BLOCK("index-0", "HPACK-001", "An indexed field with index 0 is a COMPRESSION_ERROR.", "\x80"),
    BLOCK("index-beyond-the-tables", "HPACK-002",
          "An index beyond both tables is a COMPRESSION_ERROR.", "\xc6"),
    BLOCK("first-dynamic-index-of-an-empty-table", "HPACK-002",
          "Index 62 while the dynamic table is empty is a COMPRESSION_ERROR.", "\xbe"),
    BLOCK("huge-index", "HPACK-002", "An index of more than 2^27 is a COMPRESSION_ERROR.",
          "\xff\xff\xff\xff\x7f"),
    BLOCK("name-index-beyond-the-tables", "HPACK-003",
          "A name index beyond both tables is a COMPRESSION_ERROR.", "\x7f\x07\x01v"),
    BLOCK("name-index-beyond-the-tables-not-indexed", "HPACK-003",
          "A name index beyond both tables is a COMPRESSION_ERROR, also in a literal without "
          "indexing.",
          "\x0f\x37\x01v"),
    BLOCK("size-update-after-a-field", "HPACK-004",
          "A size update after a field is a COMPRESSION_ERROR.", "\x3f\x61"),
    {"http2/hpack/size-update-above-the-limit", "HPACK-005",
     "A size update above the announced table size is a COMPRESSION_ERROR.", NEEDS_TRANSPORT,
     size_update_above_the_limit, NULL},
    BLOCK("huffman-padding-of-a-whole-octet", "HPACK-009",
          "More than 7 bits of Huffman padding is a COMPRESSION_ERROR.", "\x00\x01x\x82\x07\xff"),
    BLOCK("huffman-padding-of-zeros", "HPACK-010",
          "Huffman padding that is not of ones is a COMPRESSION_ERROR.", "\x00\x01x\x81\x00"),
    BLOCK("huffman-end-of-string", "HPACK-011",
          "The EOS symbol inside a string is a COMPRESSION_ERROR.",
          "\x00\x01x\x84\xff\xff\xff\xff"),
    BLOCK("string-length-overflow", "HPACK-012", "A string length of 2^62 is a COMPRESSION_ERROR.",
          "\x00\x01x\x7f\x81\xff\xff\xff\xff\xff\xff\xff\x3f"),
    BLOCK("index-overflow", "HPACK-012",
          "An index that is 19 more than 2^64 is a COMPRESSION_ERROR.",
          "\xff\x94\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    BLOCK("index-overflow-of-32-bits", "HPACK-012",
          "An index that is 19 more than 2^32 is a COMPRESSION_ERROR.", "\xff\x94\xff\xff\xff\x0f"),
    BLOCK("integer-cut-off", "HPACK-013",
          "A block that ends inside an integer is a COMPRESSION_ERROR.", "\xff\x80"),
    BLOCK("literal-cut-off", "HPACK-013",
          "A block that ends after a literal's first octet is a COMPRESSION_ERROR.", "\x40"),
    BLOCK("value-missing", "HPACK-013",
          "A block that ends after a literal's name is a COMPRESSION_ERROR.", "\x00\x06x-test"),
    BLOCK("string-longer-than-the-block", "HPACK-013",
          "A string that runs past its block is a COMPRESSION_ERROR.", "\x00\x06x-test\x05val"),
    {"http2/hpack/long-integer", "HPACK-012",
     "An integer with forty needless octets is a COMPRESSION_ERROR, or harmless.", NEEDS_TRANSPORT,
     long_integer, NULL},

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

    LITERAL("indexing-new-name",
            "A literal with indexing and a new name is understood, and inserted.", LITERAL_INDEXED,
            false, false, 0),
    LITERAL("indexing-new-name-huffman",
            "A literal with indexing and a new Huffman name is understood.", LITERAL_INDEXED, false,
            true, 0),
    LITERAL("indexing-indexed-name",
            "A literal with indexing and an indexed name is understood, and inserted.",
            LITERAL_INDEXED, true, false, 0),
    LITERAL("indexing-indexed-name-huffman",
            "A literal with indexing, indexed name and Huffman value is understood.",
            LITERAL_INDEXED, true, true, 0),
    LITERAL("not-indexed-new-name",
            "A literal without indexing and a new name is understood, and not inserted.",
            LITERAL_NOT_INDEXED, false, false, 0),
    LITERAL("not-indexed-new-name-huffman",
            "A literal without indexing and a new Huffman name is understood.", LITERAL_NOT_INDEXED,
            false, true, 0),
    LITERAL("not-indexed-indexed-name",
            "A literal without indexing and an indexed name is understood.", LITERAL_NOT_INDEXED,
            true, false, 0),
    LITERAL("not-indexed-indexed-name-huffman",
            "A literal without indexing, with indexed name and Huffman value is understood.",
            LITERAL_NOT_INDEXED, true, true, 0),
    LITERAL("never-indexed-new-name",
            "A never-indexed literal with a new name is understood, and not inserted.",
            LITERAL_NEVER_INDEXED, false, false, 0),
    LITERAL("never-indexed-new-name-huffman",
            "A never-indexed literal with a new Huffman name is understood.", LITERAL_NEVER_INDEXED,
            false, true, 0),
    LITERAL("never-indexed-indexed-name",
            "A never-indexed literal with an indexed name is understood.", LITERAL_NEVER_INDEXED,
            true, false, 0),
    LITERAL("never-indexed-indexed-name-huffman",
            "A never-indexed literal with indexed name and Huffman value is understood.",
            LITERAL_NEVER_INDEXED, true, true, 0),
    LITERAL("huffman-value-of-1000", "A Huffman string of a thousand octets is understood.",
            LITERAL_NOT_INDEXED, false, true, 1000),

    {"http2/hpack/table-shared-by-streams", "HPACK-015",
     "An entry that one request inserts is there for the next.", NEEDS_TRANSPORT,
     table_is_shared_by_streams, NULL},
    {"http2/hpack/whole-request-by-index", "HPACK-015",
     "A request may consist of dynamic indices only.", NEEDS_TRANSPORT, whole_request_by_index,
     NULL},
    {"http2/hpack/full-table", "HPACK-016", "A table filled to the last octet keeps every entry.",
     NEEDS_TEST_SERVICE, full_table_keeps_every_entry, NULL},
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

    {"http2/hpack/table-survives-unknown-method", "HPACK-019",
     "The block of a request for an unknown method still fills the table.", NEEDS_TEST_SERVICE,
     table_survives_a_failing_call, FAILING(UNIMPLEMENTED_CALL, {.kind = EDIT_END})},
    {"http2/hpack/table-survives-wrong-content-type", "HPACK-019",
     "The block of a request with a wrong content-type still fills the table.", NEEDS_TEST_SERVICE,
     table_survives_a_failing_call,
     FAILING(EMPTY_CALL, {EDIT_SET, "content-type", OCTETS("text/plain")}, {.kind = EDIT_END})},
    {"http2/hpack/table-survives-malformed-request", "HPACK-019 H2-STREAM-013",
     "The block of a malformed request still fills the table.", NEEDS_TEST_SERVICE,
     table_survives_a_malformed_request, NULL},
    {"http2/hpack/table-survives-reset", "HPACK-019",
     "The block of a request that is reset at once fills the table.", NEEDS_TEST_SERVICE,
     table_survives_a_reset_call, NULL},
    {"http2/hpack/bad-metadata-then-good-calls", "HPACK-023",
     "Metadata that cannot be decoded costs its own call only.", NEEDS_TEST_SERVICE,
     bad_metadata_then_good_calls, NULL},

    {"http2/hpack/request-from-the-static-table", "HPACK-020",
     "A request whose names and values come from the static table is served.", NEEDS_TRANSPORT,
     request_from_the_static_table, NULL},
    {"http2/hpack/entries-of-the-static-table", "HPACK-020",
     "Static entries that mean nothing to gRPC are accepted by index.", NEEDS_TRANSPORT,
     entries_of_the_static_table, NULL},
    {"http2/hpack/thousand-calls", "HPACK-021 HPACK-015",
     "A thousand calls with changing metadata on one connection keep both tables in step.",
     NEEDS_TRANSPORT, thousand_calls, NULL},
};
const struct case_list hpack_cases = {cases, ARRAY_LEN(cases)};
