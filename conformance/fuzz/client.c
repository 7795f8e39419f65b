/* SPDX-License-Identifier: MIT
 *
 * Generators against clients: the tool is the server. The client's one plain call comes on stream 1, as every client's first
 * does; what is wrong is in the answer. (A server's half of the layers, in one file: statuses and trailers are added.) */
#include "fuzz/common.h"

#include <stdio.h>

/* ---- the beginning of an answer ---- */

/* The client's connection, our SETTINGS, its call. */
static void begin(struct maker *m)
{
    (void)script_add(m->script, STEP_ACCEPT);
    hpack_encoder_free(m->encoder);
    m->encoder = hpack_encoder_new(4096);
    m->next_stream = 1;
    if (!m->plain && draw_chance(&m->draw, 30)) {
        const struct setting settings[] = {draw_unknown_setting(m),
                                           {SETTING_MAX_FRAME_SIZE, 20000}};
        make_settings(m, settings, 2);
    } else {
        make_settings(m, NULL, 0);
    }
    make_flush(m);
    script_add(m->script, STEP_CALL)->stream = 1;
}

static void put_fields(struct maker *m, const struct field *fields, size_t count, uint8_t flags)
{
    struct buf block = {0};
    make_coded(m, fields, count, &block);
    make_block(m, 1, buf_view(&block), flags);
    buf_clear(&block);
}

static void headers(struct maker *m)
{
    const struct field fields[] = {FIELD(":status", "200"),
                                   FIELD("content-type", "application/grpc")};
    put_fields(m, fields, ARRAY_LEN(fields), FLAG_NONE);
}

/* An empty message reads as any response of the test service. */
static void message(struct maker *m)
{
    make_message(m, 1, 0, NO_BYTES, 0);
}

static void trailers(struct maker *m, const char *status)
{
    const struct field fields[] = {{BYTES("grpc-status"), bytes_str(status)}};
    put_fields(m, fields, 1, FLAG_END_STREAM);
}

static void ends(struct maker *m, const struct outcome *outcomes)
{
    struct step *step = expect_step(m, STEP_EXPECT_CLIENT, 0, 0);
    for (size_t i = 0; i < MAX_OUTCOMES && outcomes[i].kind != OUTCOME_END; i++)
        step->outcomes[i] = outcomes[i];
}

static void any_error(struct maker *m)
{
    ends(m, ONE_OF(ANY_ERROR));
}

static void anything(struct maker *m)
{
    ends(m, ONE_OF(ANY_ERROR, STATUS(GRPC_OK)));
}

/* ---- legal ---- */

static void plain(struct maker *m, const struct fault *fault)
{
    (void)fault;
    begin(m);
    make_noise(m);
    headers(m);
    make_noise(m);
    message(m);
    make_noise(m);
    trailers(m, "0");
    ends(m, ONE_OF(STATUS(GRPC_OK)));
}

static void unknown_fields(struct maker *m, const struct fault *fault)
{
    const struct field fields[] = {
        FIELD(":status", "200"), FIELD("content-type", "application/grpc+proto"),
        FIELD("x-any", "value"), FIELD("grpc-future", "1"), FIELD("x-any-bin", "AQI")};
    (void)fault;
    begin(m);
    put_fields(m, fields, ARRAY_LEN(fields), FLAG_NONE);
    message(m);
    trailers(m, "0");
    ends(m, ONE_OF(STATUS(GRPC_OK)));
}

/* ---- statuses and trailers ---- */

static void status(struct maker *m, const struct fault *fault)
{
    char number[8];
    bool only = draw_chance(&m->draw, 50);
    (void)fault;
    uint32_t code = draw_between(&m->draw, 1, 16);
    (void)snprintf(number, sizeof number, "%u", (unsigned)code);
    begin(m);
    const struct field fields[] = {FIELD(":status", "200"),
                                   FIELD("content-type", "application/grpc"),
                                   {BYTES("grpc-status"), bytes_str(number)},
                                   FIELD("grpc-message", "why%20not")};
    if (only) {
        put_fields(m, fields, ARRAY_LEN(fields), FLAG_END_STREAM);
    } else {
        headers(m);
        put_fields(m, fields + 2, 2, FLAG_END_STREAM);
    }
    const struct outcome outcomes[] = {{OUTCOME_STATUS, code, false, NULL}, {.kind = OUTCOME_END}};
    ends(m, outcomes);
}

static void odd_status(struct maker *m, const struct fault *fault)
{
    static const char *const values[] = {"17",  "99",         "-1", "",
                                         "abc", "4294967296", "1x", "18446744073709551616"};
    (void)fault;
    begin(m);
    headers(m);
    if (draw_chance(&m->draw, 50))
        message(m);
    trailers(m, values[draw_below(&m->draw, ARRAY_LEN(values))]);
    any_error(m);
}

static void no_status(struct maker *m, const struct fault *fault)
{
    const struct field field = FIELD("x-trailer", "1");
    (void)fault;
    begin(m);
    headers(m);
    message(m);
    if (draw_chance(&m->draw, 50))
        put_fields(m, &field, 1, FLAG_END_STREAM);
    else
        (void)make_frame(m, FRAME_DATA, FLAG_END_STREAM, 1, NO_BYTES);
    any_error(m);
}

static void status_message(struct maker *m, const struct fault *fault)
{
    static const char *const values[] = {"%",   "%4", "%zz",   "%00",      "%C3%28",
                                         "%%%", "",   "plain", "%E2%98%BA"};
    (void)fault;
    begin(m);
    headers(m);
    const struct field fields[] = {
        FIELD("grpc-status", "5"),
        {BYTES("grpc-message"), bytes_str(values[draw_below(&m->draw, ARRAY_LEN(values))])},
        FIELD("grpc-status-details-bin", "***")};
    put_fields(m, fields, draw_chance(&m->draw, 30) ? 3 : 2, FLAG_END_STREAM);
    any_error(m);
}

static void http_status(struct maker *m, const struct fault *fault)
{
    static const char *const values[] = {"400", "401", "403", "404", "429", "500",
                                         "502", "503", "504", "204", "302"};
    (void)fault;
    begin(m);
    const struct field fields[] = {
        {BYTES(":status"), bytes_str(values[draw_below(&m->draw, ARRAY_LEN(values))])},
        FIELD("content-type", "text/html")};
    put_fields(m, fields, 2, draw_chance(&m->draw, 50) ? FLAG_END_STREAM : 0);
    if ((m->script->steps[m->script->count - 1].octets.data[4] & FLAG_END_STREAM) == 0)
        (void)make_frame(m, FRAME_DATA, FLAG_END_STREAM, 1, BYTES("<html>"));
    any_error(m);
}

/* ---- malformed responses ---- */

static const struct {
    const char *name, *value;
} bad_fields[] = {
    {"X-Upper", "1"},      {"connection", "close"}, {":path", "/"},    {"", "1"},
    {"x-value", "a\r\nb"}, {"x name", "1"},         {":unknown", "1"},
};

static void malformed(struct maker *m, const struct fault *fault)
{
    (void)fault;
    uint32_t at = draw_below(&m->draw, ARRAY_LEN(bad_fields));
    const struct field fields[] = {
        FIELD(":status", "200"),
        FIELD("content-type", "application/grpc"),
        {bytes_str(bad_fields[at].name), bytes_str(bad_fields[at].value)}};
    begin(m);
    put_fields(m, fields, ARRAY_LEN(fields), FLAG_NONE);
    make_flush(m);
    message(m);
    trailers(m, "0");
    ends(m, ONE_OF(ANY_ERROR, LENIENT_STATUS(GRPC_OK, NULL)));
}

/* ---- messages ---- */

static void bad_message(struct maker *m, const struct fault *fault)
{
    (void)fault;
    begin(m);
    headers(m);
    switch (draw_below(&m->draw, 4)) {
    case 0:
        make_message(m, 1, (uint8_t)draw_between(&m->draw, 2, 255), NO_BYTES, 0);
        break;
    case 1:
        make_data(m, 1,
                  bytes_first(BYTES("\0\0\0\0\x05"
                                    "ab"),
                              draw_between(&m->draw, 1, 7)),
                  0);
        break;
    case 2:
        make_message(m, 1, 1, BYTES("ab"), 0);
        break;
    default:
        make_message(m, 1, 0, BYTES("\x0a\xff\xff\xff\xff\x0f"), 0);
        break;
    }
    trailers(m, "0");
    ends(m, ONE_OF(ANY_ERROR, LENIENT_STATUS(GRPC_OK, NULL)));
}

static void message_count(struct maker *m, const struct fault *fault)
{
    (void)fault;
    begin(m);
    headers(m);
    if (draw_chance(&m->draw, 50)) {
        message(m);
        message(m);
    }
    trailers(m, "0");
    ends(m, ONE_OF(ANY_ERROR, LENIENT_STATUS(GRPC_OK, NULL)));
}

/* ---- frames and blocks ---- */

struct bad_frame {
    uint8_t type, flags;
    uint32_t stream, length, code;
};

static void bad_frame(struct maker *m, const struct fault *fault)
{
    static const struct bad_frame rows[] = {
        {FRAME_PING, 0, 0, 7, H2_FRAME_SIZE_ERROR},
        {FRAME_PING, 0, 1, 8, H2_PROTOCOL_ERROR},
        {FRAME_SETTINGS, 0, 0, 5, H2_FRAME_SIZE_ERROR},
        {FRAME_SETTINGS, FLAG_ACK, 0, 6, H2_FRAME_SIZE_ERROR},
        {FRAME_SETTINGS, 0, 1, 0, H2_PROTOCOL_ERROR},
        {FRAME_WINDOW_UPDATE, 0, 0, 3, H2_FRAME_SIZE_ERROR},
        {FRAME_WINDOW_UPDATE, 0, 0, 4, H2_PROTOCOL_ERROR},
        {FRAME_RST_STREAM, 0, 0, 4, H2_PROTOCOL_ERROR},
        {FRAME_RST_STREAM, 0, 1, 3, H2_FRAME_SIZE_ERROR},
        {FRAME_DATA, 0, 0, 10, H2_PROTOCOL_ERROR},
        {FRAME_HEADERS, FLAG_END_HEADERS, 0, 0, H2_PROTOCOL_ERROR},
        {FRAME_CONTINUATION, FLAG_END_HEADERS, 1, 4, H2_PROTOCOL_ERROR},
        {FRAME_PUSH_PROMISE, FLAG_END_HEADERS, 1, 4, H2_PROTOCOL_ERROR},
        {FRAME_GOAWAY, 0, 0, 5, H2_FRAME_SIZE_ERROR},
        {FRAME_GOAWAY, 0, 1, 8, H2_PROTOCOL_ERROR},
        {FRAME_DATA, FLAG_PADDED, 1, 0, H2_FRAME_SIZE_ERROR},
    };
    struct buf payload = {0};
    (void)fault;
    begin(m);
    if (draw_chance(&m->draw, 60))
        headers(m);
    const struct bad_frame *row = &rows[draw_below(&m->draw, ARRAY_LEN(rows))];
    buf_put_zeros(&payload, row->length);
    (void)make_frame(m, row->type, row->flags, row->stream, buf_view(&payload));
    must_goaway(m, row->code);
    any_error(m);
    buf_clear(&payload);
}

static void bad_block(struct maker *m, const struct fault *fault)
{
    static const struct bytes tails[] = {{(const uint8_t *)"\x80", 1},
                                         {(const uint8_t *)"\xff\x80\x80\x01", 4},
                                         {(const uint8_t *)"\x3f\xff\xff\xff\x7f", 5},
                                         {(const uint8_t *)"\x40", 1},
                                         {(const uint8_t *)"\x00\x84\xff\xff\xff\xff\x00", 7},
                                         {(const uint8_t *)"\xff\xff\xff\xff\xff\xff\x0f", 7}};
    const struct field fields[] = {FIELD(":status", "200"),
                                   FIELD("content-type", "application/grpc")};
    struct buf block = {0};
    (void)fault;
    begin(m);
    put_plain_block(&block, fields, 2);
    buf_put(&block, tails[draw_below(&m->draw, ARRAY_LEN(tails))]);
    make_block(m, 1, buf_view(&block), FLAG_NONE);
    must_goaway(m, H2_COMPRESSION_ERROR);
    any_error(m);
    buf_clear(&block);
}

static void reset(struct maker *m, const struct fault *fault)
{
    static const uint32_t codes[] = {1, 2, 3, 5, 6, 8, 9, 10, 11, 12, 13, 14, 0xff, 0xffffffff};
    (void)fault;
    begin(m);
    headers(m);
    if (draw_chance(&m->draw, 50))
        message(m);
    make_u32_frame(m, FRAME_RST_STREAM, 1, codes[draw_below(&m->draw, ARRAY_LEN(codes))]);
    any_error(m);
}

/* ---- octets ---- */

static void damaged(struct maker *m, const struct fault *fault)
{
    plain(m, fault);
    m->script->count--; /* the expectation of OK; it holds nothing to free */
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
    anything(m);
}

#define F(name, clauses, wrong, make)                                                              \
    {                                                                                              \
        "client-" name, clauses, wrong, make, NULL, false                                          \
    }
static const struct fault faults[] = {
    F("legal/plain", "GRPC-STAT-001 H2-FRAME-001", "an answer that is legal and odd", plain),
    F("legal/fields", "GRPC-REQ-HDR-018", "an answer with fields of its own", unknown_fields),
    F("status/code", "GRPC-STAT-009", "a status", status),
    F("status/odd", "GRPC-STAT-002", "a status that is none of the seventeen", odd_status),
    F("status/none", "GRPC-STAT-001", "an end without a status", no_status),
    F("status/message", "GRPC-STAT-003", "a status message with bad escapes", status_message),
    F("status/http", "GRPC-STAT-015", "an HTTP status that is not 200", http_status),
    F("headers/malformed", "H2-HDR-003 H2-HDR-001", "a malformed response", malformed),
    F("messages/bad", "GRPC-MSG-004 GRPC-MSG-005 GRPC-COMP-006", "a message that is wrong",
      bad_message),
    F("messages/count", "GRPC-CALL-008", "no message, or two", message_count),
    F("frames/bad", "H2-FRAME-008", "a frame whose length or stream is wrong", bad_frame),
    F("hpack/bad", "HPACK-021", "a block that does not decode", bad_block),
    F("streams/reset", "H2-STREAM-019", "RST_STREAM", reset),
    F("octets/damaged", "H2-ERR-001", "octets of an answer are changed", damaged),
};
const struct fault_list client_faults = ROWS(faults);
