/* SPDX-License-Identifier: MIT
 *
 * Files that appear whole or not at all, and the sentences when they cannot. */
#include "base/test.h"

#include "reports/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/output-test-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder); /* fails when something was left behind: that is the point */
}

static void path_in_folder(char path[static 128], const char *name)
{
    snprintf(path, 128, "%s/%s", folder, name);
}

static void assert_content(const char *path, const char *expected)
{
    char seen[64] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t n = fread(seen, 1, sizeof(seen) - 1, file);
    fclose(file);
    seen[n] = '\0';
    assert_string_equal(seen, expected);
}

static void a_file_appears_with_the_commit(void **state)
{
    (void)state;
    struct output output;
    char path[128], why[512];
    path_in_folder(path, "report");
    assert_true(output_open(&output, path, why));
    assert_int_equal(access(path, F_OK), -1);
    assert_true(output_commit(&output, BYTES("first"), why));
    assert_content(path, "first");

    assert_true(output_open(&output, path, why));
    assert_content(path, "first"); /* until the commit */
    assert_true(output_commit(&output, BYTES("second"), why));
    assert_content(path, "second");
    unlink(path);
}

static void abandoned_leaves_nothing(void **state)
{
    (void)state;
    struct output output;
    char path[128], why[512];
    path_in_folder(path, "report");
    assert_true(output_open(&output, path, why));
    output_abandon(&output);
    output_abandon(&output); /* closed already: nothing */
    assert_int_equal(access(path, F_OK), -1);
}

static void a_place_that_cannot_be_written_is_told_before(void **state)
{
    (void)state;
    struct output output;
    char path[128], why[512];
    path_in_folder(path, "none/report");
    assert_false(output_open(&output, path, why));
    assert_non_null(strstr(why, "cannot write "));
    assert_non_null(strstr(why, "No such file or directory"));
    assert_false(output_open(&output, folder, why));
    assert_non_null(strstr(why, "Is a directory"));
}

static void a_full_disk_is_an_error(void **state)
{
    (void)state;
    struct output output;
    char why[512];
    if (access("/dev/full", W_OK) != 0)
        skip();
    assert_true(output_open(&output, "/dev/full", why));
    assert_false(output_commit(&output, BYTES("text"), why));
    assert_string_equal(why, "cannot write /dev/full: No space left on device");
    assert_int_equal(output.fd, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_appears_with_the_commit),
        cmocka_unit_test(abandoned_leaves_nothing),
        cmocka_unit_test(a_place_that_cannot_be_written_is_told_before),
        cmocka_unit_test(a_full_disk_is_an_error),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
