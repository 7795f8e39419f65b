/* SPDX-License-Identifier: MIT
 *
 * Every kind of name, and extensions, looked up in a small file and in grpc.testing's. */
#include "base/test.h"

#include "services/files.h"

#include "grpc/testing/test.grpc.h"

#include <stdio.h>

/* syntax = "proto2"; package p;
 * message M {
 *     optional int32 f = 1;
 *     oneof o { int32 g = 2; }
 *     enum E { V = 0; }
 *     message N { extend M { optional int32 e1 = 101; } }
 *     extensions 100 to 200;
 * }
 * extend M { optional int32 e2 = 102; }
 * enum T { W = 0; } */
static const uint8_t x_octets[] = {
    0x0a, 0x07, 0x78, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x12, 0x01, 0x70, 0x22, 0x54, 0x0a,
    0x01, 0x4d, 0x12, 0x0c, 0x0a, 0x01, 0x66, 0x18, 0x01, 0x20, 0x01, 0x28, 0x05, 0x52, 0x01,
    0x66, 0x12, 0x0e, 0x0a, 0x01, 0x67, 0x18, 0x02, 0x20, 0x01, 0x28, 0x05, 0x48, 0x00, 0x52,
    0x01, 0x67, 0x1a, 0x19, 0x0a, 0x01, 0x4e, 0x32, 0x14, 0x0a, 0x02, 0x65, 0x31, 0x12, 0x04,
    0x2e, 0x70, 0x2e, 0x4d, 0x18, 0x65, 0x20, 0x01, 0x28, 0x05, 0x52, 0x02, 0x65, 0x31, 0x22,
    0x0a, 0x0a, 0x01, 0x45, 0x12, 0x05, 0x0a, 0x01, 0x56, 0x10, 0x00, 0x2a, 0x05, 0x08, 0x64,
    0x10, 0xc9, 0x01, 0x42, 0x03, 0x0a, 0x01, 0x6f, 0x2a, 0x0a, 0x0a, 0x01, 0x54, 0x12, 0x05,
    0x0a, 0x01, 0x57, 0x10, 0x00, 0x3a, 0x14, 0x0a, 0x02, 0x65, 0x32, 0x12, 0x04, 0x2e, 0x70,
    0x2e, 0x4d, 0x18, 0x66, 0x20, 0x01, 0x28, 0x05, 0x52, 0x02, 0x65, 0x32,
};
static const struct gr_file_descriptor x_proto = {"x.proto", {x_octets, sizeof(x_octets)}, NULL, 0};
static const struct gr_file_descriptor no_proto = {"no.proto", {x_octets, 5}, NULL, 0};

static void open_files(struct files *files)
{
    *files = (struct files){0};
    assert_int_equal(files_add(files, &x_proto), 0);
    assert_int_equal(files_add(files, &grpc_testing_test__file), 0);
}

static const struct {
    const char *symbol;
    const char *file; /* NULL: none */
} SYMBOLS[] = {
    {"p.M", "x.proto"},
    {"p.M.f", "x.proto"},
    {"p.M.g", "x.proto"},
    {"p.M.o", "x.proto"},
    {"p.M.E", "x.proto"},
    {"p.M.V", "x.proto"},
    {"p.M.E.V", NULL}, /* a value is a sibling of its enum */
    {"p.M.N", "x.proto"},
    {"p.M.N.e1", "x.proto"},
    {"p.e2", "x.proto"},
    {"p.T", "x.proto"},
    {"p.W", "x.proto"},
    {"p", NULL},
    {"p.", NULL},
    {"", NULL},
    {"M", NULL},
    {".p.M", NULL},
    {"p.M.", NULL},
    {"p.MM", NULL},
    {"q.M", NULL},
    {"grpc.testing.TestService", "grpc/testing/test.proto"},
    {"grpc.testing.TestService.UnaryCall", "grpc/testing/test.proto"},
    {"grpc.testing.TestService.NoCall", NULL},
    {"grpc.testing.Payload", "grpc/testing/messages.proto"}, /* imported */
    {"grpc.testing.Empty", "grpc/testing/empty.proto"},
};

static void a_symbol_is_in_its_file(void **state)
{
    struct files files;

    (void)state;
    open_files(&files);
    for (size_t i = 0; i < ARRAY_LEN(SYMBOLS); i++) {
        const struct file *file = files_with_symbol(&files, SYMBOLS[i].symbol);
        const char *name = file ? file->source->name : "(none)";
        const char *expected = SYMBOLS[i].file ? SYMBOLS[i].file : "(none)";
        if (strcmp(name, expected) != 0)
            fail_msg("%s: expected %s, seen %s", SYMBOLS[i].symbol, expected, name);
    }
    files_clear(&files);
}

static void a_file_is_known_once_with_its_imports(void **state)
{
    struct files files;

    (void)state;
    open_files(&files);
    assert_int_equal(files.count, 4);
    assert_int_equal(files_add(&files, &x_proto), 0);
    assert_int_equal(files.count, 4);
    assert_non_null(files_named(&files, "grpc/testing/empty.proto"));
    assert_null(files_named(&files, "empty.proto"));
    assert_int_equal(files_add(&files, &no_proto), GR_INVALID);
    assert_int_equal(files.count, 4);
    files_clear(&files);
}

static void extensions_are_found_by_message_and_number(void **state)
{
    struct files files;
    int32_t numbers[4] = {0};

    (void)state;
    open_files(&files);
    assert_non_null(files_with_extension(&files, "p.M", 101));
    assert_non_null(files_with_extension(&files, "p.M", 102));
    assert_null(files_with_extension(&files, "p.M", 103));
    assert_null(files_with_extension(&files, "p.N", 101));
    assert_int_equal(files_extension_numbers(&files, "p.M", numbers, 4), 2);
    assert_int_equal(numbers[0] + numbers[1], 203);
    assert_int_equal(files_extension_numbers(&files, "p.M", numbers, 1), 2);
    assert_int_equal(files_extension_numbers(&files, "p.M.N", numbers, 4), 0);
    assert_true(files_have_message(&files, "p.M"));
    assert_true(files_have_message(&files, "p.M.N"));
    assert_false(files_have_message(&files, "p.M.E"));
    assert_false(files_have_message(&files, "p.M."));
    files_clear(&files);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (size_t n = 0;; n++) {
        struct files files = {0};
        fail_allocation(n);
        int error = files_add(&files, &x_proto);
        bool failed = stop_failing();
        assert_int_equal(error != 0, failed);
        files_clear(&files);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_symbol_is_in_its_file),
        cmocka_unit_test(a_file_is_known_once_with_its_imports),
        cmocka_unit_test(extensions_are_found_by_message_and_number),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
