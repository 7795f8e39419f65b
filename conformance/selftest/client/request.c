/* SPDX-License-Identifier: MIT
 *
 * What the faulty client sends: the headers of a request, metadata, messages. (PROTOCOL-HTTP2, Requests) */
#include "selftest/client/client.h"

#include "cases/zipped.h"
#include "peer/peer.h"
#include "wire/base64.h"
#include "wire/pb.h"

#include <stdio.h>

#define MOST_FIELDS    64
#define MOST_RESPONSES 256
#define TLS_1_0        0x0301 /* OpenSSL's number */
#define TLS_1_2        0x0303

/* ---- headers ---- */

struct fields {
    struct field at[MOST_FIELDS];
    size_t count;
    struct buf text; /* names and values that were made */
};

static void add(struct fields *fields, const char *name, struct bytes value)
{
    if (fields->count < MOST_FIELDS)
        fields->at[fields->count++] = (struct field){bytes_str(name), value};
}

static void add_text(struct fields *fields, const char *name, const char *value)
{
    add(fields, name, bytes_str(value));
}

/* Room is reserved once, so that views into the text stay. */
static struct bytes keep(struct fields *fields, struct bytes octets)
{
    uint8_t *at = fields->text.data + fields->text.len;
    if (fields->text.len + octets.len > fields->text.cap)
        return NO_BYTES;
    buf_put(&fields->text, octets);
    return bytes_of(at, octets.len);
}

static void add_timeout(struct fields *fields, const struct rpc *rpc, gr_time now)
{
    char text[32];
    gr_time from = errs(CLIENT_TIMEOUT_OF_THE_BEGINNING) ? rpc->begun : now;
    int64_t left_us = (rpc->deadline - from) / NS_PER_US;
    if (rpc->deadline == TIME_NEVER || errs(CLIENT_NO_TIMEOUT))
        return;
    left_us = left_us > 0 ? left_us : 1;
    long long value = left_us;
    const char *unit = "u";
    static const struct {
        const char *unit;
        long long factor;
    } coarser[] = {{"m", 1000}, {"S", 1000}, {"M", 60}, {"H", 60}};
    for (size_t i = 0; i < ARRAY_LEN(coarser) && value > 99999999; i++) {
        value = (value + coarser[i].factor - 1) / coarser[i].factor;
        unit = coarser[i].unit;
    }
    if (errs(CLIENT_TIMEOUT_IN_SECONDS)) {
        value = left_us / 1000000;
        unit = "S";
    }
    if (errs(CLIENT_TIMEOUT_OF_NINE_DIGITS))
        (void)snprintf(text, sizeof text, "%lldn", (long long)left_us * 1000 + 100000000);
    else if (errs(CLIENT_ZERO_TIMEOUT) && left_us < 200000)
        (void)snprintf(text, sizeof text, "0n");
    else
        (void)snprintf(text, sizeof text, "%lld%s", value, unit);
    add(fields, "grpc-timeout", keep(fields, bytes_str(text)));
    if (errs(CLIENT_TIMEOUT_TWICE))
        fields->at[fields->count] = fields->at[fields->count - 1], fields->count++;
}

static void add_pseudo(struct fields *fields, const struct link *link, const char *path)
{
    const struct client_address *address = &link->channel->address;
    bool https = address->tls != errs(CLIENT_WRONG_SCHEME);
    char authority[300];
    (void)snprintf(authority, sizeof authority, "%s%s:%u", errs(CLIENT_USERINFO) ? "me@" : "",
                   address->tls && address->server_name ? address->server_name : address->host,
                   (unsigned)address->port);
    add_text(fields, ":method", errs(CLIENT_WRONG_METHOD) ? "GET" : "POST");
    add_text(fields, ":scheme", https ? "https" : "http");
    if (!errs(CLIENT_NO_PATH))
        add_text(fields, ":path", errs(CLIENT_PATH_WITHOUT_SLASH) ? path + 1 : path);
    if (errs(CLIENT_PSEUDO_TWICE))
        add_text(fields, ":path", path);
    if (errs(CLIENT_PSEUDO_LATE))
        add_text(fields, "x-early", "1");
    if (errs(CLIENT_PSEUDO_UNKNOWN))
        add_text(fields, ":version", "2");
    if (!errs(CLIENT_NO_AUTHORITY))
        add(fields, ":authority", keep(fields, bytes_str(authority)));
}

static bool compresses(const struct rpc *rpc)
{
    return (rpc->call->compression || errs(CLIENT_COMPRESSES_UNASKED)) &&
           !errs(CLIENT_NEVER_COMPRESSES);
}

static void add_definition(struct fields *fields, const struct rpc *rpc)
{
    if (!errs(CLIENT_NO_TE))
        add_text(fields, "te", errs(CLIENT_TE_OF_GZIP) ? "gzip" : "trailers");
    add_text(fields, "content-type",
             errs(CLIENT_WRONG_CONTENT_TYPE) ? "text/plain" : "application/grpc");
    if (compresses(rpc) && !errs(CLIENT_FLAG_WITHOUT_ENCODING))
        add_text(fields, "grpc-encoding", "gzip");
    add_text(fields, "grpc-accept-encoding", "identity,gzip,deflate");
    if (!errs(CLIENT_NO_USER_AGENT))
        add_text(fields, "user-agent",
                 errs(CLIENT_PLAIN_USER_AGENT) ? "Mozilla/5.0" : "grpc-c-faulty/1.0");
    if (errs(CLIENT_COUNTS_TRANSPARENT_RETRIES) && rpc->attempts > 0)
        add_text(fields, "grpc-previous-rpc-attempts", "1");
}

static void add_wrong(struct fields *fields)
{
    if (errs(CLIENT_HOST_TOO))
        add_text(fields, "host", "elsewhere");
    if (errs(CLIENT_CONNECTION_FIELD))
        add_text(fields, "connection", "keep-alive");
    if (errs(CLIENT_UPPER_CASE))
        add_text(fields, "X-Upper", "1");
    if (errs(CLIENT_NAME_WITH_SPACE))
        add_text(fields, "x space", "1");
    if (errs(CLIENT_NAME_WITH_PLUS))
        add_text(fields, "x+plus", "1");
    if (errs(CLIENT_VALUE_WITH_NEWLINE))
        add_text(fields, "x-lines", "a\nb");
    if (errs(CLIENT_VALUE_WITH_SPACES))
        add_text(fields, "x-space", " v");
    if (errs(CLIENT_WRONG_CONTENT_LENGTH))
        add_text(fields, "content-length", "3");
}

/* Names of the application in lower case; its protocol fields are none of its business. */
static bool lower_name(struct bytes name, char text[static 128])
{
    size_t len = name.len < 127 ? name.len : 127;
    for (size_t i = 0; i < len; i++) {
        uint8_t c = name.data[i];
        bool upper = c >= 'A' && c <= 'Z' && !errs(CLIENT_UPPER_CASE);
        text[i] = (char)(upper ? c + 32 : c);
    }
    text[len] = '\0';
    bool reserved = strncmp(text, "grpc-", 5) == 0 || strcmp(text, "te") == 0 ||
                    strcmp(text, "content-type") == 0 || strcmp(text, "content-length") == 0;
    return !reserved || errs(CLIENT_RESERVED_METADATA);
}

static void add_metadata(struct fields *fields, const struct field *field)
{
    char name[128];
    struct buf value = {0};
    if (!lower_name(field->name, name))
        return;
    if (errs(CLIENT_LOSES_LARGE_METADATA) && field->value.len > 8192)
        return;
    bool binary = bytes_ends_with(bytes_str(name), BYTES("-bin")) && !errs(CLIENT_BIN_IS_RAW);
    if (errs(CLIENT_MIXED_BIN_IS_RAW))
        binary = binary && bytes_ends_with(field->name, BYTES("-bin"));
    if (binary)
        base64_put(&value, field->value, errs(CLIENT_BIN_PADDED));
    else
        buf_put(&value, field->value);
    if (binary && errs(CLIENT_BIN_TWICE)) {
        struct buf again = {0};
        base64_put(&again, buf_view(&value), errs(CLIENT_BIN_PADDED));
        buf_clear(&value);
        value = again;
    }
    struct bytes kept = keep(fields, bytes_of(name, strlen(name) + 1));
    add(fields, kept.data ? (const char *)kept.data : "x-lost", keep(fields, buf_view(&value)));
    buf_clear(&value);
}

static void add_all_metadata(struct fields *fields, const struct client_call *call)
{
    for (size_t i = 0; i < call->metadata_count && !errs(CLIENT_LOSES_METADATA); i++)
        add_metadata(
            fields,
            &call->metadata[errs(CLIENT_REVERSES_METADATA) ? call->metadata_count - 1 - i : i]);
}

static void collect(struct fields *fields, const struct link *link, const struct rpc *rpc)
{
    struct channel *channel = link->channel;
    const struct client_call *call = rpc->call;
    bool late = errs(CLIENT_FIELDS_OUT_OF_ORDER);
    add_pseudo(fields, link, rpc->call->path);
    if (late)
        add_text(fields, "x-first", "1");
    add_timeout(fields, rpc, link->channel->now);
    add_definition(fields, rpc);
    add_wrong(fields);
    if (errs(CLIENT_METADATA_LEAKS) && channel->last_called)
        call = channel->last_called;
    if (call->metadata_count)
        channel->last_called = call;
    if (rpc->attempts == 0 || !errs(CLIENT_RETRIES_WITHOUT_METADATA))
        add_all_metadata(fields, call);
}

static size_t list_size(const struct fields *fields)
{
    size_t size = 0;
    for (size_t i = 0; i < fields->count; i++)
        size += fields->at[i].name.len + fields->at[i].value.len + 32;
    return size;
}

static void put_block(struct link *link, uint32_t stream, struct bytes block, uint8_t flags)
{
    if (errs(CLIENT_SENDS_INSIDE_BLOCK)) {
        link_put_frame(link, FRAME_HEADERS, flags, stream, bytes_first(block, 10));
        link_put_frame(link, FRAME_PING, 0, 0, BYTES("too soon"));
        link_put_frame(link, FRAME_CONTINUATION, FLAG_END_HEADERS, stream, bytes_skip(block, 10));
        return;
    }
    size_t most = errs(CLIENT_HEADERS_IN_ONE_FRAME) ? 1u << 20 : link->max_frame_size;
    bool one = block.len <= most;
    link_put_frame(link, FRAME_HEADERS, flags | (one ? FLAG_END_HEADERS : 0), stream,
                   bytes_first(block, most));
    for (block = bytes_skip(block, most); block.len > 0; block = bytes_skip(block, most))
        link_put_frame(link, FRAME_CONTINUATION, block.len <= most ? FLAG_END_HEADERS : 0, stream,
                       bytes_first(block, most));
}

static void put_unusual(struct link *link, struct buf *block)
{
    if (errs(CLIENT_LAST_TABLE_SIZE_COUNTS))
        hpack_encoder_set_max_table_size(
            link->encoder, link->table_size < OUR_TABLE ? link->table_size : OUR_TABLE);
    if (errs(CLIENT_TABLE_SIZE_TOO_LARGE))
        hpack_put_size_update(block, link->table_size + 1);
    if (errs(CLIENT_STALE_INDEX) && link->requests > 0)
        hpack_put_indexed(block, 62 + 100);
}

bool stream_put_request(struct link *link, struct stream *stream)
{
    struct fields fields = {.count = 0};
    struct buf block = {0};
    (void)buf_reserve(&fields.text, (size_t)128 << 10);
    collect(&fields, link, stream->rpc);
    bool fits = list_size(&fields) <= link->max_header_list;
    if (link->max_header_list != UINT32_MAX && errs(CLIENT_HEADER_LIST_LIMIT_STOPS_ALL))
        fits = false;
    if (fits) {
        put_unusual(link, &block);
        hpack_encode(link->encoder, fields.at, fields.count, &block);
        put_block(link, stream->id, buf_view(&block),
                  errs(CLIENT_END_ON_HEADERS) ? FLAG_END_STREAM : 0);
        if (errs(CLIENT_SENDS_PUSH))
            link_put_frame(link, FRAME_PUSH_PROMISE, FLAG_END_HEADERS, stream->id,
                           BYTES("\0\0\0\2\x82"));
        link->requests++;
    }
    buf_clear(&block);
    buf_clear(&fields.text);
    return fits;
}

/* ---- messages ---- */

static void put_streamed(struct buf *out, const struct client_call *call, unsigned count)
{
    struct response_parameters parameters[MOST_RESPONSES];
    count = count < MOST_RESPONSES ? count : MOST_RESPONSES;
    for (unsigned i = 0; i < count; i++)
        parameters[i] = (struct response_parameters){call->response_size, 0, -1};
    pb_put_streaming_request(out, TESTING_REQUEST(.payload_size = call->request_size), parameters,
                             count);
}

static void put_payload(struct buf *out, const struct client_call *call)
{
    if (strcmp(call->path, UNARY_CALL) == 0)
        pb_put_simple_request(out, TESTING_REQUEST(.response_size = call->response_size,
                                                   .payload_size = call->request_size));
    else if (strcmp(call->path, STREAMING_INPUT_CALL) == 0)
        pb_put_input_request(out, call->request_size, -1);
    else if (strcmp(call->path, STREAMING_OUTPUT_CALL) == 0)
        put_streamed(out, call, call->responses);
    else if (strcmp(call->path, FULL_DUPLEX_CALL) == 0)
        put_streamed(out, call, call->messages ? call->responses / call->messages : 0);
}

static void put_message(const struct channel *channel, struct stream *stream, unsigned number)
{
    const struct call_source *source = channel->source;
    struct rpc *rpc = stream->rpc;
    struct buf payload = {0}, gzip = {0};
    if (!source->put_message || !source->put_message(source->arg, rpc->index, number, &payload))
        put_payload(&payload, rpc->call);
    struct bytes octets = buf_view(&payload);
    bool zipped = compresses(rpc) || errs(CLIENT_FLAG_WITHOUT_ENCODING);
    uint8_t flag = errs(CLIENT_SENDS_FLAG_2) ? 2 : zipped;
    if (zipped && !errs(CLIENT_COMPRESSES_WRONGLY)) {
        compress_into(&gzip, octets, FORMAT_GZIP);
        octets = buf_view(&gzip);
    }
    buf_put_u8(&stream->pending, flag);
    buf_put_u32(&stream->pending, (uint32_t)octets.len);
    buf_put(&stream->pending, octets);
    if (errs(CLIENT_CUTS_LAST_MESSAGE) && stream->pending.len > 5)
        stream->pending.len -= 3;
    buf_clear(&payload);
    buf_clear(&gzip);
}

static unsigned message_count(const struct client_call *call)
{
    bool one = call->type == CALL_UNARY || call->type == CALL_SERVER_STREAM;
    unsigned count = one ? 1 : call->messages;
    return count > 1 && errs(CLIENT_LOSES_A_MESSAGE) ? count - 1 : count;
}

/* A ping-pong waits for the answers to what it has sent. */
static bool may_send(const struct rpc *rpc)
{
    const struct client_call *call = rpc->call;
    bool waits = call->type == CALL_FULL_DUPLEX && call->responses > 0 && call->messages > 0;
    if (errs(CLIENT_STOPS_AFTER_ONE_PING) && waits && rpc->sent > 0)
        return false;
    return !waits || rpc->taken >= rpc->sent * (call->responses / call->messages) ||
           errs(CLIENT_ALL_AT_ONCE);
}

void stream_put_messages(struct link *link, struct stream *stream)
{
    struct rpc *rpc = stream->rpc;
    const struct client_call *call = rpc->call;
    gr_time now = link->channel->now;
    if (rpc->half_closed || stream->local_closed)
        return;
    while (rpc->sent < message_count(call) && may_send(rpc))
        put_message(link->channel, stream, rpc->sent++);
    if (rpc->sent < message_count(call) || call->cancel == CANCEL_AFTER_RESPONSES ||
        (!may_send(rpc) && call->cancel == CANCEL_NEVER))
        return;
    rpc->half_closed = true;
    stream->end_due = call->cancel != CANCEL_BEFORE_HALF_CLOSE;
    if (call->cancel == CANCEL_BEFORE_HALF_CLOSE)
        rpc->cancel_at = now;
    if (call->cancel == CANCEL_AFTER_HALF_CLOSE)
        rpc->cancel_at = clock_add(now, call->cancel_after_ms * NS_PER_MS);
}

/* ---- TLS ---- */

struct transport_tls client_tls(const struct client_address *address)
{
    return (struct transport_tls){
        .ca_file = errs(CLIENT_TLS_BELIEVES_ANYBODY) ? NULL : address->ca_file,
        .server_name = errs(CLIENT_TLS_NO_SERVER_NAME) || errs(CLIENT_TLS_ANY_NAME)
                           ? NULL
                           : address->server_name,
        .alpn = errs(CLIENT_TLS_OFFERS_HTTP_1) ? "http/1.1" : "h2",
        .min_version = errs(CLIENT_TLS_1_1_IS_SPOKEN) ? TLS_1_0 : TLS_1_2,
        .ciphers = errs(CLIENT_TLS_1_1_IS_SPOKEN)  ? "ALL:@SECLEVEL=0"
                   : errs(CLIENT_TLS_WEAK_CIPHERS) ? "ALL"
                                                   : "ECDHE+AESGCM:ECDHE+CHACHA20",
    };
}
