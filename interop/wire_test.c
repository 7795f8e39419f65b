/* SPDX-License-Identifier: MIT
 *
 * Traces: read from either side, and judged. Each case's trace that is right, and each that lacks
 * one thing. */
#include "base/test.h"

#include "interop/wire.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>

/* As a server prints it: "<" is the client. */
#define HELLO                                                                                      \
    "      0.000 > SETTINGS stream 0  INITIAL_WINDOW_SIZE=1048576\n"                               \
    "      0.094 < SETTINGS stream 0  ENABLE_PUSH=0\n"                                             \
    "      0.094 > SETTINGS stream 0 ACK\n"
#define ASK(stream, method, more)                                                                  \
    "      0.1 < noise\n      0.329 < HEADERS stream " #stream " END_HEADERS  :method=POST "       \
    ":scheme=http :path=/grpc.testing.TestService/" method " :authority=x te=trailers" more "\n"
#define SAY(direction, stream, octets)                                                             \
    "      0.400 " direction " DATA stream " #stream "  " #octets " octets\n"
#define HEADERS(stream, more)                                                                      \
    "      0.500 > HEADERS stream " #stream " END_HEADERS  :status=200 "                           \
    "content-type=application/grpc" more "\n"
#define END(stream, status)                                                                        \
    "      0.600 > HEADERS stream " #stream " END_STREAM END_HEADERS  grpc-status=" status "\n"
#define RESET(direction, stream, code)                                                             \
    "      0.700 " direction " RST_STREAM stream " #stream "  " code "\n"

/* clang-format off */
#define PING(stream)                                                                               \
    SAY("<", stream, 27187)                                                                        \
    SAY(">", stream, 31420)                                                                        \
    SAY("<", stream, 13)                                                                           \
    SAY(">", stream, 14) SAY("<", stream, 1833) SAY(">", stream, 2658) SAY("<", stream, 45909)     \
        SAY(">", stream, 58984)
/* clang-format on */
#define ECHO " x-grpc-test-echo-initial=test_initial_metadata_value"
#define BIN  " x-grpc-test-echo-trailing-bin=q6ur"

/* With the number of a connection before the arrow. */
#define ON  " "
#define ON2 " [2] "
#define LARGE(on, stream)                                                                          \
    "0.1" on "< HEADERS stream " #stream "  :path=/grpc.testing.TestService/UnaryCall\n"           \
    "0.2" on "< DATA stream " #stream " END_STREAM  271840 octets\n"
#define LARGE_REPLY(on, stream)                                                                    \
    "0.3" on "> DATA stream " #stream "  314172 octets\n"                                          \
    "0.4" on "> HEADERS stream " #stream " END_STREAM END_HEADERS  grpc-status=0\n"
#define GOAWAY                        "0.2 > GOAWAY stream 0 last stream 1  NO_ERROR\n"
#define PING_LINE(direction, more)    "0.2 " direction " PING stream 0" more "\n"
#define PINGS(count, direction, more) PINGS_##count(PING_LINE(direction, more))
#define PINGS_3(line)                 line line line
#define PINGS_4(line)                 line line line line
#define CALL_AFTER_CALL(stream)       LARGE(ON, stream) LARGE_REPLY(ON, stream)
#define ELEVEN(call)                                                                               \
    call(1) call(3) call(5) call(7) call(9) call(11) call(13) call(15) call(17) call(19) call(21)

static enum wire_verdict judge(const char *trace, enum wire_view view, const char *test_case,
                               struct buf *why)
{
    struct wire wire = {0};
    struct bytes text = guard(bytes_str(trace));
    wire_read(&wire, text, view);
    enum wire_verdict verdict = wire_judge(&wire, test_case, why);
    wire_clear(&wire);
    unguard(text);
    return verdict;
}

static void traces_are_judged(void **state)
{
    (void)state;
    static const struct row {
        const char *test_case;
        enum wire_verdict verdict;
        const char *trace;
    } rows[] = {
        {"empty_unary", WIRE_AS_EXPECTED,
         HELLO ASK(1, "EmptyCall", "") SAY("<", 1, 5) HEADERS(1, "") SAY(">", 1, 5) END(1, "0")},
        {"empty_unary", WIRE_WRONG, ""},
        {"empty_unary", WIRE_WRONG, HELLO},
        {"empty_unary", WIRE_WRONG, HELLO ASK(1, "EmptyCall", "") SAY("<", 1, 5)},
        {"empty_unary", WIRE_WRONG, /* the trailers are of another stream */
         ASK(1, "EmptyCall", "") SAY("<", 1, 5) SAY(">", 1, 5) END(3, "0")},
        {"empty_unary", WIRE_WRONG,
         ASK(1, "EmptyCall", "") SAY("<", 1, 5) SAY(">", 1, 5) END(1, "12")},
        {"empty_unary", WIRE_WRONG,
         ASK(1, "UnaryCall", "") SAY("<", 1, 5) SAY(">", 1, 5) END(1, "0")},
        {"large_unary", WIRE_AS_EXPECTED,
         ASK(1, "UnaryCall", "") SAY("<", 1, 271000) SAY("<", 1, 840) SAY(">", 1, 314170)
             END(1, "0")},
        {"large_unary", WIRE_WRONG,
         ASK(1, "UnaryCall", "") SAY("<", 1, 271827) SAY(">", 1, 314170) END(1, "0")},
        {"large_unary", WIRE_AS_EXPECTED, /* the server compresses by itself */
         ASK(1, "UnaryCall", "") SAY("<", 1, 271840) HEADERS(1, " grpc-encoding=gzip")
             SAY(">", 1, 350) END(1, "0")},
        {"large_unary", WIRE_WRONG,
         ASK(1, "UnaryCall", "") SAY("<", 1, 271840) HEADERS(1, " grpc-encoding=identity")
             SAY(">", 1, 350) END(1, "0")},
        {"client_compressed_unary", WIRE_AS_EXPECTED,
         ASK(1, "UnaryCall", "") SAY("<", 1, 271840) END(1, "3")
             ASK(3, "UnaryCall", " grpc-encoding=gzip") SAY("<", 3, 325) END(3, "0")
                 ASK(5, "UnaryCall", "") SAY("<", 5, 271840) END(5, "0")},
        {"client_compressed_unary", WIRE_WRONG, /* no probe */
         ASK(3, "UnaryCall", " grpc-encoding=gzip") SAY("<", 3, 325) END(3, "0")
             ASK(5, "UnaryCall", "") SAY("<", 5, 271840) END(5, "0")},
        {"client_compressed_unary", WIRE_WRONG, /* it says gzip, and is not */
         ASK(1, "UnaryCall", "") SAY("<", 1, 271840) END(1, "3")
             ASK(3, "UnaryCall", " grpc-encoding=gzip") SAY("<", 3, 271840) END(3, "0")},
        {"server_compressed_unary", WIRE_AS_EXPECTED,
         ASK(1, "UnaryCall", "") HEADERS(1, " grpc-encoding=gzip") SAY(">", 1, 400) END(1, "0")
             ASK(3, "UnaryCall", "") HEADERS(3, "") SAY(">", 3, 314170) END(3, "0")},
        {"ping_pong", WIRE_AS_EXPECTED, ASK(1, "FullDuplexCall", "") PING(1) END(1, "0")},
        {"ping_pong", WIRE_WRONG, /* all requests at once */
         ASK(1, "FullDuplexCall", "") SAY("<", 1, 80000) SAY(">", 1, 93999) END(1, "0")},
        {"empty_stream", WIRE_AS_EXPECTED, ASK(1, "FullDuplexCall", "") SAY("<", 1, 0) END(1, "0")},
        {"empty_stream", WIRE_WRONG, ASK(1, "FullDuplexCall", "") SAY("<", 1, 5) END(1, "0")},
        {"custom_metadata", WIRE_AS_EXPECTED,
         ASK(1, "UnaryCall", ECHO BIN) HEADERS(1, ECHO) END(1, "0" BIN)
             ASK(3, "FullDuplexCall", ECHO BIN) HEADERS(3, ECHO) END(3, "0" BIN)},
        {"custom_metadata", WIRE_WRONG, /* only one of the calls */
         ASK(1, "UnaryCall", ECHO BIN) HEADERS(1, ECHO) END(1, "0" BIN)},
        {"custom_metadata", WIRE_WRONG, /* another value came back */
         ASK(1, "UnaryCall", ECHO BIN) HEADERS(1, ECHO)
             END(1, "0 x-grpc-test-echo-trailing-bin=AAAA") ASK(3, "FullDuplexCall", ECHO BIN)
                 HEADERS(3, ECHO) END(3, "0" BIN)},
        {"status_code_and_message", WIRE_AS_EXPECTED,
         ASK(1, "UnaryCall", "") END(1, "2 grpc-message=test status message")
             ASK(3, "FullDuplexCall", "") END(3, "2 grpc-message=test%20status%20message")},
        {"status_code_and_message", WIRE_WRONG,
         ASK(1, "UnaryCall", "") END(1, "2") ASK(3, "FullDuplexCall", "") END(3, "2")},
        {"special_status_message", WIRE_AS_EXPECTED,
         ASK(1, "UnaryCall", "")
             END(1, "2 grpc-message=%09%0Atest with whitespace%0D%0Aand Unicode BMP %E2%98%BA and "
                    "non-BMP %F...(99 octets)")},
        {"unimplemented_method", WIRE_AS_EXPECTED,
         ASK(1, "UnimplementedCall", "") END(1, "12 grpc-message=x")},
        {"unimplemented_method", WIRE_AS_EXPECTED, /* HTTP's word for it */
         ASK(1, "UnimplementedCall", "") "0.5 > HEADERS stream 1  :status=404 x=y\n"},
        {"unimplemented_method", WIRE_WRONG, ASK(1, "UnimplementedCall", "") END(1, "1")},
        {"unimplemented_service", WIRE_WRONG, ASK(1, "UnimplementedCall", "") END(1, "12")},
        {"cancel_after_begin", WIRE_AS_EXPECTED,
         ASK(1, "StreamingInputCall", "") RESET("<", 1, "CANCEL")},
        {"cancel_after_begin", WIRE_SILENT, ""}, /* what a dead port shows */
        {"cancel_after_begin", WIRE_WRONG,       /* the server's own */
         ASK(1, "StreamingInputCall", "") RESET(">", 1, "CANCEL")},
        {"cancel_after_begin", WIRE_WRONG,
         ASK(1, "StreamingInputCall", "") RESET("<", 1, "NO_ERROR")},
        {"cancel_after_first_response", WIRE_AS_EXPECTED,
         ASK(1, "FullDuplexCall", "") SAY("<", 1, 27190) SAY(">", 1, 31420)
             RESET("<", 1, "CANCEL")},
        {"timeout_on_sleeping_server", WIRE_AS_EXPECTED,
         ASK(1, "FullDuplexCall", " grpc-timeout=1m") RESET("<", 1, "CANCEL")},
        {"timeout_on_sleeping_server", WIRE_AS_EXPECTED,
         ASK(1, "FullDuplexCall", " grpc-timeout=873460n")},
        {"timeout_on_sleeping_server", WIRE_WRONG, ASK(1, "FullDuplexCall", " grpc-timeout=20S")},
        {"timeout_on_sleeping_server", WIRE_WRONG, ASK(1, "FullDuplexCall", "")},
        {"timeout_on_sleeping_server", WIRE_SILENT, HELLO},
        {"goaway", WIRE_AS_EXPECTED,
         LARGE(ON, 1) GOAWAY LARGE_REPLY(ON, 1) LARGE(ON2, 1) LARGE_REPLY(ON2, 1)},
        {"goaway", WIRE_WRONG, /* the second call comes on the same connection */
         LARGE(ON, 1) GOAWAY LARGE_REPLY(ON, 1) LARGE(ON, 3) LARGE_REPLY(ON, 3)},
        {"rst_after_header", WIRE_AS_EXPECTED,
         LARGE(ON, 1) HEADERS(1, "") RESET(">", 1, "NO_ERROR")},
        {"rst_after_header", WIRE_WRONG, LARGE(ON, 1) HEADERS(1, "")},
        {"rst_during_data", WIRE_WRONG, /* all of it came */
         LARGE(ON, 1) SAY(">", 1, 314172) RESET(">", 1, "NO_ERROR")},
        {"rst_after_data", WIRE_AS_EXPECTED,
         LARGE(ON, 1) SAY(">", 1, 314172) RESET(">", 1, "NO_ERROR")},
        {"ping", WIRE_AS_EXPECTED,
         LARGE(ON, 1) PINGS(4, ">", "") PINGS(4, "<", " ACK") LARGE_REPLY(ON, 1)},
        {"ping", WIRE_WRONG,
         LARGE(ON, 1) PINGS(4, ">", "") PINGS(3, "<", " ACK") LARGE_REPLY(ON, 1)},
        {"max_streams", WIRE_AS_EXPECTED, ELEVEN(CALL_AFTER_CALL)},
        {"max_streams", WIRE_WRONG, ELEVEN(CALL_AFTER_CALL) LARGE(ON, 81) LARGE(ON, 83)},
        {"data_frame_padding", WIRE_AS_EXPECTED,
         LARGE(ON, 1) "0.5 > DATA stream 1 PADDED  16399674 octets in 62834 frames\n" END(1, "0")},
        {"data_frame_padding", WIRE_WRONG, LARGE(ON, 1) LARGE_REPLY(ON, 1)},
        {"no_df_padding_sanity_test", WIRE_AS_EXPECTED, LARGE(ON, 1) LARGE_REPLY(ON, 1)},
        {"no_such_case", WIRE_UNKNOWN, HELLO},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf why = {0};
        enum wire_verdict verdict = judge(rows[i].trace, SEEN_BY_SERVER, rows[i].test_case, &why);
        if (verdict != rows[i].verdict)
            fail_msg("row %zu, %s: %s", i, rows[i].test_case, buf_str(&why));
        assert_int_equal(why.len == 0, verdict == WIRE_AS_EXPECTED);
        buf_clear(&why);
    }
}

/* The same frames, seen from the other end: only the arrows are turned. */
static void a_client_sees_the_same(void **state)
{
    (void)state;
    static const char seen_by_server[] = ASK(1, "StreamingInputCall", "") SAY("<", 1, 5)
        RESET("<", 1, "CANCEL");
    struct buf why = {0};
    char *turned = strdup(seen_by_server);
    for (char *at = turned; *at; at++)
        *at = *at == '<' ? '>' : *at == '>' ? '<' : *at;
    assert_int_equal(judge(turned, SEEN_BY_CLIENT, "cancel_after_begin", &why), WIRE_AS_EXPECTED);
    assert_int_equal(judge(turned, SEEN_BY_SERVER, "cancel_after_begin", &why), WIRE_SILENT);
    free(turned);
    buf_clear(&why);
}

/* What a proxy does towards the server in its own way is not held against the client. */
static void behind_a_proxy_less_can_be_told(void **state)
{
    (void)state;
    static const struct row {
        const char *trace;
        enum wire_verdict verdict;
    } rows[] = {
        {ASK(1, "StreamingInputCall", "") RESET("<", 1, "CANCEL"), WIRE_AS_EXPECTED},
        {ASK(1, "StreamingInputCall", "") RESET("<", 1, "NO_ERROR"), WIRE_AS_EXPECTED},
        {ASK(1, "StreamingInputCall", ""), WIRE_AS_EXPECTED},
        {HELLO, WIRE_SILENT},
        {"", WIRE_SILENT},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf why = {0};
        assert_int_equal(judge(rows[i].trace, SEEN_BEHIND_PROXY, "cancel_after_begin", &why),
                         rows[i].verdict);
        buf_clear(&why);
    }
}

/* Each line with the number behind its time, "0.329 [2] <". */
static void put_on_connection(struct buf *out, const char *lines, size_t connection)
{
    for (const char *at = lines; *at; at++) {
        bool arrow = (*at == '<' || *at == '>') && at > lines && at[-1] == ' ';
        if (arrow && connection > 1)
            buf_printf(out, "[%zu] ", connection);
        buf_put_u8(out, (uint8_t)*at);
    }
}

static void soaks_are_counted(void **state)
{
    (void)state;
    struct buf one = {0}, many = {0}, why = {0};
    buf_put_str(&one, HELLO);
    /* On one connection each call has a stream of its own; on ten each has the first. */
#define SOAK_CALL(stream)                                                                          \
    ASK(stream, "UnaryCall", "") SAY("<", stream, 271840) SAY(">", stream, 314170) END(stream, "0")
    static const char *const calls[] = {
        SOAK_CALL(1),  SOAK_CALL(3),  SOAK_CALL(5),  SOAK_CALL(7),  SOAK_CALL(9),
        SOAK_CALL(11), SOAK_CALL(13), SOAK_CALL(15), SOAK_CALL(17), SOAK_CALL(19),
    };
    for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
        buf_put_str(&one, calls[i]);
        put_on_connection(&many, calls[0], i + 1);
    }
    assert_int_equal(judge(buf_str(&one), SEEN_BY_SERVER, "rpc_soak", &why), WIRE_AS_EXPECTED);
    assert_int_equal(judge(buf_str(&many), SEEN_BY_SERVER, "channel_soak", &why), WIRE_AS_EXPECTED);
    assert_int_equal(judge(buf_str(&one), SEEN_BEHIND_PROXY, "channel_soak", &why),
                     WIRE_AS_EXPECTED);
    assert_int_equal(judge(buf_str(&one), SEEN_BY_SERVER, "channel_soak", &why), WIRE_WRONG);
    assert_string_equal(buf_str(&why), "expected 10 connections, seen 1");
    buf_clear(&one);
    buf_clear(&many);
    buf_clear(&why);
}

static void fields_are_found(void **state)
{
    (void)state;
    static const struct row {
        const char *fields, *name, *value; /* NULL: not there */
    } rows[] = {
        {"  a=1 b=2", "a", "1"},
        {"  a=1 b=2", "b", "2"},
        {"  ab=1", "b", NULL},
        {"  m=one two: three=x y", "m", "one two:"}, /* it cannot be told from a field */
        {"  m=one two: x y three=z", "m", "one two: x y"},
        {"  m=a%20b%zz%4", "m", "a b%zz%4"},
        {"  m=", "m", ""},
        {"", "m", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf fields = {0}, value = {0};
        buf_put_str(&fields, rows[i].fields);
        assert_int_equal(wire_find_field(&fields, rows[i].name, &value), rows[i].value != NULL);
        if (rows[i].value)
            assert_string_equal(buf_str(&value), rows[i].value);
        buf_clear(&fields);
        buf_clear(&value);
    }
}

static void junk_is_passed_over(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "\n",
        "x",
        "1.2 <",
        "1.234 < HEADERS",
        "1.234 < HEADERS stream",
        "1.234 < DATA stream 1",
        "1.234 ? DATA stream 1  5 octets",
        "1.234 < DATA stream 1  5 octets",
        "\xff\xfe",
        "99999999999999999999999.9 < HEADERS stream 99999999999999  :path=/x"};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf why = {0};
        assert_int_equal(judge(rows[i], SEEN_BY_SERVER, "empty_unary", &why), WIRE_WRONG);
        buf_clear(&why);
    }
}

/* No case of the list is judged by a client's exit status alone. */
static void every_case_has_a_rule(void **state)
{
    (void)state;
    char here[1000], path[1100], line[300];
    snprintf(here, sizeof(here), "%s", __FILE__);
    snprintf(path, sizeof(path), "%s/peers/cases", dirname(here));
    FILE *file = fopen(path, "r");
    struct wire nothing = {0};
    if (!file)
        skip(); /* the test runs elsewhere than it was built */
    while (fgets(line, sizeof(line), file)) {
        struct buf why = {0};
        line[strcspn(line, " \n")] = '\0';
        if (line[0] && line[0] != '#' && wire_judge(&nothing, line, &why) == WIRE_UNKNOWN)
            fail_msg("%s", buf_str(&why));
        buf_clear(&why);
    }
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traces_are_judged),
        cmocka_unit_test(a_client_sees_the_same),
        cmocka_unit_test(behind_a_proxy_less_can_be_told),
        cmocka_unit_test(soaks_are_counted),
        cmocka_unit_test(fields_are_found),
        cmocka_unit_test(junk_is_passed_over),
        cmocka_unit_test(every_case_has_a_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
