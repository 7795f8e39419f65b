/* SPDX-License-Identifier: MIT
 *
 * grpc-message: percent-encoded on the wire, and decoded what the application chose (PROTOCOL-HTTP2.md, Responses). */
#include "cases/cases.h"
#include "cases/grpc/common.h"
#include "cases/http2/common.h"

#include <ctype.h>
#include <stdlib.h>

struct message_row {
    const char *text;
};
#define SPECIAL                                                                                    \
    "\t\ntest with whitespace\r\nand Unicode BMP \xe2\x98\xba and non-BMP \xf0\x9f\x98\x88\t\n"
static const struct message_row special = {SPECIAL};
static const struct message_row percent = {"100% of %41 is not %4 or %zz %"};
static const struct message_row controls = {"\x01\x1f\x7f a\tb"};
static const struct message_row unicode = {"caf\xc3\xa9 \xe6\xb1\x89\xe5\xad\x97 \xf0\x9f\x9a\x80"};
static const struct message_row punctuation = {"!\"#$&'()*+,-./ :;<=>?@[\\]^_`{|}~"};
static const struct message_row plain = {"test status message"};
static const struct message_row plus = {"a+b c=d&e"};

static bool percent_decode(struct bytes in, struct buf *out)
{
    for (size_t i = 0; i < in.len; i++) {
        uint8_t c = in.data[i];
        if (c < 0x20 || c > 0x7e)
            return false;
        if (c == '%') {
            if (in.len - i < 3 || !isxdigit(in.data[i + 1]) || !isxdigit(in.data[i + 2]))
                return false;
            const char hex[3] = {(char)in.data[i + 1], (char)in.data[i + 2], 0};
            c = (uint8_t)strtoul(hex, NULL, 16);
            i += 2;
        }
        buf_put_u8(out, c);
    }
    return true;
}

static void message_arrives(struct test *t)
{
    const char *text = ROW(t, message_row)->text;
    struct call *call = failing_unary(t, NO_EDITS, GRPC_UNKNOWN, text);
    const struct field *message;
    struct buf decoded = {0};

    expect_status(call, GRPC_UNKNOWN);
    message = header_list_find(final_block(call), "grpc-message");
    expect(t, message != NULL, "grpc-message", "none");
    if (message) {
        bool valid = percent_decode(message->value, &decoded);
        expect(t, valid, "octets 0x20 to 0x7e, and % only before two hexadecimal digits",
               "a raw octet or a bare %%");
        expect(t, bytes_equal_str(buf_view(&decoded), text), "the message the application chose",
               "\"%.*s\"", (int)message->value.len, (const char *)message->value.data);
    }
    buf_clear(&decoded);
}

static void upper_case_hex(struct test *t)
{
    struct call *call = failing_unary(t, NO_EDITS, GRPC_UNKNOWN, "caf\xc3\xa9 \xef\xbb\xbf\n");
    const struct field *message;
    bool encoded = false, lower = false;

    expect_status(call, GRPC_UNKNOWN);
    message = header_list_find(final_block(call), "grpc-message");
    for (size_t i = 0; message && i + 2 < message->value.len; i++) {
        const uint8_t *at = message->value.data + i;
        if (*at != '%')
            continue;
        encoded = true;
        lower = lower || islower(at[1]) || islower(at[2]);
    }
    expect(t, encoded, "a percent-encoded message", "%s", message ? "nothing encoded" : "none");
    expect(t, !lower, "%XX with upper-case digits", "\"%.*s\"",
           message ? (int)message->value.len : 0, message ? (const char *)message->value.data : "");
}

static void long_message(struct test *t)
{
    char text[2001];

    for (size_t i = 0; i + 1 < sizeof text; i++)
        text[i] = (char)('a' + i % 26);
    text[sizeof text - 1] = 0;
    struct call *call = failing_unary(t, NO_EDITS, GRPC_UNKNOWN, text);
    expect_status(call, GRPC_UNKNOWN);
    expect_status_message(call, text);
}

/* Longer than a frame may be: HEADERS and CONTINUATION. Proxies may have limits of their own. */
static void message_in_several_frames(struct test *t)
{
    static char text[20001];

    memset(text, 'X', sizeof text - 1); /* eight bits in Huffman code */
    struct call *call = failing_unary(t, NO_EDITS, GRPC_UNKNOWN, text);
    expect_outcome(call,
                   ONE_OF(STATUS(GRPC_UNKNOWN), LENIENT_ANY_ERROR("so long a list is not sent"),
                          LENIENT_HTTP(502, "so long a list is not sent"),
                          LENIENT_ANY_RESET("so long a list is not sent")));
    if (call_status(call) == GRPC_UNKNOWN)
        expect_status_message(call, text);
    size_t longest = longest_frame_received(call->conn, 0);
    expect(t, longest <= DEFAULT_MAX_FRAME_SIZE, "no frame longer than 16384 octets",
           "a frame of %zu", longest);
    expect_connection_still_serves(call->conn);
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/status/message-special", "GRPC-STAT-003",
     "A message with whitespace and Unicode is percent-encoded and arrives unchanged.",
     NEEDS_TEST_SERVICE, message_arrives, &special},
    {"grpc/status/message-percent", "GRPC-STAT-003",
     "The percent sign is encoded, also where it looks like an escape.",
     NEEDS_TEST_SERVICE, message_arrives, &percent},
    {"grpc/status/message-control-characters", "GRPC-STAT-003",
     "Control characters and DEL are percent-encoded.",
     NEEDS_TEST_SERVICE, message_arrives, &controls},
    {"grpc/status/message-unicode", "GRPC-STAT-003",
     "UTF-8 of two, three and four octets is percent-encoded octet by octet.",
     NEEDS_TEST_SERVICE, message_arrives, &unicode},
    {"grpc/status/message-punctuation", "GRPC-STAT-003",
     "Printable ASCII other than % arrives unchanged.",
     NEEDS_TEST_SERVICE, message_arrives, &punctuation},
    {"grpc/status/message-plain", "GRPC-STAT-008 GRPC-STAT-003",
     "A plain message arrives unchanged.",
     NEEDS_TEST_SERVICE, message_arrives, &plain},
    {"grpc/status/message-plus", "GRPC-STAT-003",
     "Percent-encoding is not form encoding: + is itself, and a space is not +.",
     NEEDS_TEST_SERVICE, message_arrives, &plus},
    {"grpc/status/message-upper-case-hex", "GRPC-STAT-004",
     "Percent-encoding uses upper-case hexadecimal digits.",
     NEEDS_TEST_SERVICE, upper_case_hex, NULL},
    {"grpc/status/message-long", "GRPC-STAT-008",
     "A message of 2000 characters arrives whole.",
     NEEDS_TEST_SERVICE, long_message, NULL},
    {"grpc/status/message-in-several-frames", "H2-SET-016 H2-FRAME-034 GRPC-STAT-008",
     "A message of 20000 characters comes in frames of legal length.",
     NEEDS_TEST_SERVICE, message_in_several_frames, NULL},
};
/* clang-format on */

const struct case_list status_message_cases = {cases, ARRAY_LEN(cases)};
