/* SPDX-License-Identifier: MIT
 *
 * Layer "timeouts": grpc-timeout, legal and not (PROTOCOL-HTTP2, Timeout). */
#include "fuzz/common.h"

#include <stdio.h>

static void with_timeout(struct maker *m, const char *value, const struct outcome *outcomes)
{
    const struct edit edits[] = {{EDIT_ADD, "grpc-timeout", bytes_str(value)}, {.kind = EDIT_END}};
    begin_case(m);
    uint32_t stream = make_edited_call(m, EMPTY_CALL, edits);
    may_end(m, stream, outcomes);
    must_serve(m);
}

/* Far in the future, in any unit. */
static void distant(struct maker *m, const struct fault *fault)
{
    static const struct {
        char unit;
        uint32_t least, most;
    } units[] = {{'H', 1, 2},
                 {'M', 1, 59},
                 {'S', 30, 3600},
                 {'m', 30000, 99999999},
                 {'u', 30000000, 99999999},
                 {'H', 99999999, 99999999},
                 {'M', 99999999, 99999999},
                 {'S', 99999999, 99999999}};
    char value[16];
    (void)fault;
    uint32_t at = draw_below(&m->draw, ARRAY_LEN(units));
    bool zeros = draw_chance(&m->draw, 20) && units[at].most < 1000;
    snprintf(value, sizeof value, zeros ? "%05u%c" : "%u%c",
             (unsigned)draw_between(&m->draw, units[at].least, units[at].most), units[at].unit);
    with_timeout(m, value, ONE_OF(STATUS(GRPC_OK)));
}

static void malformed(struct maker *m, const struct fault *fault)
{
    static const char *const values[] = {
        "",     "S",   "1",    "-1S",        "+1S",
        "1.5S", "1s",  "1h",   "123456789S", "1 S",
        " 1S",  "1SS", "0x1S", "soon",       "99999999999999999999S",
        "1d",   "1S ", "S1",   "1,S"};
    char value[24];
    (void)fault;
    snprintf(value, sizeof value, "%s", values[draw_below(&m->draw, ARRAY_LEN(values))]);
    if (draw_chance(&m->draw, 30))
        for (size_t i = 0; i < 8; i++)
            value[i] = i == 7 ? '\0' : (char)draw_between(&m->draw, 33, 126);
    with_timeout(m, value, ONE_OF(ANY_ERROR, HTTP(400), STATUS(GRPC_OK), LENIENT_ANY_RESET(NULL)));
}

/* A call that waits for its message longer than it may. */
static void expired(struct maker *m, const struct fault *fault)
{
    static const struct {
        char unit;
        uint32_t least, most;
    } units[] = {{'n', 1, 9999999}, {'u', 1, 10000}, {'m', 1, 10}};
    char value[16];
    (void)fault;
    uint32_t at = draw_below(&m->draw, ARRAY_LEN(units));
    snprintf(value, sizeof value, "%u%c",
             (unsigned)draw_between(&m->draw, units[at].least, units[at].most), units[at].unit);
    const struct edit edits[] = {{EDIT_ADD, "grpc-timeout", bytes_str(value)}, {.kind = EDIT_END}};
    begin_case(m);
    uint32_t sibling = begin_sibling(m);
    uint32_t stream = make_stream(m);
    make_request(m, stream, FULL_DUPLEX_CALL, edits, FLAG_NONE);
    make_flush(m);
    may_end(m, stream,
            ONE_OF(STATUS(GRPC_DEADLINE_EXCEEDED), RESET(H2_CANCEL),
                   LENIENT_STATUS(GRPC_CANCELLED, NULL)));
    end_sibling(m, sibling);
    must_serve(m);
}

static void zero(struct maker *m, const struct fault *fault)
{
    static const char *const values[] = {"0n", "0u", "0m", "0S", "0M", "0H", "00000000n"};
    (void)fault;
    const struct edit edits[] = {
        {EDIT_ADD, "grpc-timeout", bytes_str(values[draw_below(&m->draw, ARRAY_LEN(values))])},
        {.kind = EDIT_END}};
    begin_case(m);
    uint32_t stream = make_stream(m);
    make_request(m, stream, FULL_DUPLEX_CALL, edits, FLAG_NONE);
    make_flush(m);
    may_end(m, stream, ONE_OF(ANY_ERROR, HTTP(400), ANY_RESET));
    must_serve(m);
}

#define F(name, clauses, wrong, make, service)                                                     \
    {                                                                                              \
        "timeouts/" name, clauses, wrong, make, NULL, service                                      \
    }
static const struct fault faults[] = {
    F("distant", "GRPC-DL-004 GRPC-DL-013", "a deadline far in the future", distant, false),
    F("malformed", "GRPC-DL-005", "a timeout that the grammar does not know", malformed, false),
    F("expired", "GRPC-DL-011 GRPC-DL-007", "a deadline that passes while a call waits", expired,
      true),
    F("zero", "GRPC-DL-014", "no time at all", zero, true),
};
const struct fault_list timeout_faults = ROWS(faults);
