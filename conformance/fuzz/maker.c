/* SPDX-License-Identifier: MIT
 *
 * Making scripts: frames, connections, calls, expectations. What is drawn at random here is legal; see maker.h. */
#include "fuzz/maker.h"

/* ---- frames ---- */

struct step *make_octets(struct maker *m, struct bytes octets)
{
    struct step *step = script_add(m->script, STEP_SEND);
    buf_put(&step->octets, octets);
    step->noise = m->noise;
    return step;
}

struct step *make_frame(struct maker *m, uint8_t type, uint8_t flags, uint32_t stream,
                        struct bytes payload)
{
    struct step *step = make_octets(m, NO_BYTES);
    frame_put_header(&step->octets, (uint32_t)payload.len, type, flags, stream);
    buf_put(&step->octets, payload);
    return step;
}

void make_lying_frame(struct maker *m, uint32_t length, uint8_t type, uint8_t flags,
                      uint32_t stream_bits, struct bytes payload)
{
    struct step *step = make_octets(m, NO_BYTES);
    frame_put_header(&step->octets, length, type, flags, stream_bits);
    buf_put(&step->octets, payload);
}

void make_u32_frame(struct maker *m, uint8_t type, uint32_t stream, uint32_t value)
{
    uint8_t payload[4];
    store_u32(payload, value);
    (void)make_frame(m, type, FLAG_NONE, stream, bytes_of(payload, sizeof payload));
}

void make_settings(struct maker *m, const struct setting *settings, size_t count)
{
    struct buf payload = {0};
    settings_put(&payload, settings, count);
    (void)make_frame(m, FRAME_SETTINGS, FLAG_NONE, 0, buf_view(&payload));
    buf_clear(&payload);
}

/* ---- connections ---- */

void make_open_with(struct maker *m, const struct setting *settings, size_t count)
{
    bool noise = m->noise;
    m->noise = false;
    (void)script_add(m->script, STEP_OPEN);
    (void)make_octets(m, CONNECTION_PREFACE);
    make_settings(m, settings, count);
    m->noise = noise;
    m->next_stream = 1;
    hpack_encoder_free(m->encoder);
    m->encoder = hpack_encoder_new(4096);
}

struct setting draw_unknown_setting(struct maker *m)
{
    uint16_t id = (uint16_t)draw_between(&m->draw, 0x100, 0xf000);
    return (struct setting){id, (uint32_t)draw_u64(&m->draw)};
}

/* Settings that change nothing of what a case is about. */
void make_open(struct maker *m)
{
    struct setting settings[5];
    size_t count = 0;
    if (!m->plain && draw_chance(&m->draw, 30))
        settings[count++] = (struct setting){SETTING_MAX_FRAME_SIZE,
                                             draw_between(&m->draw, 16384, 0xffffff)};
    if (!m->plain && draw_chance(&m->draw, 20))
        settings[count++] = (struct setting){SETTING_ENABLE_PUSH, 0};
    if (!m->plain && draw_chance(&m->draw, 20))
        settings[count++] = draw_unknown_setting(m);
    if (!m->plain && draw_chance(&m->draw, 20))
        settings[count++] = (struct setting){SETTING_MAX_CONCURRENT_STREAMS,
                                             draw_between(&m->draw, 0, 1000)};
    make_open_with(m, settings, count);
    if (draw_chance(&m->draw, 30))
        make_await_settings(m);
}

void make_await_settings(struct maker *m)
{
    make_flush(m);
    (void)script_add(m->script, STEP_AWAIT_SETTINGS);
}

void make_flush(struct maker *m)
{
    (void)script_add(m->script, STEP_FLUSH);
}

/* Never PING: gRPC servers count them. */
static void noise_frame(struct maker *m)
{
    struct buf payload = {0};
    uint8_t type, flags;
    switch (draw_below(&m->draw, 5)) {
    case 0:
        draw_octets(&m->draw, &payload, draw_below(&m->draw, 40));
        type = (uint8_t)draw_between(&m->draw, 0x20, 0xff);
        flags = (uint8_t)draw_u64(&m->draw);
        (void)make_frame(m, type, flags, draw_chance(&m->draw, 50) ? 0 : m->next_stream,
                         buf_view(&payload));
        break;
    case 1:
        buf_put_u32(&payload, 0);
        buf_put_u8(&payload, (uint8_t)draw_u64(&m->draw));
        (void)make_frame(m, FRAME_PRIORITY, FLAG_NONE,
                         m->next_stream + 2 * draw_below(&m->draw, 20), buf_view(&payload));
        break;
    case 2:
        make_u32_frame(m, FRAME_WINDOW_UPDATE, 0, draw_between(&m->draw, 1, 100000));
        break;
    case 3:
        make_settings(m, NULL, 0);
        break;
    default: {
        const struct setting setting = draw_unknown_setting(m);
        make_settings(m, &setting, 1);
    } break;
    }
    buf_clear(&payload);
}

void make_noise(struct maker *m)
{
    bool before = m->noise;
    if (m->plain || !draw_chance(&m->draw, 12))
        return;
    m->noise = true;
    noise_frame(m);
    m->noise = before;
}

/* Steps made meanwhile are noise, expectations included. */
void make_history(struct maker *m)
{
    size_t first = m->script->count;
    unsigned calls = draw_chance(&m->draw, 20) ? draw_between(&m->draw, 1, 3) : 0;
    for (unsigned i = 0; i < calls; i++) {
        uint32_t stream = make_empty_call(m);
        if (draw_chance(&m->draw, 70))
            must_be_ok(m, stream);
    }
    for (size_t i = first; i < m->script->count; i++)
        m->script->steps[i].noise = true;
}

/* ---- header blocks ---- */

size_t make_fields(const struct maker *m, const char *path, const struct edit *edits,
                   struct field fields[MAX_FIELDS])
{
    const struct field usual[] = {
        FIELD(":method", "POST"),
        {BYTES(":scheme"), m->secure ? BYTES("https") : BYTES("http")},
        {BYTES(":path"), bytes_str(path)},
        FIELD(":authority", "localhost"),
        FIELD("te", "trailers"),
        FIELD("content-type", "application/grpc"),
        FIELD("user-agent", "grpcspec-fuzz"),
    };
    size_t count = ARRAY_LEN(usual);
    memcpy(fields, usual, sizeof usual);
    for (; edits && edits->kind != EDIT_END; edits++) {
        size_t at = 0;
        struct field field = {bytes_str(edits->name), edits->value};
        while (at < count && !bytes_equal_str(fields[at].name, edits->name))
            at++;
        if (edits->kind == EDIT_ADD || (edits->kind == EDIT_SET && at == count)) {
            fields[count++] = field;
        } else if (edits->kind == EDIT_ADD_FIRST) {
            memmove(fields + 1, fields, count++ * sizeof fields[0]);
            fields[0] = field;
        } else if (edits->kind == EDIT_SET) {
            fields[at] = field;
        } else if (at < count) {
            memmove(fields + at, fields + at + 1, (--count - at) * sizeof fields[0]);
        }
    }
    return count;
}

void put_plain_block(struct buf *block, const struct field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hpack_put_literal(block, LITERAL_NOT_INDEXED, fields[i].name, fields[i].value);
}

static void put_any_string(struct maker *m, struct buf *block, struct bytes s)
{
    struct buf coded = {0};
    if (draw_chance(&m->draw, 50)) {
        hpack_put_string(block, s);
        return;
    }
    hpack_huffman_encode(&coded, s);
    hpack_put_huffman(block, buf_view(&coded));
    buf_clear(&coded);
}

/* Literals by hand, never indexed into the table: they agree with any state of it. */
static void put_mixed_block(struct maker *m, struct buf *block, const struct field *fields,
                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t form = draw_chance(&m->draw, 30) ? LITERAL_NEVER_INDEXED : LITERAL_NOT_INDEXED;
        buf_put_u8(block, form);
        put_any_string(m, block, fields[i].name);
        put_any_string(m, block, fields[i].value);
    }
}

void make_coded(struct maker *m, const struct field *fields, size_t count, struct buf *block)
{
    unsigned how = m->plain ? 0 : draw_below(&m->draw, 3);
    if (how == 0)
        put_plain_block(block, fields, count);
    else if (how == 1)
        put_mixed_block(m, block, fields, count);
    else
        hpack_encode(m->encoder, fields, count, block);
}

/* The first fragment, with what HEADERS may carry besides. */
static void make_headers_frame(struct maker *m, uint32_t stream, struct bytes fragment,
                               uint8_t flags)
{
    struct buf payload = {0};
    size_t padding = !m->plain && draw_chance(&m->draw, 15) ? draw_below(&m->draw, 256) : 0;
    bool padded = padding > 0;
    bool priority = !m->plain && draw_chance(&m->draw, 15);
    if (padded)
        buf_put_u8(&payload, (uint8_t)padding);
    if (priority) {
        buf_put_u32(&payload, 0);
        buf_put_u8(&payload, (uint8_t)draw_u64(&m->draw));
    }
    buf_put(&payload, fragment);
    buf_put_zeros(&payload, padding);
    flags |= (uint8_t)((padded ? FLAG_PADDED : 0) | (priority ? FLAG_PRIORITY : 0));
    (void)make_frame(m, FRAME_HEADERS, flags, stream, buf_view(&payload));
    buf_clear(&payload);
}

void make_block(struct maker *m, uint32_t stream, struct bytes block, uint8_t flags)
{
    unsigned pieces = !m->plain && draw_chance(&m->draw, 20) ? draw_between(&m->draw, 1, 4) : 0;
    struct bytes first = block;
    if (pieces > 0 && block.len > 0)
        first = bytes_first(block, draw_below(&m->draw, (uint32_t)block.len + 1));
    else
        pieces = 0;
    if (first.len > 16000) {
        first = bytes_first(block, 16000);
        pieces = (unsigned)(block.len / 16000);
    }
    block = bytes_skip(block, first.len);
    make_headers_frame(m, stream, first, (uint8_t)(flags | (pieces == 0 ? FLAG_END_HEADERS : 0)));
    for (; pieces > 0; pieces--) {
        size_t len = pieces == 1 ? block.len : draw_below(&m->draw, (uint32_t)block.len + 1);
        len = len > 16000 ? 16000 : len;
        (void)make_frame(m, FRAME_CONTINUATION, pieces == 1 ? FLAG_END_HEADERS : FLAG_NONE, stream,
                         bytes_first(block, len));
        block = bytes_skip(block, len);
    }
}

/* ---- calls ---- */

uint32_t make_stream(struct maker *m)
{
    uint32_t stream = m->next_stream;
    m->next_stream += 2;
    script_add(m->script, STEP_CALL)->stream = stream;
    m->script->steps[m->script->count - 1].noise = m->noise;
    return stream;
}

void make_request(struct maker *m, uint32_t stream, const char *path, const struct edit *edits,
                  uint8_t flags)
{
    struct field fields[MAX_FIELDS];
    struct buf block = {0};
    size_t count = make_fields(m, path, edits, fields);
    make_coded(m, fields, count, &block);
    make_block(m, stream, buf_view(&block), flags);
    buf_clear(&block);
}

uint32_t make_call(struct maker *m, const char *path)
{
    uint32_t stream = make_stream(m);
    make_request(m, stream, path, NULL, FLAG_NONE);
    return stream;
}

static void make_data_frame(struct maker *m, uint32_t stream, struct bytes data, uint8_t flags)
{
    struct buf payload = {0};
    size_t padding = draw_below(&m->draw, 256);
    if (m->plain || data.len > 16000 || !draw_chance(&m->draw, 15)) {
        (void)make_frame(m, FRAME_DATA, flags, stream, data);
        return;
    }
    buf_put_u8(&payload, (uint8_t)padding);
    buf_put(&payload, data);
    buf_put_zeros(&payload, padding);
    (void)make_frame(m, FRAME_DATA, (uint8_t)(flags | FLAG_PADDED), stream, buf_view(&payload));
    buf_clear(&payload);
}

void make_data(struct maker *m, uint32_t stream, struct bytes data, uint8_t flags)
{
    bool whole = m->plain || draw_chance(&m->draw, 50);
    bool apart = !m->plain && draw_chance(&m->draw, 15); /* END_STREAM on a frame of its own */
    do {
        size_t most = data.len < 16384 ? data.len : 16384;
        size_t len = whole || most == 0 ? most : draw_between(&m->draw, 0, (uint32_t)most);
        bool last = len == data.len;
        make_data_frame(m, stream, bytes_first(data, len), last && !apart ? flags : 0);
        data = bytes_skip(data, len);
        make_noise(m);
        whole = whole || draw_chance(&m->draw, 30);
        if (last)
            break;
    } while (true);
    if (apart && flags)
        make_data_frame(m, stream, NO_BYTES, flags);
}

void make_message(struct maker *m, uint32_t stream, uint8_t flag, struct bytes payload,
                  uint8_t flags)
{
    struct buf data = {0};
    put_message_prefix(&data, flag, (uint32_t)payload.len);
    buf_put(&data, payload);
    make_data(m, stream, buf_view(&data), flags);
    buf_clear(&data);
}

uint32_t make_empty_call(struct maker *m)
{
    uint32_t stream = make_call(m, EMPTY_CALL);
    make_noise(m);
    make_message(m, stream, 0, NO_BYTES, FLAG_END_STREAM);
    return stream;
}

/* ---- what must come ---- */

struct step *expect_step(struct maker *m, enum step_kind kind, uint32_t stream, int64_t number)
{
    struct step *step = script_add(m->script, kind);
    step->stream = stream;
    step->number = number;
    step->noise = m->noise;
    return step;
}

static void set_outcomes(struct step *step, const struct outcome *outcomes)
{
    for (size_t i = 0; i < MAX_OUTCOMES && outcomes[i].kind != OUTCOME_END; i++)
        step->outcomes[i] = outcomes[i];
}

void may_end(struct maker *m, uint32_t stream, const struct outcome *outcomes)
{
    set_outcomes(expect_step(m, STEP_EXPECT_CALL, stream, 0), outcomes);
}

void may_become(struct maker *m, const struct outcome *outcomes)
{
    set_outcomes(expect_step(m, STEP_EXPECT_CONNECTION, 0, 0), outcomes);
}

void must_be_ok(struct maker *m, uint32_t stream)
{
    may_end(m, stream, ONE_OF(STATUS(GRPC_OK)));
}

void must_reset(struct maker *m, uint32_t stream, uint32_t code)
{
    (void)expect_step(m, STEP_EXPECT_STREAM_ERROR, stream, code);
}

void must_goaway(struct maker *m, uint32_t code)
{
    (void)expect_step(m, STEP_EXPECT_CONNECTION_ERROR, 0, code);
}

void must_serve(struct maker *m)
{
    (void)expect_step(m, STEP_EXPECT_SERVES, 0, 0);
}

void must_have_field(struct maker *m, uint32_t stream, const char *name, struct bytes value)
{
    struct step *step = expect_step(m, STEP_EXPECT_FIELD, stream, 0);
    size_t len = strlen(name) < sizeof step->name - 1 ? strlen(name) : sizeof step->name - 1;
    memcpy(step->name, name, len);
    buf_put(&step->octets, value);
}
