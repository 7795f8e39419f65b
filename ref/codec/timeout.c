/* SPDX-License-Identifier: MIT
 *
 * grpc-timeout to and from nanoseconds; see timeout.h. */
#include "codec/timeout.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"

#define MAX_DIGITS 8
#define MAX_VALUE  INT64_C(99999999)

/* Finest first: gr_timeout_format takes the first that fits. */
static const struct unit {
    char letter;
    int64_t ns;
} units[] = {
    {'n', 1},        {'u', NS_PER_US},     {'m', NS_PER_MS},
    {'S', NS_PER_S}, {'M', 60 * NS_PER_S}, {'H', 3600 * NS_PER_S},
};

static const struct unit *unit_of(uint8_t letter)
{
    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        if (units[i].letter == letter)
            return &units[i];
    return NULL;
}

bool gr_timeout_parse(struct bytes text, int64_t *timeout_ns)
{
    if (text.len < 2 || text.len > MAX_DIGITS + 1)
        return false;
    const struct unit *unit = unit_of(text.data[text.len - 1]);
    if (!unit)
        return false;

    int64_t value = 0;
    for (size_t i = 0; i < text.len - 1; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        value = value * 10 + (text.data[i] - '0');
    }
    *timeout_ns = value > INT64_MAX / unit->ns ? INT64_MAX : value * unit->ns;
    return true;
}

static int64_t divide_up(int64_t a, int64_t b)
{
    return a / b + (a % b != 0);
}

void gr_timeout_format(int64_t timeout_ns, char out[static GR_TIMEOUT_TEXT])
{
    assert(timeout_ns > 0);
    const struct unit *unit = units; /* hours always fit: INT64_MAX ns is 2562048 of them */
    while (divide_up(timeout_ns, unit->ns) > MAX_VALUE)
        unit++;
    int64_t value = divide_up(timeout_ns, unit->ns);
    (void)snprintf(out, GR_TIMEOUT_TEXT, "%" PRIu32 "%c", (uint32_t)value, unit->letter);
}
