/* SPDX-License-Identifier: MIT
 *
 * The frame walker of guard.h. Most frames pass unseen, many in one h2_feed: a look at session state needs all
 * frames before to have been fed, so it is only taken where a header raises a question. */
#include "conn/guard.h"

#define FRAME_HEADER 9
#define MAX_FRAME_SIZE                                                                             \
    16384 /* the default of SETTINGS_MAX_FRAME_SIZE, of which we announce no other */

enum frame_type {
    DATA = 0,
    HEADERS = 1,
    PRIORITY = 2,
    RST_STREAM = 3,
    SETTINGS = 4,
    PING = 6,
    GOAWAY = 7,
    WINDOW_UPDATE = 8,
    CONTINUATION = 9
};

enum { FLAG_END_STREAM = 0x1, FLAG_END_HEADERS = 0x4 };

/* Busywork: this many at once, and so many more each second (CVE-2019-9511 to 9518, CVE-2023-44487). */
#define BUSYWORK_BURST 10000
#define BUSYWORK_PER_S 500

struct header {
    size_t len;
    uint8_t type;
    uint8_t flags;
    int32_t stream;
    uint32_t word; /* WINDOW_UPDATE: the increment. GOAWAY: the last stream */
};

enum verdict { PASS, DROP, STOP };

static const char MAGIC[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
#define MAGIC_LEN (sizeof(MAGIC) - 1)

void guard_init(struct guard *guard, enum role role)
{
    *guard = (struct guard){.role = role, .magic = role == ROLE_SERVER ? 0 : MAGIC_LEN};
}

bool guard_count(struct guard *guard, uint32_t weight, gr_time now)
{
    int64_t paid = (now - guard->busywork_at) / (NS_PER_S / BUSYWORK_PER_S);

    if (paid > 0) {
        guard->busywork = paid > guard->busywork ? 0 : guard->busywork - (uint32_t)paid;
        guard->busywork_at = now;
    }
    guard->busywork += weight;
    return guard->busywork <= BUSYWORK_BURST;
}

static enum verdict stop(struct h2 *h2, enum h2_error code, const char *reason)
{
    h2_terminate(h2, code, reason);
    return STOP;
}

/* ---- Judgement by header --------------------------------------------------------------------- */

/* The client has ended this stream and now says more on it: the stream dies, the connection lives (RFC 9113 section
 * 5.1, half-closed (remote)). nghttp2 then ignores the frame, keeping HPACK and the connection window right. */
static enum verdict refuse_on_half_closed(struct h2 *h2, struct h2_stream *stream)
{
    h2_reset(h2, stream, H2_STREAM_CLOSED);
    h2_flush_reset(h2, stream);
    return PASS;
}

static enum verdict judge_closed(struct h2 *h2, const struct header *header)
{
    enum h2_closed how = h2_how_closed(h2, header->stream);

    if (how == H2_CLOSED_BY_US)
        return PASS;
    if (how == H2_CLOSED_ENDED)
        return stop(h2, H2_STREAM_CLOSED, "a frame on a closed stream");
    if (header->type == HEADERS && how == H2_CLOSED_BY_PEER)
        return stop(h2, H2_STREAM_CLOSED, "HEADERS on a stream that was reset");
    if (header->type == HEADERS)
        return stop(h2, H2_PROTOCOL_ERROR, "a stream id lower than one before");
    if (how == H2_CLOSED_BY_PEER)
        h2_reset_id(h2, header->stream, H2_STREAM_CLOSED);
    return PASS;
}

/* HEADERS or DATA of a client on a stream that is not its newest, or is that one but ended. */
static enum verdict judge_old_stream(struct h2 *h2, const struct header *header)
{
    struct h2_stream *stream = h2_find(h2, header->stream);

    if (!stream)
        return judge_closed(h2, header);
    return stream->remote_ended ? refuse_on_half_closed(h2, stream) : PASS;
}

/* PRIORITY means nothing any more (RFC 9113 section 5.3.2); a wrong length is an error of its stream only. Newer
 * nghttp2 reads none of it, so stream 0 is refused here. */
static enum verdict judge_priority(struct h2 *h2, const struct header *header)
{
    struct h2_stream *stream;

    if (header->stream == 0)
        return stop(h2, H2_PROTOCOL_ERROR, "PRIORITY on stream 0");
    if (header->len == 5)
        return DROP;
    stream = h2_find(h2, header->stream);
    if (!stream)
        return stop(h2, H2_FRAME_SIZE_ERROR, "PRIORITY of a wrong length on no stream");
    h2_reset(h2, stream, H2_FRAME_SIZE_ERROR);
    return DROP;
}

/* An increment of 0 is an error of its stream only (H2-FLOW-010). */
static enum verdict judge_window_update(struct h2 *h2, const struct header *header)
{
    struct h2_stream *stream = h2_find(h2, header->stream);

    if (!stream)
        return h2_how_closed(h2, header->stream) == H2_CLOSED_UNKNOWN ? PASS : DROP;
    h2_reset(h2, stream, H2_PROTOCOL_ERROR);
    return DROP;
}

/* Does this header raise a question that needs the frames before it to have been fed? */
static bool raises_question(const struct guard *guard, const struct header *header)
{
    if (header->type == CONTINUATION)
        return header->len > MAX_FRAME_SIZE;
    if (guard->in_block || !guard->settings)
        return false;
    if (header->type == SETTINGS)
        return header->len > 0;
    if (header->type == PRIORITY)
        return true;
    if (header->stream == 0)
        return header->type == GOAWAY && guard->role == ROLE_SERVER && header->word != 0;
    switch (header->type) {
    case WINDOW_UPDATE:
        return header->len == 4 && header->word == 0;
    case HEADERS:
    case DATA:
        if (guard->role == ROLE_CLIENT || header->stream % 2 == 0 || header->stream > guard->newest)
            return false;
        return header->stream < guard->newest || guard->newest_ended;
    default:
        return false;
    }
}

static enum verdict judge(struct h2 *h2, const struct header *header)
{
    if (header->type == CONTINUATION) /* of every other frame nghttp2 compares the length */
        return stop(h2, H2_FRAME_SIZE_ERROR, "CONTINUATION is longer than MAX_FRAME_SIZE");
    if (header->type == PRIORITY)
        return judge_priority(h2, header);
    if (header->type == WINDOW_UPDATE)
        return judge_window_update(h2, header);
    if (header->type == SETTINGS) {
        h2_note_windows(h2);
        return PASS;
    }
    if (header->type ==
        GOAWAY) /* nghttp2 wants a stream of ours in it; clients say 2^31-1. It changes nothing here */
        return DROP;
    return judge_old_stream(h2, header);
}

/* Frames that cost us work and move nothing. */
static bool is_busywork(const struct header *header)
{
    switch (header->type) {
    case DATA:
        return header->len == 0 && !(header->flags & FLAG_END_STREAM);
    case HEADERS:
    case RST_STREAM:
    case WINDOW_UPDATE:
        return false;
    default:
        return true;
    }
}

/* The frame is on its way: what it means for the headers to come. */
static void follow(struct guard *guard, const struct header *header)
{
    bool ends = header->flags & FLAG_END_STREAM;

    if (header->type == HEADERS || header->type == CONTINUATION)
        guard->in_block = !(header->flags & FLAG_END_HEADERS);
    guard->settings = guard->settings || header->type == SETTINGS;
    if (header->type == HEADERS && header->stream > guard->newest) {
        guard->newest = header->stream;
        guard->newest_ended = ends;
    } else if (header->stream == guard->newest) {
        bool closes = header->type == RST_STREAM ||
                      (ends && (header->type == DATA || header->type == HEADERS));
        guard->newest_ended = guard->newest_ended || closes;
    }
}

/* ---- The walk -------------------------------------------------------------------------------- */

static struct header parse(const uint8_t *octets, size_t len)
{
    struct header header = {
        .len = load_u24(octets),
        .type = octets[3],
        .flags = octets[4],
        .stream = (int32_t)(load_u32(octets + 5) & 0x7fffffff),
    };

    if (len == GUARD_HOLD)
        header.word = load_u32(octets + FRAME_HEADER) & 0x7fffffff;
    return header;
}

/* How many octets judgement needs of a frame that begins so. */
static size_t needed(const uint8_t *octets, size_t len)
{
    if (len < FRAME_HEADER)
        return FRAME_HEADER;
    if (octets[3] == WINDOW_UPDATE && load_u24(octets) == 4)
        return GUARD_HOLD;
    return octets[3] == GOAWAY && load_u24(octets) >= 8 ? GUARD_HOLD : FRAME_HEADER;
}

/* The client connection preface, octet by octet (RFC 9113 section 3.4). */
static bool eat_magic(struct guard *guard, struct h2 *h2, struct bytes *in)
{
    while (guard->magic < MAGIC_LEN && in->len) {
        if (in->data[0] != (uint8_t)MAGIC[guard->magic]) {
            stop(h2, H2_PROTOCOL_ERROR, "this is no HTTP/2 connection preface");
            return false;
        }
        guard->magic++;
        *in = bytes_skip(*in, 1);
    }
    return true;
}

/* Hand over what lies between `from` and `to`, all of which passes. */
static bool feed_run(struct h2 *h2, const uint8_t *from, const uint8_t *to)
{
    return from == to || h2_feed(h2, bytes_of(from, (size_t)(to - from)));
}

static bool too_busy(struct guard *guard, struct h2 *h2, const struct header *header, gr_time now)
{
    if (!is_busywork(header) || guard_count(guard, 1, now))
        return false;
    stop(h2, H2_ENHANCE_YOUR_CALM, "too many frames that move nothing");
    return true;
}

/* One header, whole, at `octets`; all frames before it have been fed when it raises a question. */
static enum verdict consider(struct guard *guard, struct h2 *h2, const struct header *header,
                             bool question, gr_time now)
{
    enum verdict verdict = PASS;

    if (too_busy(guard, h2, header, now))
        return STOP;
    if (question)
        verdict = judge(h2, header);
    if (verdict == STOP)
        return STOP;
    if (verdict == PASS)
        follow(guard, header);
    guard->drop = verdict == DROP;
    return verdict;
}

/* Complete a header that came in pieces. returns false to stop; otherwise it may still be incomplete */
static bool feed_held(struct guard *guard, struct h2 *h2, struct bytes *in, gr_time now)
{
    while (guard->held_len < needed(guard->held, guard->held_len) && in->len) {
        guard->held[guard->held_len++] = in->data[0];
        *in = bytes_skip(*in, 1);
    }
    if (guard->held_len < needed(guard->held, guard->held_len))
        return true;
    struct header header = parse(guard->held, guard->held_len);
    enum verdict verdict = consider(guard, h2, &header, raises_question(guard, &header), now);

    guard->payload = header.len - (guard->held_len - FRAME_HEADER);
    if (verdict == PASS && !h2_feed(h2, bytes_of(guard->held, guard->held_len)))
        return false;
    guard->held_len = 0;
    return verdict != STOP;
}

/* The frame that begins at `at`, with its header whole in `in`. *run: where what is not yet fed begins. */
static bool feed_frame(struct guard *guard, struct h2 *h2, const uint8_t *at, size_t need,
                       const uint8_t **run, gr_time now)
{
    struct header header = parse(at, need);
    bool question = raises_question(guard, &header);

    if (question) {
        if (!feed_run(h2, *run, at))
            return false;
        *run = at;
    }
    guard->payload = header.len - (need - FRAME_HEADER);
    switch (consider(guard, h2, &header, question, now)) {
    case PASS:
        return true;
    case DROP:
        *run = at + need;
        return true;
    default:
        return false;
    }
}

/* The rest of a frame's payload, as far as it is here. */
static const uint8_t *skip_payload(struct guard *guard, const uint8_t *at, const uint8_t *end,
                                   const uint8_t **run)
{
    size_t here = (size_t)(end - at) < guard->payload ? (size_t)(end - at) : guard->payload;

    guard->payload -= here;
    if (guard->drop)
        *run = at + here;
    return at + here;
}

bool guard_feed(struct guard *guard, struct h2 *h2, struct bytes in, gr_time now)
{
    if (!eat_magic(guard, h2, &in))
        return false;
    if (guard->held_len && !feed_held(guard, h2, &in, now))
        return false;
    if (in.len == 0)
        return true;
    const uint8_t *at = in.data, *end = in.data + in.len, *run = at;

    while (at < end) {
        at = skip_payload(guard, at, end, &run);
        size_t need = needed(at, (size_t)(end - at));
        if (at == end)
            break;
        if ((size_t)(end - at) < need) {
            guard->held_len = (size_t)(end - at);
            memcpy(guard->held, at, guard->held_len);
            break;
        }
        if (!feed_frame(guard, h2, at, need, &run, now))
            return false;
        at += need;
    }
    return feed_run(h2, run, at);
}
