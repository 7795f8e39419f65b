/* SPDX-License-Identifier: MIT
 *
 * Generators against clients, what HTTP/2 says of windows, header blocks and streams, and octets that say nothing.
 * Frames and settings are in client_wire.c. */
#include "fuzz/client.h"

/* ---- windows ---- */

static void increment_0(struct maker *m, const struct fault *fault)
{
    bool on_stream = fault->arg != NULL;
    answer_begin(m);
    if (draw_chance(&m->draw, 50))
        answer_headers(m);
    make_u32_frame(m, FRAME_WINDOW_UPDATE, on_stream, 0);
    if (!on_stream) {
        client_refuses(m, H2_PROTOCOL_ERROR);
        return;
    }
    client_fails(m);
}

/* More than there may be. On the stream the client has said everything, and need not care. */
static void overflow(struct maker *m, const struct fault *fault)
{
    bool on_stream = fault->arg != NULL;
    answer_begin(m);
    if (draw_chance(&m->draw, 50))
        answer_headers(m);
    make_u32_frame(m, FRAME_WINDOW_UPDATE, on_stream, 0x7fffffff);
    make_u32_frame(m, FRAME_WINDOW_UPDATE, on_stream, draw_between(&m->draw, 1, 0x7fffffff));
    if (!on_stream) {
        client_refuses(m, H2_FLOW_CONTROL_ERROR);
        return;
    }
    make_u32_frame(m, FRAME_RST_STREAM, 1, H2_CANCEL);
    client_fails(m);
}

/* ---- header blocks ---- */

static void bad_block(struct maker *m, const struct fault *fault)
{
    const struct bytes *tail = fault->arg;
    struct buf block = {0};
    answer_begin(m);
    answer_put_block(&block);
    buf_put(&block, *tail);
    make_block(m, 1, buf_view(&block), FLAG_NONE);
    client_refuses(m, H2_COMPRESSION_ERROR);
    buf_clear(&block);
}

#define TAIL(name, octets)                                                                         \
    static const struct bytes name = {(const uint8_t *)(octets), sizeof(octets) - 1}
TAIL(index_0, "\x80");
TAIL(index_beyond, "\xff\x80\x80\x01");
TAIL(name_beyond, "\x7f\xff\x01\x01v");
TAIL(late_update, "\x20");
TAIL(large_update, "\x3f\xff\xff\xff\x7f");
TAIL(long_padding, "\x40\x01x\x82\xff\xff");
TAIL(zero_padding, "\x40\x01x\x81\x00");
TAIL(eos, "\x40\x01x\x84\xff\xff\xff\xff");
TAIL(overflowing, "\xff\xff\xff\xff\xff\xff\x0f");
TAIL(cut_off, "\x40\x05x");

/* Every form of a field, updates of the table, and a dynamic table that later blocks lean on. */
static void by_hand(struct maker *m, const struct fault *fault)
{
    static const enum hpack_literal forms[] = {LITERAL_INDEXED, LITERAL_NOT_INDEXED,
                                               LITERAL_NEVER_INDEXED};
    struct buf block = {0};
    (void)fault;
    answer_begin(m);
    if (draw_chance(&m->draw, 50)) {
        hpack_put_size_update(&block, draw_below(&m->draw, 100));
        hpack_put_size_update(&block, 4096);
    }
    hpack_put_indexed(&block, 8); /* :status 200 */
    hpack_put_literal_indexed_name(&block, forms[draw_below(&m->draw, 3)], 31,
                                   BYTES("application/grpc"));
    hpack_put_literal(&block, forms[draw_below(&m->draw, 3)], BYTES("x-first"), BYTES("1"));
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES("grpc-status"), BYTES("0"));
    hpack_put_indexed(&block,
                      draw_between(&m->draw, 15, 27)); /* accept-charset ... content-language */
    make_block(m, 1, buf_view(&block), FLAG_NONE);
    answer_message(m);
    buf_reset(&block);
    hpack_put_indexed(&block, 62);
    make_block(m, 1, buf_view(&block), FLAG_END_STREAM);
    client_ends(m, ONE_OF(STATUS(GRPC_OK)));
    must_serve(m);
    buf_clear(&block);
}

/* ---- streams ---- */

/* Of the calls behind it, not of this one. */
static void goaway(struct maker *m, const struct fault *fault)
{
    struct buf payload = {0};
    (void)fault;
    answer_begin(m);
    if (draw_chance(&m->draw, 50))
        answer_headers(m);
    bool begun = m->script->steps[m->script->count - 1].kind == STEP_SEND;
    buf_put_u32(&payload, draw_chance(&m->draw, 50) ? 1 : 0x7fffffff);
    buf_put_u32(&payload, 0);
    draw_octets(&m->draw, &payload, draw_chance(&m->draw, 40) ? 0 : draw_below(&m->draw, 3000));
    (void)make_frame(m, FRAME_GOAWAY, 0, 0, buf_view(&payload));
    if (!begun)
        answer_headers(m);
    answer_message(m);
    answer_trailers(m, "0");
    client_ends(m, ONE_OF(STATUS(GRPC_OK)));
    buf_clear(&payload);
}

struct mapping {
    uint32_t from, to;
};
/* REFUSED_STREAM is not among them: the call would be made again. */
static const struct mapping of_resets[] = {{H2_NO_ERROR, GRPC_INTERNAL},
                                           {H2_PROTOCOL_ERROR, GRPC_INTERNAL},
                                           {H2_INTERNAL_ERROR, GRPC_INTERNAL},
                                           {H2_FLOW_CONTROL_ERROR, GRPC_INTERNAL},
                                           {H2_SETTINGS_TIMEOUT, GRPC_INTERNAL},
                                           {H2_FRAME_SIZE_ERROR, GRPC_INTERNAL},
                                           {H2_CANCEL, GRPC_CANCELLED},
                                           {H2_COMPRESSION_ERROR, GRPC_INTERNAL},
                                           {H2_CONNECT_ERROR, GRPC_INTERNAL},
                                           {H2_ENHANCE_YOUR_CALM, GRPC_RESOURCE_EXHAUSTED},
                                           {H2_INADEQUATE_SECURITY, GRPC_PERMISSION_DENIED}};

static void reset(struct maker *m, const struct fault *fault)
{
    (void)fault;
    const struct mapping *mapping = &of_resets[draw_below(&m->draw, ARRAY_LEN(of_resets))];
    answer_begin(m);
    answer_headers(m);
    if (draw_chance(&m->draw, 50))
        answer_message(m);
    make_u32_frame(m, FRAME_RST_STREAM, 1, mapping->from);
    client_ends(m, ONE_OF({OUTCOME_STATUS, mapping->to, false, NULL}));
    must_serve(m);
}

static void unknown_reset(struct maker *m, const struct fault *fault)
{
    static const uint32_t codes[] = {H2_STREAM_CLOSED, H2_HTTP_1_1_REQUIRED, 14, 0xff, 0xffffffff};
    (void)fault;
    answer_begin(m);
    answer_headers(m);
    make_u32_frame(m, FRAME_RST_STREAM, 1, codes[draw_below(&m->draw, ARRAY_LEN(codes))]);
    client_fails(m);
}

/* What still comes on a stream that both have ended was on its way, or is an offence: the next call is served. */
static void late_frames(struct maker *m, const struct fault *fault)
{
    (void)fault;
    answer_begin(m);
    answer_headers(m);
    answer_message(m);
    answer_trailers(m, "0");
    make_flush(m);
    if (draw_chance(&m->draw, 50))
        make_u32_frame(m, FRAME_WINDOW_UPDATE, 1, 10);
    if (draw_chance(&m->draw, 50))
        make_u32_frame(m, FRAME_RST_STREAM, 1, H2_NO_ERROR);
    client_ends(m, ONE_OF(STATUS(GRPC_OK)));
    must_serve(m);
}

/* ---- octets ---- */

static void damaged(struct maker *m, const struct fault *fault)
{
    (void)fault;
    answer_begin(m);
    answer_headers(m);
    answer_message(m);
    answer_trailers(m, "0");
    for (uint32_t i = draw_between(&m->draw, 1, 4); i > 0; i--) {
        struct step *step =
            &m->script->steps[draw_between(&m->draw, 3, (uint32_t)m->script->count - 1)];
        if (step->kind != STEP_SEND || step->octets.len == 0)
            continue;
        uint32_t at = draw_below(&m->draw, (uint32_t)step->octets.len);
        step->octets.data[at] = (uint8_t)draw_u64(&m->draw);
    }
    make_flush(m);
    (void)script_add(m->script, STEP_FIN);
    client_ends(m, ONE_OF(ANY_ERROR, STATUS(GRPC_OK)));
}

#define F CLIENT_FAULT
static const struct fault faults[] = {
    F("windows/increment-0", "H2-FLOW-009", "WINDOW_UPDATE by 0 on the connection", increment_0,
      NULL),
    F("windows/increment-0-on-stream", "H2-FLOW-010", "WINDOW_UPDATE by 0 on a stream", increment_0,
      ""),
    F("windows/overflow", "H2-FLOW-012", "the connection's window above 2^31-1", overflow, NULL),
    F("windows/overflow-on-stream", "H2-FLOW-012", "a stream's window above 2^31-1", overflow, ""),
    F("hpack/index-0", "HPACK-001", "index 0", bad_block, &index_0),
    F("hpack/index-beyond", "HPACK-002", "an index beyond both tables", bad_block, &index_beyond),
    F("hpack/name-index-beyond", "HPACK-003", "a name's index beyond both tables", bad_block,
      &name_beyond),
    F("hpack/late-update", "HPACK-004", "a size update behind a field", bad_block, &late_update),
    F("hpack/large-update", "HPACK-005 HPACK-004", "a size update above HEADER_TABLE_SIZE",
      bad_block, &large_update),
    F("hpack/long-huffman-padding", "HPACK-009", "more than 7 bits of Huffman padding", bad_block,
      &long_padding),
    F("hpack/wrong-huffman-padding", "HPACK-010", "Huffman padding that is not ones", bad_block,
      &zero_padding),
    F("hpack/huffman-eos", "HPACK-011", "a Huffman string that holds EOS", bad_block, &eos),
    F("hpack/integer-overflow", "HPACK-012", "an integer beyond any limit", bad_block,
      &overflowing),
    F("hpack/truncated", "HPACK-013", "a block that ends in the middle of a field", bad_block,
      &cut_off),
    F("hpack/by-hand", "HPACK-014 HPACK-016 HPACK-015",
      "every form of a field, and a table that is leant on", by_hand, NULL),
    F("streams/goaway", "H2-GOAWAY-009", "GOAWAY that covers the call", goaway, NULL),
    F("streams/reset", "GRPC-MAP-002 GRPC-MAP-009 GRPC-MAP-011", "RST_STREAM", reset, NULL),
    F("streams/unknown-reset", "GRPC-MAP-013 H2-FRAME-017",
      "RST_STREAM with a code without meaning here", unknown_reset, NULL),
    F("streams/late", "H2-STREAM-012", "frames on a stream that has ended", late_frames, NULL),
    F("octets/damaged", "H2-ERR-001", "octets of an answer are changed", damaged, NULL),
};
const struct fault_list client_stream_faults = ROWS(faults);
