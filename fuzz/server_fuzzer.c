/* SPDX-License-Identifier: MIT
 *
 * The reference server's connection, in memory: no socket, and a clock that the input moves; with
 * grpc.testing.TestService behind it. Input: what a client sends behind its preface, then a schedule
 * (cut.h). Oracles: O1 every frame cut as the schedule says gives the same events and says the same as
 * frames fed whole; and on each run, the third of which respects no frame boundary, O2, O3, O4, O5, O8, O9. */
#include "cut.h"

#define PREFACE BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

enum how { WHOLE, CUT, ANYHOW };

static struct outcome serve(struct bytes stream, struct schedule schedule, enum how how)
{
    struct side side = {0};
    work_begin();
    side_open(&side, ROLE_SERVER);
    side_feed(&side, PREFACE);
    if (how == ANYHOW)
        feed_anyhow(&side, stream, schedule);
    else
        feed_frames(&side, stream, 0, schedule, how == CUT);
    return take_outcome(&side);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes stream = bytes_of(data, size);
    struct schedule schedule = take_schedule(&stream);

    struct outcome whole = serve(stream, schedule, WHOLE);
    struct outcome cut = serve(stream, schedule, CUT);
    must_be_one_outcome(&whole, &cut);
    cut = serve(stream, schedule, ANYHOW);
    buf_clear(&cut.text);
    return 0;
}
