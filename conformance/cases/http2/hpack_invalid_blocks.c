/* SPDX-License-Identifier: MIT
 *
 * Header blocks that no decoder may accept (RFC 7541 2.3.3, 4.2, 5, 6): indices beyond the tables, size updates out of
 * place, Huffman codes and integers that are wrong, blocks that are cut off. What a block may cost is in
 * limit_blocks.c. */
#include "cases/cases.h"
#include "cases/http2/common.h"

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

#define BLOCK(name, clause, what, octets)                                                          \
    {                                                                                              \
        "http2/hpack/" name, clause, what, NEEDS_TRANSPORT, bad_octets, &BYTES(octets)             \
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
};
const struct case_list hpack_invalid_block_cases = {cases, ARRAY_LEN(cases)};
