/* SPDX-License-Identifier: MIT
 *
 * A frame in, a line out. */
#include "base/test.h"

#include "h2/trace.h"

#include <stdio.h>

static char seen[4096];

static void keep(void *user, const char *line)
{
    (void)user;
    snprintf(seen, sizeof(seen), "%s", line);
}

static const struct field fields[] = {
    {{(const uint8_t *)":status", 7}, {(const uint8_t *)"200", 3}},
    {{(const uint8_t *)"x", 1}, {(const uint8_t *)"\x01", 1}},
};
static const struct trace_setting settings[] = {{4, 65535}, {0x99, 1}};

struct row {
    const char *line;
    struct trace_frame frame;
};

static const struct row rows[] = {
    {"      1.500 < DATA stream 3 END_STREAM PADDED  7 octets\n",
     {.type = 0, .flags = 0x9, .stream = 3, .len = 7}},
    {"      1.500 > HEADERS stream 1 END_STREAM END_HEADERS  :status=200 x=\\x01\n",
     {.sent = true, .type = 1, .flags = 0x5, .stream = 1, .fields = fields, .field_count = 2}},
    {"      1.500 < HEADERS stream 1 END_HEADERS PRIORITY\n",
     {.type = 1, .flags = 0x24, .stream = 1}},
    {"      1.500 > RST_STREAM stream 5  CANCEL\n",
     {.sent = true, .type = 3, .stream = 5, .code = 8}},
    {"      1.500 > RST_STREAM stream 5  0x99\n",
     {.sent = true, .type = 3, .stream = 5, .code = 0x99}},
    {"      1.500 < SETTINGS stream 0  INITIAL_WINDOW_SIZE=65535 0x99=1\n",
     {.type = 4, .settings = settings, .setting_count = 2}},
    {"      1.500 < SETTINGS stream 0 ACK\n", {.type = 4, .flags = 1}},
    {"      1.500 < PING stream 0 ACK\n", {.type = 6, .flags = 1}},
    {"      1.500 < GOAWAY stream 0 last stream 9  ENHANCE_YOUR_CALM hey\n",
     {.type = 7, .last = 9, .code = 11, .debug = {(const uint8_t *)"hey", 3}}},
    {"      1.500 < WINDOW_UPDATE stream 0  +10\n", {.type = 8, .code = 10}},
    {"      1.500 < 0x42 stream 0\n", {.type = 0x42}},
};

static void every_frame_is_one_readable_line(void **state)
{
    struct trace trace;

    (void)state;
    trace_init(&trace, NS_PER_S, keep, NULL);
    trace.now = NS_PER_S + 1500 * NS_PER_US;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        trace_frame(&trace, &rows[i].frame);
        assert_string_equal(seen, rows[i].line);
    }
}

static void connections_behind_the_first_have_a_number(void **state)
{
    struct trace second, third;

    (void)state;
    trace_init(&second, 0, keep, NULL);
    trace_init(&third, 0, keep, NULL);
    trace_frame(&second, &(struct trace_frame){.type = 6});
    assert_string_equal(seen, "      0.000 [2] < PING stream 0\n");
    trace_frame(&third, &(struct trace_frame){.type = 6});
    assert_string_equal(seen, "      0.000 [3] < PING stream 0\n");
    trace_frame(&second, &(struct trace_frame){.type = 6});
    assert_string_equal(seen, "      0.000 [2] < PING stream 0\n");
}

static void a_long_value_is_cut(void **state)
{
    static const uint8_t long_value[200] = {0};
    const struct field field = {{(const uint8_t *)"x", 1}, {long_value, sizeof(long_value)}};
    struct trace trace;

    (void)state;
    trace_init(&trace, 0, keep, NULL);
    trace_frame(&trace, &(struct trace_frame){.type = 1, .fields = &field, .field_count = 1});
    assert_non_null(strstr(seen, "\\x00...(200 octets)\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_frame_is_one_readable_line),
        cmocka_unit_test(connections_behind_the_first_have_a_number),
        cmocka_unit_test(a_long_value_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
