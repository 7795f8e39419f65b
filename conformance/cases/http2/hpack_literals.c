/* SPDX-License-Identifier: MIT
 *
 * Every form of a literal (RFC 7541 6.2): with indexing, without, and never indexed, its name new or out of the table,
 * its strings plain or by Huffman code. */
#include "cases/cases.h"
#include "cases/hpack_forms.h"
#include "cases/http2/hpack_indexing.h"

/* First the name gets into the table; then the form under test; then the newest entry tells whether the form has
 * left one. */
static void literal_form(struct test *t)
{
    const struct literal_form *row = t->arg;
    struct conn *conn = main_connection(t);
    struct buf block = {0}, value = {0};
    struct call *call;

    expect_echo(request_with_insert(conn, UNARY_CALL, BYTES(ECHO), BYTES("inserted")), "inserted");
    if (row->length)
        put_fill(&value, 'v', row->length);
    else
        buf_put_str(&value, "a value, of its own");
    call = new_call_on(conn, UNARY_CALL);
    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    put_in_form(&block, row, FIRST_DYNAMIC, BYTES(ECHO), buf_view(&value));
    send_request_block(call, &block);
    expect_echo(call, buf_str(&value));
    expect_echo(request_with_index(conn, UNARY_CALL, NULL, FIRST_DYNAMIC),
                row->form == LITERAL_INDEXED ? buf_str(&value) : "inserted");
    forget_dynamic_table(conn);
    expect_connection_still_serves(conn);
    buf_clear(&value);
}

#define LITERAL(name, what, ...)                                                                   \
    {                                                                                              \
        "http2/hpack/" name, "HPACK-014", what, NEEDS_TEST_SERVICE, literal_form,                  \
            FORM(__VA_ARGS__)                                                                      \
    }

static const struct test_case cases[] = {
    LITERAL("indexing-new-name",
            "A literal with indexing and a new name is understood, and inserted.", LITERAL_INDEXED,
            false, false, 0),
    LITERAL("indexing-new-name-huffman",
            "A literal with indexing and a new Huffman name is understood.", LITERAL_INDEXED, false,
            true, 0),
    LITERAL("indexing-indexed-name",
            "A literal with indexing and an indexed name is understood, and inserted.",
            LITERAL_INDEXED, true, false, 0),
    LITERAL("indexing-indexed-name-huffman",
            "A literal with indexing, indexed name and Huffman value is understood.",
            LITERAL_INDEXED, true, true, 0),
    LITERAL("not-indexed-new-name",
            "A literal without indexing and a new name is understood, and not inserted.",
            LITERAL_NOT_INDEXED, false, false, 0),
    LITERAL("not-indexed-new-name-huffman",
            "A literal without indexing and a new Huffman name is understood.", LITERAL_NOT_INDEXED,
            false, true, 0),
    LITERAL("not-indexed-indexed-name",
            "A literal without indexing and an indexed name is understood.", LITERAL_NOT_INDEXED,
            true, false, 0),
    LITERAL("not-indexed-indexed-name-huffman",
            "A literal without indexing, with indexed name and Huffman value is understood.",
            LITERAL_NOT_INDEXED, true, true, 0),
    LITERAL("never-indexed-new-name",
            "A never-indexed literal with a new name is understood, and not inserted.",
            LITERAL_NEVER_INDEXED, false, false, 0),
    LITERAL("never-indexed-new-name-huffman",
            "A never-indexed literal with a new Huffman name is understood.", LITERAL_NEVER_INDEXED,
            false, true, 0),
    LITERAL("never-indexed-indexed-name",
            "A never-indexed literal with an indexed name is understood.", LITERAL_NEVER_INDEXED,
            true, false, 0),
    LITERAL("never-indexed-indexed-name-huffman",
            "A never-indexed literal with indexed name and Huffman value is understood.",
            LITERAL_NEVER_INDEXED, true, true, 0),
    LITERAL("huffman-value-of-1000", "A Huffman string of a thousand octets is understood.",
            LITERAL_NOT_INDEXED, false, true, 1000),
};
const struct case_list hpack_literal_cases = {cases, ARRAY_LEN(cases)};
