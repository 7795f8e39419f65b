/* SPDX-License-Identifier: MIT
 *
 * The reference client's connection, in memory, with a few calls of every type under way. Input: what a server sends,
 * its SETTINGS first; then a schedule (cut.h); the last octet says which calls. Oracles: O1 every frame cut as the
 * schedule says gives the same events and says the same; and on each run O2, O3, O4, O5, O8, O9. The run that respects
 * no frame boundary is also traced, and what it prints a terminal can show. */
#include "cut.h"

#include "services/test_service.h"

enum how { WHOLE, CUT, ANYHOW };

/* As many calls as there is room for, up to four: with a message each, the client's side closed on some. */
static void start_calls(struct side *side, uint8_t which)
{
    static const uint8_t methods[] = {TEST_UNARY_CALL, TEST_FULL_DUPLEX_CALL,
                                      TEST_STREAMING_INPUT_CALL, TEST_STREAMING_OUTPUT_CALL};
    for (unsigned i = 0; i <= which % 4u; i++) {
        unsigned method = methods[(i + (which >> 2)) % ARRAY_LEN(methods)];
        if (!side_start(side, method, which & 0x80 ? 200 * NS_PER_MS : 0))
            return;
        side_send(side, i, 10);
        if (method == TEST_UNARY_CALL || method == TEST_STREAMING_OUTPUT_CALL || which & 0x40)
            side_half_close(side, i);
    }
    side_turn(side);
}

static struct outcome call(struct bytes stream, struct schedule schedule, uint8_t which,
                           enum how how)
{
    struct side side = {.traced = how == ANYHOW};
    static const uint8_t settings[9] = {0, 0, 0, 4}; /* an empty one: so that calls may start */
    work_begin();
    side_open(&side, ROLE_CLIENT);
    if (!(which & 0x20))
        side_feed(&side, bytes_of(settings, sizeof settings));
    start_calls(&side, which);
    if (how == ANYHOW)
        feed_anyhow(&side, stream, schedule);
    else
        feed_frames(&side, stream, 0, schedule, how == CUT);
    return take_outcome(&side);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes stream = bytes_of(data, size);
    uint8_t which = take_last_octet(&stream);
    struct schedule schedule = take_schedule(&stream);

    struct outcome whole = call(stream, schedule, which, WHOLE);
    struct outcome cut = call(stream, schedule, which, CUT);
    must_be_one_outcome(&whole, &cut);
    cut = call(stream, schedule, which, ANYHOW);
    buf_clear(&cut.text);
    return 0;
}
