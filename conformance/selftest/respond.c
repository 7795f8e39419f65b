/* SPDX-License-Identifier: MIT
 *
 * Responses: header block, trailers, Trailers-Only, plain HTTP refusals. When to send which is decided in
 * test_service.c and streams.c. */
#include "selftest/h2.h"
#include "wire/pb.h"

#include <stdio.h>

/* Send a list as HEADERS and as many CONTINUATION frames as MAX_FRAME_SIZE asks for. */
static void put_block(struct h2 *h2, uint32_t stream, struct bytes block, uint8_t flags)
{
    size_t most = knob(KNOB_LONG_LISTS_IN_ONE_FRAME) ? (1u << 24) - 1 : h2->max_frame_size;
    struct bytes piece = bytes_first(block, most);
    uint8_t type = FRAME_HEADERS;
    for (;;) {
        block = bytes_skip(block, piece.len);
        put_frame(h2, type, flags | (block.len ? 0 : FLAG_END_HEADERS), stream, piece);
        if (block.len == 0)
            return;
        if (knob(KNOB_INTERLEAVES_BLOCKS))
            put_frame(h2, FRAME_PING, 0, 0, BYTES("meddling"));
        type = FRAME_CONTINUATION;
        flags = 0;
        piece = bytes_first(block, most);
    }
}

/* Cut a small block in two, so that something can come between. */
static void put_cut_block(struct h2 *h2, uint32_t stream, struct bytes block, uint8_t flags)
{
    put_frame(h2, FRAME_HEADERS, flags, stream, bytes_first(block, 1));
    put_frame(h2, FRAME_PING, 0, 0, BYTES("meddling"));
    put_frame(h2, FRAME_CONTINUATION, FLAG_END_HEADERS, stream, bytes_skip(block, 1));
}

/* Our table changes, and the client's does not. */
static void lose_block(struct h2 *h2, const struct header_list *list)
{
    struct buf block = {0};
    hpack_encode(h2->encoder, list->fields, list->count, &block);
    buf_clear(&block);
}

static void put_list(struct h2 *h2, struct stream *stream, struct header_list *list, uint8_t flags)
{
    struct buf block = {0};
    if (h2->lists_out++ == 100 && knob(KNOB_ENCODES_TWICE))
        lose_block(h2, list);
    if (h2->table_size_due && knob(KNOB_LAST_TABLE_SIZE_COUNTS))
        hpack_encoder_set_max_table_size(h2->encoder, h2->table_size);
    h2->table_size_due = false;
    if (knob(KNOB_UPDATES_TABLE_TOO_HIGH))
        hpack_put_size_update(&block, 1u << 20);
    hpack_encode(h2->encoder, list->fields, list->count, &block);
    if (knob(KNOB_LARGE_TABLE_IS_SILENT) && h2->table_size > 4096)
        buf_consume(&block, block.len - hpack_skip_size_updates(buf_view(&block)).len);
    if (knob(KNOB_SENDS_INDEX_0))
        hpack_put_indexed(&block, 0);
    if (knob(KNOB_INTERLEAVES_BLOCKS))
        put_cut_block(h2, stream->id, buf_view(&block), flags);
    else
        put_block(h2, stream->id, buf_view(&block), flags);
    buf_clear(&block);
    header_list_clear(list);
}

static void add(struct header_list *list, const char *name, const char *value)
{
    header_list_add(list, bytes_str(name), bytes_str(value));
}

/* ---- metadata that the test service echoes --------------------------------------------------- */

static void echo_text(const struct stream *stream, const char *name, struct header_list *list)
{
    for (size_t i = 0; i < stream->request.count; i++) {
        const struct field *field = &stream->request.fields[i];
        if (!bytes_equal_str(field->name, name))
            continue;
        struct bytes value = field->value;
        if (knob(KNOB_SPLITS_TEXT_AT_COMMA) && bytes_find(value, ',') < value.len) {
            size_t comma = bytes_find(value, ',');
            header_list_add(list, field->name, bytes_first(value, comma));
            value = bytes_skip(value, comma + 1);
        }
        if (knob(KNOB_DROPS_EMPTY_VALUES) && value.len == 0)
            continue;
        if (knob(KNOB_TRUNCATES_TEXT))
            value = bytes_first(value, 4);
        header_list_add(
            list, knob(KNOB_UPPER_CASE_ECHO) ? BYTES("X-Grpc-Test-Echo-Initial") : field->name,
            value);
    }
}

static void echo_binary(const struct stream *stream, const char *name, struct header_list *list)
{
    for (size_t i = 0; i < stream->request.count; i++) {
        const struct field *field = &stream->request.fields[i];
        if (!bytes_equal_str(field->name, name))
            continue;
        struct buf encoded = {0};
        (void)decode_base64_list(field->value, &encoded);
        if (knob(KNOB_RAW_BINARY)) {
            buf_reset(&encoded);
            buf_put(&encoded, BYTES("\xab\xab\xab"));
        }
        if (!(knob(KNOB_DROPS_EMPTY_VALUES) && encoded.len == 0))
            header_list_add(list, field->name, buf_view(&encoded));
        buf_clear(&encoded);
    }
}

/* Whose metadata ends the call. */
static const struct stream *owner_of_metadata(const struct h2 *h2, const struct stream *stream)
{
    if (!knob(KNOB_CROWD_SHARES_METADATA) || count_open(h2) <= 4)
        return stream;
    while (stream->next)
        stream = stream->next;
    return stream;
}

/* The fields a request carried twice or more come back in reverse order. */
static void reverse(struct header_list *list, size_t from)
{
    for (size_t a = from, b = list->count; a + 1 < b; a++, b--) {
        struct field swap = list->fields[a];
        list->fields[a] = list->fields[b - 1];
        list->fields[b - 1] = swap;
    }
}

/* A knob: without metadata of its own, a call gives back that of an earlier one. */
static void echo_earlier(struct h2 *h2, const struct stream *stream, struct header_list *list)
{
    const char *name = "x-grpc-test-echo-initial";
    const struct field *own = header_list_find(&stream->request, name);
    if (own)
        (void)snprintf(h2->echo_before, sizeof h2->echo_before, "%.*s",
                       (int)(own->value.len < 60 ? own->value.len : 60),
                       own->value.len ? (const char *)own->value.data : "");
    else if (h2->echo_before[0])
        add(list, name, h2->echo_before);
}

static void put_initial_metadata(struct h2 *h2, const struct stream *stream,
                                 struct header_list *list)
{
    if (knob(KNOB_NO_INITIAL_METADATA))
        return;
    size_t from = list->count;
    echo_text(stream, "x-grpc-test-echo-initial", list);
    if (knob(KNOB_METADATA_IS_REMEMBERED))
        echo_earlier(h2, stream, list);
    if (knob(KNOB_REVERSES_METADATA))
        reverse(list, from);
    if (knob(KNOB_TRAILING_METADATA_EARLY))
        echo_binary(stream, "x-grpc-test-echo-trailing-bin", list);
}

static void put_trailing_metadata(const struct stream *stream, struct header_list *list)
{
    if (knob(KNOB_NO_TRAILING_METADATA) || knob(KNOB_TRAILING_METADATA_EARLY))
        return;
    size_t from = list->count;
    echo_binary(stream, "x-grpc-test-echo-trailing-bin", list);
    if (knob(KNOB_REVERSES_METADATA))
        reverse(list, from);
}

/* ---- the header block ---- */

static void put_wrong_fields(struct header_list *list)
{
    if (knob(KNOB_SENDS_UPPER_CASE))
        add(list, "X-Served-By", "selftest");
    if (knob(KNOB_SENDS_BAD_NAME))
        add(list, "x served by", "selftest");
    if (knob(KNOB_SENDS_BAD_VALUE))
        add(list, "x-served-by", "self\ntest");
    if (knob(KNOB_SENDS_UNTRIMMED_VALUE))
        add(list, "x-served-by", "selftest ");
    if (knob(KNOB_SENDS_CONNECTION_FIELD))
        add(list, "connection", "keep-alive");
    if (knob(KNOB_SENDS_TE))
        add(list, "te", "gzip");
    if (knob(KNOB_SENDS_CONTENT_LENGTH))
        add(list, "content-length", "7654321");
    if (knob(KNOB_SENDS_UNKNOWN_PSEUDO) || knob(KNOB_SENDS_PSEUDO_LATE))
        add(list, knob(KNOB_SENDS_PSEUDO_LATE) ? ":status" : ":version", "200");
    if (knob(KNOB_SENDS_STATUS_EARLY))
        add(list, "grpc-status", "0");
    if (knob(KNOB_APPLICATION_SETS_RESERVED))
        add(list, "content-type", "text/plain");
}

static void put_head(const struct stream *stream, struct header_list *list, const char *status)
{
    if (!knob(KNOB_NO_HTTP_STATUS) && !knob(KNOB_SENDS_PSEUDO_LATE))
        add(list, ":status", knob(KNOB_BAD_HTTP_STATUS) ? "2OO" : status);
    if (knob(KNOB_DOUBLE_HTTP_STATUS))
        add(list, ":status", status);
    if (!knob(KNOB_NO_CONTENT_TYPE))
        add(list, "content-type",
            knob(KNOB_WRONG_CONTENT_TYPE) ? "application/octet-stream" : "application/grpc");
    if (stream->response_encoding == ENCODING_GZIP)
        add(list, "grpc-encoding", "gzip");
    if (stream->response_encoding == ENCODING_DEFLATE)
        add(list, "grpc-encoding", "deflate");
    if (knob(KNOB_LISTS_REJECTED_ENCODING))
        add(list, "grpc-accept-encoding",
            "identity,deflate,gzip,snappy,br,zstd,bogus,unknown,x-unknown");
    else if (knob(KNOB_ACCEPT_LIST_INCOMPLETE))
        add(list, "grpc-accept-encoding", "identity");
    else if (!knob(KNOB_NO_ACCEPT_ENCODING))
        add(list, "grpc-accept-encoding", "identity,deflate,gzip");
}

static void put_informational(struct h2 *h2, struct stream *stream)
{
    struct header_list list = {0};
    add(&list, ":status", "101");
    put_list(h2, stream, &list, 0);
}

/* The client does not want so long a list (advisory, RFC 9113 6.5.2): the call fails instead. */
static void refuse_long_list(struct h2 *h2, struct stream *stream, struct header_list *list)
{
    header_list_clear(list);
    if (knob(KNOB_LONG_RESPONSE_LIST_KILLS))
        connection_error(h2, H2_INTERNAL_ERROR);
    stream->response_refused = true;
    buf_reset(&stream->pending);
    stream->finished = false;
    respond_status(h2, stream, CODE_INTERNAL,
                   "the response's header list is longer than the client allows");
}

void respond_headers(struct h2 *h2, struct stream *stream)
{
    if (stream->headers_sent || stream->response_refused)
        return;
    if (knob(KNOB_NO_RESPONSE_HEADERS) ||
        (knob(KNOB_HEADERS_WAIT_FOR_WINDOW) && stream->send_window <= 0))
        return;
    if (knob(KNOB_SENDS_101))
        put_informational(h2, stream);
    struct header_list list = {0};
    put_head(stream, &list, "200");
    put_initial_metadata(h2, stream, &list);
    if (list.size > h2->max_header_list) {
        refuse_long_list(h2, stream, &list);
        return;
    }
    stream->headers_sent = true;
    put_wrong_fields(&list);
    put_list(h2, stream, &list, 0);
    if (knob(KNOB_SENDS_MIDDLE_BLOCK)) {
        add(&list, "x-middle", "1");
        put_list(h2, stream, &list, 0);
    }
    if (knob(KNOB_PUSHES))
        put_frame(h2, FRAME_PUSH_PROMISE, FLAG_END_HEADERS, stream->id,
                  BYTES("\0\0\0\2\x82\x86\x84"));
    if (knob(KNOB_ANSWERS_ON_EVEN_STREAM))
        put_frame(h2, FRAME_WINDOW_UPDATE, 0, stream->id + 1, BYTES("\0\0\0\1"));
}

void respond_http(struct h2 *h2, struct stream *stream, int status)
{
    char text[8];
    struct header_list list = {0};
    if (knob(KNOB_OWN_CODES_ARE_INVALID_ARGUMENT)) {
        respond_status(h2, stream, CODE_INTERNAL, "refused");
        return;
    }
    if (knob(KNOB_ERRORS_CLOSE_CONNECTION)) {
        connection_error(h2, H2_PROTOCOL_ERROR);
        return;
    }
    h2->leaked_places += knob(KNOB_HTTP_REFUSALS_LEAK_SLOT);
    (void)snprintf(text, sizeof text, "%03d", status % 1000);
    add(&list, ":status", text);
    add(&list, "content-type", "text/plain");
    put_list(h2, stream, &list, FLAG_END_STREAM);
    bool unfinished = !stream->remote_closed;
    close_stream_silently(stream);
    if (unfinished) {
        stream->we_reset = true;
        put_rst_stream(h2, stream->id, H2_NO_ERROR);
    }
}

/* ---- trailers ---- */

static void put_percent_encoded(struct buf *out, struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (c == ' ' && knob(KNOB_FORM_ENCODED_MESSAGE)) {
            buf_put_u8(out, '+');
            continue;
        }
        bool plain = c >= 0x20 && c <= 0x7e && (c != '%' || knob(KNOB_PERCENT_NOT_ENCODED));
        if (plain || knob(KNOB_MESSAGE_NOT_ENCODED))
            buf_put_u8(out, c);
        else
            buf_printf(out, knob(KNOB_LOWER_CASE_HEX) ? "%%%02x" : "%%%02X", c);
    }
}

/* google.rpc.Status of which only the code, 1, is set. */
static void put_details(unsigned code, struct header_list *list)
{
    struct buf status = {0}, text = {0};
    pb_put_varint(&status, 1, knob(KNOB_DETAILS_DISAGREE) ? code + 1 : code);
    encode_base64(buf_view(&status), &text);
    header_list_add(list, BYTES("grpc-status-details-bin"), buf_view(&text));
    buf_clear(&status);
    buf_clear(&text);
}

static void put_status(const struct stream *stream, struct header_list *list)
{
    unsigned code = (unsigned)stream->status;
    char text[16];
    if (knob(KNOB_CODES_ABOVE_12_UNKNOWN) && code > 12)
        code = CODE_UNKNOWN;
    if (knob(KNOB_ALWAYS_OK))
        code = 0;
    if (knob(KNOB_UNIMPLEMENTED_IS_INTERNAL) && code == CODE_UNIMPLEMENTED)
        code = CODE_INTERNAL;
    bool own = code == CODE_INTERNAL || code == CODE_UNIMPLEMENTED ||
               code == CODE_RESOURCE_EXHAUSTED;
    if (knob(KNOB_OWN_CODES_ARE_INVALID_ARGUMENT) && own)
        code = CODE_INVALID_ARGUMENT;
    if (knob(KNOB_STATUS_OUT_OF_RANGE))
        code += 100;
    (void)snprintf(text, sizeof text, knob(KNOB_STATUS_LEADING_ZERO) ? "0%u" : "%u", code);
    if (!knob(KNOB_NO_STATUS))
        add(list, "grpc-status", text);
    if (knob(KNOB_STATUS_TWICE))
        add(list, "grpc-status", text);
    if (stream->status_message.len == 0 || knob(KNOB_NO_STATUS_MESSAGE))
        return;
    if (setup_here()->details)
        put_details(code, list);
    struct buf message = {0};
    put_percent_encoded(&message, buf_view(&stream->status_message));
    header_list_add(list, BYTES("grpc-message"), buf_view(&message));
    buf_clear(&message);
}

/* The way out of a call that the client has not finished. */
static void end_stream(struct h2 *h2, struct stream *stream)
{
    bool unfinished = !stream->remote_closed;
    close_stream_silently(stream);
    if (unfinished && !knob(KNOB_NO_RESET_AFTER_EARLY_END)) {
        stream->we_reset = true;
        put_rst_stream(h2, stream->id, H2_NO_ERROR);
    }
    if (knob(KNOB_DATA_AFTER_TRAILERS))
        put_frame(h2, FRAME_DATA, 0, stream->id, BYTES("\0\0\0\0\0"));
    if (knob(KNOB_RESETS_AFTER_TRAILERS_AND_TALKS)) {
        put_rst_stream(h2, stream->id, H2_NO_ERROR);
        put_frame(h2, FRAME_DATA, 0, stream->id, BYTES("\0\0\0\0\0"));
    }
}

static const char *http_status_of(const struct stream *stream)
{
    if (knob(KNOB_HTTP_STATUS_FROM_GRPC) && stream->status != CODE_OK)
        return "500";
    return "200";
}

void send_trailers_now(struct h2 *h2, struct stream *stream)
{
    struct header_list list = {0};
    if (knob(KNOB_RESETS_INSTEAD_OF_TRAILERS)) {
        stream_error(h2, stream, H2_CANCEL);
        return;
    }
    bool only = !stream->headers_sent &&
                (stream->status != CODE_OK || knob(KNOB_NO_RESPONSE_HEADERS));
    if (knob(KNOB_NEVER_TRAILERS_ONLY) && only) {
        only = false;
        respond_headers(h2, stream);
    }
    if (!only)
        respond_headers(h2, stream);
    else
        put_head(stream, &list, http_status_of(stream));
    if (knob(KNOB_PSEUDO_IN_TRAILERS) && !only)
        add(&list, ":status", "200");
    if (!(knob(KNOB_TRAILERS_ONLY_WITHOUT_STATUS) && only))
        put_status(stream, &list);
    if (stream->status == CODE_OK && h2->last_message[0] && knob(KNOB_ERRORS_ARE_REMEMBERED))
        add(&list, "grpc-message", h2->last_message);
    if (stream->status != CODE_OK) {
        (void)snprintf(h2->last_message, sizeof h2->last_message, "%.60s",
                       buf_str(&stream->status_message));
        h2->refused_calls++;
    }
    put_trailing_metadata(owner_of_metadata(h2, stream), &list);
    if (knob(KNOB_TRAILERS_ONLY_ENDS_BY_DATA) && only) {
        put_list(h2, stream, &list, 0);
        put_frame(h2, FRAME_DATA, FLAG_END_STREAM, stream->id, NO_BYTES);
    } else {
        put_list(h2, stream, &list, knob(KNOB_TRAILERS_WITHOUT_END_STREAM) ? 0 : FLAG_END_STREAM);
    }
    end_stream(h2, stream);
}

void respond_status(struct h2 *h2, struct stream *stream, enum grpc_code code, const char *message)
{
    if (stream->finished)
        return;
    stream->finished = true;
    stream->status = code;
    if (message) {
        buf_reset(&stream->status_message);
        buf_put_str(&stream->status_message, message);
    }
    if (code != CODE_OK && knob(KNOB_ERRORS_CLOSE_CONNECTION)) {
        connection_error(h2, H2_INTERNAL_ERROR);
        return;
    }
    if (knob(KNOB_STATUS_DROPS_MESSAGES))
        buf_reset(&stream->pending);
    stream->trailers_due = true;
}
