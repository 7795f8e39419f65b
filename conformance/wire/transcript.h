/* SPDX-License-Identifier: MIT
 *
 * What was said, both directions, in order: every frame as octets with its time, the header list it carried, and
 * remarks. The evidence behind a verdict; printed one decoded frame a line, and kept whole for reports. */
#ifndef WIRE_TRANSCRIPT_H
#define WIRE_TRANSCRIPT_H

#include "base/buf.h"
#include "base/clock.h"
#include "wire/frame.h"
#include "wire/hpack.h"

enum direction { SENT, RECEIVED, REMARK };

struct transcript_entry {
    enum direction direction;
    unsigned connection; /* 1, 2 ... within the case */
    gr_time at;          /* since the case began */
    struct bytes
        octets; /* the whole frame, or octets that are no frame (preface, garbage); owned by the transcript */
    size_t wire_len; /* how many octets there were; more than octets.len when they were cut */
    bool is_frame;
    struct frame frame;         /* views into octets; valid when is_frame */
    struct header_list headers; /* decoded, for the frame that ended a header block */
    bool has_headers;
    bool offending; /* the frame a failure or finding is about */
    const char *
        text; /* REMARK: what happened ("connection closed by the target"); owned by the transcript */
};

#define TRANSCRIPT_ENTRIES 4000
#define TRANSCRIPT_OCTETS  ((size_t)256 << 10)

/* All zeros is empty. What a long transfer fills must not hide how the case ended, so the caps are two: past
 * max_octets, DATA and loose octets keep only their first TRANSCRIPT_CUT; past max_entries, DATA, WINDOW_UPDATE
 * and PING are dropped. Everything else is kept up to twice both. */
#define TRANSCRIPT_CUT 64
struct transcript {
    struct transcript_entry *entries;
    size_t count, cap;
    size_t octets;
    size_t dropped; /* entries not kept, because the cap was reached or memory ran out */
    size_t max_entries, max_octets; /* 0: TRANSCRIPT_ENTRIES, TRANSCRIPT_OCTETS */
    gr_time began;
};

void transcript_clear(struct transcript *transcript);
/* All copied. Returns the entry's index, or SIZE_MAX when it was dropped. add_frame: octets must begin with a whole
 * frame header; a payload shorter or longer than its length field makes it loose octets. */
size_t transcript_add_frame(struct transcript *t, enum direction d, unsigned connection,
                            gr_time now, struct bytes octets);
size_t transcript_add_octets(struct transcript *t, enum direction d, unsigned connection,
                             gr_time now, struct bytes octets);
void transcript_add_remark(struct transcript *t, unsigned connection, gr_time now, const char *fmt,
                           ...) PRINTF_LIKE(4, 5);
/* Attach a decoded header list (taken, also when entry is SIZE_MAX) to an entry. */
void transcript_set_headers(struct transcript *t, size_t entry, struct header_list *headers);

/* One line without newline, as `--trace` style:
 *   "  0.3 ms  > HEADERS stream 1 END_HEADERS len 54  :method=POST :path=/grpc.testing.TestService/EmptyCall ..."
 * '>' sent by grpcspec, '<' received from the target. Octets that are not printable are escaped.
 * The time is since the case began; "[2]" follows it on a second connection. */
void transcript_format_line(const struct transcript_entry *entry, struct buf *out);

/* Printable ASCII as it is, the rest as \xNN, backslash doubled; at most `max` octets, then "...". */
void put_escaped(struct buf *out, struct bytes octets, size_t max);

#endif
