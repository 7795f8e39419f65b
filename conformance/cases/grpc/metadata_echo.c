/* SPDX-License-Identifier: MIT
 *
 * Calls with metadata, and its echo; see metadata_echo.h. No case is here. */
#include "cases/grpc/metadata_echo.h"
#include "wire/base64.h"

/* Padded or not. false: not base64. */
static bool base64_decode(struct bytes text, struct buf *out)
{
    size_t most_padding = text.len % 4 == 0 ? 2 : 0;

    for (; most_padding > 0 && text.len > 0 && text.data[text.len - 1] == '='; most_padding--)
        text.len--;
    return base64_take(text, out) && text.len % 4 != 1;
}

void join_values(const struct header_list *list, const char *name, struct buf *out)
{
    bool first = true;

    for (size_t i = 0; i < list->count; i++) {
        if (!bytes_equal_str(list->fields[i].name, name))
            continue;
        if (!first)
            buf_put_u8(out, ',');
        buf_put(out, list->fields[i].value);
        first = false;
    }
}

void expect_trailing_octets(struct call *call, struct bytes octets)
{
    struct test *t = call->conn->t;
    const struct field *echo = header_list_find(final_block(call), TRAILING);
    struct buf decoded = {0};

    expect(t, echo != NULL, TRAILING " in the trailers", "none%s",
           header_list_find(&call->headers, TRAILING) ? ": it is in the initial metadata" : "");
    if (echo) {
        bool valid = base64_decode(echo->value, &decoded);
        expect(t, valid, "a value in base64", "\"%.*s\"", (int)echo->value.len,
               (const char *)echo->value.data);
        expect(t, bytes_equal(buf_view(&decoded), octets), "the octets that were sent",
               "others: \"%.*s\"", (int)echo->value.len, (const char *)echo->value.data);
    }
    buf_clear(&decoded);
}

void expect_initial(struct call *call, struct bytes value)
{
    struct test *t = call->conn->t;
    const struct field *echo = header_list_find(&call->headers, INITIAL);

    expect(t, echo != NULL, INITIAL " in the initial metadata", "none%s",
           header_list_find(&call->trailers, INITIAL) ? ": it is in the trailers" : "");
    expect(t, !echo || bytes_equal(echo->value, value), "the value that was sent", "\"%.*s\"",
           echo ? (int)echo->value.len : 0, echo ? (const char *)echo->value.data : "");
}

struct call *call_with(struct test *t, const char *name, struct bytes value)
{
    const struct edit edits[] = {{EDIT_ADD, name, value}, {.kind = EDIT_END}};
    return unary_call(t, edits, TESTING_REQUEST(.response_size = 1));
}
