/* SPDX-License-Identifier: MIT
 *
 * Layer "requests": header fields of a request that are malformed, odd, or not gRPC's (RFC 9113 section 8;
 * PROTOCOL-HTTP2, Requests). */
#include "fuzz/common.h"

#include <stdio.h>

/* A call with fields edited so that it is malformed; nothing else suffers. */
static void refuse(struct maker *m, const struct edit *edits)
{
    begin_case(m);
    uint32_t stream = make_edited_call(m, EMPTY_CALL, edits);
    may_end(m, stream, MALFORMED);
    must_serve(m);
}

enum how { BAD_ADD, BAD_SET, BAD_REMOVE, BAD_ADD_FIRST };

struct bad_field {
    enum how how;
    const char *name; /* NULL ends the rows */
    struct bytes value;
};

static struct edit edit_of(const struct bad_field *row)
{
    struct edit edit = {.name = row->name, .value = row->value};
    if (row->how == BAD_ADD)
        edit.kind = EDIT_ADD;
    else if (row->how == BAD_SET)
        edit.kind = EDIT_SET;
    else if (row->how == BAD_REMOVE)
        edit.kind = EDIT_REMOVE;
    else
        edit.kind = EDIT_ADD_FIRST;
    return edit;
}

static void bad_field(struct maker *m, const struct fault *fault)
{
    const struct bad_field *rows = fault->arg;
    uint32_t count = 0;
    while (rows[count].name)
        count++;
    const struct edit edits[2] = {edit_of(&rows[draw_below(&m->draw, count)]), {.kind = EDIT_END}};
    refuse(m, edits);
}

#define ROW_OF(how, name, value)                                                                   \
    {                                                                                              \
        how, name, BYTES(value)                                                                    \
    }
#define END_OF_ROWS                                                                                \
    {                                                                                              \
        BAD_ADD, NULL,                                                                             \
        {                                                                                          \
            NULL, 0                                                                                \
        }                                                                                          \
    }
static const struct bad_field
    upper_case[] = {ROW_OF(BAD_ADD, "X-Upper", "1"), ROW_OF(BAD_ADD, "x-uppeR", "1"),
                    ROW_OF(BAD_ADD, "Content-Type", "text/plain"), END_OF_ROWS},
    connection_fields[] = {ROW_OF(BAD_ADD, "connection", "keep-alive"),
                           ROW_OF(BAD_ADD, "transfer-encoding", "chunked"),
                           ROW_OF(BAD_ADD, "keep-alive", "timeout=5"),
                           ROW_OF(BAD_ADD, "proxy-connection", "close"),
                           ROW_OF(BAD_ADD, "upgrade", "h2c"),
                           END_OF_ROWS},
    te[] = {ROW_OF(BAD_SET, "te", "gzip"), ROW_OF(BAD_SET, "te", "trailers, gzip"), END_OF_ROWS},
    pseudo_unknown[] = {ROW_OF(BAD_ADD_FIRST, ":unknown", "1"), ROW_OF(BAD_ADD_FIRST, ":", "1"),
                        ROW_OF(BAD_ADD_FIRST, ":status", "200"), END_OF_ROWS},
    pseudo_late[] = {ROW_OF(BAD_ADD, ":path", EMPTY_CALL), ROW_OF(BAD_ADD, ":method", "POST"),
                     ROW_OF(BAD_ADD, ":scheme", "http"), END_OF_ROWS},
    pseudo_twice[] = {ROW_OF(BAD_ADD_FIRST, ":path", EMPTY_CALL),
                      ROW_OF(BAD_ADD_FIRST, ":method", "POST"),
                      ROW_OF(BAD_ADD_FIRST, ":scheme", "http"),
                      ROW_OF(BAD_ADD_FIRST, ":authority", "other"), END_OF_ROWS},
    pseudo_missing[] = {ROW_OF(BAD_REMOVE, ":method", ""), ROW_OF(BAD_REMOVE, ":scheme", ""),
                        ROW_OF(BAD_REMOVE, ":path", ""), ROW_OF(BAD_SET, ":path", ""), END_OF_ROWS},
    empty_name[] = {ROW_OF(BAD_ADD, "", "1"), END_OF_ROWS};

/* An octet that a name, or a value, may not hold, at any place of it. */
static void bad_octet(struct maker *m, const struct fault *fault)
{
    static const char in_names[] = " \t\x7f\x80\xff\x01\r\n:AZ";
    static const char in_values[] = {0, '\r', '\n'};
    bool in_value = fault->arg != NULL;
    char name[] = "x-name-of-it", value[] = "a value";
    char *at = in_value ? value : name;
    size_t len = strlen(at);
    size_t where = 1 + draw_below(&m->draw, (uint32_t)len - 2);
    at[where] = in_value ? in_values[draw_below(&m->draw, sizeof in_values)]
                         : in_names[draw_below(&m->draw, sizeof in_names - 1)];
    const struct edit edits[] = {{EDIT_ADD, name, bytes_of(value, sizeof value - 1)},
                                 {.kind = EDIT_END}};
    refuse(m, edits);
}

static void content_length(struct maker *m, const struct fault *fault)
{
    static const char *const lengths[] = {"0", "4", "6", "50"};
    (void)fault;
    const struct edit edits[] = {
        {EDIT_ADD, "content-length", bytes_str(lengths[draw_below(&m->draw, ARRAY_LEN(lengths))])},
        {.kind = EDIT_END}};
    refuse(m, edits);
}

/* Whether what is no number is an error or nothing at all, is read in two ways. */
static void no_length(struct maker *m, const struct fault *fault)
{
    static const char *const lengths[] = {"5x",   "-5",   "+5", "99999999999999999999",
                                          "five", "5, 5", ""};
    (void)fault;
    const struct edit edits[] = {
        {EDIT_ADD, "content-length", bytes_str(lengths[draw_below(&m->draw, ARRAY_LEN(lengths))])},
        {.kind = EDIT_END}};
    begin_case(m);
    uint32_t stream = make_edited_call(m, EMPTY_CALL, edits);
    may_end(m, stream,
            ONE_OF(RESET(H2_PROTOCOL_ERROR), HTTP(400), ANY_ERROR, LENIENT_ANY_RESET(NULL),
                   LENIENT_STATUS(GRPC_OK, NULL), LENIENT_GOAWAY(H2_PROTOCOL_ERROR, NULL)));
    must_serve(m);
}

static void pseudo_in_trailers(struct maker *m, const struct fault *fault)
{
    const struct field fields[] = {FIELD(":path", EMPTY_CALL), FIELD("x-trailer", "1")};
    struct buf block = {0};
    (void)fault;
    begin_case(m);
    uint32_t stream = begin_call(m);
    /* the message is not whole: no answer can come too early */
    (void)make_frame(m, FRAME_DATA, 0, stream, BYTES("\0\0\0\0"));
    put_plain_block(&block, fields, 2);
    make_block(m, stream, buf_view(&block), FLAG_END_STREAM);
    may_end(m, stream, MALFORMED);
    must_serve(m);
    buf_clear(&block);
}

/* ---- not gRPC's ---- */

static void content_type(struct maker *m, const struct fault *fault)
{
    static const char *const types[] = {"text/html", "application/json", "application/grpcish",
                                        "",          "application/grp",  "application/grpc-web-ish",
                                        "x"};
    (void)fault;
    begin_case(m);
    const struct edit edits[] = {
        {EDIT_SET, "content-type", bytes_str(types[draw_below(&m->draw, ARRAY_LEN(types))])},
        {.kind = EDIT_END}};
    uint32_t stream = make_edited_call(m, EMPTY_CALL, edits);
    may_end(m, stream,
            ONE_OF(HTTP(415), LENIENT_HTTP(400, NULL), LENIENT_HTTP(404, NULL),
                   LENIENT_HTTP(501, NULL), LENIENT_ANY_ERROR(NULL), LENIENT_ANY_RESET(NULL)));
    must_serve(m);
}

static void method(struct maker *m, const struct fault *fault)
{
    static const char *const methods[] = {"GET", "PUT", "HEAD", "DELETE", "post", "PATCH"};
    (void)fault;
    begin_case(m);
    const struct edit edits[] = {
        {EDIT_SET, ":method", bytes_str(methods[draw_below(&m->draw, ARRAY_LEN(methods))])},
        {.kind = EDIT_END}};
    uint32_t stream = make_edited_call(m, EMPTY_CALL, edits);
    may_end(m, stream,
            ONE_OF(HTTP(405), HTTP(400), HTTP(404), HTTP(415), HTTP(501), ANY_ERROR, ANY_RESET));
    must_serve(m);
}

static void path(struct maker *m, const struct fault *fault)
{
    static const char *const paths[] = {"/grpc.testing.NoService/EmptyCall",
                                        "/grpc.testing.TestService/NoMethod",
                                        "/grpc.testing.TestService/emptycall",
                                        "//grpc.testing.TestService/EmptyCall",
                                        "/grpc.testing.TestService/EmptyCall/",
                                        "/grpc.testing.TestService//EmptyCall",
                                        "/",
                                        "/EmptyCall",
                                        "/x/y/z",
                                        "/grpc.testing.TestService/",
                                        "/Grpc.testing.TestService/EmptyCall",
                                        "/other.TestService/EmptyCall"};
    (void)fault;
    begin_case(m);
    uint32_t stream = make_edited_call(m, paths[draw_below(&m->draw, ARRAY_LEN(paths))], NULL);
    may_end(m, stream,
            ONE_OF(STATUS(GRPC_UNIMPLEMENTED), LENIENT_ANY_ERROR(NULL), LENIENT_HTTP(404, NULL),
                   LENIENT_HTTP(400, NULL), LENIENT_ANY_RESET(NULL)));
    must_serve(m);
}

static void unimplemented(struct maker *m, const struct fault *fault)
{
    (void)fault;
    begin_case(m);
    uint32_t stream = make_edited_call(
        m, draw_chance(&m->draw, 50) ? UNIMPLEMENTED_CALL : "/grpc.testing.NoSuchService/Method",
        NULL);
    may_end(m, stream, ONE_OF(STATUS(GRPC_UNIMPLEMENTED), LENIENT_HTTP(404, NULL)));
    must_serve(m);
}

static void path_without_slash(struct maker *m, const struct fault *fault)
{
    (void)fault;
    const struct edit edits[] = {{EDIT_SET, ":path", BYTES("grpc.testing.TestService/EmptyCall")},
                                 {.kind = EDIT_END}};
    begin_case(m);
    uint32_t stream = make_edited_call(m, EMPTY_CALL, edits);
    may_end(m, stream,
            ONE_OF(ANY_ERROR, HTTP(400), HTTP(404), RESET(H2_PROTOCOL_ERROR),
                   LENIENT_ANY_RESET(NULL), LENIENT_GOAWAY(H2_PROTOCOL_ERROR, NULL)));
    must_serve(m);
}

static void no_message(struct maker *m, const struct fault *fault)
{
    (void)fault;
    begin_case(m);
    uint32_t stream = make_stream(m);
    make_request(m, stream, UNARY_CALL, NULL, FLAG_END_STREAM);
    may_end(m, stream,
            ONE_OF(STATUS(GRPC_UNIMPLEMENTED), LENIENT_ANY_ERROR(NULL), LENIENT_ANY_RESET(NULL),
                   LENIENT_STATUS(GRPC_OK, NULL), LENIENT_IGNORED(NULL)));
    must_serve(m);
}

/* ---- legal ---- */

static void shuffled(struct maker *m, const struct fault *fault)
{
    struct field fields[MAX_FIELDS];
    (void)fault;
    begin_case(m);
    size_t count = make_fields(m, EMPTY_CALL, NULL, fields);
    for (size_t i = count - 1; i > 4; i--) {
        size_t with = 4 + draw_below(&m->draw, (uint32_t)(i - 4) + 1);
        struct field field = fields[i];
        fields[i] = fields[with];
        fields[with] = field;
    }
    for (size_t i = 3; i > 0; i--) {
        size_t with = draw_below(&m->draw, (uint32_t)i + 1);
        struct field field = fields[i];
        fields[i] = fields[with];
        fields[with] = field;
    }
    must_be_ok(m, make_call_of(m, fields, count));
    must_serve(m);
}

static void odd_and_legal(struct maker *m, const struct fault *fault)
{
    static const struct edit odd[] = {
        ADD("x-empty", ""),
        ADD("x_under.score~and-more", "1"),
        ADD("x-punctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
        ADD("x-inside", "a b\tc"),
        ADD("grpc-previous-rpc-attempts", "1"),
        ADD("grpc-unknown-of-the-future", "1"),
        ADD("content-length", "5"),
        SET("content-type", "application/grpc+proto"),
        SET("user-agent", "x"),
        REMOVE("user-agent"),
        ADD("grpc-accept-encoding", "identity,deflate,gzip,x-unknown"),
        ADD("grpc-encoding", "identity"),
        ADD("x-long", "0123456789012345678901234567890123456789012345678901234567890123456789012345"
                      "678901234567890123456789"
                      "0123456789012345678901234567890123456789012345678901234567890123456789012345"
                      "678901234567890123456789"),
        SET(":authority", "another.example:1234"),
        ADD("cookie", "a=b"),
        ADD("cookie", "c=d"),
    };
    struct edit edits[4];
    (void)fault;
    begin_case(m);
    uint32_t count = draw_between(&m->draw, 1, 3), lengths = 0;
    uint32_t used = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct edit *edit = &odd[draw_below(&m->draw, ARRAY_LEN(odd))];
        bool of_lengths = strcmp(edit->name, "content-length") == 0 ||
                          strcmp(edit->name, "grpc-encoding") == 0;
        lengths += of_lengths;
        if (!of_lengths || lengths < 2)
            edits[used++] = *edit;
    }
    edits[used] = (struct edit){.kind = EDIT_END};
    must_be_ok(m, make_edited_call(m, EMPTY_CALL, edits));
    must_serve(m);
}

static void many_fields(struct maker *m, const struct fault *fault)
{
    char names[20][16];
    struct edit edits[21];
    (void)fault;
    begin_case(m);
    for (size_t i = 0; i < 20; i++) {
        snprintf(names[i], sizeof names[i], "x-many-%u", (unsigned)draw_below(&m->draw, 12));
        edits[i] = (struct edit){EDIT_ADD, names[i], BYTES("v")};
    }
    edits[20] = (struct edit){.kind = EDIT_END};
    must_be_ok(m, make_edited_call(m, EMPTY_CALL, edits));
    must_serve(m);
}

#define F(name, clauses, wrong, make, arg)                                                         \
    {                                                                                              \
        "requests/" name, clauses, wrong, make, arg, false                                         \
    }
static const struct fault faults[] = {
    F("upper-case", "H2-HDR-001", "a field name in upper case", bad_field, upper_case),
    F("empty-name", "H2-HDR-003", "a field without a name", bad_field, empty_name),
    F("name-octet", "H2-HDR-003", "an octet that no name may hold", bad_octet, NULL),
    F("value-octet", "H2-HDR-004", "NUL, CR or LF in a value", bad_octet, ""),
    F("connection-field", "H2-HDR-007", "a connection-specific field", bad_field,
      connection_fields),
    F("te", "H2-HDR-009", "te that is not trailers", bad_field, te),
    F("pseudo-unknown", "H2-HDR-010 H2-HDR-011", "a pseudo-header field that requests do not have",
      bad_field, pseudo_unknown),
    F("pseudo-late", "H2-HDR-013", "a pseudo-header field behind a regular one", bad_field,
      pseudo_late),
    F("pseudo-twice", "H2-HDR-014", "a pseudo-header field twice", bad_field, pseudo_twice),
    F("pseudo-missing", "H2-HDR-015 H2-HDR-016 H2-HDR-017", "a pseudo-header field is missing",
      bad_field, pseudo_missing),
    F("pseudo-in-trailers", "H2-HDR-018", "a pseudo-header field in trailers", pseudo_in_trailers,
      NULL),
    F("content-length", "H2-HDR-022", "content-length that disagrees with DATA", content_length,
      NULL),
    F("content-length-no-number", "H2-HDR-022", "content-length that is no number", no_length,
      NULL),
    F("content-type", "GRPC-REQ-HDR-010 GRPC-REQ-HDR-012", "a content-type that is not gRPC's",
      content_type, NULL),
    F("method", "GRPC-REQ-HDR-015", "a method that is not POST", method, NULL),
    F("path", "GRPC-CALL-012 GRPC-CALL-013 GRPC-CALL-014", "a path that names no method", path,
      NULL),
    F("unimplemented", "GRPC-CALL-011", "a method that is not there", unimplemented, NULL),
    F("path-without-slash", "SEC-029", "a path that does not begin with a slash",
      path_without_slash, NULL),
    F("no-message", "GRPC-CALL-007", "a unary call without a message", no_message, NULL),
    F("shuffled", "GRPC-REQ-HDR-017", "the fields in any order", shuffled, NULL),
    F("odd-and-legal", "H2-HDR-003 GRPC-REQ-HDR-018", "fields that are odd and legal",
      odd_and_legal, NULL),
    F("many-fields", "H2-HDR-003", "twenty fields, some of one name", many_fields, NULL),
};
const struct fault_list request_faults = ROWS(faults);
