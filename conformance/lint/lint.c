/* SPDX-License-Identifier: MIT
 *
 * The linter's own business: its memory, its streams, and the order in which the rules are shown a frame.
 * No rule is here. */
#include "lint/state.h"

#include <stdio.h>
#include <stdlib.h>

/* Our blocks are decoded only to know what was asked: any table the target allows us is fine. */
#define SENT_TABLE_LIMIT (1u << 24)

struct lint *lint_new(enum lint_role target_role, struct lint_sink sink)
{
    struct lint *lint = calloc(1, sizeof *lint);
    if (!lint)
        return NULL;
    *lint = (struct lint){
        .role = target_role,
        .sink = sink,
        .ours.acked = {.table_size = 4096,
                       .enable_push = 1,
                       .initial_window = DEFAULT_WINDOW,
                       .max_frame_size = DEFAULT_MAX_FRAME_SIZE,
                       .max_streams = UINT32_MAX},
        .theirs.initial_window = DEFAULT_WINDOW,
        .their_lowest_window = DEFAULT_WINDOW,
        .their_connection_credit = DEFAULT_WINDOW,
        .our_connection_credit = DEFAULT_WINDOW,
        .encoder_size = 4096,
        .update_owed = -1,
        .sent_decoder = hpack_decoder_new(4096),
    };
    if (!lint->sent_decoder) {
        lint_free(lint);
        return NULL;
    }
    hpack_decoder_set_max_table_size(lint->sent_decoder, SENT_TABLE_LIMIT);
    return lint;
}

void lint_set_tls(struct lint *lint)
{
    lint->tls = true;
}

void lint_preface(struct lint *lint, bool right)
{
    (void)judge(lint, RULE_PREFACE_MAGIC, right, "the client began with other octets");
}

static bool is_whole(const struct lint_stream *stream)
{
    return stream->our_end && stream->their_end && !stream->our_reset && !stream->their_reset;
}

/* Healthy: every call on it went its whole way, nobody spoke of ending it, and nothing of ours was wrong. */
void lint_target_closed(struct lint *lint)
{
    if (lint->role != LINT_CLIENT || lint->failed || lint->our_goaway || !lint->streams)
        return;
    for (const struct lint_stream *stream = lint->streams; stream; stream = stream->next)
        if (!is_whole(stream) || stream->provoked)
            return;
    (void)judge(lint, RULE_GOAWAY_LAST, lint->goaway_seen, "the connection closed without GOAWAY");
}

void lint_free(struct lint *lint)
{
    if (!lint)
        return;
    while (lint->streams) {
        struct lint_stream *stream = lint->streams;
        lint->streams = stream->next;
        free(stream->accepts);
        free(stream);
    }
    hpack_decoder_free(lint->sent_decoder);
    buf_clear(&lint->sent_block);
    free(lint);
}

bool judge(struct lint *lint, enum lint_rule_name rule, bool holds, const char *fmt, ...)
{
    if (holds) {
        if (lint->sink.exercised)
            lint->sink.exercised(lint->sink.arg, rule);
        return true;
    }
    char what[256];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    lint->sink.broken(lint->sink.arg, rule, what);
    return false;
}

struct lint_stream *lint_find(struct lint *lint, uint32_t id)
{
    struct lint_stream *stream = lint->streams;
    while (stream && stream->id != id)
        stream = stream->next;
    return stream;
}

struct lint_stream *lint_stream_of(struct lint *lint, uint32_t id)
{
    struct lint_stream *stream = lint_find(lint, id);
    if (stream)
        return stream;
    stream = calloc(1, sizeof *stream);
    if (!stream) {
        lint->failed = true;
        return NULL;
    }
    stream->id = id;
    stream->content_length = -1;
    stream->next = lint->streams;
    lint->streams = stream;
    return stream;
}

int64_t lint_most_allowed(const struct lint *lint, size_t member)
{
    int64_t most;
    memcpy(&most, (const char *)&lint->ours.acked + member, sizeof most);
    for (size_t i = 0; i < lint->ours.pending_count; i++) {
        int64_t value;
        memcpy(&value, (const char *)&lint->ours.pending[i] + member, sizeof value);
        most = value > most ? value : most;
    }
    return most;
}

static void judge_received(struct lint *lint, const struct frame *frame,
                           const struct header_list *headers, const struct hpack_result *hpack)
{
    struct lint_stream *stream = NULL;

    if (!lint->frames_seen)
        judge(lint, RULE_SETTINGS_FIRST,
              frame->type == FRAME_SETTINGS && !(frame->flags & FLAG_ACK),
              "the first frame has type %u and flags 0x%02x", frame->type, frame->flags);
    lint->frames_seen = true;
    if (!judge_frame_shape(lint, frame) || !judge_header_sequence(lint, frame))
        return;
    judge_settings(lint, frame);
    judge_ping(lint, frame);
    judge_goaway(lint, frame);
    bool sound = judge_stream_state(lint, frame, &stream);
    judge_windows(lint, frame, stream);

    bool ends_block = frame->type == FRAME_HEADERS || frame->type == FRAME_CONTINUATION;
    ends_block = ends_block && (frame->flags & FLAG_END_HEADERS);
    bool whole = !ends_block || !hpack || judge_hpack(lint, hpack);
    if (!stream || !sound)
        return;
    if (ends_block && headers && whole)
        judge_block(lint, stream, headers, lint->block_ends[RECEIVED]);
    judge_body(lint, frame, stream);
}

void lint_frame(struct lint *lint, enum direction direction, const struct frame *frame,
                const struct header_list *headers, const struct hpack_result *hpack)
{
    if (lint->failed)
        return;
    if (direction == SENT)
        note_sent(lint, frame, hpack && !hpack->ok ? NULL : headers);
    if (direction == RECEIVED)
        judge_received(lint, frame, headers, hpack);
}

void lint_end(struct lint *lint, bool orderly)
{
    if (lint->failed || !orderly)
        return;
    judge(lint, RULE_CONTINUATION, lint->block_stream[RECEIVED] == 0,
          "the connection ended inside the header block of stream %u",
          lint->block_stream[RECEIVED]);
}
