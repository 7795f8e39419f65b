/* SPDX-License-Identifier: MIT
 *
 * Layer "hpack": blocks that do not decode, and blocks that must (RFC 7541). */
#include "fuzz/common.h"

static void begin_block(const struct maker *m, struct buf *block)
{
    struct field fields[MAX_FIELDS];
    put_plain_block(block, fields, make_fields(m, EMPTY_CALL, NULL, fields));
}

/* The block of a request in which something is wrong, on a new stream. */
static void send_bad_block(struct maker *m, struct buf *block)
{
    make_block(m, make_stream(m), buf_view(block), FLAG_NONE);
    end_with_goaway(m, H2_COMPRESSION_ERROR);
    buf_clear(block);
}

static void index_0(struct maker *m, const struct fault *fault)
{
    struct buf block = {0};
    (void)fault;
    begin_case(m);
    begin_block(m, &block);
    hpack_put_indexed(&block, 0);
    send_bad_block(m, &block);
}

static void index_beyond(struct maker *m, const struct fault *fault)
{
    struct buf block = {0};
    (void)fault;
    m->plain = true; /* nothing is in the dynamic table */
    make_open(m);
    begin_block(m, &block);
    uint64_t near = 62 + draw_below(&m->draw, 70), far = 62 + (draw_u64(&m->draw) >> 33);
    hpack_put_indexed(&block, draw_chance(&m->draw, 50) ? near : far);
    send_bad_block(m, &block);
}

static void name_index_beyond(struct maker *m, const struct fault *fault)
{
    static const enum hpack_literal forms[] = {LITERAL_INDEXED, LITERAL_NOT_INDEXED,
                                               LITERAL_NEVER_INDEXED};
    struct buf block = {0};
    (void)fault;
    m->plain = true;
    make_open(m);
    begin_block(m, &block);
    enum hpack_literal form = forms[draw_below(&m->draw, 3)];
    hpack_put_literal_indexed_name(&block, form, 62 + draw_below(&m->draw, 200), BYTES("v"));
    send_bad_block(m, &block);
}

static void late_update(struct maker *m, const struct fault *fault)
{
    struct buf block = {0};
    (void)fault;
    begin_case(m);
    begin_block(m, &block);
    hpack_put_size_update(&block, draw_below(&m->draw, 4097));
    send_bad_block(m, &block);
}

static void large_update(struct maker *m, const struct fault *fault)
{
    struct buf block = {0};
    (void)fault;
    begin_case(m);
    hpack_put_size_update(&block, UINT64_C(0x10000000) + draw_below(&m->draw, 1000000));
    begin_block(m, &block);
    send_bad_block(m, &block);
}

static void bad_huffman(struct maker *m, const struct fault *fault)
{
    const struct bytes *octets = fault->arg;
    struct buf block = {0};
    begin_case(m);
    begin_block(m, &block);
    buf_put_u8(&block, LITERAL_NOT_INDEXED);
    hpack_put_string(&block, BYTES("x-huffman"));
    hpack_put_huffman(&block, *octets);
    send_bad_block(m, &block);
}
/* 'a' is 00011; then 11 ones of padding, or zeros, or EOS (30 ones) */
static const struct bytes long_padding = {(const uint8_t *)"\x1f\xff", 2},
                          zero_padding = {(const uint8_t *)"\x18", 1},
                          eos = {(const uint8_t *)"\xff\xff\xff\xff", 4};

static void integer_overflow(struct maker *m, const struct fault *fault)
{
    struct buf block = {0};
    (void)fault;
    begin_case(m);
    begin_block(m, &block);
    buf_put_u8(&block, 0xff);
    for (uint32_t i = draw_between(&m->draw, 9, 30); i > 0; i--)
        buf_put_u8(&block, (uint8_t)(0x80 | draw_u64(&m->draw)));
    buf_put_u8(&block, 0x7f);
    send_bad_block(m, &block);
}

static void long_integer(struct maker *m, const struct fault *fault)
{
    struct buf block = {0};
    (void)fault;
    begin_case(m);
    begin_block(m, &block);
    buf_put_u8(&block, 0x7f); /* a literal with an indexed name, its index needlessly long */
    for (uint32_t i = draw_between(&m->draw, 20, 3000); i > 0; i--)
        buf_put_u8(&block, 0x80);
    make_block(m, make_stream(m), buf_view(&block), FLAG_END_STREAM);
    may_become(m, ONE_OF(GOAWAY(H2_COMPRESSION_ERROR), LENIENT_GOAWAY(H2_PROTOCOL_ERROR, NULL),
                         LENIENT_GOAWAY(H2_INTERNAL_ERROR, NULL),
                         LENIENT_GOAWAY(H2_ENHANCE_YOUR_CALM, NULL), LENIENT_IGNORED(NULL),
                         LENIENT_CLOSE));
    must_serve(m);
    buf_clear(&block);
}

/* The last field promises more than the block holds. */
static void truncated(struct maker *m, const struct fault *fault)
{
    struct buf block = {0};
    (void)fault;
    begin_case(m);
    begin_block(m, &block);
    switch (draw_below(&m->draw, 4)) {
    case 0:
        buf_put_u8(&block, 0xff); /* an index that goes on */
        break;
    case 1:
        buf_put_u8(&block, LITERAL_INDEXED); /* a name that is missing */
        break;
    case 2:
        buf_put_u8(&block, LITERAL_NOT_INDEXED);
        hpack_put_string(&block, BYTES("x-name")); /* a value that is missing */
        break;
    default:
        buf_put_u8(&block, LITERAL_NOT_INDEXED);
        hpack_put_string(&block, BYTES("x-name"));
        hpack_put_int(&block, 7, 0, draw_between(&m->draw, 5, 4000));
        buf_put_str(&block, "cut");
        break;
    }
    send_bad_block(m, &block);
}

/* ---- legal ---- */

/* Many calls whose blocks lean on the dynamic table, sizes changing between them. */
static void dynamic_table(struct maker *m, const struct fault *fault)
{
    static const char *const names[] = {"x-field-0", "x-field-1", "x-field-2", "x-field-3"};
    static const char *const values[] = {"value-0", "value-1", "",
                                         "a longer value that fills the table sooner"};
    static const uint32_t sizes[] = {0, 32, 64, 200, 1024, 4096};
    (void)fault;
    make_open(m);
    uint32_t calls = draw_between(&m->draw, 2, 12);
    uint32_t streams[12];
    for (uint32_t i = 0; i < calls; i++) {
        struct edit edits[4] = {{.kind = EDIT_END}};
        struct field fields[MAX_FIELDS];
        struct buf block = {0};
        for (size_t k = 0; k < 3; k++) {
            const char *name = names[draw_below(&m->draw, 4)];
            edits[k] = (struct edit){EDIT_ADD, name, bytes_str(values[draw_below(&m->draw, 4)])};
        }
        if (draw_chance(&m->draw, 20))
            hpack_encoder_set_max_table_size(m->encoder, sizes[draw_below(&m->draw, 6)]);
        streams[i] = make_stream(m);
        hpack_encode(m->encoder, fields, make_fields(m, EMPTY_CALL, edits, fields), &block);
        make_block(m, streams[i], buf_view(&block), FLAG_NONE);
        make_message(m, streams[i], 0, NO_BYTES, FLAG_END_STREAM);
        buf_clear(&block);
    }
    for (uint32_t i = 0; i < calls; i++)
        must_be_ok(m, streams[i]);
    must_serve(m);
}

/* Everything a table can be made to do by hand: an entry is added, pushed out, named by index, in one block and the
 * next. :path is what shows that it was understood. */
static void by_hand(struct maker *m, const struct fault *fault)
{
    struct buf block = {0}, large = {0};
    (void)fault;
    m->plain = true;
    make_open(m);
    bool resets = draw_chance(&m->draw, 50);
    bool never = draw_chance(&m->draw, 50);
    if (resets) {
        hpack_put_size_update(&block, draw_below(&m->draw, 2) * 100);
        hpack_put_size_update(&block, 4096);
    }
    hpack_put_indexed(&block, 3);                 /* :method POST */
    hpack_put_indexed(&block, m->secure ? 7 : 6); /* :scheme */
    hpack_put_literal_indexed_name(&block, LITERAL_INDEXED, 4, BYTES(EMPTY_CALL));
    hpack_put_literal_indexed_name(&block, LITERAL_INDEXED, 1, BYTES("localhost"));
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES("te"), BYTES("trailers"));
    if (never)
        hpack_put_literal(&block, LITERAL_NEVER_INDEXED, BYTES("x-never"), BYTES("indexed"));
    hpack_put_literal_indexed_name(&block, LITERAL_INDEXED, 31, BYTES("application/grpc"));
    uint32_t first = make_stream(m);
    make_block(m, first, buf_view(&block), FLAG_NONE);
    make_message(m, first, 0, NO_BYTES, FLAG_END_STREAM);

    buf_reset(&block); /* 62 content-type, 63 te, 64 :authority, 65 :path */
    if (draw_chance(&m->draw, 40)) {
        /* an entry larger than the table empties it: name all anew */
        buf_put_zeros(&large, draw_between(&m->draw, 4096, 5000));
        memset(large.data, 'v', large.len);
        hpack_put_indexed(&block, 3);
        hpack_put_indexed(&block, 6);
        hpack_put_literal_indexed_name(&block, LITERAL_NOT_INDEXED, 4, BYTES(EMPTY_CALL));
        hpack_put_literal_indexed_name(&block, LITERAL_NOT_INDEXED, 1, BYTES("localhost"));
        hpack_put_literal(&block, LITERAL_NOT_INDEXED, BYTES("te"), BYTES("trailers"));
        hpack_put_literal_indexed_name(&block, LITERAL_NOT_INDEXED, 31, BYTES("application/grpc"));
        hpack_put_literal(&block, LITERAL_INDEXED, BYTES("x-large"), buf_view(&large));
    } else {
        static const uint8_t order[] = {65, 64, 63, 62};
        hpack_put_indexed(&block, 3);
        hpack_put_indexed(&block, 6);
        for (size_t i = 0; i < 4; i++)
            hpack_put_indexed(&block, order[i]);
    }
    uint32_t second = make_stream(m);
    make_block(m, second, buf_view(&block), FLAG_NONE);
    make_message(m, second, 0, NO_BYTES, FLAG_END_STREAM);
    must_be_ok(m, first);
    must_be_ok(m, second);
    must_serve(m);
    buf_clear(&block);
    buf_clear(&large);
}

/* What a block of a call that is refused adds to the table counts. */
static void refused_block_counts(struct maker *m, const struct fault *fault)
{
    struct buf block = {0};
    (void)fault;
    m->plain = true;
    make_open(m);
    bool cancelled = draw_chance(&m->draw, 50);
    struct field fields[MAX_FIELDS];
    size_t count = make_fields(m, "/grpc.testing.NoSuchService/Method", NULL, fields);
    put_plain_block(&block, fields, count);
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES("x-added"), BYTES("by a refused call"));
    uint32_t refused = make_stream(m);
    make_block(m, refused, buf_view(&block), FLAG_NONE);
    if (cancelled)
        make_u32_frame(m, FRAME_RST_STREAM, refused, H2_CANCEL);
    else
        make_message(m, refused, 0, NO_BYTES, FLAG_END_STREAM);
    buf_reset(&block);
    put_plain_block(&block, fields, make_fields(m, EMPTY_CALL, NULL, fields));
    hpack_put_indexed(&block, 62);
    uint32_t stream = make_stream(m);
    make_block(m, stream, buf_view(&block), FLAG_NONE);
    make_message(m, stream, 0, NO_BYTES, FLAG_END_STREAM);
    must_be_ok(m, stream);
    must_serve(m);
    buf_clear(&block);
}

#define F(name, clauses, wrong, make, arg)                                                         \
    {                                                                                              \
        "hpack/" name, clauses, wrong, make, arg, false                                            \
    }
static const struct fault faults[] = {
    F("index-0", "HPACK-001", "index 0", index_0, NULL),
    F("index-beyond", "HPACK-002", "an index beyond both tables", index_beyond, NULL),
    F("name-index-beyond", "HPACK-003", "a name's index beyond both tables", name_index_beyond,
      NULL),
    F("late-update", "HPACK-004", "a size update behind a field", late_update, NULL),
    F("large-update", "HPACK-005", "a size update above HEADER_TABLE_SIZE", large_update, NULL),
    F("long-huffman-padding", "HPACK-009", "more than 7 bits of Huffman padding", bad_huffman,
      &long_padding),
    F("wrong-huffman-padding", "HPACK-010", "Huffman padding that is not ones", bad_huffman,
      &zero_padding),
    F("huffman-eos", "HPACK-011", "a Huffman string that holds EOS", bad_huffman, &eos),
    F("integer-overflow", "HPACK-012", "an integer beyond any limit", integer_overflow, NULL),
    F("long-integer", "SEC-017 HPACK-012", "an integer of thousands of octets", long_integer, NULL),
    F("truncated", "HPACK-013 SEC-018", "a block that ends in the middle of a field", truncated,
      NULL),
    F("dynamic-table", "HPACK-015 HPACK-006", "blocks lean on the dynamic table, its size changes",
      dynamic_table, NULL),
    F("by-hand", "HPACK-014 HPACK-016 HPACK-017 HPACK-018",
      "every form of a field, and indexes into the table", by_hand, NULL),
    F("refused-block", "HPACK-019 HPACK-023", "a refused call's fields count in the table",
      refused_block_counts, NULL),
};
const struct fault_list hpack_faults = ROWS(faults);
