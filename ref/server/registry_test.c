/* SPDX-License-Identifier: MIT
 *
 * Methods are found by their exact path, however many there are. */
#include "base/test.h"

#include "server/registry.h"

#include <stdio.h>

#define SERVICES 100

static char names[SERVICES][16], paths[SERVICES][2][32];
static struct gr_method methods[SERVICES][2];
static struct gr_service services[SERVICES];

static void make_services(void)
{
    for (int i = 0; i < SERVICES; i++) {
        snprintf(names[i], sizeof(names[i]), "t.S%d", i);
        for (int j = 0; j < 2; j++) {
            snprintf(paths[i][j], sizeof(paths[i][j]), "/t.S%d/M%d", i, j);
            methods[i][j] = (struct gr_method){.path = paths[i][j]};
        }
        services[i] = (struct gr_service){names[i], methods[i], 2, NULL};
    }
}

static void every_registered_method_is_found_with_its_data(void **state)
{
    struct registry registry = {0};

    (void)state;
    make_services();
    for (int i = 0; i < SERVICES; i++)
        assert_int_equal(registry_add(&registry, &services[i], &names[i]), 0);
    for (int i = 0; i < SERVICES; i++) {
        for (int j = 0; j < 2; j++) {
            struct call_target target = registry_find(&registry, bytes_str(paths[i][j]));
            assert_ptr_equal(target.method, &methods[i][j]);
            assert_ptr_equal(target.service_data, &names[i]);
        }
    }
    registry_clear(&registry);
}

static void nothing_else_is_found(void **state)
{
    static const char *const absent[] = {"",          "/",       "/t.S1/M2", "/t.s1/m1",
                                         "/t.S1/M1x", "t.S1/M1", "/t.S1/M"};
    struct registry registry = {0};

    (void)state;
    make_services();
    assert_null(registry_find(&registry, BYTES("/t.S1/M1")).method);
    assert_int_equal(registry_add(&registry, &services[1], NULL), 0);
    for (size_t i = 0; i < ARRAY_LEN(absent); i++)
        assert_null(registry_find(&registry, bytes_str(absent[i])).method);
    assert_int_equal(registry_add(&registry, &services[1], NULL), GR_INVALID);
    registry_clear(&registry);
}

static void out_of_memory_adds_nothing(void **state)
{
    (void)state;
    make_services();
    for (size_t n = 0;; n++) {
        struct registry registry = {0};
        fail_allocation(n);
        int error = registry_add(&registry, &services[1], NULL);
        bool failed = stop_failing();
        assert_int_equal(error, failed ? GR_NOMEM : 0);
        assert_int_equal(registry_find(&registry, BYTES("/t.S1/M1")).method != NULL, !failed);
        registry_clear(&registry);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_registered_method_is_found_with_its_data),
        cmocka_unit_test(nothing_else_is_found),
        cmocka_unit_test(out_of_memory_adds_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
