/* SPDX-License-Identifier: MIT
 *
 * HPACK of a server (RFC 7541): blocks that no decoder may accept, every form that each must, and the dynamic table.
 * What a client has decoded shows without asking it: the content-type and grpc-status of a response come in the form
 * in question, and only a client that reads them rightly takes the call for a success. Blocks that fill the table are
 * all written by hand, because the connection's own encoder would not know of them. */
#include "cases/client/client_cases.h"
#include "cases/client/common.h"
#include "cases/hpack_forms.h"

#define FIRST_DYNAMIC  62 /* the newest entry */
#define ENTRY_OVERHEAD 32

/* ---- blocks that are errors ------------------------------------------------------------------ */

/* The row is what follows a response's valid fields. */
static void bad_octets(struct test *t)
{
    const struct bytes *octets = t->arg;
    struct call *call = first_call(t, &empty_unary);
    struct buf block = {0};

    put_response_fields(&block, LITERAL_NOT_INDEXED);
    buf_put(&block, *octets);
    send_call_block(call, &block, FLAG_NONE);
    finish_ok(call);
    expect_connection_lost(call, H2_COMPRESSION_ERROR);
}

static void size_update_above_the_limit(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    struct buf block = {0};

    hpack_put_size_update(&block,
                          (uint64_t)call->conn->their_settings[SETTING_HEADER_TABLE_SIZE] + 1);
    put_response_fields(&block, LITERAL_NOT_INDEXED);
    send_call_block(call, &block, FLAG_NONE);
    finish_ok(call);
    expect_connection_lost(call, H2_COMPRESSION_ERROR);
}

/* ---- every legal form ------------------------------------------------------------------------ */

/* content-type (static entry 31) in this form in the headers, grpc-status in the trailers: its name, where the
 * form wants an index, is that of an entry which the headers inserted. That says 0 too, because some clients read
 * it there. */
static void literal_form(struct test *t)
{
    const struct literal_form *form = t->arg;
    struct call *call = first_call(t, &empty_unary);
    struct buf block = {0};

    hpack_put_indexed(&block, 8); /* :status: 200 */
    put_in_form(&block, form, 31, BYTES("content-type"), BYTES("application/grpc"));
    if (form->indexed_name)
        hpack_put_literal(&block, LITERAL_INDEXED, BYTES("grpc-status"), BYTES("0"));
    send_call_block(call, &block, FLAG_NONE);
    send_response_message(call, 0);
    put_in_form(&block, form, FIRST_DYNAMIC, BYTES("grpc-status"), BYTES("0"));
    send_call_block(call, &block, FLAG_END_STREAM);
    expect_client_ok(t);
}

static void size_updates(struct test *t)
{
    const struct size_updates *row = t->arg;
    struct call *call = first_call(t, &empty_unary);
    uint32_t limit = call->conn->their_settings[SETTING_HEADER_TABLE_SIZE];
    struct buf block = {0};

    put_size_updates(&block, row, limit);
    put_response_fields(&block, LITERAL_NOT_INDEXED);
    send_call_block(call, &block, FLAG_NONE);
    send_response_message(call, 0);
    put_ok_trailer(&block, LITERAL_NOT_INDEXED);
    send_call_block(call, &block, FLAG_END_STREAM);
    expect_client_ok(t);
}

/* ---- the dynamic table ----------------------------------------------------------------------- */

/* What a 1xx response inserts is there for the response. */
static void informational_fills_the_table(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    struct buf block = {0};

    hpack_put_literal(&block, LITERAL_NOT_INDEXED, BYTES(":status"), BYTES("103"));
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES("x-hint"), BYTES("early"));
    send_call_block(call, &block, FLAG_NONE);
    put_response_fields(&block, LITERAL_NOT_INDEXED);
    hpack_put_indexed(&block, FIRST_DYNAMIC);
    send_call_block(call, &block, FLAG_NONE);
    finish_ok(call);
    expect_client_ok(t);
}

/* A table as this file assumes it; a client with a smaller one makes the case SKIP. */
static struct call *call_with_table(struct test *t, const struct client_call *wanted)
{
    struct call *call = first_call(t, wanted);

    if (!test_is_over(t) && call->conn->their_settings[SETTING_HEADER_TABLE_SIZE] < 4096)
        test_skip(t, "the client's HEADER_TABLE_SIZE is %u",
                  call->conn->their_settings[SETTING_HEADER_TABLE_SIZE]);
    return call;
}

/* A message, then trailers that are `block`; cleared. */
static void end_with(struct call *call, struct buf *block)
{
    send_response_message(call, 0);
    send_call_block(call, block, FLAG_END_STREAM);
}

/* The second response is nothing but indices of what the first inserted. */
static void table_shared_by_streams(struct test *t)
{
    struct call *call = call_with_table(t, &max_streams);
    struct conn *conn = call->conn;
    struct buf block = {0};
    size_t size = 0;

    (void)ask_client(t, &max_streams); /* ahead, so that the connection stays in use */
    put_response_fields(&block, LITERAL_INDEXED);
    send_call_block(call, &block, FLAG_NONE);
    (void)wanted_responses(call, &size, 1);
    send_response_message(call, size);
    put_ok_trailer(&block, LITERAL_INDEXED);
    send_call_block(call, &block, FLAG_END_STREAM);

    call = await_call(t);
    if (call->conn != conn)
        test_skip(t, "the client made another connection for its second call");
    (void)wanted_responses(call, &size, 1);
    hpack_put_indexed(&block, FIRST_DYNAMIC + 2); /* :status: 200 */
    hpack_put_indexed(&block, FIRST_DYNAMIC + 1); /* content-type */
    send_call_block(call, &block, FLAG_NONE);
    send_response_message(call, size);
    hpack_put_indexed(&block, FIRST_DYNAMIC); /* grpc-status: 0 */
    send_call_block(call, &block, FLAG_END_STREAM);
    expect_nothing_closed(conn);
    expect(t, !call->reset, "a response of indices is understood", "the stream was reset");
}

/* Fill the table to its last octet with `count` entries in all, of which the first (the oldest) is given. */
static void put_full_table(struct buf *block, struct bytes name, struct bytes value)
{
    enum { ENTRIES = 32, SIZE = 4096 / ENTRIES };
    struct buf filler = {0};

    put_octets(&filler, 'f', SIZE - ENTRY_OVERHEAD - 6);
    hpack_put_literal(block, LITERAL_INDEXED, name, value);
    for (unsigned i = 1; i < ENTRIES - 1; i++)
        hpack_put_literal(block, LITERAL_INDEXED, BYTES("x-fill"), buf_view(&filler));
    filler.len = 0;
    put_octets(&filler, 'l', 2 * SIZE - 2 * ENTRY_OVERHEAD - name.len - value.len - 6);
    hpack_put_literal(block, LITERAL_INDEXED, BYTES("x-last"), buf_view(&filler));
    buf_clear(&filler);
}

/* The oldest of 32 entries is grpc-status: 0, and still there. */
static void full_table(struct test *t)
{
    struct call *call = call_with_table(t, &empty_unary);
    struct buf block = {0};

    put_response_fields(&block, LITERAL_NOT_INDEXED);
    put_full_table(&block, BYTES("grpc-status"), BYTES("0"));
    send_call_block(call, &block, FLAG_NONE);
    hpack_put_indexed(&block, FIRST_DYNAMIC + 31);
    end_with(call, &block);
    expect_client_ok(t);
}

/* One entry more evicts grpc-status: 0, so that its index names nothing. */
static void eviction(struct test *t)
{
    struct call *call = call_with_table(t, &empty_unary);
    struct buf block = {0};

    put_response_fields(&block, LITERAL_NOT_INDEXED);
    put_full_table(&block, BYTES("x-oldest"), BYTES("1"));
    send_call_block(call, &block, FLAG_NONE);
    send_response_message(call, 0);
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES("x"), BYTES("y"));
    put_ok_trailer(&block, LITERAL_NOT_INDEXED);
    hpack_put_indexed(&block, FIRST_DYNAMIC + 32);
    send_call_block(call, &block, FLAG_END_STREAM);
    expect_connection_lost(call, H2_COMPRESSION_ERROR);
}

/* Size updates in front of the trailers, which name an entry that the headers inserted: a table that stays large enough
 * keeps it, one that was 0 in between has lost it. */
static void entry_behind_updates(struct test *t)
{
    bool survives = *(const bool *)t->arg;
    struct call *call = call_with_table(t, &empty_unary);
    struct buf block = {0};

    put_response_fields(&block, LITERAL_NOT_INDEXED);
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES("grpc-status"), BYTES("0"));
    send_call_block(call, &block, FLAG_NONE);
    hpack_put_size_update(&block, survives ? 100 : 0);
    hpack_put_size_update(&block, 4096);
    if (!survives)
        put_ok_trailer(&block, LITERAL_NOT_INDEXED);
    hpack_put_indexed(&block, FIRST_DYNAMIC);
    end_with(call, &block);
    if (survives)
        expect_client_ok(t);
    else
        expect_connection_lost(call, H2_COMPRESSION_ERROR);
}

static void entry_larger_than_the_table(struct test *t)
{
    struct call *call = call_with_table(t, &empty_unary);
    struct buf block = {0}, large = {0};

    put_octets(&large, 'v', 5000);
    put_response_fields(&block, LITERAL_INDEXED);
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES("x-large"), buf_view(&large));
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES("x-test"), BYTES("1")); /* 62, alone */
    send_call_block(call, &block, FLAG_NONE);
    put_ok_trailer(&block, LITERAL_NOT_INDEXED);
    hpack_put_indexed(&block, FIRST_DYNAMIC);
    end_with(call, &block);
    expect_client_ok(t);
    buf_clear(&large);
}

/* The literal takes its name from the entry that its own insertion evicts: grpc-status. */
static void name_of_the_evicted_entry(struct test *t)
{
    struct call *call = call_with_table(t, &empty_unary);
    struct buf block = {0};

    put_response_fields(&block, LITERAL_NOT_INDEXED);
    put_full_table(&block, BYTES("grpc-status"), BYTES("0"));
    send_call_block(call, &block, FLAG_NONE);
    hpack_put_literal_indexed_name(&block, LITERAL_INDEXED, FIRST_DYNAMIC + 31, BYTES("0"));
    end_with(call, &block);
    expect_client_ok(t);
}

/* A block that costs its call, because of its last field, fills the table like any other: the next response is built on
 * it. */
static void table_survives(struct test *t)
{
    const struct field *last = t->arg;
    struct call *bad = call_with_table(t, &empty_unary);
    struct asked *asked = ask_client(t, &empty_unary);
    struct call *good = await_call(t);
    struct buf block = {0};

    put_response_fields(&block, LITERAL_INDEXED);
    put_ok_trailer(&block, LITERAL_INDEXED);
    hpack_put_literal(&block, LITERAL_NOT_INDEXED, last->name, last->value);
    send_call_block(bad, &block, FLAG_NONE);
    await_answer_or_end(bad->conn);
    if (!test_is_over(t) && bad->conn->closed != NOT_CLOSED) {
        test_lenient(t, HERE, "an error of one call", "the connection was given up");
        return;
    }

    hpack_put_indexed(&block, FIRST_DYNAMIC + 2);
    hpack_put_indexed(&block, FIRST_DYNAMIC + 1);
    send_call_block(good, &block, FLAG_NONE);
    hpack_put_indexed(&block, FIRST_DYNAMIC);
    end_with(good, &block);
    expect_asked_outcome(asked, ONE_OF(STATUS(GRPC_OK)));
}

/* Names of the static table that a response may have, each with a value of its own. */
static void static_names(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    struct buf block = {0};

    put_response_fields(&block, LITERAL_NOT_INDEXED);
    for (unsigned i = 32; i <= 61; i++) /* behind content-type; transfer-encoding may not be sent */
        if (i != 57)
            hpack_put_literal_indexed_name(&block, LITERAL_NOT_INDEXED, i, BYTES("1"));
    hpack_put_indexed(&block, 16); /* accept-encoding: gzip, deflate */
    hpack_put_indexed(&block, 60); /* via, empty */
    send_call_block(call, &block, FLAG_NONE);
    put_ok_trailer(&block, LITERAL_NOT_INDEXED);
    end_with(call, &block);
    expect_client_ok(t);
    expect_client_header(t, "www-authenticate", "1");
    expect_client_header(t, "etag", "1");
}

#define V10   "vvvvvvvvvv"
#define V100  V10 V10 V10 V10 V10 V10 V10 V10 V10 V10
#define V1000 V100 V100 V100 V100 V100 V100 V100 V100 V100 V100
#define V6000 V1000 V1000 V1000 V1000 V1000 V1000

/* clang-format off */
#define BLOCK(word, clauses, title, octets) \
    {"client/http2/hpack/" word, clauses, title, NEEDS_CLIENT, bad_octets, &(const struct bytes)OCTETS(octets)}
#define LITERAL(word, title, ...) \
    {"client/http2/hpack/" word, "HPACK-014", title, NEEDS_CLIENT, literal_form, FORM(__VA_ARGS__, 0)}

static const struct test_case cases[] = {
    BLOCK("index-0", "HPACK-001", "An indexed field with index 0 is a COMPRESSION_ERROR.", "\x80"),
    BLOCK("index-beyond-the-tables", "HPACK-002", "An index beyond both tables is a COMPRESSION_ERROR.", "\xff\x30"),
    BLOCK("huge-index", "HPACK-002", "An index of more than 2^27 is a COMPRESSION_ERROR.", "\xff\xff\xff\xff\x7f"),
    BLOCK("name-index-beyond-the-tables", "HPACK-003", "A name index beyond both tables is a COMPRESSION_ERROR.",
          "\x7f\x30\x01v"),
    BLOCK("size-update-after-a-field", "HPACK-004", "A size update after a field is a COMPRESSION_ERROR.", "\x3f\x61"),
    {"client/http2/hpack/size-update-above-the-limit", "HPACK-005",
     "A size update above the announced table size is a COMPRESSION_ERROR.", NEEDS_CLIENT, size_update_above_the_limit, NULL},
    BLOCK("huffman-padding-of-a-whole-octet", "HPACK-009", "More than 7 bits of Huffman padding is a COMPRESSION_ERROR.",
          "\x00\x01x\x82\x07\xff"),
    BLOCK("huffman-padding-of-zeros", "HPACK-010", "Huffman padding that is not of ones is a COMPRESSION_ERROR.",
          "\x00\x01x\x81\x00"),
    BLOCK("huffman-end-of-string", "HPACK-011", "The EOS symbol inside a string is a COMPRESSION_ERROR.",
          "\x00\x01x\x84\xff\xff\xff\xff"),
    BLOCK("string-length-overflow", "HPACK-012 SEC-017", "A string length of 2^62 is a COMPRESSION_ERROR.",
          "\x00\x01x\x7f\x81\xff\xff\xff\xff\xff\xff\xff\x3f"),
    BLOCK("index-overflow", "HPACK-012", "An index that is 19 more than 2^64 is a COMPRESSION_ERROR.",
          "\xff\x94\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    BLOCK("integer-cut-off", "HPACK-013", "A block that ends inside an integer is a COMPRESSION_ERROR.", "\xff\x80"),
    BLOCK("literal-cut-off", "HPACK-013", "A block that ends after a literal's first octet is a COMPRESSION_ERROR.", "\x40"),
    BLOCK("value-missing", "HPACK-013", "A block that ends after a literal's name is a COMPRESSION_ERROR.", "\x00\x06x-test"),
    BLOCK("string-longer-than-the-block", "HPACK-013", "A string that runs past its block is a COMPRESSION_ERROR.",
          "\x00\x06x-test\x05val"),

    LITERAL("indexing-new-name", "A literal with indexing is understood.", LITERAL_INDEXED, false, false),
    LITERAL("indexing-new-name-huffman", "A Huffman literal with indexing is understood.", LITERAL_INDEXED, false, true),
    LITERAL("indexing-indexed-name", "A literal with indexing and an indexed name is understood.", LITERAL_INDEXED, true, false),
    LITERAL("indexing-indexed-name-huffman", "The same with a Huffman value is understood.", LITERAL_INDEXED, true, true),
    LITERAL("not-indexed-new-name", "A literal without indexing is understood.", LITERAL_NOT_INDEXED, false, false),
    LITERAL("not-indexed-new-name-huffman", "A Huffman literal without indexing is understood.", LITERAL_NOT_INDEXED, false, true),
    LITERAL("not-indexed-indexed-name", "A literal without indexing, with an indexed name, is understood.",
            LITERAL_NOT_INDEXED, true, false),
    LITERAL("not-indexed-indexed-name-huffman", "The same with a Huffman value is understood.", LITERAL_NOT_INDEXED, true, true),
    LITERAL("never-indexed-new-name", "A never-indexed literal is understood.", LITERAL_NEVER_INDEXED, false, false),
    LITERAL("never-indexed-new-name-huffman", "A never-indexed Huffman literal is understood.", LITERAL_NEVER_INDEXED, false, true),
    LITERAL("never-indexed-indexed-name", "A never-indexed literal with an indexed name is understood.",
            LITERAL_NEVER_INDEXED, true, false),
    LITERAL("never-indexed-indexed-name-huffman", "The same with a Huffman value is understood.", LITERAL_NEVER_INDEXED, true, true),

    {"client/http2/hpack/size-update", "HPACK-006", "A size update at the start of a block is accepted.", NEEDS_CLIENT,
     size_updates, UPDATES(128)},
    {"client/http2/hpack/two-size-updates", "HPACK-006", "Two size updates at the start of a block are accepted.",
     NEEDS_CLIENT, size_updates, UPDATES(0, 4096)},
    {"client/http2/hpack/size-update-keeps-what-fits", "HPACK-016 HPACK-006",
     "A size update in front of trailers leaves entries that still fit.", NEEDS_CLIENT, entry_behind_updates, &(const bool){true}},
    {"client/http2/hpack/size-update-evicts", "HPACK-016 HPACK-002", "A size update evicts what does not fit any more.", NEEDS_CLIENT,
     entry_behind_updates, &(const bool){false}},
    {"client/http2/hpack/informational-fills-the-table", "HPACK-015 H2-HDR-020", "What a 1xx response inserts is there for the response.",
     NEEDS_CLIENT, informational_fills_the_table, NULL},
    {"client/http2/hpack/table-shared-by-streams", "HPACK-015", "What one response inserts is there for the next.",
     NEEDS_CLIENT, table_shared_by_streams, NULL},
    {"client/http2/hpack/full-table", "HPACK-016", "A table filled to its last octet is no error.", NEEDS_CLIENT,
     full_table, NULL},
    {"client/http2/hpack/eviction", "HPACK-016 HPACK-002", "The oldest entry is evicted, and its index names nothing.",
     NEEDS_CLIENT, eviction, NULL},
    {"client/http2/hpack/entry-larger-than-the-table", "HPACK-017",
     "An entry larger than the table empties it, and is no error.", NEEDS_CLIENT, entry_larger_than_the_table, NULL},
    {"client/http2/hpack/name-of-the-evicted-entry", "HPACK-018",
     "A literal may take its name from the entry that its insertion evicts.", NEEDS_CLIENT, name_of_the_evicted_entry, NULL},
    {"client/http2/hpack/table-survives-a-bad-response", "HPACK-019 H2-STREAM-013",
     "The block of a malformed response still fills the table.", NEEDS_SHARED_CONNECTION, table_survives,
     &(const struct field){OCTETS("X-Upper"), OCTETS("1")}},
    {"client/http2/hpack/table-survives-bad-metadata", "HPACK-023",
     "The block with metadata that cannot be decoded still fills the table.", NEEDS_SHARED_CONNECTION, table_survives,
     &(const struct field){OCTETS("x-bad-bin"), OCTETS("***")}},
    {"client/http2/hpack/table-survives-a-large-list", "HPACK-019 HPACK-023",
     "The block of a list that is too large still fills the table.", NEEDS_SHARED_CONNECTION, table_survives,
     &(const struct field){OCTETS("x-large"), OCTETS(V6000 V6000 V6000)}},
    {"client/http2/hpack/static-names", "HPACK-020", "Names and values of the static table are understood.", NEEDS_REPORTED_RESULT,
     static_names, NULL},
};
/* clang-format on */
const struct case_list client_hpack_cases = {cases, ARRAY_LEN(cases)};
