/* SPDX-License-Identifier: MIT
 *
 * Properties as they are written, a case's own server as the starter gives it, and memory. */
#include "base/test.h"

#include "peer/own_target.h"

#include <unistd.h>

static void properties_are_parsed(void **state)
{
    static const struct {
        const char *text, *key, *value, *why; /* why: NULL when it is fine */
    } rows[] = {
        {"graceful-stop", "graceful-stop", "", NULL},
        {"max-age=2.5", "max-age", "2.5", NULL},
        {"throwing-method=/a.B/C=D", "throwing-method", "/a.B/C=D", NULL},
        {"max-age", "max-age", "", "--server-has max-age takes a value"},
        {"max-age=", "max-age", "", "--server-has max-age takes a value"},
        {"max-age=soon", "max-age", "soon",
         "--server-has max-age takes a number of seconds, not 'soon'"},
        {"max-idle=-1", "max-idle", "-1",
         "--server-has max-idle takes a number of seconds, not '-1'"},
        {"graceful-stop=yes", "graceful-stop", "yes", "--server-has graceful-stop takes no value"},
        {"", "", "", "--server-has: nothing is called ''; see --help"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char storage[128], why[256] = "";
        struct server_property property;
        bool ok = server_property_parse(rows[i].text, storage, &property, why);
        assert_string_equal(why, rows[i].why ? rows[i].why : "");
        assert_int_equal(ok, rows[i].why == NULL);
        assert_string_equal(property.key, rows[i].key);
        assert_string_equal(property.value, rows[i].value);
    }
}

static const struct test_case some_case = {.id = "a/b/c", .clauses = "", .title = "a case"};

static struct test begin(const struct target_info *target)
{
    struct test t;
    test_init(&t, &some_case, target, clock_now_ns());
    return t;
}

static void what_was_not_said_is_a_skip_that_says_so(void **state)
{
    const struct server_property given[] = {{"max-age", "2"}, {"max-idle", "soon"}};
    const struct target_info target = {.properties = given, .property_count = 2};
    (void)state;
    struct test t = begin(&target);
    assert_int_equal(server_has_seconds(&t, HAS_MAX_AGE), 2 * NS_PER_S);
    assert_false(test_is_over(&t));
    assert_int_equal(server_has_seconds(&t, HAS_KEEPALIVE_TIME), 0);
    assert_int_equal(t.verdict, VERDICT_SKIP);
    assert_non_null(strstr(buf_str(&t.seen), "--server-has keepalive-time=..."));
    test_clear(&t);
    t = begin(&target);
    assert_int_equal(server_has_seconds(&t, HAS_MAX_IDLE), 0);
    assert_int_equal(t.verdict, VERDICT_BROKEN);
    test_clear(&t);
}

/* ---- a starter that counts ---- */

static int started, stopped, ended;

static void *start(void *arg, struct endpoint *endpoint, char why[static 256])
{
    (void)why;
    started++;
    endpoint->port = 7777;
    return arg;
}
static void stop_gracefully(void *server)
{
    (void)server;
    stopped++;
}
static bool has_ended(void *server)
{
    (void)server;
    return stopped > 0;
}
static struct memory some_memory(void *server)
{
    (void)server;
    return (struct memory){100, 200};
}
static void end(void *server)
{
    (void)server;
    ended++;
}

static void a_case_has_a_server_of_its_own(void **state)
{
    int nothing = 0;
    struct starter starter = {start, stop_gracefully, has_ended, some_memory, end, &nothing, true};
    const struct target_info target = {.endpoint = {.host = "127.0.0.1", .port = 1},
                                       .starter = &starter};
    (void)state;
    started = stopped = ended = 0;
    struct test t = begin(&target);
    start_own_target(&t);
    assert_int_equal(t.target->endpoint.port, 7777);
    assert_int_equal(target_memory(&t).peak, 200);
    assert_false(own_target_has_ended(&t, NS_PER_MS));
    stop_own_target(&t);
    assert_true(own_target_has_ended(&t, NS_PER_MS));
    test_finish(&t);
    test_clear(&t);
    assert_int_equal(started, 1);
    assert_int_equal(stopped, 1);
    assert_int_equal(ended, 1);
}

static void who_cannot_be_asked_to_stop_is_not(void **state)
{
    int nothing = 0;
    struct starter starter = {start, stop_gracefully, has_ended, some_memory, end, &nothing, false};
    const struct target_info target = {.starter = &starter};
    (void)state;
    stopped = 0;
    struct test t = begin(&target);
    start_own_target(&t);
    stop_own_target(&t);
    assert_int_equal(t.verdict, VERDICT_SKIP);
    assert_int_equal(stopped, 0);
    test_clear(&t);
    const struct target_info none = {.starter = NULL};
    t = begin(&none);
    start_own_target(&t);
    assert_int_equal(t.verdict, VERDICT_SKIP);
    test_clear(&t);
}

static void memory_of_no_process_is_not_known(void **state)
{
    (void)state;
    assert_int_equal(process_memory(0x3fffffff, false).now, -1);
    assert_int_equal(process_memory(0x3fffffff, true).now, -1);
    struct memory ours = process_memory((int)getpid(), false); /* not known under a sanitizer */
    assert_true(ours.now == -1 || (ours.now > 100000 && ours.peak >= ours.now));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(properties_are_parsed),
        cmocka_unit_test(what_was_not_said_is_a_skip_that_says_so),
        cmocka_unit_test(a_case_has_a_server_of_its_own),
        cmocka_unit_test(who_cannot_be_asked_to_stop_is_not),
        cmocka_unit_test(memory_of_no_process_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
