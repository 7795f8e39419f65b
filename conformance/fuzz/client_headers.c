/* SPDX-License-Identifier: MIT
 *
 * Generators against clients: malformed headers of an answer, and its messages. */
#include "fuzz/client.h"

/* ---- malformed responses ---- */

struct odd_field {
    const char *name, *value;
};

/* An array of struct odd_field in ->arg, one of which is added to the headers, or to trailers. */
static void add_odd_field(struct maker *m, const struct fault *fault, bool in_trailers)
{
    const struct odd_field *fields = fault->arg;
    uint32_t count = 0;
    while (fields[count].name)
        count++;
    const struct odd_field *odd = &fields[draw_below(&m->draw, count)];
    const struct field field = {bytes_str(odd->name), bytes_str(odd->value)};
    bool pseudo = odd->name[0] == ':'; /* in its place, so that only one thing is wrong */
    const struct field first[] = {GOOD_STATUS, pseudo ? field : GOOD_TYPE,
                                  pseudo ? GOOD_TYPE : field};
    const struct field usual[] = {GOOD_STATUS, GOOD_TYPE};
    const struct field last[] = {FIELD("grpc-status", "0"), field};
    answer_begin(m);
    answer_fields(m, in_trailers ? usual : first, in_trailers ? 2 : 3, FLAG_NONE);
    answer_message(m);
    answer_fields(m, last, in_trailers ? 2 : 1, FLAG_END_STREAM);
}

static void malformed(struct maker *m, const struct fault *fault)
{
    bool pseudo = ((const struct odd_field *)fault->arg)->name[0] == ':';
    add_odd_field(m, fault, pseudo && draw_chance(&m->draw, 40));
    client_fails(m);
}

static void doubtful(struct maker *m, const struct fault *fault)
{
    add_odd_field(m, fault, draw_chance(&m->draw, 40));
    client_ends(m, ONE_OF(STATUS(GRPC_OK), ANY_ERROR));
    must_serve(m);
}

static const struct odd_field
    upper_case[] = {{"X-Upper", "1"}, {"grpc-Message", "x"}, {NULL, NULL}},
    names[] = {{"x name", "1"}, {"x\x7fname", "1"}, {"x:y", "1"}, {NULL, NULL}},
    values[] = {{"x-value", "a\r\nb"}, {"x-value", "a\nb"}, {NULL, NULL}},
    pseudo[] = {{":path", "/"}, {":unknown", "1"}, {":method", "POST"}, {NULL, NULL}},
    again[] = {{":status", "200"}, {NULL, NULL}},
    tolerated[] = {{"connection", "close"},  {"", "1"},          {"x-value", " a "},
                   {"content-length", "77"}, {"te", "trailers"}, {NULL, NULL}};

/* :status is missing, no number, or not of three digits. */
static void bad_status(struct maker *m, const struct fault *fault)
{
    static const char *const wrong[] = {"2000", "20", "abc", "", "+200", NULL};
    (void)fault;
    bool missing = draw_chance(&m->draw, 30);
    answer_begin(m);
    const struct field fields[] = {{BYTES(":status"), bytes_str(answer_draw(m, wrong))}, GOOD_TYPE};
    answer_fields(m, fields + missing, missing ? 1 : 2, FLAG_NONE);
    answer_message(m);
    answer_trailers(m, "0");
    client_fails(m);
}

static void late_status(struct maker *m, const struct fault *fault)
{
    const struct field fields[] = {GOOD_TYPE, GOOD_STATUS};
    (void)fault;
    answer_begin(m);
    answer_fields(m, fields, 2, FLAG_NONE);
    answer_message(m);
    answer_trailers(m, "0");
    client_fails(m);
}

static void ending_informational(struct maker *m, const struct fault *fault)
{
    const struct field fields[] = {FIELD(":status", "103")};
    (void)fault;
    answer_begin(m);
    answer_fields(m, fields, 1, FLAG_END_STREAM);
    client_fails(m);
}

static void data_first(struct maker *m, const struct fault *fault)
{
    (void)fault;
    answer_begin(m);
    answer_message(m);
    answer_headers(m);
    answer_trailers(m, "0");
    client_fails(m);
}

static void middle_block(struct maker *m, const struct fault *fault)
{
    const struct field field = FIELD("x-middle", "1");
    (void)fault;
    answer_begin(m);
    answer_headers(m);
    answer_message(m);
    answer_fields(m, &field, 1, FLAG_NONE);
    answer_trailers(m, "0");
    client_fails(m);
}

/* ---- messages ---- */

static void reserved_flag(struct maker *m, const struct fault *fault)
{
    (void)fault;
    answer_begin(m);
    answer_headers(m);
    make_message(m, 1, (uint8_t)(2 * draw_between(&m->draw, 1, 127)), NO_BYTES, 0);
    answer_trailers(m, "0");
    client_ends(m, ONE_OF(ANY_ERROR, LENIENT_STATUS(GRPC_OK, NULL)));
    must_serve(m);
}

static void truncated(struct maker *m, const struct fault *fault)
{
    (void)fault;
    answer_begin(m);
    answer_headers(m);
    make_data(m, 1,
              bytes_first(BYTES("\0\0\0\0\x05"
                                "ab"),
                          draw_between(&m->draw, 1, 7)),
              0);
    answer_trailers(m, "0");
    client_fails(m);
}

/* Compressed, as its flag says, with an encoding that was not named, or is none, or is unknown, or that it is not
 * in. */
static void compressed(struct maker *m, const struct fault *fault)
{
    static const char *const encodings[] = {"identity", "no-such", "gzip", NULL};
    (void)fault;
    bool unnamed = draw_chance(&m->draw, 25);
    answer_begin(m);
    const struct field fields[] = {
        GOOD_STATUS, GOOD_TYPE, {BYTES("grpc-encoding"), bytes_str(answer_draw(m, encodings))}};
    answer_fields(m, fields, unnamed ? 2 : 3, FLAG_NONE);
    make_message(m, 1, 1, BYTES("\x10\x01"), 0); /* as it is, it would be protobuf */
    answer_trailers(m, "0");
    client_fails(m);
}

static void bad_protobuf(struct maker *m, const struct fault *fault)
{
    (void)fault;
    answer_begin(m);
    answer_headers(m);
    make_message(m, 1, 0, BYTES("\x0a\xff\xff\xff\xff\x0f"), 0);
    answer_trailers(m, "0");
    client_fails(m);
}

static void message_count(struct maker *m, const struct fault *fault)
{
    (void)fault;
    answer_begin(m);
    answer_headers(m);
    if (draw_chance(&m->draw, 50)) {
        answer_message(m);
        answer_message(m);
    }
    answer_trailers(m, "0");
    client_fails(m);
}

static void late_data(struct maker *m, const struct fault *fault)
{
    (void)fault;
    answer_begin(m);
    answer_headers(m);
    answer_trailers(m, "5");
    make_flush(m);
    answer_message(m);
    answer_trailers(m, "0");
    client_ends(m, ONE_OF(STATUS(GRPC_NOT_FOUND), LENIENT_ANY_ERROR(NULL)));
}

#define F CLIENT_FAULT
static const struct fault faults[] = {
    F("headers/upper-case", "H2-HDR-002", "a field name with an upper-case letter", malformed,
      upper_case),
    F("headers/name", "H2-HDR-003", "octets that no field name may hold", malformed, names),
    F("headers/value", "H2-HDR-004", "octets that no field value may hold", malformed, values),
    F("headers/pseudo", "H2-HDR-012 H2-HDR-013 H2-HDR-018",
      "a pseudo-header that is none of a response", malformed, pseudo),
    F("headers/status-again", "H2-HDR-014 H2-HDR-018", "a second :status, or one in trailers",
      malformed, again),
    F("headers/late-status", "H2-HDR-013", "a :status behind another field", late_status, NULL),
    F("headers/status", "H2-HDR-019", "a :status that is not three digits", bad_status, NULL),
    F("headers/tolerated", "H2-HDR-008 H2-HDR-005", "fields that are malformed, and that many take",
      doubtful, tolerated),
    F("headers/ending-1xx", "H2-HDR-021", "a 1xx block that ends the stream", ending_informational,
      NULL),
    F("headers/data-first", "H2-HDR-030", "DATA before HEADERS", data_first, NULL),
    F("headers/middle-block", "H2-HDR-025", "a second HEADERS that ends nothing", middle_block,
      NULL),
    F("messages/flag", "GRPC-MSG-004", "a message's reserved flag bits", reserved_flag, NULL),
    F("messages/truncated", "GRPC-MSG-005", "a message cut off", truncated, NULL),
    F("messages/compressed", "GRPC-COMP-006 GRPC-COMP-007 GRPC-COMP-005 GRPC-COMP-016",
      "a compressed message that cannot be read", compressed, NULL),
    F("messages/protobuf", "GRPC-MSG-011", "a message that is no protobuf", bad_protobuf, NULL),
    F("messages/count", "GRPC-CALL-008", "no message, or two", message_count, NULL),
    F("messages/late", "GRPC-MSG-014 GRPC-STAT-014", "DATA behind the trailers", late_data, NULL),
};
const struct fault_list client_header_faults = ROWS(faults);
