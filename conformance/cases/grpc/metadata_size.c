/* SPDX-License-Identifier: MIT
 *
 * How the size of metadata is counted, against the MAX_HEADER_LIST_SIZE that the target announces (RFC 9113 6.5.2). */
#include "cases/cases.h"
#include "cases/grpc/common.h"

#include <stdlib.h>

/* Sum of name + value + 32 over what would be sent. */
static size_t request_size(struct call *call, const struct edit *edits)
{
    struct field fields[2100];
    size_t count = request_fields(call, edits, fields, ARRAY_LEN(fields)), size = 0;

    for (size_t i = 0; i < count; i++)
        size += fields[i].name.len + fields[i].value.len + 32;
    return size;
}

/* A call whose metadata counts as `size` octets, give or take one field: in one value, or in
 * fields of 34. */
static struct call *call_of_size(struct test *t, size_t size, bool tiny)
{
    struct call *call = new_call(t, EMPTY_CALL);
    size_t base = request_size(call, NO_EDITS);
    size_t more = size > base + 100 ? size - base : 100;
    struct edit *edits = calloc(more / 34 + 2, sizeof *edits);
    uint8_t *value = calloc(1, more);

    if (edits && value) {
        memset(value, 'v', more);
        edits[0] = (struct edit){EDIT_ADD, "x", bytes_of(value, more - 33)};
        for (size_t i = 0; tiny && i < more / 34; i++)
            edits[i] = (struct edit){EDIT_ADD, "y", BYTES("1")};
        send_request_headers(call, edits, FLAG_NONE);
        send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    }
    free(edits);
    free(value);
    return call;
}

static void size_counts_overhead(struct test *t)
{
    struct conn *conn = main_connection(t);
    uint32_t limit = conn->their_settings[SETTING_MAX_HEADER_LIST_SIZE];

    if (!conn->their_setting_seen[SETTING_MAX_HEADER_LIST_SIZE] || limit < 2048 || limit > 65536) {
        test_skip(t, "no MAX_HEADER_LIST_SIZE between 2 and 64 KiB was announced");
        return;
    }
    for (int tiny = 0; tiny < 2 && !test_is_over(t); tiny++) {
        struct call *below = call_of_size(t, limit - 64, tiny);
        expect_outcome(below, ONE_OF(STATUS(GRPC_OK),
                                     LENIENT_ANY_ERROR("refused below the announced size"),
                                     LENIENT_HTTP(431, "refused below the announced size"),
                                     LENIENT_ANY_RESET("refused below the announced size")));
        expect_still_serves(below);
        struct call *above = call_of_size(t, (size_t)limit * 2, tiny);
        expect_outcome(above,
                       ONE_OF(ANY_ERROR, HTTP(431), HTTP(400), ANY_RESET,
                              LENIENT_STATUS(GRPC_OK, "taken at twice the announced size"),
                              LENIENT_GOAWAY(H2_ENHANCE_YOUR_CALM, "the connection ends too"),
                              LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "the connection ends too"),
                              {OUTCOME_CLOSE, 0, true, "the connection ends too"}));
        note_end(above);
        expect_connection_outcome(
            conn, ONE_OF(IGNORED, LENIENT_CLOSE,
                         LENIENT_GOAWAY(H2_ENHANCE_YOUR_CALM, "the connection ends too"),
                         LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "the connection ends too")));
        expect_still_serves(above);
        if (conn->closed != NOT_CLOSED || conn->goaways > 0)
            return;
    }
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/metadata/size-counts-overhead", "GRPC-MD-017 SEC-020",
     "Metadata is counted as name, value and 32 octets for each field.",
     NEEDS_TEST_SERVICE, size_counts_overhead, NULL},
};
/* clang-format on */

const struct case_list metadata_size_cases = {cases, ARRAY_LEN(cases)};
