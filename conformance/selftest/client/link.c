/* SPDX-License-Identifier: MIT
 *
 * One connection of the faulty client: its beginning, octets in and out, its end. What frames mean is in frames.c. */
#include "selftest/client/client.h"
#include "selftest/padding.h"

#include <stdlib.h>

#define CONNECT_PATIENCE (5 * NS_PER_S)
#define WRITE_PATIENCE   (5 * NS_PER_S)
#define CHUNK            65536

/* ---- frames out ---- */

void link_put_frame(struct link *link, uint8_t type, uint8_t flags, uint32_t stream,
                    struct bytes payload)
{
    bool pads = errs(CLIENT_SENDS_ODD_PADDING) || errs(CLIENT_SENDS_TOO_MUCH_PADDING);
    if (type == FRAME_DATA && pads && payload.len < 100) {
        put_badly_padded(&link->out, flags, stream, payload, errs(CLIENT_SENDS_TOO_MUCH_PADDING));
        return;
    }
    if (type == FRAME_DATA && errs(CLIENT_SENDS_UNDEFINED_FLAGS))
        flags |= 0x40;
    struct frame frame = {type, flags, type == FRAME_HEADERS && errs(CLIENT_SENDS_RESERVED_BIT),
                          stream, payload};
    frame_put(&link->out, &frame);
}

void link_put_goaway(struct link *link, uint32_t last, uint32_t code)
{
    uint8_t payload[8];
    store_u32(payload, last);
    store_u32(payload + 4, code);
    link_put_frame(link, FRAME_GOAWAY, 0, 0, bytes_of(payload, 8));
    link->goaway_sent = true;
}

void link_put_reset(struct link *link, struct stream *stream, uint32_t code)
{
    uint8_t payload[4];
    if (stream->we_reset || stream->they_reset)
        return;
    store_u32(payload, code);
    stream->we_reset = stream->local_closed = true;
    link_put_frame(link, FRAME_RST_STREAM, 0, stream->id, bytes_of(payload, 4));
    if (errs(CLIENT_RESETS_TWICE))
        link_put_frame(link, FRAME_RST_STREAM, 0, stream->id, bytes_of(payload, 4));
    if (errs(CLIENT_PINGS_WITH_RESETS))
        link_put_frame(link, FRAME_PING, 0, 0, BYTES("measured"));
    if (errs(CLIENT_SENDS_AFTER_OWN_RESET))
        link_put_frame(link, FRAME_DATA, FLAG_END_STREAM, stream->id, BYTES("\0\0\0\0\0"));
}

void link_put_window_update(struct link *link, uint32_t stream, uint32_t increment)
{
    uint8_t payload[4];
    store_u32(payload, increment);
    link_put_frame(link, FRAME_WINDOW_UPDATE, 0, stream, bytes_of(payload, 4));
}

void link_error(struct link *link, uint32_t code)
{
    if (link->closing || link->dropped || errs(CLIENT_IGNORES_CONNECTION_ERRORS))
        return;
    if (errs(CLIENT_WRONG_ERROR_CODE))
        code = H2_INTERNAL_ERROR;
    link->closing = true;
    link_put_goaway(link, 0, code);
}

/* ---- the beginning ---- */

static void put_settings(struct link *link)
{
    const struct setting settings[] = {
        {SETTING_ENABLE_PUSH, errs(CLIENT_SENDS_BAD_SETTINGS) ? 2 : 0},
        {SETTING_MAX_HEADER_LIST_SIZE, OUR_HEADER_LIST},
    };
    struct buf payload = {0};
    settings_put(&payload, settings, ARRAY_LEN(settings));
    for (unsigned i = 0; errs(CLIENT_TRUE_BINARY_TWICE) && i < 2; i++)
        settings_put(&payload, &(struct setting){0xfe03, 1}, 1);
    link_put_frame(link, FRAME_SETTINGS, 0, 0, buf_view(&payload));
    buf_clear(&payload);
}

static void greet(struct link *link)
{
    if (errs(CLIENT_GOAWAY_BEFORE_MAGIC))
        link_put_goaway(link, 0, H2_NO_ERROR);
    if (errs(CLIENT_WRONG_MAGIC))
        buf_put(&link->out, BYTES("PRI * HTTP/2.0\r\n\r\nsm\r\n\r\n"));
    else
        buf_put(&link->out, CONNECTION_PREFACE);
    if (errs(CLIENT_PING_BEFORE_SETTINGS))
        link_put_frame(link, FRAME_PING, 0, 0, BYTES("too soon"));
    put_settings(link);
    if (errs(CLIENT_SENDS_WINDOW_OVERFLOW))
        link_put_window_update(link, 0, 0x7fffffff);
    if (errs(CLIENT_TALKS_ON_IDLE_STREAM))
        link_put_window_update(link, 99, 1);
    if (errs(CLIENT_SENDS_SETTINGS_ON_STREAM))
        link_put_frame(link, FRAME_SETTINGS, 0, 1, NO_BYTES);
    if (errs(CLIENT_DEAF_AFTER_OWN_GOAWAY) || errs(CLIENT_SECOND_GOAWAY_RISES))
        link_put_goaway(link, 0, H2_NO_ERROR);
    if (errs(CLIENT_SECOND_GOAWAY_RISES))
        link_put_goaway(link, 2, H2_NO_ERROR);
}

static struct transport *connect_to(const struct client_address *address)
{
    struct endpoint endpoint = {.port = address->port};
    struct transport_tls tls = client_tls(address);
    char why[256] = "";
    gr_time deadline = clock_now_ns() + CONNECT_PATIENCE;
    size_t len = strlen(address->host);
    if (len >= sizeof endpoint.host)
        return NULL;
    memcpy(endpoint.host, address->host, len);
    struct transport *transport = transport_connect(&endpoint, address->tls ? &tls : NULL, deadline,
                                                    why);
    bool right = !address->tls || !transport || errs(CLIENT_TLS_ANY_PROTOCOL) ||
                 errs(CLIENT_TLS_OFFERS_HTTP_1) || strcmp(transport_alpn(transport), "h2") == 0;
    if (right)
        return transport;
    transport_free(transport);
    return NULL;
}

struct link *link_open(struct channel *channel)
{
    struct link *link = calloc(1, sizeof *link);
    struct transport *transport = link ? connect_to(&channel->address) : NULL;
    if (!transport) {
        free(link);
        return NULL;
    }
    *link = (struct link){
        .channel = channel,
        .number = channel->links_made++,
        .transport = transport,
        .decoder = hpack_decoder_new(OUR_TABLE),
        .encoder = hpack_encoder_new(OUR_TABLE),
        .table_size = OUR_TABLE,
        .initial_window = DEFAULT_WINDOW,
        .max_frame_size = DEFAULT_MAX_FRAME_SIZE,
        .max_header_list = UINT32_MAX,
        .max_streams = UINT32_MAX,
        .send_window = errs(CLIENT_OWN_WINDOW_IS_THEIRS) ? 1 << 20 : DEFAULT_WINDOW,
        .receive_window = DEFAULT_WINDOW,
        .next_id = 1,
    };
    if (errs(CLIENT_SETTINGS_OUTLIVE_CONNECTION) && channel->last_frame_size)
        link->max_frame_size = channel->last_frame_size;
    if (errs(CLIENT_EVEN_IDENTIFIERS))
        link->next_id = 2;
    if (errs(CLIENT_IDENTIFIERS_OUT_OF_ORDER))
        link->next_id = 7;
    if (errs(CLIENT_IDENTIFIERS_WRAP))
        link->next_id = 0x7fffffff;
    if (!errs(CLIENT_WAITS_FOR_SERVER))
        greet(link);
    link_flush(link);
    return link;
}

/* ---- octets ---- */

void link_flush(struct link *link)
{
    if (link->out.len == 0 || link->dropped)
        return;
    if (transport_write(link->transport, buf_view(&link->out), clock_now_ns() + WRITE_PATIENCE) !=
        TRANSPORT_OK)
        link->peer_closed = true;
    buf_reset(&link->out);
}

static void note_end(struct link *link)
{
    link->dropped = true;
    if (errs(CLIENT_CUT_OFF_FRAME_IS_WHOLE) && link->in.len > FRAME_HEADER_LEN)
        for (struct stream *stream = link->streams; stream; stream = stream->next)
            if (stream->rpc)
                rpc_end(stream->rpc, CODE_OK, "");
}

void link_turn(struct link *link)
{
    for (unsigned i = 0; i < 64 && !link->closing && !link->dropped && !link->stuck; i++) {
        size_t got = 0;
        uint8_t *at = buf_reserve(&link->in, CHUNK);
        if (!at)
            return;
        enum transport_result result = transport_read(link->transport, at, CHUNK, &got,
                                                      clock_now_ns());
        link->in.len += got;
        if (got > 0 && errs(CLIENT_WAITS_FOR_SERVER) && link->frames_in++ == 0)
            greet(link);
        if (result == TRANSPORT_TIMEOUT)
            return;
        link_take_frames(link);
        if (errs(CLIENT_LOSES_SPLIT_FRAME_HEADER) && link->in.len < FRAME_HEADER_LEN)
            buf_reset(&link->in);
        if (result != TRANSPORT_OK)
            note_end(link);
        if (errs(CLIENT_DROPS_AFTER_HANDSHAKE) && link->settings_seen)
            link->dropped = true;
    }
}

bool link_is_usable(const struct link *link)
{
    bool leaving = link->they_go_away && !errs(CLIENT_OPENS_AFTER_GOAWAY);
    return !link->closing && !link->dropped && !leaving && !link->peer_closed;
}

/* ---- the end ---- */

void link_close(struct link *link)
{
    bool healthy = link->settings_seen && !link->closing && !link->goaway_sent;
    if (healthy && !errs(CLIENT_LEAVES_WITHOUT_GOAWAY))
        link_put_goaway(link, errs(CLIENT_GOAWAY_NAMES_OWN_STREAM) ? link->highest_id : 0,
                        H2_NO_ERROR);
    link_flush(link);
    link->dropped = true;
}

void link_free(struct link *link)
{
    uint8_t scratch[4096];
    size_t got;
    gr_time until = clock_now_ns() + (link->closing ? 100 : 10) * NS_PER_MS;
    if (link->closing ||
        link->goaway_sent) { /* a close with unread octets could destroy it on its way */
        link_flush(link);
        transport_shutdown_write(link->transport);
        while (transport_read(link->transport, scratch, sizeof scratch, &got, until) ==
               TRANSPORT_OK)
            continue;
    }
    while (link->streams) {
        struct stream *stream = link->streams;
        link->streams = stream->next;
        stream_free(stream);
    }
    transport_free(link->transport);
    hpack_decoder_free(link->decoder);
    hpack_encoder_free(link->encoder);
    buf_clear(&link->in);
    buf_clear(&link->out);
    buf_clear(&link->block);
    free(link);
}
