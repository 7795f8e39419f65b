/* SPDX-License-Identifier: MIT
 *
 * The observer; see watch.h. Frames, HPACK and rules are the suite's: wire/, peer/block.h, lint/. */
#include "watch.h"

#include "lint/lint.h"
#include "oracles.h"
#include "peer/block.h"
#include "wire/transcript.h"

#include <inttypes.h>

#define ANY_TABLE_SIZE (1u << 24) /* how large a table may be, the linter judges */

/* One direction. */
struct talk {
    struct buf pending; /* octets that are no whole frame yet */
    size_t preface_left;
    struct header_block block;
    struct hpack_decoder *decoder;
    bool undecodable; /* a block was refused: no later one has a meaning */
    bool garbled;     /* the preface was wrong: nothing behind it is a frame */
    size_t settings, settings_acks, pings, ping_acks;
    bool goaway;
};

/* What was said on one stream. */
struct said {
    uint32_t id;
    struct buf text;
    size_t data_len;
    uint64_t data_hash;
};

struct watch {
    struct lint *lint;
    struct talk heard, said_by;
    bool of_server, failed;
    bool mute;      /* rules are no longer judged */
    bool overtaken; /* RST_STREAM(NO_ERROR) was said */
    int64_t credit,
        first_credit; /* of the connection: what the peer may send; when it sent first */
    struct said *said;
    size_t said_count;
};

static void broken(void *arg, size_t rule, const char *what)
{
    (void)arg;
    if (lint_rules[rule].level == LINT_SHOULD)
        return;
    fprintf(stderr, "  %s: %s\n  what was said: %s\n", lint_rules[rule].id, lint_rules[rule].title,
            what);
    must(false, "O3: a rule was broken that others are held to");
}

struct watch *watch_new(bool of_server)
{
    struct watch *watch = calloc(1, sizeof *watch);
    must(watch != NULL, "there is memory");
    *watch = (struct watch){.of_server = of_server, .credit = DEFAULT_WINDOW, .first_credit = -1};
    watch->lint = lint_new(of_server ? LINT_SERVER : LINT_CLIENT,
                           (struct lint_sink){.broken = broken});
    watch->heard.decoder = hpack_decoder_new(4096);
    watch->said_by.decoder = hpack_decoder_new(4096);
    must(watch->lint && watch->heard.decoder && watch->said_by.decoder, "there is memory");
    hpack_decoder_set_max_table_size(watch->said_by.decoder, ANY_TABLE_SIZE);
    (of_server ? &watch->heard : &watch->said_by)->preface_left = CONNECTION_PREFACE.len;
    return watch;
}

static void talk_clear(struct talk *talk)
{
    buf_clear(&talk->pending);
    header_block_clear(&talk->block);
    hpack_decoder_free(talk->decoder);
}

void watch_free(struct watch *watch)
{
    for (size_t i = 0; i < watch->said_count; i++)
        buf_clear(&watch->said[i].text);
    free(watch->said);
    talk_clear(&watch->heard);
    talk_clear(&watch->said_by);
    lint_free(watch->lint);
    free(watch);
}

/* ---- the meaning of what is said ------------------------------------------------------------- */

static struct said *said_on(struct watch *watch, uint32_t id)
{
    for (size_t i = 0; i < watch->said_count; i++)
        if (watch->said[i].id == id)
            return &watch->said[i];
    struct said *more = realloc(watch->said, (watch->said_count + 1) * sizeof *more);
    must(more != NULL, "there is memory");
    watch->said = more;
    more[watch->said_count] = (struct said){.id = id, .data_hash = UINT64_C(14695981039346656037)};
    return &more[watch->said_count++];
}

static void put_data(struct buf *out, const struct said *said)
{
    if (said->data_len)
        buf_printf(out, " data of %zu octets, %016" PRIx64 "\n", said->data_len, said->data_hash);
}

static void say_data(struct said *said, struct bytes data)
{
    for (size_t i = 0; i < data.len; i++)
        said->data_hash = (said->data_hash ^ data.data[i]) * UINT64_C(1099511628211);
    said->data_len += data.len;
}

static bool is_status(const struct field *field)
{
    return bytes_equal_str(field->name, "grpc-status") ||
           bytes_equal_str(field->name, "grpc-message");
}

/* A call that fails drops what it has queued, and how much has left by then is a matter of cuts: its status is what it
 * said, and no more. */
static void say_headers(struct said *said, const struct header_list *list)
{
    const struct field *status = header_list_find(list, "grpc-status");
    bool failed = status && !bytes_equal_str(status->value, "0");
    if (failed)
        buf_reset(&said->text);
    else
        put_data(&said->text, said);
    said->data_len = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (failed && !is_status(&list->fields[i]))
            continue;
        buf_printf(&said->text, " %.*s=", (int)list->fields[i].name.len,
                   (const char *)list->fields[i].name.data);
        put_escaped(&said->text, list->fields[i].value, 200);
    }
    buf_put_str(&said->text, "\n");
}

static void note_meaning(struct watch *watch, const struct frame *frame,
                         const struct header_list *list)
{
    struct said *said = said_on(watch, frame->stream);
    struct bytes inner = NO_BYTES;
    if (list)
        say_headers(said, list);
    if (frame->type == FRAME_DATA && frame_inner(frame, &inner, NULL))
        say_data(said, inner);
    if (frame->type == FRAME_RST_STREAM || frame->type == FRAME_GOAWAY) {
        put_data(&said->text, said);
        said->data_len = 0;
        size_t at = frame->type == FRAME_GOAWAY ? 4 : 0;
        buf_printf(&said->text, " type %u code %u\n", frame->type,
                   load_u32(frame->payload.data + at));
    }
    if (frame->type == FRAME_PING || frame->type == FRAME_SETTINGS)
        buf_printf(&said->text, " type %u flags %u\n", frame->type, frame->flags);
}

/* The stream said something on with the lowest id of at least `from`; NULL: none. */
static const struct said *said_from(const struct watch *watch, uint64_t from)
{
    const struct said *lowest = NULL;
    for (size_t i = 0; i < watch->said_count; i++)
        if (watch->said[i].id >= from && (!lowest || watch->said[i].id < lowest->id))
            lowest = &watch->said[i];
    return lowest;
}

struct buf watch_meaning(const struct watch *watch)
{
    struct buf out = {0};
    const struct said *said;
    for (uint64_t from = 0; (said = said_from(watch, from)); from = (uint64_t)said->id + 1) {
        if (said->id > 0 && watch->failed)
            break;
        buf_printf(&out, "stream %u:", said->id);
        buf_put(&out, buf_view(&said->text));
        put_data(&out, said);
    }
    return out;
}

/* ---- frames ---- */

static void count(struct talk *talk, const struct frame *frame)
{
    bool ack = (frame->flags & FLAG_ACK) != 0;
    bool on_connection = frame->stream == 0;
    if (frame->type == FRAME_SETTINGS && on_connection)
        *(ack ? &talk->settings_acks : &talk->settings) += 1;
    if (frame->type == FRAME_PING && on_connection && frame->payload.len == 8)
        *(ack ? &talk->ping_acks : &talk->pings) += 1;
    if (frame->type == FRAME_GOAWAY)
        talk->goaway = true;
}

static void note_heard(struct watch *watch, const struct frame *frame, bool block_ended)
{
    if (frame->type == FRAME_DATA && frame->stream != 0) {
        if (watch->first_credit < 0)
            watch->first_credit = watch->credit;
        watch->credit -= (int64_t)frame->payload.len;
        reach("data heard");
    }
    if (block_ended)
        reach(frame->type == FRAME_CONTINUATION ? "headers from CONTINUATION" : "headers heard");
    if (frame->type == FRAME_RST_STREAM)
        reach("RST_STREAM heard");
    if (frame->type == FRAME_WINDOW_UPDATE)
        reach("WINDOW_UPDATE heard");
}

/* O8: section 7 of RFC 9113 has codes 0 to 13; 2 is what an implementation says that has lost its way. */
static void must_be_a_reaction(struct bytes code)
{
    uint32_t number = code.len >= 4 ? load_u32(code.data) : 0;
    must(number < 14, "O8: an error code that does not exist is sent");
    must(number != H2_INTERNAL_ERROR, "O8: the peer's mistake is called an internal error");
}

static void note_said(struct watch *watch, const struct frame *frame, bool block_ended)
{
    const uint8_t *p = frame->payload.data;
    if (frame->type == FRAME_WINDOW_UPDATE && frame->stream == 0)
        watch->credit += load_u32(p);
    if (frame->type == FRAME_GOAWAY) {
        must_be_a_reaction(bytes_skip(frame->payload, 4));
        watch->failed = watch->failed || load_u32(p + 4) != 0;
        reach("GOAWAY said");
    }
    if (frame->type == FRAME_RST_STREAM) {
        must_be_a_reaction(frame->payload);
        watch->overtaken = watch->overtaken || load_u32(p) == 0;
        reach("RST_STREAM said");
    }
    if (block_ended)
        reach(frame->flags & FLAG_END_STREAM ? "last headers said" : "headers said");
    if (frame->type == FRAME_DATA)
        reach("data said");
    if (frame->type == FRAME_PING)
        reach(frame->flags & FLAG_ACK ? "PING answered" : "PING said");
    if (frame->type == FRAME_SETTINGS && (frame->flags & FLAG_ACK))
        reach("SETTINGS acknowledged");
}

/* For people: FUZZ_TRACE in the environment shows each frame, `>` heard by the side and `<` said by it. */
static void show_frame(const struct watch *watch, bool heard, const struct frame *frame,
                       bool block_ended, const struct header_list *list)
{
    struct buf octets = {0};
    frame_put(&octets, frame);
    struct transcript_entry entry = {.direction = heard ? SENT : RECEIVED,
                                     .is_frame = true,
                                     .octets = buf_view(&octets),
                                     .wire_len = octets.len,
                                     .frame = *frame,
                                     .headers = *list,
                                     .has_headers = block_ended};
    struct buf line = {0};
    transcript_format_line(&entry, &line);
    fprintf(stderr, "%s %s\n", watch->of_server ? "server" : "client", buf_str(&line));
    buf_clear(&line);
    buf_clear(&octets);
}

static void see_frame(struct watch *watch, struct talk *talk, const struct frame *frame)
{
    bool heard = talk == &watch->heard;
    bool block_ended = header_block_collect(&talk->block, frame);
    struct header_list list = {0};
    struct hpack_result result = {.why = "an earlier block was refused"};

    if (block_ended && !talk->undecodable)
        result = header_block_decode(&talk->block, talk->decoder, &list);
    if (block_ended && !result.ok)
        talk->undecodable = true;
    if (getenv("FUZZ_TRACE"))
        show_frame(watch, heard, frame, block_ended, &list);
    if (!watch->mute)
        lint_frame(watch->lint, heard ? SENT : RECEIVED, frame, block_ended ? &list : NULL,
                   block_ended ? &result : NULL);
    count(talk, frame);
    if (heard) {
        note_heard(watch, frame, block_ended);
    } else {
        note_said(watch, frame, block_ended);
        note_meaning(watch, frame, block_ended ? &list : NULL);
    }
    header_list_clear(&list);
}

static void skip_preface(struct talk *talk)
{
    size_t n = talk->preface_left < talk->pending.len ? talk->preface_left : talk->pending.len;
    size_t at = CONNECTION_PREFACE.len - talk->preface_left;
    if (n && memcmp(talk->pending.data, CONNECTION_PREFACE.data + at, n) != 0)
        talk->garbled = true;
    buf_consume(&talk->pending, n);
    talk->preface_left -= n;
}

static void take_frames(struct watch *watch, struct talk *talk)
{
    struct frame frame;
    skip_preface(talk);
    struct bytes left = buf_view(&talk->pending);
    while (!talk->garbled && frame_take(&left, &frame))
        see_frame(watch, talk, &frame);
    buf_consume(&talk->pending, talk->pending.len - left.len);
}

/* What is said while a frame is half heard may be the answer to that half. It is judged when the rest is here. */
static void judge_said(struct watch *watch)
{
    take_frames(watch, &watch->said_by);
    must(!watch->said_by.garbled, "O3: the connection preface is wrong");
    must(watch->said_by.pending.len == 0, "O3: half a frame is written");
}

void watch_heard(struct watch *watch, struct bytes octets)
{
    buf_put(&watch->heard.pending, octets);
    take_frames(watch, &watch->heard);
    if (watch->heard.pending.len == 0)
        judge_said(watch);
}

void watch_said(struct watch *watch, struct bytes octets)
{
    buf_put(&watch->said_by.pending, octets);
    if (watch->heard.pending.len == 0)
        judge_said(watch);
}

void watch_end(struct watch *watch)
{
    watch->mute = watch->heard.pending.len > 0; /* answers to half a frame cannot be judged */
    judge_said(watch);
}

bool watch_failed(const struct watch *watch)
{
    return watch->failed;
}

bool watch_timing_matters(const struct watch *watch)
{
    return watch->overtaken || watch->heard.goaway;
}

void watch_rest(struct watch *watch, bool idle)
{
    const struct talk *heard = &watch->heard;
    if (watch->failed || heard->garbled || heard->goaway || watch->said_by.goaway)
        return; /* nothing more is owed */
    must(heard->settings == watch->said_by.settings_acks,
         "O3: SETTINGS were not acknowledged, each once");
    must(heard->pings == watch->said_by.ping_acks, "O3: PINGs were not answered, each once");
    /* Half of the window may be kept back, to give it in larger pieces. */
    if (idle && watch->first_credit >= 0)
        must(watch->credit >= watch->first_credit / 2 - 1, "O4: window of the connection is lost");
}
