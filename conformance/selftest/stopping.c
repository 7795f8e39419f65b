/* SPDX-License-Identifier: MIT
 *
 * The faulty server stops in order (RFC 9113 6.8, gRFC A9): GOAWAY(2^31-1) and a PING; once that is answered, GOAWAY
 * with the last stream; streams above it are not served, but counted; and when the last call is over, the end. */
#include "selftest/h2.h"

#define EVERY_STREAM UINT32_C(0x7fffffff)

static const uint8_t farewell[8] = {'f', 'a', 'r', 'e', 'w', 'e', 'l', 'l'};

static void say_the_last(struct h2 *h2)
{
    h2->stopping = STOPPING_FINAL;
    h2->last_stream = h2->highest_stream;
    put_goaway(h2, knob(KNOB_STOP_DISOWNS_CALLS) ? 0 : h2->last_stream, H2_NO_ERROR, NO_BYTES);
}

void begin_stopping(struct h2 *h2, struct bytes debug)
{
    if (knob(KNOB_STOPS_WITHOUT_GOAWAY)) {
        h2->dropped = true;
        return;
    }
    if (knob(KNOB_STOPS_IN_ONE_STEP)) {
        say_the_last(h2);
        return;
    }
    h2->stopping = STOPPING_BEGUN;
    put_goaway(h2, EVERY_STREAM, H2_NO_ERROR, debug);
    put_frame(h2, FRAME_PING, 0, 0, bytes_of(farewell, sizeof farewell));
}

static void refuse_open_calls(struct h2 *h2)
{
    for (struct stream *stream = h2->streams; stream; stream = stream->next)
        if (!stream->local_closed)
            stream_error(h2, stream, H2_REFUSED_STREAM);
}

void take_ping_answer(struct h2 *h2, struct bytes opaque)
{
    if (h2->stopping != STOPPING_BEGUN || !bytes_equal(opaque, bytes_of(farewell, sizeof farewell)))
        return;
    say_the_last(h2);
    if (knob(KNOB_STOP_REFUSES_OPEN_CALLS))
        refuse_open_calls(h2);
    if (knob(KNOB_STOP_ENDS_CALLS))
        h2->closing = true;
}

bool is_too_late(const struct h2 *h2, uint32_t stream)
{
    if (knob(KNOB_STOP_LOSES_CALLS_BETWEEN) && h2->stopping == STOPPING_BEGUN)
        return true;
    return h2->stopping == STOPPING_FINAL && stream > h2->last_stream && !knob(KNOB_STOP_SERVES_ON);
}

gr_time turn_stopping(struct h2 *h2)
{
    if (h2->stopping == STOPPING_NOT && atomic_load(&h2->common->stopping))
        begin_stopping(h2, NO_BYTES);
    if (h2->stopping == STOPPING_FINAL && count_open(h2) == 0 && !knob(KNOB_STOP_NEVER_CLOSES))
        h2->closing = true;
    return atomic_load(&h2->common->may_stop) ? h2->now + 10 * NS_PER_MS : TIME_NEVER;
}
