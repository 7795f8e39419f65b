/* SPDX-License-Identifier: MIT
 *
 * Rules about single frames and about the connection's own frames: lengths, flags, reserved bits, padding, the
 * order inside a header block, SETTINGS, PING and GOAWAY. Streams and windows are elsewhere. */
#include "lint/state.h"

#define LAST_STREAM_ANY     0x7fffffffu
#define SETTING_TRUE_BINARY 0xfe03 /* GRPC_ALLOW_TRUE_BINARY_METADATA */

enum place { ANYWHERE, ON_STREAM_0, ON_A_STREAM };

/* What RFC 9113 section 6 fixes for each type. */
static const struct frame_form {
    enum place place;
    uint8_t flags; /* those defined */
    int length;    /* exactly; -1: any */
    size_t at_least;
} frame_forms[] = {
    [FRAME_DATA] = {ON_A_STREAM, FLAG_END_STREAM | FLAG_PADDED, -1, 0},
    [FRAME_HEADERS] = {ON_A_STREAM,
                       FLAG_END_STREAM | FLAG_END_HEADERS | FLAG_PADDED | FLAG_PRIORITY, -1, 0},
    [FRAME_PRIORITY] = {ON_A_STREAM, 0, 5, 0},
    [FRAME_RST_STREAM] = {ON_A_STREAM, 0, 4, 0},
    [FRAME_SETTINGS] = {ON_STREAM_0, FLAG_ACK, -1, 0},
    [FRAME_PUSH_PROMISE] = {ON_A_STREAM, FLAG_END_HEADERS | FLAG_PADDED, -1, 4},
    [FRAME_PING] = {ON_STREAM_0, FLAG_ACK, 8, 0},
    [FRAME_GOAWAY] = {ON_STREAM_0, 0, -1, 8},
    [FRAME_WINDOW_UPDATE] = {ANYWHERE, 0, 4, 0},
    [FRAME_CONTINUATION] = {ON_A_STREAM, FLAG_END_HEADERS, -1, 0},
};

static bool judge_length(struct lint *lint, const struct frame *frame)
{
    const struct frame_form *form = &frame_forms[frame->type];
    size_t len = frame->payload.len;
    bool right = (form->length < 0 || len == (size_t)form->length) && len >= form->at_least;
    if (frame->type == FRAME_SETTINGS)
        right = (frame->flags & FLAG_ACK) ? len == 0 : len % 6 == 0;

    char scratch[16];
    return judge(lint, RULE_FRAME_LENGTH, right, "%s of %zu octets",
                 frame_type_name(frame->type, scratch), len);
}

static bool judge_place(struct lint *lint, const struct frame *frame)
{
    enum place place = frame_forms[frame->type].place;
    char scratch[16];
    return judge(lint, RULE_FRAME_STREAM,
                 place == ANYWHERE || (place == ON_STREAM_0) == (frame->stream == 0),
                 "%s on stream %u", frame_type_name(frame->type, scratch), frame->stream);
}

static bool judge_padding(struct lint *lint, const struct frame *frame)
{
    struct bytes inner;
    size_t pad_len = 0;
    bool may_pad = frame->type == FRAME_DATA || frame->type == FRAME_HEADERS;
    if (!may_pad || !(frame->flags & (FLAG_PADDED | FLAG_PRIORITY)))
        return true;
    bool fits = frame_inner(frame, &inner, &pad_len);
    if (!judge(lint, RULE_PADDING_FITS, fits,
               "the payload of %zu octets is too short for what its flags promise",
               frame->payload.len))
        return false;

    size_t zeros = pad_len ? pad_len - 1 : 0;
    const uint8_t *pad = frame->payload.data + (frame->payload.len - zeros);
    size_t zero_count = 0;
    while (zero_count < zeros && pad[zero_count] == 0)
        zero_count++;
    judge(lint, RULE_PADDING_ZERO, zero_count == zeros, "a padding octet is not zero");
    return true;
}

bool judge_frame_shape(struct lint *lint, const struct frame *frame)
{
    char scratch[16];
    const char *name = frame_type_name(frame->type, scratch);
    int64_t most = most_allowed(lint, max_frame_size);

    judge(lint, RULE_FRAME_RESERVED, !frame->reserved, "the reserved bit of %s on stream %u is set",
          name, frame->stream);
    if (!lint->ours.lost_count)
        judge(lint, RULE_FRAME_SIZE, (int64_t)frame->payload.len <= most,
              "%s of %zu octets, where at most %lld are allowed", name, frame->payload.len,
              (long long)most);
    if (frame->type >= ARRAY_LEN(frame_forms))
        return true;
    uint8_t undefined = frame->flags & (uint8_t)~frame_forms[frame->type].flags;
    judge(lint, RULE_FRAME_FLAGS, undefined == 0, "%s has the undefined flags 0x%02x", name,
          undefined);
    bool length = judge_length(lint, frame);
    bool place = judge_place(lint, frame);
    return length && place && judge_padding(lint, frame);
}

bool judge_header_sequence(struct lint *lint, const struct frame *frame)
{
    uint32_t open = lint->block_stream[RECEIVED];
    bool continues = frame->type == FRAME_CONTINUATION;
    bool opens = frame->type == FRAME_HEADERS || frame->type == FRAME_PUSH_PROMISE;
    char scratch[16];

    if (open || continues) {
        bool right = open && continues && frame->stream == open;
        if (!judge(lint, RULE_CONTINUATION, right, "%s on stream %u %s",
                   frame_type_name(frame->type, scratch), frame->stream,
                   open ? "inside the header block of another" : "with no header block open")) {
            lint->block_stream[RECEIVED] = 0;
            return false;
        }
    }
    if (opens) {
        lint->block_ends[RECEIVED] = frame->type == FRAME_HEADERS &&
                                     (frame->flags & FLAG_END_STREAM);
        lint->block_pushes[RECEIVED] = frame->type == FRAME_PUSH_PROMISE;
    }
    if (opens || continues)
        lint->block_stream[RECEIVED] = (frame->flags & FLAG_END_HEADERS) ? 0 : frame->stream;
    return true;
}

/* ---- SETTINGS ---- */

static bool value_is_legal(const struct lint *lint, uint16_t id, uint32_t value)
{
    switch (id) {
    case SETTING_ENABLE_PUSH:
        return value == 0 || (value == 1 && lint->role == LINT_CLIENT);
    case SETTING_INITIAL_WINDOW_SIZE:
        return value <= MAX_WINDOW;
    case SETTING_MAX_FRAME_SIZE:
        return value >= DEFAULT_MAX_FRAME_SIZE && value < 1u << 24;
    default:
        return true;
    }
}

static void apply_their_value(struct lint *lint, uint16_t id, uint32_t value)
{
    if (id != SETTING_INITIAL_WINDOW_SIZE)
        return;
    lint->theirs.initial_window = value;
    if (value < lint->their_lowest_window)
        lint->their_lowest_window = value;
}

static void apply_ack(struct lint *lint)
{
    struct our_settings *ours = &lint->ours;
    struct settings_batch batch = ours->pending[0];
    ours->pending_count--;
    memmove(ours->pending, ours->pending + 1, ours->pending_count * sizeof ours->pending[0]);

    ours->acked.enable_push = batch.enable_push >= 0 ? batch.enable_push : ours->acked.enable_push;
    ours->acked.initial_window = batch.initial_window >= 0 ? batch.initial_window
                                                           : ours->acked.initial_window;
    ours->acked.max_streams = batch.max_streams >= 0 ? batch.max_streams : ours->acked.max_streams;
    ours->acked.max_frame_size = batch.max_frame_size >= 0 ? batch.max_frame_size
                                                           : ours->acked.max_frame_size;
    if (batch.table_size < 0)
        return;
    ours->acked.table_size = batch.table_size;
    if (batch.table_size < lint->encoder_size &&
        (lint->update_owed < 0 || batch.table_size < lint->update_owed))
        lint->update_owed = batch.table_size; /* the smallest in between counts (RFC 7541 4.2) */
}

static void judge_true_binary(struct lint *lint)
{
    judge(lint, RULE_TRUE_BINARY, lint->settings_seen == 1 && !lint->true_binary_seen,
          "setting 0xfe03 in SETTINGS frame %u%s", lint->settings_seen,
          lint->true_binary_seen ? ", once more" : "");
    lint->true_binary_seen = true;
}

void judge_settings(struct lint *lint, const struct frame *frame)
{
    char scratch[16];
    if (frame->type != FRAME_SETTINGS)
        return;
    if (frame->flags & FLAG_ACK) {
        if (!lint->ours.lost_count && judge(lint, RULE_SETTINGS_ACKS, lint->ours.pending_count > 0,
                                            "an ACK that no SETTINGS frame waits for"))
            apply_ack(lint);
        return;
    }
    lint->settings_seen++;
    for (size_t i = 0; i + 6 <= frame->payload.len; i += 6) {
        uint16_t id = load_u16(frame->payload.data + i);
        uint32_t value = load_u32(frame->payload.data + i + 2);
        bool legal = value_is_legal(lint, id, value);
        judge(lint, RULE_SETTINGS_VALUES, legal, "%s is %u", setting_name(id, scratch), value);
        if (id == SETTING_TRUE_BINARY)
            judge_true_binary(lint);
        if (legal)
            apply_their_value(lint, id, value);
    }
}

/* ---- PING ---- */

void judge_ping(struct lint *lint, const struct frame *frame)
{
    if (frame->type != FRAME_PING || !(frame->flags & FLAG_ACK) || lint->pings_lost)
        return;
    size_t i = 0;
    while (i < lint->ping_count && memcmp(lint->pings[i].opaque, frame->payload.data, 8) != 0)
        i++;
    if (!judge(lint, RULE_PING_ACKS, i < lint->ping_count,
               "an ACK with octets that no PING waiting for one had"))
        return;
    if (lint->pings[i].number > lint->pings_answered)
        lint->pings_answered = lint->pings[i].number;
    lint->ping_count--;
    memmove(lint->pings + i, lint->pings + i + 1, (lint->ping_count - i) * sizeof lint->pings[0]);
}

/* ---- GOAWAY ---- */

void judge_goaway(struct lint *lint, const struct frame *frame)
{
    if (frame->type != FRAME_GOAWAY)
        return;
    uint32_t bits = load_u32(frame->payload.data);
    uint32_t last = bits & LAST_STREAM_ANY;
    judge(lint, RULE_FRAME_RESERVED, bits == last,
          "the reserved bit before GOAWAY's last-stream-id is set");
    if (lint->goaway_seen)
        judge(lint, RULE_GOAWAY_ORDER, last <= lint->goaway_last, "last-stream-id %u after %u",
              last, lint->goaway_last);
    if (lint->role == LINT_SERVER) {
        judge(lint, RULE_GOAWAY_KNOWN, last <= lint->highest_touched || last == LAST_STREAM_ANY,
              "last-stream-id %u, where the highest stream is %u", last, lint->highest_touched);
        judge(lint, RULE_GOAWAY_PROCESSED, last >= lint->highest_answered,
              "last-stream-id %u, though stream %u was answered", last, lint->highest_answered);
    }
    lint->goaway_seen = true;
    lint->goaway_last = last;
}
