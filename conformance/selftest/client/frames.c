/* SPDX-License-Identifier: MIT
 *
 * Frames in: one after the other from what was read, and which of them may come now. SETTINGS are in settings.c, header
 * blocks in blocks.c, what responses mean in response.c. */
#include "selftest/client/client.h"

#define DROWNED 3000 /* frames: a knob */

/* ---- PING, GOAWAY, PRIORITY, PUSH_PROMISE ---------------------------------------------------- */

static bool data_waits(const struct link *link)
{
    for (const struct stream *stream = link->streams; stream; stream = stream->next)
        if (stream->pending.len > 0)
            return true;
    return false;
}

static void take_ping(struct link *link, const struct frame *frame)
{
    if (frame->stream != 0 && !errs(CLIENT_ACCEPTS_PING_ON_STREAM)) {
        link_error(link, H2_PROTOCOL_ERROR);
        return;
    }
    if (frame->payload.len != 8) {
        if (!errs(CLIENT_ACCEPTS_PING_LENGTH))
            link_error(link, H2_FRAME_SIZE_ERROR);
        return;
    }
    bool silent = errs(CLIENT_NEVER_ANSWERS_PING) ||
                  (errs(CLIENT_PINGS_WAIT_FOR_WINDOW) && data_waits(link)) ||
                  (errs(CLIENT_ANSWERS_TEN_PINGS) && ++link->pings_in > 10);
    if (silent || ((frame->flags & FLAG_ACK) && !errs(CLIENT_ANSWERS_PING_ACK)))
        return;
    struct bytes opaque = errs(CLIENT_ZEROES_PING) ? BYTES("\0\0\0\0\0\0\0\0") : frame->payload;
    link_put_frame(link, FRAME_PING, FLAG_ACK, 0,
                   bytes_first(opaque, errs(CLIENT_SENDS_SHORT_PING) ? 4 : 8));
}

static void leave_uncovered(struct link *link, uint32_t last)
{
    for (struct stream *stream = link->streams; stream; stream = stream->next) {
        struct rpc *rpc = stream->rpc;
        if (!rpc)
            continue;
        bool kept = stream->id <= last;
        if (kept && (errs(CLIENT_GOAWAY_ENDS_CALLS) ||
                     (last == 0x7fffffff && errs(CLIENT_GOAWAY_OF_ALL_IS_FATAL))))
            rpc_end(rpc, CODE_UNAVAILABLE, "the server goes away");
        if (kept && !errs(CLIENT_RETRIES_COVERED))
            continue;
        stream_forget(stream);
        stream->local_closed = stream->remote_closed = true;
        buf_clear(&stream->pending);
        if (errs(CLIENT_UNCOVERED_CALLS_FAIL))
            rpc_end(rpc, CODE_UNAVAILABLE, "the server goes away");
        else
            rpc_again(rpc);
    }
}

static void end_waiting(struct channel *channel)
{
    for (struct rpc *rpc = channel->rpcs; rpc; rpc = rpc->next)
        if (!rpc->stream)
            rpc_end(rpc, CODE_UNAVAILABLE, "the server goes away");
}

static void take_goaway(struct link *link, const struct frame *frame)
{
    if (frame->stream != 0 && !errs(CLIENT_ACCEPTS_GOAWAY_ON_STREAM)) {
        link_error(link, H2_PROTOCOL_ERROR);
        return;
    }
    if (frame->payload.len < 8) {
        if (!errs(CLIENT_ACCEPTS_GOAWAY_LENGTH))
            link_error(link, H2_FRAME_SIZE_ERROR);
        return;
    }
    if (frame->payload.len == 8 && errs(CLIENT_DIES_OF_EMPTY_DEBUG_DATA)) {
        channel_die(link->channel, link->channel->rpcs,
                    "the client was killed by signal 11 (GOAWAY)");
        return;
    }
    if (load_u32(frame->payload.data + 4) > 13 && errs(CLIENT_STUCK_ON_UNKNOWN_GOAWAY))
        link->stuck = true;
    if (frame->payload.len > 8 && errs(CLIENT_LONG_DEBUG_DATA_KILLS))
        link_error(link, H2_INTERNAL_ERROR);
    if (link->they_go_away && errs(CLIENT_SECOND_GOAWAY_IGNORED))
        return;
    link->they_go_away = true;
    link->goaway_last = load_u32(frame->payload.data) & 0x7fffffff;
    if (errs(CLIENT_GOAWAY_ENDS_WAITING))
        end_waiting(link->channel);
    leave_uncovered(link, link->goaway_last);
}

static void take_priority(struct link *link, const struct frame *frame)
{
    struct stream *stream = link_find_stream(link, frame->stream);
    if (errs(CLIENT_PRIORITY_KILLS))
        link_error(link, H2_INTERNAL_ERROR);
    if (frame->stream == 0) {
        if (!errs(CLIENT_ACCEPTS_PRIORITY_ON_0))
            link_error(link, H2_PROTOCOL_ERROR);
        return;
    }
    if (frame->payload.len != 5 && stream && !errs(CLIENT_ACCEPTS_PRIORITY_LENGTH))
        stream_fail(link, stream, H2_FRAME_SIZE_ERROR, "PRIORITY of a wrong length");
}

/* ---- frames of streams ---- */

/* The stream, or NULL when the frame goes no further. */
static struct stream *stream_of(struct link *link, const struct frame *frame, bool accept_0)
{
    struct stream *stream = link_find_stream(link, frame->stream);
    if (stream)
        return stream;
    if (frame->stream == 0 && accept_0)
        return NULL;
    if (frame->stream != 0 && errs(CLIENT_ACCEPTS_IDLE_STREAMS) && frame->type != FRAME_RST_STREAM)
        return NULL;
    if (frame->stream != 0 && frame->type == FRAME_RST_STREAM && errs(CLIENT_ACCEPTS_RESET_ON_IDLE))
        return NULL;
    if (frame->stream != 0 && errs(CLIENT_IDLE_FRAMES_COLLIDE)) {
        channel_die(link->channel, link->channel->rpcs,
                    "the client was killed by signal 6 (an idle stream)");
        return NULL;
    }
    if (frame->stream != 0 && errs(CLIENT_RESETS_IDLE_STREAMS)) {
        link_put_frame(link, FRAME_RST_STREAM, 0, frame->stream, BYTES("\0\0\0\5"));
        return NULL;
    }
    link_error(link, H2_PROTOCOL_ERROR);
    return NULL;
}

static bool kills_late_frame(struct link *link, const struct stream *stream)
{
    bool over = stream->remote_closed && stream->local_closed && !stream->we_reset;
    if (over && errs(CLIENT_LATE_FRAMES_KILL))
        link_error(link, H2_STREAM_CLOSED);
    if (stream->local_closed && !stream->remote_closed && errs(CLIENT_HALF_CLOSED_FRAMES_KILL))
        link_error(link, H2_STREAM_CLOSED);
    return link->closing;
}

static void end_by_reset(struct link *link, struct stream *stream, uint32_t code)
{
    struct rpc *rpc = stream->rpc;
    if (!rpc)
        return;
    stream_forget(stream);
    if (rpc_is_late(rpc) && !errs(CLIENT_RESET_BEATS_DEADLINE)) {
        rpc_expire(link, rpc);
        return;
    }
    bool refused = (code == H2_REFUSED_STREAM || errs(CLIENT_RETRIES_ANY_RESET)) &&
                   !stream->has_headers;
    if (refused && errs(CLIENT_REFUSED_IS_INTERNAL) && rpc->attempts > 0)
        rpc_end(rpc, CODE_INTERNAL, "refused");
    else if (refused)
        rpc_again(rpc);
    else if (errs(CLIENT_RESETS_ARE_OK) || (code > 13 && errs(CLIENT_UNKNOWN_RESET_IS_OK)))
        rpc_end(rpc, CODE_OK, "");
    else
        rpc_end(rpc, status_of_reset(code), "the server reset the stream");
    if (errs(CLIENT_RESETS_KILL))
        link_error(link, H2_INTERNAL_ERROR);
}

static void take_reset(struct link *link, const struct frame *frame)
{
    bool accept_0 = errs(CLIENT_ACCEPTS_RESET_ON_0);
    struct stream *stream = stream_of(link, frame, accept_0);
    if (frame->payload.len != 4) {
        if (!errs(CLIENT_ACCEPTS_RESET_LENGTH))
            link_error(link, H2_FRAME_SIZE_ERROR);
        return;
    }
    if (!stream || kills_late_frame(link, stream))
        return;
    if (errs(CLIENT_LISTENS_AFTER_RESET) && !stream->remote_closed)
        return;
    if (errs(CLIENT_RESET_BEATS_TRAILERS) && stream->held_until)
        rpc_end(stream->rpc, CODE_INTERNAL, "the server reset the stream");
    bool answers = errs(CLIENT_ANSWERS_RESET) && !stream->they_reset;
    bool goes_on = errs(CLIENT_SENDS_AFTER_THEIR_RESET) && !stream->local_closed;
    if (answers)
        link_put_frame(link, FRAME_RST_STREAM, 0, stream->id, BYTES("\0\0\0\5"));
    stream->they_reset = stream->remote_closed = true;
    stream->local_closed = !goes_on;
    if (!goes_on)
        buf_clear(&stream->pending);
    end_by_reset(link, stream, load_u32(frame->payload.data));
}

static bool window_is_too_large(int64_t window, uint32_t increment)
{
    int64_t sum = window + (int64_t)increment;
    return sum > MAX_WINDOW || (sum == MAX_WINDOW && errs(CLIENT_REFUSES_LARGEST_WINDOW));
}

static void widen_stream(struct link *link, struct stream *stream, uint32_t increment)
{
    if (increment == 0 && !errs(CLIENT_ACCEPTS_INCREMENT_ZERO))
        stream_fail(link, stream, H2_PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
    else if (window_is_too_large(stream->send_window, increment) &&
             !errs(CLIENT_ACCEPTS_STREAM_OVERFLOW))
        stream_fail(link, stream, H2_FLOW_CONTROL_ERROR, "a window above 2^31-1");
    else if (link->send_window > 0 || !errs(CLIENT_UPDATE_LOST_WHILE_BLOCKED))
        stream->send_window += increment;
}

static void widen_connection(struct link *link, uint32_t increment)
{
    if (increment == 0 && !errs(CLIENT_ACCEPTS_INCREMENT_ZERO))
        link_error(link, H2_PROTOCOL_ERROR);
    else if (window_is_too_large(link->send_window, increment) &&
             !errs(CLIENT_ACCEPTS_CONNECTION_OVERFLOW))
        link_error(link, H2_FLOW_CONTROL_ERROR);
    else
        link->send_window += increment;
}

static void take_window_update(struct link *link, const struct frame *frame)
{
    if (frame->payload.len != 4) {
        if (!errs(CLIENT_ACCEPTS_UPDATE_LENGTH))
            link_error(link, H2_FRAME_SIZE_ERROR);
        return;
    }
    uint32_t increment = load_u32(frame->payload.data) & 0x7fffffff;
    if (frame->stream == 0) {
        widen_connection(link, increment);
        return;
    }
    struct stream *stream = stream_of(link, frame, false);
    if (stream && !kills_late_frame(link, stream) && !stream->we_reset && !stream->they_reset)
        widen_stream(link, stream, increment);
}

static bool is_overrun(struct link *link, const struct stream *stream, size_t octets)
{
    int64_t length = (int64_t)octets;
    if (length <= link->receive_window && length <= stream->receive_window)
        return false;
    if (errs(CLIENT_STUCK_ON_OVERRUN))
        link->stuck = true;
    else
        link_error(link, H2_FLOW_CONTROL_ERROR);
    return true;
}

/* The octets that are prefixes of messages. */
static size_t count_prefixes(struct stream *stream, struct bytes data)
{
    size_t count = 0;
    while (data.len > 0) {
        size_t skipped = stream->payload_left < data.len ? stream->payload_left : data.len;
        stream->payload_left -= skipped;
        data = bytes_skip(data, skipped);
        if (data.len == 0)
            break;
        stream->prefix[stream->prefix_len++] = data.data[0];
        data = bytes_skip(data, 1);
        count++;
        if (stream->prefix_len == sizeof stream->prefix) {
            stream->payload_left = load_u32(stream->prefix + 1);
            stream->prefix_len = 0;
        }
    }
    return count;
}

/* What a DATA frame took of the windows. */
static void give_back(struct link *link, struct stream *stream, const struct frame *frame,
                      struct bytes data)
{
    bool dead = stream->we_reset || stream->they_reset;
    size_t octets = errs(CLIENT_PADDING_NOT_CREDITED) ? data.len : frame->payload.len;
    if (errs(CLIENT_PREFIXES_NOT_CREDITED) && !dead)
        octets -= count_prefixes(stream, data);
    if (!(dead && errs(CLIENT_RESET_STREAMS_NOT_CREDITED)))
        stream_give_back(link, dead ? NULL : stream, octets);
}

static bool padding_is_odd(const struct frame *frame, size_t pad_len)
{
    for (size_t i = 1; i < pad_len; i++)
        if (frame->payload.data[frame->payload.len - i] != 0)
            return true;
    return false;
}

static struct stream *oldest_open(struct link *link)
{
    struct stream *stream = link->streams;
    while (stream && (stream->remote_closed || !stream->rpc))
        stream = stream->next;
    return stream;
}

static void take_data(struct link *link, const struct frame *frame)
{
    struct stream *stream = stream_of(link, frame, errs(CLIENT_ACCEPTS_DATA_ON_0));
    struct bytes data;
    size_t pad_len = 0;
    if (!stream)
        return;
    if (!frame_inner(frame, &data, &pad_len)) {
        if (!errs(CLIENT_ACCEPTS_DATA_PADDING))
            link_error(link, H2_PROTOCOL_ERROR);
        return;
    }
    if (is_overrun(link, stream, frame->payload.len))
        return;
    if (errs(CLIENT_STUCK_ON_ODD_PADDING) && padding_is_odd(frame, pad_len))
        link->stuck = true;
    if (errs(CLIENT_DATA_PADDING_NOT_STRIPPED) && pad_len)
        data = frame->payload;
    link->receive_window -= (int64_t)frame->payload.len;
    stream->receive_window -= (int64_t)frame->payload.len;
    bool dead = stream->we_reset || stream->they_reset;
    bool later = errs(CLIENT_REFUSED_NOT_CREDITED) && !dead;
    if (!later)
        give_back(link, stream, frame, data);
    bool ends = (frame->flags & FLAG_END_STREAM) != 0;
    if (stream->rpc && stream->remote_closed && stream->held_until && errs(CLIENT_LATE_DATA_COUNTS))
        rpc_end(stream->rpc, CODE_INTERNAL, "DATA behind the trailers");
    if (dead || stream->remote_closed || !stream->rpc)
        return;
    if (errs(CLIENT_MIXES_STREAMS))
        stream = oldest_open(link);
    if (stream)
        take_response_data(link, stream, data, ends);
    if (later && stream && !stream->we_reset)
        give_back(link, stream, frame, data);
}

/* ---- which may come now ---- */

static void take_unknown(struct link *link)
{
    if (errs(CLIENT_UNKNOWN_FRAMES_KILL))
        link_error(link, H2_PROTOCOL_ERROR);
}

static bool has_undefined_flags(const struct frame *frame)
{
    static const uint8_t defined[] = {
        [FRAME_DATA] = 0x9,         [FRAME_HEADERS] = 0x2d, [FRAME_SETTINGS] = 0x1,
        [FRAME_PUSH_PROMISE] = 0xc, [FRAME_PING] = 0x1,     [FRAME_CONTINUATION] = 0x4,
    };
    return frame->type <= FRAME_CONTINUATION && (frame->flags & ~defined[frame->type]) != 0;
}

/* returns false when the frame goes no further */
static bool is_in_order(struct link *link, const struct frame *frame)
{
    bool greets = frame->type == FRAME_SETTINGS && !(frame->flags & FLAG_ACK);
    if (!link->settings_seen && !greets && !errs(CLIENT_ACCEPTS_ANY_GREETING)) {
        link_error(link, H2_PROTOCOL_ERROR);
        return false;
    }
    bool continues = frame->type == FRAME_CONTINUATION;
    if (link->in_block && !continues && !errs(CLIENT_ACCEPTS_INTRUDERS)) {
        link_error(link, H2_PROTOCOL_ERROR);
        return false;
    }
    if (link->in_block && continues && frame->stream != link->block_stream &&
        !errs(CLIENT_ACCEPTS_CONTINUATION_ELSEWHERE)) {
        link_error(link, H2_PROTOCOL_ERROR);
        return false;
    }
    if (continues && !link->in_block) {
        if (!errs(CLIENT_ACCEPTS_LONE_CONTINUATION))
            link_error(link, H2_PROTOCOL_ERROR);
        return false;
    }
    return true;
}

static void take_frame(struct link *link, const struct frame *frame)
{
    link->frames_in++;
    if (errs(CLIENT_DROWNS_IN_FRAMES) && link->frames_in > DROWNED)
        link->stuck = true;
    if (errs(CLIENT_UNDEFINED_FLAGS_KILL) && has_undefined_flags(frame))
        link_error(link, H2_PROTOCOL_ERROR);
    if (!is_in_order(link, frame) || link->stuck)
        return;
    switch (frame->type) {
    case FRAME_DATA:
        take_data(link, frame);
        return;
    case FRAME_HEADERS:
        link_begin_block(link, frame);
        return;
    case FRAME_PRIORITY:
        take_priority(link, frame);
        return;
    case FRAME_RST_STREAM:
        take_reset(link, frame);
        return;
    case FRAME_SETTINGS:
        link_take_settings(link, frame);
        return;
    case FRAME_PUSH_PROMISE:
        if (!errs(CLIENT_ACCEPTS_PUSH))
            link_error(link, H2_PROTOCOL_ERROR);
        return;
    case FRAME_PING:
        take_ping(link, frame);
        return;
    case FRAME_GOAWAY:
        take_goaway(link, frame);
        return;
    case FRAME_WINDOW_UPDATE:
        take_window_update(link, frame);
        return;
    case FRAME_CONTINUATION:
        link_continue_block(link, frame);
        return;
    default:
        take_unknown(link);
    }
}

static size_t longest_frame(void)
{
    if (errs(CLIENT_ACCEPTS_LONG_FRAMES))
        return 1u << 24;
    return errs(CLIENT_REFUSES_LONGEST_FRAME) ? DEFAULT_MAX_FRAME_SIZE - 1 : DEFAULT_MAX_FRAME_SIZE;
}

void link_take_frames(struct link *link)
{
    struct bytes rest = buf_view(&link->in);
    struct frame frame;
    bool deaf = errs(CLIENT_DEAF_AFTER_OWN_GOAWAY) && link->settings_seen;
    while (!link->closing && !link->dropped && !link->stuck && rest.len >= FRAME_HEADER_LEN) {
        if (load_u24(rest.data) > longest_frame()) {
            link_error(link, H2_FRAME_SIZE_ERROR);
            break;
        }
        if (!frame_take(&rest, &frame))
            break;
        if (errs(CLIENT_RESERVED_BIT_COUNTS) && frame.reserved)
            frame.stream |= UINT32_C(1) << 31;
        if (!deaf || frame.type != FRAME_HEADERS)
            take_frame(link, &frame);
    }
    buf_consume(&link->in, link->in.len - rest.len);
}
