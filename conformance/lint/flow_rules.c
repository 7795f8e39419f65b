/* SPDX-License-Identifier: MIT
 *
 * Rules about flow control (RFC 9113 sections 5.2 and 6.9), from both ends. What the target may send is counted
 * with the largest INITIAL_WINDOW_SIZE it may rely on: acknowledged, or sent and not yet acknowledged. */
#include "lint/state.h"

static void judge_data(struct lint *lint, const struct frame *frame, struct lint_stream *stream)
{
    int64_t octets = (int64_t)frame->payload.len;
    lint->their_connection_credit -= octets;
    if (octets > 0)
        judge(lint, RULE_CONNECTION_WINDOW, lint->their_connection_credit >= 0,
              "DATA of %lld octets on stream %u is %lld beyond the connection's window",
              (long long)octets, frame->stream, (long long)-lint->their_connection_credit);
    if (!stream)
        return;
    stream->their_credit -= octets;
    int64_t window = most_allowed(lint, initial_window) + stream->their_credit;
    if (octets > 0 && !lint->ours.lost_count)
        judge(lint, RULE_STREAM_WINDOW, window >= 0,
              "DATA of %lld octets is %lld beyond the window of stream %u", (long long)octets,
              (long long)-window, frame->stream);
}

static void judge_window_update(struct lint *lint, const struct frame *frame,
                                struct lint_stream *stream)
{
    uint32_t bits = load_u32(frame->payload.data);
    int64_t increment = bits & 0x7fffffff;
    judge(lint, RULE_FRAME_RESERVED, (int64_t)bits == increment,
          "the reserved bit of a WINDOW_UPDATE is set");
    judge(lint, RULE_INCREMENT_ZERO, increment > 0, "a WINDOW_UPDATE of 0 on stream %u",
          frame->stream);

    /* Everything we have sent may be on its way, so the window they see is at least what we see. */
    int64_t window = 0;
    if (frame->stream == 0) {
        window = lint->our_connection_credit += increment;
    } else if (stream) {
        stream->our_credit += increment;
        window = lint->their_lowest_window + stream->our_credit;
    }
    judge(lint, RULE_WINDOW_OVERFLOW, window <= MAX_WINDOW,
          "a WINDOW_UPDATE lifts the window of %s %u to %lld",
          frame->stream ? "stream" : "connection, stream", frame->stream, (long long)window);
}

void judge_windows(struct lint *lint, const struct frame *frame, struct lint_stream *stream)
{
    if (frame->type == FRAME_DATA)
        judge_data(lint, frame, stream);
    if (frame->type == FRAME_WINDOW_UPDATE)
        judge_window_update(lint, frame, stream);
}
