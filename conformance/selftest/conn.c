/* SPDX-License-Identifier: MIT
 *
 * The life of one connection of the faulty server: handshake, the loop of read, think and write, and its end.
 * Also the one place where its frames are written. What frames mean is in frames.c. */
#include "selftest/h2.h"
#include "selftest/padding.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define WRITE_PATIENCE      (5 * NS_PER_S)
#define SETTING_TRUE_BINARY 0xfe03            /* gRPC's GRPC_ALLOW_TRUE_BINARY_METADATA */
#define LINGER              (300 * NS_PER_MS) /* a close right after GOAWAY could destroy it on its way */

/* ---- frames out ---- */

static uint8_t flags_to_send(uint8_t type, uint8_t flags)
{
    if (type == FRAME_HEADERS && knob(KNOB_SENDS_UNDEFINED_FLAGS))
        return flags | 0x40;
    return flags;
}

void put_frame(struct h2 *h2, uint8_t type, uint8_t flags, uint32_t stream, struct bytes payload)
{
    if (type == FRAME_DATA || type == FRAME_HEADERS)
        forgive_pings(h2);
    bool pads_wrongly = knob(KNOB_PADS_WITH_LETTERS) || knob(KNOB_SENDS_TOO_MUCH_PADDING);
    if (type == FRAME_DATA && payload.len > 0 && payload.len < 128 && pads_wrongly) {
        put_badly_padded(&h2->out, flags, stream, payload, knob(KNOB_SENDS_TOO_MUCH_PADDING));
        return;
    }
    struct frame frame = {
        .type = type,
        .flags = flags_to_send(type, flags),
        .reserved = type == FRAME_HEADERS && knob(KNOB_SENDS_RESERVED_BIT),
        .stream = stream,
        .payload = payload,
    };
    frame_put(&h2->out, &frame);
}

void put_rst_stream(struct h2 *h2, uint32_t stream, uint32_t code)
{
    uint8_t payload[4];
    store_u32(payload, code);
    put_frame(h2, FRAME_RST_STREAM, 0, stream,
              bytes_of(payload, knob(KNOB_SENDS_SHORT_RST_STREAM) ? 3 : 4));
    if (knob(KNOB_RESETS_TWICE))
        put_frame(h2, FRAME_RST_STREAM, 0, stream, bytes_of(payload, 4));
}

void put_window_update(struct h2 *h2, uint32_t stream, uint32_t increment)
{
    uint8_t payload[4];
    store_u32(payload, increment);
    put_frame(h2, FRAME_WINDOW_UPDATE, 0, stream, bytes_of(payload, 4));
}

void put_goaway(struct h2 *h2, uint32_t last_stream, uint32_t code, struct bytes debug)
{
    struct buf payload = {0};
    buf_put_u32(&payload, last_stream);
    buf_put_u32(&payload, code);
    buf_put(&payload, debug);
    put_frame(h2, FRAME_GOAWAY, 0, 0, buf_view(&payload));
    buf_clear(&payload);
}

void connection_error(struct h2 *h2, uint32_t code)
{
    if (h2->closing || h2->dropped)
        return;
    if (knob(KNOB_IGNORES_CONNECTION_ERRORS))
        return;
    h2->closing = true;
    if (knob(KNOB_CLOSES_WITHOUT_GOAWAY)) {
        h2->dropped = true;
        return;
    }
    if (knob(KNOB_WRONG_ERROR_CODE))
        code = code == H2_INTERNAL_ERROR ? H2_PROTOCOL_ERROR : H2_INTERNAL_ERROR;
    if (knob(KNOB_GOAWAY_NAMES_UNKNOWN_STREAM))
        put_goaway(h2, h2->highest_stream + 1000, code, NO_BYTES);
    else if (knob(KNOB_GOAWAY_DISOWNS_STREAMS))
        put_goaway(h2, 0, code, NO_BYTES);
    else
        put_goaway(h2, h2->highest_stream, code, NO_BYTES);
    if (knob(KNOB_GOAWAY_RAISES_LAST_STREAM))
        put_goaway(h2, 0x7fffffff, code, NO_BYTES);
}

/* ---- handshake ---- */

/* What only some setups announce. */
static void put_unusual_settings(struct buf *payload)
{
    const struct setup *setup = setup_here();
    if (setup->table_size)
        settings_put(payload, &(struct setting){SETTING_HEADER_TABLE_SIZE, setup->table_size}, 1);
    if (setup->initial_window)
        settings_put(payload, &(struct setting){SETTING_INITIAL_WINDOW_SIZE, setup->initial_window},
                     1);
    int times = knob(KNOB_TRUE_BINARY_TWICE) ? 2 : setup->true_binary;
    for (int i = 0; i < times; i++)
        settings_put(payload, &(struct setting){SETTING_TRUE_BINARY, 1}, 1);
}

static void put_settings(struct h2 *h2)
{
    struct setting settings[] = {
        {SETTING_MAX_CONCURRENT_STREAMS, knob(KNOB_ANNOUNCES_NO_STREAMS) ? 0 : OUR_MAX_STREAMS},
        {SETTING_MAX_HEADER_LIST_SIZE, OUR_MAX_HEADER_LIST},
        {SETTING_ENABLE_PUSH, knob(KNOB_OFFERS_PUSH) ? 1 : 0},
    };
    struct buf payload = {0};
    settings_put(&payload, settings, ARRAY_LEN(settings));
    put_unusual_settings(&payload);
    if (knob(KNOB_SETTINGS_OUT_OF_RANGE))
        settings_put(&payload, &(struct setting){SETTING_MAX_FRAME_SIZE, 100}, 1);
    if (knob(KNOB_SETTINGS_LENGTH_WRONG))
        buf_put_u8(&payload, 0);
    if (knob(KNOB_SETTINGS_ON_STREAM))
        put_frame(h2, FRAME_SETTINGS, 0, 1, buf_view(&payload));
    else
        put_frame(h2, FRAME_SETTINGS, 0, 0, buf_view(&payload));
    buf_clear(&payload);
}

static void greet(struct h2 *h2)
{
    if (knob(KNOB_WITHHOLDS_SETTINGS))
        return;
    if (knob(KNOB_PING_BEFORE_SETTINGS))
        put_frame(h2, FRAME_PING, 0, 0, BYTES("too soon"));
    if (knob(KNOB_ACK_BEFORE_SETTINGS))
        put_frame(h2, FRAME_SETTINGS, FLAG_ACK, 0, NO_BYTES);
    put_settings(h2);
    if (knob(KNOB_UNASKED_SETTINGS_ACK))
        put_frame(h2, FRAME_SETTINGS, FLAG_ACK, 0, NO_BYTES);
    if (knob(KNOB_WINDOW_OVERFLOW_SENT))
        put_window_update(h2, 0, (uint32_t)MAX_WINDOW);
    if (knob(KNOB_TALKS_ON_IDLE_STREAM))
        put_window_update(h2, 99, 1);
    if (knob(KNOB_DATA_ON_STREAM_0))
        put_frame(h2, FRAME_DATA, 0, 0, BYTES("x"));
}

/* The magic as far as it has come; false while it is not whole. */
static bool take_preface(struct h2 *h2)
{
    struct bytes magic = CONNECTION_PREFACE;
    struct bytes seen = buf_view(&h2->in);
    size_t n = seen.len < magic.len ? seen.len : magic.len;
    if (knob(KNOB_ACCEPTS_ANY_PREFACE))
        n = 0;
    if (n < magic.len && knob(KNOB_MAGIC_MUST_BE_WHOLE)) {
        connection_error(h2, H2_PROTOCOL_ERROR);
        return false;
    }
    if (!bytes_equal(bytes_first(seen, n), bytes_first(magic, n))) {
        if (knob(KNOB_HANGS_ON_BAD_PREFACE))
            h2->stuck = true;
        else
            connection_error(h2, H2_PROTOCOL_ERROR);
        return false;
    }
    if (seen.len < magic.len)
        return false;
    buf_consume(&h2->in, magic.len);
    h2->preface_seen = true;
    return true;
}

/* ---- the loop ---- */

static void think(struct h2 *h2)
{
    if (h2->stuck) {
        buf_reset(&h2->in);
        return;
    }
    if (!h2->preface_seen && !take_preface(h2))
        return;
    take_all_frames(h2);
    if (knob(KNOB_LOSES_SPLIT_FRAME_HEADER) && h2->in.len < FRAME_HEADER_LEN)
        buf_reset(&h2->in);
    if (knob(KNOB_SPLIT_PAYLOADS_LOSE_AN_OCTET) && h2->in.len > FRAME_HEADER_LEN)
        h2->in.len--;
}

static gr_time turn_streams(struct h2 *h2)
{
    gr_time next = TIME_NEVER;
    for (struct stream *stream = h2->streams; stream; stream = stream->next) {
        gr_time wanted = service_turn(h2, stream);
        next = wanted < next ? wanted : next;
    }
    return next;
}

static bool flush_out(struct h2 *h2)
{
    if (h2->out.len == 0)
        return true;
    bool sent;
    if (knob(KNOB_READS_WHILE_IT_WRITES) || transport_is_tls(h2->transport))
        sent = transport_write(h2->transport, buf_view(&h2->out),
                               clock_now_ns() + WRITE_PATIENCE) == TRANSPORT_OK;
    else
        sent = write_without_reading(h2, buf_view(&h2->out), WRITE_PATIENCE);
    buf_reset(&h2->out);
    return sent;
}

static void serve_until_end(struct h2 *h2)
{
    static const size_t CHUNK = 65536;
    while (!h2->closing && !h2->dropped) {
        h2->now = clock_now_ns();
        h2->stuck = h2->stuck || is_frozen(h2);
        gr_time next = h2->stuck ? TIME_NEVER : turn_streams(h2);
        gr_time look = h2->stuck ? TIME_NEVER : turn_stopping(h2);
        gr_time age = h2->stuck ? TIME_NEVER : turn_ageing(h2);
        next = look < next ? look : next;
        next = age < next ? age : next;
        note_holding(h2);
        pump(h2);
        if (!flush_out(h2) || h2->closing || h2->dropped)
            return;
        size_t got = 0;
        uint8_t *at = buf_reserve(&h2->in, CHUNK);
        if (!at)
            return;
        enum transport_result result = transport_read(h2->transport, at, CHUNK, &got, next);
        h2->in.len += got;
        h2->octets_in += got;
        if (result == TRANSPORT_END && knob(KNOB_CUT_OFF_DATA_IS_WHOLE)) {
            take_cut_off_frame(h2);
            (void)turn_streams(h2);
            pump(h2);
            (void)flush_out(h2);
        }
        if (result == TRANSPORT_END && h2->stuck && knob(KNOB_HANGS_ON_BAD_PREFACE))
            (void)poll(NULL, 0, 1500);
        if (result == TRANSPORT_TIMEOUT)
            continue;
        if (result != TRANSPORT_OK)
            return;
        h2->heard = h2->now = clock_now_ns();
        think(h2);
    }
}

/* After GOAWAY: say FIN, and let the peer finish reading before the socket goes. */
static void linger(struct h2 *h2)
{
    uint8_t scratch[4096];
    size_t got;
    gr_time until = clock_now_ns() + LINGER;
    (void)flush_out(h2);
    if (knob(KNOB_KEEPS_CONNECTION_AFTER_ERROR))
        until = clock_now_ns() + 10 * NS_PER_S;
    else
        transport_shutdown_write(h2->transport);
    while (transport_read(h2->transport, scratch, sizeof scratch, &got, until) == TRANSPORT_OK)
        continue;
}

static void clear(struct h2 *h2)
{
    free_streams(h2);
    hpack_decoder_free(h2->decoder);
    hpack_encoder_free(h2->encoder);
    buf_clear(&h2->in);
    buf_clear(&h2->out);
    buf_clear(&h2->block);
    buf_clear(&h2->late_settings);
    buf_clear(&h2->ping);
}

/* With the setup's TLS; NULL when nothing comes of it. */
static struct transport *accept_client(int fd, struct common *common)
{
    char why[256];
    gr_time now = clock_now_ns();
    if (!setup_here()->tls)
        return transport_accept(fd, NULL, now + WRITE_PATIENCE, why);
    if (knob(KNOB_TLS_COMPRESSES) && answer_with_compression(fd, now + NS_PER_S)) {
        close(fd);
        return NULL;
    }
    const struct transport_tls tls = setup_server_tls(common->certificates);
    struct transport *transport = transport_accept(fd, &tls, now + WRITE_PATIENCE, why);
    if (!transport && knob(KNOB_TLS_FAILURES_STOP_ALL))
        atomic_store(&common->frozen, true);
    if (transport && knob(KNOB_TLS_ENDS_BEHIND_HANDSHAKE)) {
        transport_free(transport);
        return NULL;
    }
    return transport;
}

bool h2_serve(int fd, struct common *common, void (*watch)(void *arg, struct transport *transport),
              void *arg)
{
    gr_time now = clock_now_ns();
    struct h2 h2 = {
        .common = common,
        .born = now,
        .heard = now,
        .idle_since = now,
        .second = atomic_load(&common->clients) > 1,
        .transport = accept_client(fd, common),
        .decoder = hpack_decoder_new(OUR_TABLE_SIZE),
        .encoder = hpack_encoder_new(knob(KNOB_LARGE_TABLE_IS_SILENT) ? 1 << 16 : OUR_TABLE_SIZE),
        .table_size = 4096,
        .least_table = OUR_TABLE_SIZE,
        .initial_window = DEFAULT_WINDOW,
        .max_frame_size = DEFAULT_MAX_FRAME_SIZE,
        .max_header_list = UINT32_MAX,
        .send_window = DEFAULT_WINDOW,
        .receive_window = DEFAULT_WINDOW,
    };
    bool refused = knob(KNOB_FIFTY_CONNECTIONS) && atomic_load(&common->served) > 50;
    if (h2.transport && h2.decoder && h2.encoder && !refused) {
        watch(arg, h2.transport);
        greet(&h2);
        serve_until_end(&h2);
        if (h2.closing && !h2.dropped)
            linger(&h2);
        watch(arg, NULL);
    }
    note_release(&h2);
    transport_free(h2.transport);
    clear(&h2);
    return h2.fatal;
}
