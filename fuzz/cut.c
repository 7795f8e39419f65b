/* SPDX-License-Identifier: MIT
 *
 * Feeding frame by frame, or anyhow; see cut.h. */
#include "cut.h"

#define MOST_SCHEDULE 16

struct schedule take_schedule(struct bytes *input)
{
    size_t n = take_last_octet(input) % MOST_SCHEDULE;
    return (struct schedule){take_last(input, n)};
}

static size_t step(struct schedule schedule, size_t i)
{
    return schedule.octets.len ? schedule.octets.data[i % schedule.octets.len] : 0;
}

/* The frame at the front, or all there is of it. */
static struct bytes next_unit(struct bytes *stream, size_t *preface)
{
    size_t len = *preface;
    if (len == 0)
        len = stream->len < 9 ? stream->len : 9 + (size_t)load_u24(stream->data);
    struct bytes unit = bytes_first(*stream, len);
    *stream = bytes_skip(*stream, len);
    *preface = 0;
    return unit;
}

static void feed_in_pieces(struct side *side, struct bytes unit, struct schedule schedule)
{
    for (size_t i = 0; unit.len > 0; i++) {
        size_t len = 1 + step(schedule, i) % 32;
        side_feed(side, bytes_first(unit, len));
        unit = bytes_skip(unit, len);
    }
}

void feed_frames(struct side *side, struct bytes stream, size_t preface, struct schedule schedule,
                 bool cut)
{
    for (size_t i = 0; stream.len > 0 && !conn_done(side->conn); i++) {
        struct bytes unit = next_unit(&stream, &preface);
        if (cut)
            feed_in_pieces(side, unit, schedule);
        else
            side_feed(side, unit);
        side_pass_time(side, (int64_t)step(schedule, i) * NS_PER_MS);
    }
}

void feed_anyhow(struct side *side, struct bytes stream, struct schedule schedule)
{
    for (size_t i = 0; stream.len > 0 && !conn_done(side->conn); i++) {
        size_t len = 1 + step(schedule, i) * 4;
        side_feed(side, bytes_first(stream, len));
        stream = bytes_skip(stream, len);
        side_pass_time(side, (int64_t)step(schedule, i + 1) * NS_PER_MS);
    }
}

struct outcome take_outcome(struct side *side)
{
    must_be_bounded(side->fed, (size_t)32 << 20, (size_t)32 << 10);
    must(side->events <= 64 + 8 * side->fed, "O9: more events than the input explains");
    watch_end(side->watch);
    struct outcome outcome = {watch_meaning(side->watch), watch_timing_matters(side->watch)};
    if (!watch_failed(side->watch))
        buf_put(&outcome.text, buf_view(&side->told));
    side_close(side);
    return outcome;
}

/* Whether a call that failed is still reset depends on whether the peer's END_STREAM was there first, and a cut
 * may fall just before that: RST_STREAM(CANCEL) is left out of what is compared. */
static void drop_cancels(struct buf *text)
{
    static const struct bytes line = {(const uint8_t *)" type 3 code 8\n", 15};
    struct buf kept = {0};

    for (struct bytes rest = buf_view(text); rest.len > 0;) {
        if (bytes_starts_with(rest, line)) {
            rest = bytes_skip(rest, line.len);
            continue;
        }
        buf_put_u8(&kept, rest.data[0]);
        rest = bytes_skip(rest, 1);
    }
    buf_clear(text);
    *text = kept;
}

void must_be_one_outcome(struct outcome *whole, struct outcome *cut)
{
    drop_cancels(&whole->text);
    drop_cancels(&cut->text);
    if (!whole->timing_matters && !cut->timing_matters)
        must_be_same(buf_view(&whole->text), buf_view(&cut->text),
                     "O1: a cut inside a frame changes what happens");
    buf_clear(&whole->text);
    buf_clear(&cut->text);
}
