/* SPDX-License-Identifier: MIT
 *
 * The status of a call, as a client makes it out of what the server sent: grpc-status, grpc-message and details, in
 * trailers and in Trailers-Only. (PROTOCOL-HTTP2, Responses; statuscodes.md) */
#include "cases/client/client_cases.h"
#include "cases/client/common.h"

#include <stdio.h>

/* Headers, a message, and these trailers. */
static struct call *answer_with_trailers(struct test *t, const struct client_call *wanted,
                                         const struct field *fields, size_t count)
{
    struct call *call = first_call(t, wanted);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_response_message(call, 0);
    send_trailers(call, fields, count);
    return call;
}

/* ---- codes ----------------------------------------------------------------------------------- */

static void missing(struct test *t)
{
    (void)answer_with_trailers(t, &empty_unary, &FIELD("x-other", "1"), 1);
    expect_client_outcome(t, ONE_OF(STATUS(GRPC_UNKNOWN),
                                    LENIENT_STATUS(GRPC_INTERNAL, "INTERNAL instead of UNKNOWN")));
    expect_client_still_works(t);
}

/* Metadata in front of the status, and a message although all is well: the order says nothing, nor does a message. */
static void ok_behind_others(struct test *t)
{
    const struct field trailers[] = {FIELD("x-other", "1"), FIELD("grpc-message", "all is well"),
                                     FIELD("grpc-status", "0")};

    (void)answer_with_trailers(t, &empty_unary, trailers, ARRAY_LEN(trailers));
    expect_client_ok(t);
}

static void unparsable(struct test *t)
{
    const struct field trailer = {BYTES("grpc-status"), bytes_str(t->arg)};

    (void)answer_with_trailers(t, &empty_unary, &trailer, 1);
    expect_client_status(t, GRPC_UNKNOWN);
    expect_client_still_works(t);
}

/* An integer that is no code: an error, whatever number the application sees. */
static void out_of_range(struct test *t)
{
    const struct field trailer = {BYTES("grpc-status"), bytes_str(t->arg)};

    (void)answer_with_trailers(t, &empty_unary, &trailer, 1);
    expect_client_outcome(t, ONE_OF(STATUS(GRPC_UNKNOWN),
                                    LENIENT_ANY_ERROR("not UNKNOWN, but an error all the same")));
}

/* "00" and "05": not canonical, and at best taken for the number they look like. */
static void leading_zero(struct test *t)
{
    (void)answer_with_trailers(t, &empty_unary, &FIELD("grpc-status", "05"), 1);
    expect_client_outcome(t, ONE_OF(STATUS(GRPC_UNKNOWN), STATUS(GRPC_NOT_FOUND)));
}

static void each_code(struct test *t)
{
    char digits[12];

    snprintf(digits, sizeof(digits), "%u", *(const uint32_t *)t->arg);
    (void)answer_with_trailers(t, &empty_unary,
                               &(struct field){BYTES("grpc-status"), bytes_str(digits)}, 1);
    expect_client_status(t, *(const uint32_t *)t->arg);
}

/* An official case that is content with UNKNOWN and this message only: every drive shows both. */
static void code_and_message(struct test *t)
{
    const struct field trailers[] = {FIELD("grpc-status", "2"),
                                     FIELD("grpc-message", "test status message")};
    struct call *call = first_call(t, &status_code_and_message);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_trailers(call, trailers, ARRAY_LEN(trailers));
    call = next_call(t, &status_code_and_message);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_trailers(call, trailers, ARRAY_LEN(trailers));
    expect_client_status(t, GRPC_UNKNOWN);
    expect_client_message(t, "test status message");
}

/* The codes that only servers and applications use. */
static void of_its_own_making(struct test *t)
{
    static const uint32_t reserved[] = {3, 5, 6, 9, 10, 11, 15};
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_data(call, BYTES("\2\0\0\0\0"), FLAG_NONE);
    send_status(call, GRPC_OK, NULL);
    expect_client_error(t);
    const struct client_result *result = client_result(t);
    for (size_t i = 0; i < ARRAY_LEN(reserved) && !test_is_over(t); i++)
        expect(t, result->status != reserved[i], "a status that libraries may use",
               "grpc-status %u", (unsigned)result->status);
}

/* The two orders of an error and OK in one block: nobody may make OK of it. */
static void twice(struct test *t)
{
    const char *const *values = t->arg;
    const struct field trailers[] = {{BYTES("grpc-status"), bytes_str(values[0])},
                                     {BYTES("grpc-status"), bytes_str(values[1])}};

    (void)answer_with_trailers(t, &empty_unary, trailers, ARRAY_LEN(trailers));
    expect_client_outcome(t, ONE_OF(ANY_ERROR, LENIENT_STATUS(GRPC_OK, "one of the two counts")));
}

/* grpc-status in headers that do not end the stream says nothing. */
static void in_headers_is_ignored(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, EDITS(ADD("grpc-status", "9")), FLAG_NONE);
    finish_ok(call);
    expect_client_outcome(
        t,
        ONE_OF(STATUS(GRPC_OK), LENIENT_ANY_ERROR("a status in headers is taken for the call's")));
}

/* ---- Trailers-Only --------------------------------------------------------------------------- */

static void trailers_only(struct test *t)
{
    struct call *call = first_call(t, &unimplemented_method);

    send_trailers_only(call,
                       EDITS(SET("grpc-status", "12"), SET("grpc-message", "no such method")));
    expect_client_status(t, GRPC_UNIMPLEMENTED);
    expect_client_message(t, "no such method");
}

static void trailers_only_without_content_type(struct test *t)
{
    struct call *call = first_call(t, &unimplemented_method);

    send_trailers_only(call, EDITS(SET("grpc-status", "12"), REMOVE("content-type")));
    expect_client_outcome(
        t, ONE_OF(STATUS(GRPC_UNIMPLEMENTED),
                  LENIENT_ANY_ERROR("the content-type is missed more than the status is heard")));
}

static void headers_and_trailers_without_message(struct test *t)
{
    struct call *call = first_call(t, &unimplemented_method);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_status(call, GRPC_UNIMPLEMENTED, "no such method");
    expect_client_status(t, GRPC_UNIMPLEMENTED);
    expect_client_message(t, "no such method");
}

static void trailers_only_reported(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_trailers_only(call, EDITS(SET("grpc-status", "5"), SET("grpc-message", "no%20way"),
                                   ADD("x-custom", "only")));
    expect_client_status(t, GRPC_NOT_FOUND);
    expect_client_message(t, "no way");
    expect_client_trailer(t, "x-custom", "only");
}

/* ---- messages -------------------------------------------------------------------------------- */

struct message_row {
    const char *sent, *reported;
};
#define MESSAGE(...) (&(const struct message_row){__VA_ARGS__})

static void message_is_decoded(struct test *t)
{
    const struct message_row *row = t->arg;
    const struct field trailers[] = {FIELD("grpc-status", "5"),
                                     {BYTES("grpc-message"), bytes_str(row->sent)}};

    (void)answer_with_trailers(t, &empty_unary, trailers, ARRAY_LEN(trailers));
    expect_client_status(t, GRPC_NOT_FOUND);
    expect_client_message(t, row->reported);
}

/* The official case: UNKNOWN, and a message that needs every escape. Any drive shows whether it arrived. */
static void special_message(struct test *t)
{
    const struct field trailers[] = {
        FIELD("grpc-status", "2"),
        FIELD("grpc-message",
              "%09%0Atest with whitespace%0D%0Aand Unicode BMP %E2%98%BA and non-BMP "
              "%F0%9F%98%88%09%0A")};

    struct call *call = first_call(t, &special_status_message);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_trailers(call, trailers, ARRAY_LEN(trailers));
    expect_client_status(t, GRPC_UNKNOWN);
    expect_client_message(t, "\t\ntest with whitespace\r\nand Unicode BMP \xe2\x98\xba and non-BMP "
                             "\xf0\x9f\x98\x88\t\n");
}

/* What cannot be decoded costs neither the code nor the rest of the message. */
static void bad_escapes(struct test *t)
{
    /* what an adapter reports must be UTF-8 */
    const char *message = by_adapter(t) ? "bad %zz %4 end" : "bad %zz %4 %FF end";
    const struct field trailers[] = {FIELD("grpc-status", "5"),
                                     {BYTES("grpc-message"), bytes_str(message)}};

    (void)answer_with_trailers(t, &empty_unary, trailers, ARRAY_LEN(trailers));
    expect_client_status(t, GRPC_NOT_FOUND);
    const struct client_result *result = client_result(t);
    if (!test_is_over(t) && result->kind == RESULT_REPORTED)
        expect(t, bytes_ends_with(buf_view(&result->message), BYTES("end")),
               "a message that still ends with \"end\"", "%.*s", (int)result->message.len,
               (const char *)result->message.data);
}

/* ---- details --------------------------------------------------------------------------------- */

/* google.rpc.Status with code 5, message "x" and no details. */
#define STATUS_5_X "CAUSAXg"

static void details(struct test *t)
{
    const struct field trailers[] = {FIELD("grpc-status", "5"),
                                     FIELD("grpc-message", "x"),
                                     {BYTES("grpc-status-details-bin"), bytes_str(t->arg)}};

    (void)answer_with_trailers(t, &empty_unary, trailers, ARRAY_LEN(trailers));
    expect_client_status(t, GRPC_NOT_FOUND);
    expect_client_message(t, "x");
}

/* clang-format off */
#define CODE(number, word) \
    {"client/grpc/status/code-" word, "GRPC-STAT-009 GRPC-STAT-008", "grpc-status " #number " is reported as it is.", \
     NEEDS_CLIENT, each_code, &(const uint32_t){number}}
#define TEXT(word, clauses, title, ...) \
    {"client/grpc/status/message-" word, clauses, title, NEEDS_REPORTED_STATUS, message_is_decoded, MESSAGE(__VA_ARGS__)}

static const struct test_case cases[] = {
    {"client/grpc/status/missing", "GRPC-STAT-013", "A response without grpc-status is an error, UNKNOWN.", NEEDS_CLIENT, missing, NULL},
    {"client/grpc/status/ok-behind-others", "GRPC-STAT-008", "grpc-status 0 is OK, wherever it stands and whatever the message.",
     NEEDS_CLIENT, ok_behind_others, NULL},
    {"client/grpc/status/not-a-number", "GRPC-STAT-010", "A grpc-status that is no number is UNKNOWN.", NEEDS_CLIENT, unparsable, "abc"},
    {"client/grpc/status/empty", "GRPC-STAT-010", "An empty grpc-status is UNKNOWN.", NEEDS_CLIENT, unparsable, ""},
    {"client/grpc/status/negative", "GRPC-STAT-010", "A negative grpc-status is UNKNOWN.", NEEDS_CLIENT, out_of_range, "-1"},
    {"client/grpc/status/number-and-more", "GRPC-STAT-010", "A grpc-status with letters behind the 0 is UNKNOWN.", NEEDS_CLIENT,
     unparsable, "0x"},
    {"client/grpc/status/above-16", "GRPC-STAT-011", "grpc-status 17 is an error.", NEEDS_CLIENT, out_of_range, "17"},
    {"client/grpc/status/of-32-bits", "GRPC-STAT-011", "grpc-status 4294967295 is an error.", NEEDS_CLIENT, out_of_range, "4294967295"},
    {"client/grpc/status/overflow", "GRPC-STAT-011", "grpc-status 2^32 is an error, not 0.", NEEDS_CLIENT, out_of_range, "4294967296"},
    {"client/grpc/status/overflow-of-64-bits", "GRPC-STAT-011", "grpc-status 2^64 is an error, not 0.", NEEDS_CLIENT, out_of_range,
     "18446744073709551616"},
    {"client/grpc/status/leading-zero", "GRPC-STAT-010", "grpc-status 05 is 5, or UNKNOWN.", NEEDS_CLIENT, leading_zero, NULL},
    CODE(1, "cancelled"), CODE(2, "unknown"), CODE(3, "invalid-argument"), CODE(4, "deadline-exceeded"), CODE(5, "not-found"),
    CODE(6, "already-exists"), CODE(7, "permission-denied"), CODE(8, "resource-exhausted"), CODE(9, "failed-precondition"),
    CODE(10, "aborted"), CODE(11, "out-of-range"), CODE(12, "unimplemented"), CODE(13, "internal"), CODE(14, "unavailable"),
    CODE(15, "data-loss"), CODE(16, "unauthenticated"),
    {"client/grpc/status/code-and-message", "GRPC-STAT-008", "The server's code and message reach the application.", NEEDS_CLIENT,
     code_and_message, NULL},
    {"client/grpc/status/twice-ok-first", "GRPC-STAT-017", "grpc-status 0 and 5 is not OK.", NEEDS_CLIENT, twice,
     ((const char *const[]){"0", "5"})},
    {"client/grpc/status/twice-ok-last", "GRPC-STAT-017", "grpc-status 5 and 0 is not OK.", NEEDS_CLIENT, twice,
     ((const char *const[]){"5", "0"})},
    {"client/grpc/status/of-its-own-making", "GRPC-STAT-019", "A client that finds fault itself does not use the application's codes.",
     NEEDS_REPORTED_STATUS, of_its_own_making, NULL},
    {"client/grpc/status/in-headers", "GRPC-STAT-012", "grpc-status in headers that do not end the stream is ignored.", NEEDS_CLIENT,
     in_headers_is_ignored, NULL},
    {"client/grpc/status/trailers-only", "GRPC-REQ-HDR-029", "A Trailers-Only response is a response.", NEEDS_CLIENT, trailers_only, NULL},
    {"client/grpc/status/trailers-only-without-content-type", "GRPC-REQ-HDR-029",
     "Trailers-Only without content-type still has its status.", NEEDS_CLIENT, trailers_only_without_content_type, NULL},
    {"client/grpc/status/no-message", "GRPC-REQ-HDR-030 GRPC-STAT-008", "Headers and trailers without a message are a response.",
     NEEDS_CLIENT, headers_and_trailers_without_message, NULL},
    {"client/grpc/status/reported", "GRPC-REQ-HDR-029 GRPC-STAT-008 GRPC-MD-015",
     "The status, message and metadata of a Trailers-Only response are reported.", NEEDS_REPORTED_RESULT, trailers_only_reported, NULL},
    {"client/grpc/status/special-message", "GRPC-STAT-005", "A message of whitespace and Unicode is decoded.", NEEDS_CLIENT,
     special_message, NULL},
    TEXT("decoded", "GRPC-STAT-005", "grpc-message is percent-decoded.", "%E2%98%BA ok%25", "\xe2\x98\xba ok%"),
    TEXT("decoded-once", "GRPC-STAT-005", "What is decoded is not decoded again.", "%2541", "%41"),
    TEXT("lower-case-hex", "GRPC-STAT-007", "Lower-case hexadecimal digits are decoded.", "%e2%98%ba", "\xe2\x98\xba"),
    TEXT("plus", "GRPC-STAT-005", "A plus is a plus.", "1+1", "1+1"),
    TEXT("percent-without-digits", "GRPC-STAT-006", "A percent sign without digits is kept.", "100%", "100%"),
    TEXT("not-hexadecimal", "GRPC-STAT-006", "What is not hexadecimal is not decoded.", "%et", "%et"),
    {"client/grpc/status/bad-escapes", "GRPC-STAT-006", "Escapes that are wrong cost neither the code nor the message.",
     NEEDS_CLIENT, bad_escapes, NULL},
    {"client/grpc/status/no-grpc-message", "GRPC-STAT-016", "grpc-message may be missing.", NEEDS_CLIENT, each_code,
     &(const uint32_t){GRPC_NOT_FOUND}},
    {"client/grpc/status/details", "GRPC-STAT-018", "Details change neither the code nor the message.", NEEDS_CLIENT, details, STATUS_5_X},
    {"client/grpc/status/details-that-are-none", "GRPC-STAT-018", "Details that cannot be decoded cost nothing else.", NEEDS_CLIENT,
     details, "/////w"},
};
/* clang-format on */
const struct case_list client_status_cases = {cases, ARRAY_LEN(cases)};
