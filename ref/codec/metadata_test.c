/* SPDX-License-Identifier: MIT
 *
 * Metadata: one row is a field as received and what the list says of it. */
#include "base/test.h"

#include "base/buf.h"
#include "codec/metadata.h"

/* "key=value;" for each entry, in order. */
static void describe(const struct gr_metadata *metadata, struct buf *text)
{
    for (size_t i = 0; i < gr_metadata_count(metadata); i++) {
        struct gr_metadata_entry entry = gr_metadata_at(metadata, i);
        buf_put(text, entry.key);
        buf_put_str(text, "=");
        buf_put(text, entry.value);
        buf_put_str(text, ";");
    }
}

static void assert_described(const struct gr_metadata *metadata, struct bytes expected)
{
    struct buf text = {0};
    describe(metadata, &text);
    assert_bytes(buf_view(&text), expected);
    buf_clear(&text);
}

static void takes_fields_as_received(void **state)
{
    static const struct {
        struct bytes name;
        struct bytes value;
        enum gr_field result;
        struct bytes list;
    } rows[] = {
        {BYTES("x-key"), BYTES("value"), GR_FIELD_ADDED, BYTES("x-key=value;")},
        {BYTES("a_b.c-9"), BYTES("!~"), GR_FIELD_ADDED, BYTES("a_b.c-9=!~;")},
        {BYTES("k"), BYTES("1,2"), GR_FIELD_ADDED, BYTES("k=1,2;")},
        {BYTES("k"), BYTES(""), GR_FIELD_ADDED, BYTES("k=;")},
        {BYTES("k"), BYTES(" \t v w\t "), GR_FIELD_ADDED, BYTES("k=v w;")},
        {BYTES("k"), BYTES("  "), GR_FIELD_ADDED, BYTES("k=;")},
        {BYTES("authorization"), BYTES("Bearer x"), GR_FIELD_ADDED,
         BYTES("authorization=Bearer x;")},
        {BYTES("grpc"), BYTES("x"), GR_FIELD_ADDED, BYTES("grpc=x;")},
        {BYTES("k-bin"), BYTES("AQ"), GR_FIELD_ADDED, BYTES("k-bin=\x01;")},
        {BYTES("k-bin"), BYTES("AQ=="), GR_FIELD_ADDED, BYTES("k-bin=\x01;")},
        {BYTES("k-bin"), BYTES("q6ur"), GR_FIELD_ADDED, BYTES("k-bin=\xab\xab\xab;")},
        {BYTES("k-bin"), BYTES("AQ,Ag"), GR_FIELD_ADDED, BYTES("k-bin=\x01;k-bin=\x02;")},
        {BYTES("k-bin"), BYTES("AQ==, Ag=="), GR_FIELD_ADDED, BYTES("k-bin=\x01;k-bin=\x02;")},
        {BYTES("k-bin"), BYTES(""), GR_FIELD_ADDED, BYTES("k-bin=;")},
        {BYTES("k-bin"), BYTES(",AQ,"), GR_FIELD_ADDED, BYTES("k-bin=;k-bin=\x01;k-bin=;")},
        {BYTES("-bin"), BYTES("AA"), GR_FIELD_ADDED, BYTES("-bin=\0;")},
        {BYTES("k-bin"), BYTES("***"), GR_FIELD_BAD_BASE64, BYTES("")},
        {BYTES("k-bin"), BYTES("AQ,A"), GR_FIELD_BAD_BASE64, BYTES("")},
        {BYTES("k-bin"), BYTES("\0\xab"), GR_FIELD_BAD_BASE64, BYTES("")},
        {BYTES("k-binx"), BYTES("***"), GR_FIELD_ADDED, BYTES("k-binx=***;")},
        {BYTES("k"), BYTES("caf\xe9"), GR_FIELD_DROPPED, BYTES("")},
        {BYTES("k"), BYTES("a\tb"), GR_FIELD_DROPPED, BYTES("")},
        {BYTES("k"), BYTES("\x7f"), GR_FIELD_DROPPED, BYTES("")},
        {BYTES("k!"), BYTES("v"), GR_FIELD_DROPPED, BYTES("")},
        {BYTES("Key"), BYTES("v"), GR_FIELD_DROPPED, BYTES("")},
        {BYTES("k!-bin"), BYTES("AQ"), GR_FIELD_DROPPED, BYTES("")},
        {BYTES(""), BYTES("v"), GR_FIELD_DROPPED, BYTES("")},
        {BYTES(":path"), BYTES("/"), GR_FIELD_OURS, BYTES("")},
        {BYTES("te"), BYTES("trailers"), GR_FIELD_OURS, BYTES("")},
        {BYTES("content-type"), BYTES("application/grpc"), GR_FIELD_OURS, BYTES("")},
        {BYTES("content-length"), BYTES("5"), GR_FIELD_OURS, BYTES("")},
        {BYTES("user-agent"), BYTES("x"), GR_FIELD_OURS, BYTES("")},
        {BYTES("connection"), BYTES("close"), GR_FIELD_OURS, BYTES("")},
        {BYTES("grpc-timeout"), BYTES("1S"), GR_FIELD_OURS, BYTES("")},
        {BYTES("grpc-future"), BYTES("y"), GR_FIELD_OURS, BYTES("")},
        {BYTES("grpc-status-details-bin"), BYTES("***"), GR_FIELD_OURS, BYTES("")},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes name = guard(rows[i].name);
        struct bytes value = guard(rows[i].value);
        struct gr_metadata *list = NULL;
        assert_int_equal(gr_metadata_add_received(&list, name, value), rows[i].result);
        assert_described(list, rows[i].list);
        gr_metadata_free(list);
        unguard(name);
        unguard(value);
    }
}

static void fields_that_are_not_metadata_cost_nothing(void **state)
{
    struct gr_metadata *list = NULL;
    (void)state;

    fail_allocation(0);
    assert_int_equal(gr_metadata_add_received(&list, BYTES(":status"), BYTES("200")),
                     GR_FIELD_OURS);
    assert_int_equal(gr_metadata_add_received(&list, BYTES("k"), BYTES("\xe9")), GR_FIELD_DROPPED);
    assert_false(stop_failing());
    assert_null(list);
}

static void a_bad_field_leaves_the_others_as_they_were(void **state)
{
    struct gr_metadata *list = NULL;
    (void)state;

    assert_int_equal(gr_metadata_add_received(&list, BYTES("a"), BYTES("1")), GR_FIELD_ADDED);
    assert_int_equal(gr_metadata_add_received(&list, BYTES("b-bin"), BYTES("AQ,Ag,!")),
                     GR_FIELD_BAD_BASE64);
    assert_int_equal(gr_metadata_add_received(&list, BYTES("a"), BYTES("2")), GR_FIELD_ADDED);
    assert_described(list, BYTES("a=1;a=2;"));
    gr_metadata_free(list);
}

static void takes_what_an_application_may_send(void **state)
{
    static const struct {
        const char *key;
        struct bytes value;
        int result;
        struct bytes list;
    } rows[] = {
        {"x-key", BYTES("value"), 0, BYTES("x-key=value;")},
        {"X-Key", BYTES("value"), 0, BYTES("x-key=value;")},
        {"Foo-Bin", BYTES("\0\xff"), 0, BYTES("foo-bin=\0\xff;")},
        {"k", BYTES(""), 0, BYTES("k=;")},
        {"k", BYTES(" v "), 0, BYTES("k=v;")},
        {"k-bin", BYTES(" v "), 0, BYTES("k-bin= v ;")},
        {"", BYTES("v"), GR_INVALID, BYTES("")},
        {"bad key", BYTES("v"), GR_INVALID, BYTES("")},
        {"k\xc3\xa9y", BYTES("v"), GR_INVALID, BYTES("")},
        {"k", BYTES("\x01"), GR_INVALID, BYTES("")},
        {"k", BYTES("a\nb"), GR_INVALID, BYTES("")},
        {"k", BYTES("\xe9"), GR_INVALID, BYTES("")},
        {":path", BYTES("/"), GR_INVALID, BYTES("")},
        {"grpc-timeout", BYTES("1S"), GR_INVALID, BYTES("")},
        {"GRPC-x", BYTES("1"), GR_INVALID, BYTES("")},
        {"te", BYTES("trailers"), GR_INVALID, BYTES("")},
        {"Content-Length", BYTES("5"), GR_INVALID, BYTES("")},
        {"user-agent", BYTES("x"), GR_INVALID, BYTES("")},
        {"transfer-encoding", BYTES("chunked"), GR_INVALID, BYTES("")},
        {"host", BYTES("x"), GR_INVALID, BYTES("")},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes value = guard(rows[i].value);
        struct gr_metadata *list = gr_metadata_new();
        assert_int_equal(gr_metadata_add(list, rows[i].key, value), rows[i].result);
        assert_described(list, rows[i].list);
        gr_metadata_free(list);
        unguard(value);
    }
}

static void null_is_an_empty_list(void **state)
{
    struct bytes value;
    (void)state;

    assert_int_equal(gr_metadata_count(NULL), 0);
    assert_false(gr_metadata_find(NULL, "k", &value));
    assert_int_equal(gr_metadata_wire_size(NULL), 0);
    assert_int_equal(gr_metadata_add(NULL, "k", BYTES("v")), GR_NOMEM);
    gr_metadata_free(NULL);
}

static void finds_the_first_and_keeps_the_order(void **state)
{
    struct gr_metadata *list = gr_metadata_new();
    struct bytes value = NO_BYTES;
    (void)state;

    for (int i = 0; i < 50; i++) {
        const char letter = (char)('a' + i % 26);
        assert_int_equal(gr_metadata_add(list, i % 2 ? "odd" : "even", bytes_of(&letter, 1)), 0);
    }
    assert_int_equal(gr_metadata_count(list), 50);
    assert_true(gr_metadata_find(list, "odd", &value));
    assert_bytes(value, BYTES("b"));
    assert_false(gr_metadata_find(list, "od", &value));
    assert_bytes(gr_metadata_at(list, 49).value, BYTES("x"));
    gr_metadata_free(list);
}

static void writes_wire_values_and_weighs_them(void **state)
{
    struct gr_metadata *list = gr_metadata_new();
    struct gr_arena arena = {0};
    struct bytes value;
    (void)state;

    assert_int_equal(gr_metadata_add(list, "k", BYTES("v w")), 0);
    assert_int_equal(gr_metadata_add(list, "k-bin", BYTES("\xab\xab")), 0);
    assert_int_equal(gr_metadata_add(list, "e-bin", BYTES("")), 0);
    assert_true(gr_metadata_wire_value(gr_metadata_at(list, 0), &arena, &value));
    assert_ptr_equal(value.data, gr_metadata_at(list, 0).value.data);
    assert_null(arena.chunks);
    assert_true(gr_metadata_wire_value(gr_metadata_at(list, 1), &arena, &value));
    assert_bytes(value, BYTES("q6s"));
    assert_true(gr_metadata_wire_value(gr_metadata_at(list, 2), &arena, &value));
    assert_bytes(value, BYTES(""));
    assert_int_equal(gr_metadata_wire_size(list), (1 + 3 + 32) + (5 + 3 + 32) + (5 + 0 + 32));
    gr_arena_clear(&arena);
    gr_metadata_free(list);
}

/* Ten fields, so that the list grows; returns how many it took. */
static size_t fill(struct gr_metadata **list)
{
    size_t taken = 0;
    for (int i = 0; i < 5; i++) {
        taken += gr_metadata_add_received(list, BYTES("ascii"), BYTES("some value")) ==
                 GR_FIELD_ADDED;
        taken += gr_metadata_add_received(list, BYTES("two-bin"), BYTES("AQ,Ag")) == GR_FIELD_ADDED;
    }
    return taken;
}

static void survives_every_failing_allocation_when_receiving(void **state)
{
    (void)state;

    for (size_t n = 0;; n++) {
        struct gr_metadata *list = NULL;
        fail_allocation(n);
        size_t taken = fill(&list);
        bool failed = stop_failing();
        assert_int_equal(taken == 10, !failed);
        assert_int_equal(fill(&list), 10); /* and works again when there is memory */
        gr_metadata_free(list);
        if (!failed)
            break;
    }
}

static void survives_every_failing_allocation_when_sending(void **state)
{
    (void)state;

    for (size_t n = 0;; n++) {
        struct gr_arena arena = {0};
        struct bytes value = NO_BYTES;
        fail_allocation(n);
        struct gr_metadata *list = gr_metadata_new();
        bool done = gr_metadata_add(list, "K-Bin", BYTES("\x01")) == 0 &&
                    gr_metadata_wire_value(gr_metadata_at(list, 0), &arena, &value);
        bool failed = stop_failing();
        assert_int_equal(done, !failed);
        gr_metadata_free(list);
        gr_arena_clear(&arena);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_fields_as_received),
        cmocka_unit_test(fields_that_are_not_metadata_cost_nothing),
        cmocka_unit_test(a_bad_field_leaves_the_others_as_they_were),
        cmocka_unit_test(takes_what_an_application_may_send),
        cmocka_unit_test(null_is_an_empty_list),
        cmocka_unit_test(finds_the_first_and_keeps_the_order),
        cmocka_unit_test(writes_wire_values_and_weighs_them),
        cmocka_unit_test(survives_every_failing_allocation_when_receiving),
        cmocka_unit_test(survives_every_failing_allocation_when_sending),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
