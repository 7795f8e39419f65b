/* SPDX-License-Identifier: MIT
 *
 * Generators against clients: answers in parts, and statuses. Headers and messages are in client_headers.c; what
 * HTTP/2 says is in client_wire.c and client_streams.c. */
#include "fuzz/client.h"

#include <stdio.h>

/* ---- an answer ---- */

void answer_begin_with(struct maker *m, const struct setting *settings, size_t count)
{
    (void)script_add(m->script, STEP_ACCEPT);
    hpack_encoder_free(m->encoder);
    m->encoder = hpack_encoder_new(4096);
    m->next_stream = 1;
    make_settings(m, settings, count);
    make_flush(m);
    script_add(m->script, STEP_CALL)->stream = 1;
}

void answer_begin(struct maker *m)
{
    bool odd = !m->plain && draw_chance(&m->draw, 30);
    const struct setting settings[] = {draw_unknown_setting(m), {SETTING_MAX_FRAME_SIZE, 20000}};
    answer_begin_with(m, settings, odd ? ARRAY_LEN(settings) : 0);
}

void answer_fields(struct maker *m, const struct field *fields, size_t count, uint8_t flags)
{
    struct buf block = {0};
    make_coded(m, fields, count, &block);
    make_block(m, 1, buf_view(&block), flags);
    buf_clear(&block);
}

void answer_headers(struct maker *m)
{
    const struct field fields[] = {GOOD_STATUS, GOOD_TYPE};
    answer_fields(m, fields, ARRAY_LEN(fields), FLAG_NONE);
}

void answer_put_block(struct buf *block)
{
    const struct field fields[] = {GOOD_STATUS, GOOD_TYPE};
    put_plain_block(block, fields, ARRAY_LEN(fields));
}

void answer_message(struct maker *m)
{
    make_message(m, 1, 0, NO_BYTES, 0);
}

void answer_trailers(struct maker *m, const char *status)
{
    const struct field fields[] = {{BYTES("grpc-status"), bytes_str(status)}};
    answer_fields(m, fields, 1, FLAG_END_STREAM);
}

void answer_well(struct maker *m)
{
    answer_message(m);
    answer_trailers(m, "0");
    client_ends(m, ONE_OF(STATUS(GRPC_OK)));
    must_serve(m);
}

void client_ends(struct maker *m, const struct outcome *outcomes)
{
    struct step *step = expect_step(m, STEP_EXPECT_CLIENT, 0, 0);
    for (size_t i = 0; i < MAX_OUTCOMES && outcomes[i].kind != OUTCOME_END; i++)
        step->outcomes[i] = outcomes[i];
}

void client_fails(struct maker *m)
{
    client_ends(m, ONE_OF(ANY_ERROR));
    must_serve(m);
}

void client_refuses(struct maker *m, uint32_t code)
{
    must_goaway(m, code);
    client_ends(m, ONE_OF(ANY_ERROR));
}

const char *answer_draw(struct maker *m, const char *const *values)
{
    uint32_t count = 0;
    while (values[count])
        count++;
    return values[draw_below(&m->draw, count)];
}

/* ---- legal ---- */

static void plain(struct maker *m, const struct fault *fault)
{
    (void)fault;
    answer_begin(m);
    make_noise(m);
    answer_headers(m);
    make_noise(m);
    answer_message(m);
    make_noise(m);
    answer_trailers(m, "0");
    client_ends(m, ONE_OF(STATUS(GRPC_OK)));
    must_serve(m);
}

static void unknown_fields(struct maker *m, const struct fault *fault)
{
    const struct field fields[] = {
        FIELD(":status", "200"),   FIELD("content-type", "application/grpc+proto"),
        FIELD("x-any", "value"),   FIELD("grpc-future", "1"),
        FIELD("x-any-bin", "AQI"), FIELD("x-high", "\xe2\x98\xba")};
    (void)fault;
    answer_begin(m);
    answer_fields(m, fields, draw_chance(&m->draw, 70) ? 5 : 6, FLAG_NONE);
    answer_well(m);
}

static void informational(struct maker *m, const struct fault *fault)
{
    static const char *const values[] = {"100", "102", "103", "199", NULL};
    (void)fault;
    answer_begin(m);
    for (uint32_t i = draw_between(&m->draw, 1, 3); i > 0; i--) {
        const struct field fields[] = {{BYTES(":status"), bytes_str(answer_draw(m, values))},
                                       FIELD("link", "</style.css>")};
        answer_fields(m, fields, 2, FLAG_NONE);
    }
    answer_headers(m);
    answer_well(m);
}

/* ---- statuses and trailers ---- */

static void status(struct maker *m, const struct fault *fault)
{
    char number[8];
    bool only = draw_chance(&m->draw, 50);
    (void)fault;
    uint32_t code = draw_between(&m->draw, 1, 16);
    (void)snprintf(number, sizeof number, "%u", (unsigned)code);
    answer_begin(m);
    const struct field fields[] = {FIELD(":status", "200"),
                                   FIELD("content-type", "application/grpc"),
                                   {BYTES("grpc-status"), bytes_str(number)},
                                   FIELD("grpc-message", "why%20not")};
    if (only) {
        answer_fields(m, fields, ARRAY_LEN(fields), FLAG_END_STREAM);
    } else {
        answer_headers(m);
        answer_fields(m, fields + 2, 2, FLAG_END_STREAM);
    }
    const struct outcome outcomes[] = {{OUTCOME_STATUS, code, false, NULL}, {.kind = OUTCOME_END}};
    client_ends(m, outcomes);
    must_serve(m);
}

static void odd_status(struct maker *m, const struct fault *fault)
{
    static const char *const values[] = {"17",         "99", "-1", "",     "abc",
                                         "4294967296", "1x", "0x", "0abc", "18446744073709551616",
                                         NULL};
    (void)fault;
    answer_begin(m);
    answer_headers(m);
    if (draw_chance(&m->draw, 50))
        answer_message(m);
    answer_trailers(m, answer_draw(m, values));
    client_fails(m);
}

static void no_status(struct maker *m, const struct fault *fault)
{
    const struct field field = FIELD("x-trailer", "1");
    (void)fault;
    answer_begin(m);
    answer_headers(m);
    answer_message(m);
    if (draw_chance(&m->draw, 50))
        answer_fields(m, &field, 1, FLAG_END_STREAM);
    else
        (void)make_frame(m, FRAME_DATA, FLAG_END_STREAM, 1, NO_BYTES);
    client_fails(m);
}

static void status_twice(struct maker *m, const struct fault *fault)
{
    const struct field fields[] = {FIELD("grpc-status", "0"), FIELD("grpc-status", "5"),
                                   FIELD("grpc-status", "0")};
    bool first = draw_chance(&m->draw, 50);
    (void)fault;
    answer_begin(m);
    answer_headers(m);
    answer_fields(m, fields + (first ? 0 : 1), 2, FLAG_END_STREAM);
    client_ends(m, ONE_OF(ANY_ERROR, LENIENT_STATUS(GRPC_OK, NULL)));
    must_serve(m);
}

/* Neither escapes nor details that cannot be read cost the status. */
static void status_message(struct maker *m, const struct fault *fault)
{
    static const char *const values[] = {"%",   "%4", "%zz",   "%00",       "%C3%28",
                                         "%%%", "",   "plain", "%E2%98%BA", NULL};
    static const char *const details[] = {"CAUSBHdoeSE", "CAUSBHdoeSE=", "//8", "", NULL};
    (void)fault;
    answer_begin(m);
    answer_headers(m);
    const struct field fields[] = {
        FIELD("grpc-status", "5"),
        {BYTES("grpc-message"), bytes_str(answer_draw(m, values))},
        {BYTES("grpc-status-details-bin"), bytes_str(answer_draw(m, details))}};
    answer_fields(m, fields, draw_chance(&m->draw, 50) ? 3 : 2, FLAG_END_STREAM);
    client_ends(m, ONE_OF(STATUS(GRPC_NOT_FOUND)));
    must_serve(m);
}

struct mapping {
    const char *from; /* a number */
    uint32_t to;
};

static const struct mapping of_http[] = {
    {"400", GRPC_INTERNAL},      {"401", GRPC_UNAUTHENTICATED}, {"403", GRPC_PERMISSION_DENIED},
    {"404", GRPC_UNIMPLEMENTED}, {"429", GRPC_UNAVAILABLE},     {"431", GRPC_INTERNAL},
    {"500", GRPC_UNKNOWN},       {"502", GRPC_UNAVAILABLE},     {"503", GRPC_UNAVAILABLE},
    {"504", GRPC_UNAVAILABLE},   {"204", GRPC_UNKNOWN},         {"302", GRPC_UNKNOWN}};

static void http_status(struct maker *m, const struct fault *fault)
{
    (void)fault;
    const struct mapping *mapping = &of_http[draw_below(&m->draw, ARRAY_LEN(of_http))];
    bool body = draw_chance(&m->draw, 50);
    answer_begin(m);
    const struct field fields[] = {{BYTES(":status"), bytes_str(mapping->from)},
                                   FIELD("content-type", "text/html")};
    answer_fields(m, fields, 2, body ? FLAG_NONE : FLAG_END_STREAM);
    if (body)
        (void)make_frame(m, FRAME_DATA, FLAG_END_STREAM, 1, BYTES("<html>"));
    client_ends(m, ONE_OF({OUTCOME_STATUS, mapping->to, false, NULL}));
    must_serve(m);
}

/* The HTTP status counts only where there is no other. */
static void both_statuses(struct maker *m, const struct fault *fault)
{
    const struct field fields[] = {FIELD(":status", "503"),
                                   FIELD("content-type", "application/grpc"),
                                   FIELD("grpc-status", "5")};
    (void)fault;
    answer_begin(m);
    answer_fields(m, fields, 3, FLAG_END_STREAM);
    client_ends(m, ONE_OF(STATUS(GRPC_NOT_FOUND)));
    must_serve(m);
}

static void no_grpc(struct maker *m, const struct fault *fault)
{
    static const char *const types[] = {"text/plain", "application/json", "text/html", NULL};
    (void)fault;
    answer_begin(m);
    const struct field fields[] = {FIELD(":status", "200"),
                                   {BYTES("content-type"), bytes_str(answer_draw(m, types))}};
    answer_fields(m, fields, 2, FLAG_NONE);
    answer_message(m);
    if (draw_chance(&m->draw, 70))
        answer_trailers(m, "0");
    else
        (void)make_frame(m, FRAME_DATA, FLAG_END_STREAM, 1, NO_BYTES);
    client_fails(m);
}

#define F CLIENT_FAULT
static const struct fault faults[] = {
    F("legal/plain", "GRPC-STAT-001 H2-FRAME-001", "an answer that is legal and odd", plain, NULL),
    F("legal/fields", "GRPC-REQ-HDR-018", "an answer with fields of its own", unknown_fields, NULL),
    F("legal/informational", "H2-HDR-020", "1xx blocks before the answer", informational, NULL),
    F("status/code", "GRPC-STAT-009", "a status", status, NULL),
    F("status/odd", "GRPC-STAT-010 GRPC-STAT-011", "a status that is none of the seventeen",
      odd_status, NULL),
    F("status/none", "GRPC-STAT-013 GRPC-MAP-022", "an end without a status", no_status, NULL),
    F("status/twice", "GRPC-STAT-017", "two statuses, one of them an error", status_twice, NULL),
    F("status/message", "GRPC-STAT-006",
      "a status message with bad escapes, or details that are none", status_message, NULL),
    F("status/http", "GRPC-MAP-020 GRPC-MAP-018", "an HTTP status that is not 200", http_status,
      NULL),
    F("status/both", "GRPC-STAT-014", "an HTTP status that is not 200, and a gRPC status",
      both_statuses, NULL),
    F("status/no-grpc", "GRPC-MAP-021", "a content-type that is not gRPC's", no_grpc, NULL),
};
const struct fault_list client_faults = ROWS(faults);
