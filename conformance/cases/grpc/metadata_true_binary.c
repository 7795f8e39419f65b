/* SPDX-License-Identifier: MIT
 *
 * True binary metadata (gRFC G1): the setting that announces it, and values that begin with NUL in place of base64. */
#include "cases/cases.h"
#include "cases/grpc/metadata_echo.h"

#define TRUE_BINARY 0xfe03

/* How often the target announced TRUE_BINARY, the last value, and whether outside of its first
 * SETTINGS. */
static unsigned true_binary_announced(const struct test *t, uint32_t *value, bool *late)
{
    unsigned seen = 0, settings = 0;

    for (size_t i = 0; i < t->transcript.count; i++) {
        const struct transcript_entry *e = &t->transcript.entries[i];
        if (e->direction != RECEIVED || !e->is_frame || e->frame.type != FRAME_SETTINGS ||
            (e->frame.flags & FLAG_ACK))
            continue;
        settings++;
        for (size_t at = 0; at + 6 <= e->frame.payload.len; at += 6) {
            if (load_u16(e->frame.payload.data + at) != TRUE_BINARY)
                continue;
            seen++;
            *value = load_u32(e->frame.payload.data + at + 2);
            *late = *late || settings > 1;
        }
    }
    return seen;
}

static void no_true_binary_unasked(struct test *t)
{
    struct call *call = call_with(t, TRAILING, BYTES("AKurqw")); /* 00 ab ab ab */
    const struct field *echo;

    expect_unary_reply(call, 1);
    echo = header_list_find(final_block(call), TRAILING);
    expect(t, !echo || echo->value.len == 0 || echo->value.data[0] != 0,
           "base64: this client did not announce setting 0xfe03", "a value that begins with NUL");
    expect_trailing_octets(call, BYTES("\x00\xab\xab\xab"));
}

static void true_binary_accepted(struct test *t)
{
    uint32_t value = 0;
    bool late = false;

    main_connection(t);
    if (true_binary_announced(t, &value, &late) == 0 || value != 1) {
        test_skip(t, "setting 0xfe03 was not announced");
        return;
    }
    struct call *call = call_with(t, TRAILING, BYTES("\x00\xab\xab\xab"));
    expect_unary_reply(call, 1);
    expect_trailing_octets(call, BYTES("\xab\xab\xab"));
}

static void true_binary_setting(struct test *t)
{
    struct call *call = empty_call(t, NO_EDITS);
    uint32_t value = 0;
    bool late = false;

    expect_status(call, GRPC_OK);
    expect_ping_answer(call->conn);
    if (test_is_over(t))
        return;
    unsigned count = true_binary_announced(t, &value, &late);
    if (count > 1 || late)
        test_lenient(t, HERE, "setting 0xfe03 at most once, in the first SETTINGS", "%u times%s",
                     count, late ? ", also later" : "");
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/metadata/no-true-binary-unasked", "GRPC-MD-018 GRPC-MD-002",
     "True binary metadata is not sent to a client that did not announce it.",
     NEEDS_TEST_SERVICE, no_true_binary_unasked, NULL},
    {"grpc/metadata/true-binary-accepted", "GRPC-MD-019",
     "A server that announces true binary metadata accepts it.",
     NEEDS_TEST_SERVICE, true_binary_accepted, NULL},
    {"grpc/metadata/true-binary-setting", "GRPC-MD-020",
     "The setting for true binary metadata comes at most once, in the first SETTINGS.",
     NEEDS_TEST_SERVICE, true_binary_setting, NULL},
};
/* clang-format on */

const struct case_list metadata_true_binary_cases = {cases, ARRAY_LEN(cases)};
