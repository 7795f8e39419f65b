/* SPDX-License-Identifier: MIT
 *
 * Rules about the life of a stream (RFC 9113 section 5): who may open it, and what may follow its ends.
 * Frames that were on their way when we closed a stream are never held against the target. */
#include "lint/state.h"

/* PUSH_PROMISE: only a server may, and only while we have not forbidden it. */
static void judge_push(struct lint *lint, const struct frame *frame)
{
    bool allowed = lint->role == LINT_SERVER && lint->ours.acked.enable_push != 0;
    judge(lint, RULE_PUSH, allowed, "PUSH_PROMISE on stream %u%s", frame->stream,
          lint->role == LINT_CLIENT ? " from a client" : ", though ENABLE_PUSH is 0");
    struct bytes inner;
    size_t at = (frame->flags & FLAG_PADDED) ? 1 : 0;
    inner = bytes_skip(frame->payload, at);
    if (inner.len < 4 || lint->role != LINT_SERVER)
        return;
    struct lint_stream *promised = lint_stream_of(lint, load_u32(inner.data) & 0x7fffffff);
    if (promised)
        promised->opened = true;
}

static bool is_open(const struct lint_stream *stream)
{
    bool reset = stream->our_reset || stream->their_reset;
    return stream->opened && !reset && !(stream->our_end && stream->their_end);
}

static unsigned count_open(const struct lint *lint)
{
    unsigned count = 0;
    for (const struct lint_stream *stream = lint->streams; stream; stream = stream->next)
        count += is_open(stream);
    return count;
}

/* May it open one more? What ends a stream may have been on its way, so only what is open for both counts. */
static void judge_opening(struct lint *lint, uint32_t id)
{
    int64_t most = most_allowed(lint, max_streams);
    unsigned open = count_open(lint);
    if (lint->our_goaway)
        judge(lint, RULE_AFTER_GOAWAY, lint->pings_answered <= lint->our_goaway_ping,
              "stream %u is opened after a PING was answered that came behind our GOAWAY", id);
    if (!lint->ours.lost_count && most < UINT32_MAX)
        judge(lint, RULE_CONCURRENT, (int64_t)open + 1 <= most,
              "stream %u is opened while %u are open and %lld are allowed", id, open,
              (long long)most);
}

/* A client under test opens streams by HEADERS; returns the stream, or NULL when it had no right to the id. */
static struct lint_stream *open_theirs(struct lint *lint, const struct frame *frame)
{
    if (frame->type != FRAME_HEADERS)
        return NULL;
    if (!judge(lint, RULE_STREAM_IDS, frame->stream % 2 == 1 && frame->stream > lint->their_highest,
               "HEADERS open stream %u after %u", frame->stream, lint->their_highest))
        return NULL;
    judge_opening(lint, frame->stream);
    lint->their_highest = frame->stream;
    struct lint_stream *stream = lint_stream_of(lint, frame->stream);
    if (stream)
        stream->opened = true;
    return stream;
}

/* The stream a frame of theirs is on, if it may be; idle streams are reported. */
static struct lint_stream *stream_in_use(struct lint *lint, const struct frame *frame)
{
    char scratch[16];
    struct lint_stream *stream = lint_find(lint, frame->stream);
    if (stream && stream->opened) {
        judge(lint, RULE_STREAM_IDLE, true, "in use");
        return stream;
    }
    if (stream && stream->touched)
        return stream; /* they answer something that we should not have sent */
    if (lint->role == LINT_CLIENT)
        stream = open_theirs(lint, frame);
    if (!stream && !(lint->role == LINT_CLIENT && frame->type == FRAME_HEADERS))
        judge(lint, RULE_STREAM_IDLE, false, "%s on stream %u, which is idle",
              frame_type_name(frame->type, scratch), frame->stream);
    return stream;
}

static void judge_reset(struct lint *lint, const struct frame *frame, struct lint_stream *stream)
{
    uint32_t code = load_u32(frame->payload.data);
    char scratch[16];
    if (stream->their_reset)
        judge(lint, RULE_ONE_RESET, stream->ours_after_their_reset,
              "a second RST_STREAM (%s) on stream %u", h2_error_name(code, scratch), stream->id);
    /* Crossing resets are nobody's fault; one that names our RST_STREAM as the error, or that comes when we know
     * ours was read, is an answer. PROTOCOL_ERROR names it only where nothing else we sent can be meant. */
    bool blames = code == H2_STREAM_CLOSED || (code == H2_PROTOCOL_ERROR && stream->request_plain);
    bool faultless = lint->role == LINT_CLIENT || stream->request_plain;
    bool read = faultless && lint->pings_answered > stream->our_reset_ping;
    if (stream->our_reset && !stream->provoked && !stream->their_reset)
        judge(lint, RULE_RESET_ANSWERED, !blames && !read,
              "RST_STREAM (%s) answers ours on stream %u", h2_error_name(code, scratch),
              stream->id);
    stream->their_reset = true;
    stream->ours_after_their_reset = false;
}

/* HEADERS and DATA (and CONTINUATION, which belongs to its HEADERS and is not judged again). */
static bool judge_content(struct lint *lint, const struct frame *frame, struct lint_stream *stream)
{
    char scratch[16];
    const char *name = frame_type_name(frame->type, scratch);
    if (frame->type == FRAME_CONTINUATION)
        return !stream->their_reset;
    if (stream->their_reset)
        return judge(lint, RULE_AFTER_OWN_RESET, false, "%s on stream %u after its RST_STREAM",
                     name, stream->id);
    if (!judge(lint, RULE_AFTER_END, !stream->their_end, "%s on stream %u after END_STREAM", name,
               stream->id))
        return false;
    if (stream->our_reset)
        judge(lint, RULE_AFTER_RESET, lint->pings_answered <= stream->our_reset_ping,
              "%s on stream %u, which was reset before a PING that is already answered", name,
              stream->id);
    stream->their_end = (frame->flags & FLAG_END_STREAM) != 0;
    return true;
}

bool judge_stream_state(struct lint *lint, const struct frame *frame, struct lint_stream **stream)
{
    if (frame->stream == 0 || frame->type == FRAME_PRIORITY || frame->type > FRAME_CONTINUATION)
        return true;
    if (frame->type == FRAME_PUSH_PROMISE) {
        judge_push(lint, frame);
        return true;
    }
    if (frame->type == FRAME_CONTINUATION && lint->block_pushes[RECEIVED])
        return true;
    *stream = stream_in_use(lint, frame);
    if (!*stream)
        return false;
    if (frame->type == FRAME_HEADERS && frame->stream > lint->highest_answered)
        lint->highest_answered = frame->stream;
    if (frame->type == FRAME_RST_STREAM) {
        judge_reset(lint, frame, *stream);
        return true;
    }
    if (frame->type == FRAME_WINDOW_UPDATE) {
        judge(lint, RULE_AFTER_OWN_RESET, !(*stream)->their_reset,
              "WINDOW_UPDATE on stream %u after its RST_STREAM", frame->stream);
        return true;
    }
    return judge_content(lint, frame, *stream);
}
