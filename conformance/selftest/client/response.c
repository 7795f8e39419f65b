/* SPDX-License-Identifier: MIT
 *
 * Responses, as the faulty client takes them: what is malformed (RFC 9113 section 8), headers, trailers, and the call's
 * status out of all that. Messages are in message.c, numbers and texts in status.c. */
#include "selftest/client/client.h"
#include "wire/field.h"

#include <stdlib.h>

/* ---- malformed ---- */

static bool name_is_legal(struct bytes name)
{
    struct bytes rest = name.len && name.data[0] == ':' ? bytes_skip(name, 1) : name;
    if (rest.len == 0)
        return errs(CLIENT_ACCEPTS_NAME_OCTETS) || errs(CLIENT_ACCEPTS_EMPTY_NAMES);
    for (size_t i = 0; i < rest.len; i++) {
        uint8_t c = rest.data[i];
        if (c >= 'A' && c <= 'Z' && !errs(CLIENT_ACCEPTS_UPPER_CASE))
            return false;
        if ((c <= 0x20 || c >= 0x7f || c == ':') && !errs(CLIENT_ACCEPTS_NAME_OCTETS))
            return false;
    }
    return true;
}

static bool value_is_legal(struct bytes value)
{
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = value.data[i];
        if ((c == 0 || c == '\r' || c == '\n') && !errs(CLIENT_ACCEPTS_VALUE_OCTETS))
            return false;
        if (c >= 0x80 && errs(CLIENT_REFUSES_HIGH_OCTETS))
            return false;
    }
    return field_value_is_trimmed(value) || errs(CLIENT_ACCEPTS_SPACES);
}

static bool is_connection_specific(struct bytes name)
{
    return field_is_connection_specific(name) && !errs(CLIENT_ACCEPTS_CONNECTION_FIELDS);
}

static bool is_pseudo(const struct field *field)
{
    return field->name.len > 0 && field->name.data[0] == ':';
}

static bool pseudo_is_wrong(const struct header_list *list, size_t index, bool trailers)
{
    const struct field *field = &list->fields[index];
    bool late = index > 0 && !is_pseudo(&list->fields[index - 1]);
    if (trailers)
        return !errs(CLIENT_ACCEPTS_PSEUDO_IN_TRAILERS);
    if (late && !errs(CLIENT_ACCEPTS_LATE_STATUS))
        return true;
    if (!bytes_equal_str(field->name, ":status"))
        return !errs(CLIENT_ACCEPTS_OTHER_PSEUDO);
    return header_list_count(list, ":status") > 1 && !errs(CLIENT_ACCEPTS_STATUS_TWICE);
}

static bool field_is_unknown(struct bytes name)
{
    return errs(CLIENT_REFUSES_UNKNOWN_FIELDS) &&
           (bytes_equal_str(name, "server") || bytes_equal_str(name, "date"));
}

/* Three digits; -1: malformed. */
static int status_number(const struct header_list *list)
{
    const struct field *field = header_list_find(list, ":status");
    int number = 0;
    if (!field || field->value.len != 3)
        return -1;
    for (size_t i = 0; i < 3; i++) {
        if (field->value.data[i] < '0' || field->value.data[i] > '9')
            return -1;
        number = number * 10 + (field->value.data[i] - '0');
    }
    return number;
}

bool response_is_malformed(const struct header_list *list, bool trailers)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct field *field = &list->fields[i];
        if (!name_is_legal(field->name) || !value_is_legal(field->value) ||
            is_connection_specific(field->name) || field_is_unknown(field->name))
            return true;
        if (is_pseudo(field) && pseudo_is_wrong(list, i, trailers))
            return true;
    }
    if (list->count > 60 && errs(CLIENT_SIXTY_FIELDS_AT_MOST))
        return true;
    return !trailers && status_number(list) < 100 && !errs(CLIENT_ACCEPTS_ANY_STATUS);
}

static bool list_is_too_large(const struct header_list *list)
{
    if (errs(CLIENT_REFUSES_LARGE_METADATA) && list->size > 4096)
        return true;
    bool advice = errs(CLIENT_OWN_LIMIT_IS_ADVICE) || errs(CLIENT_ACCEPTS_EMPTY_NAMES);
    if (advice && list->size < (200u << 10))
        return false;
    return (list->size > OUR_HEADER_LIST || list->failed) && !errs(CLIENT_TAKES_ANY_LIST);
}

static bool base64_is_wrong(const struct header_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (bytes_ends_with(list->fields[i].name, BYTES("-bin")) &&
            !base64_is_acceptable(list->fields[i].value))
            return true;
    return false;
}

/* ---- what the application sees --------------------------------------------------------------- */

static bool has_name(const struct header_list *list, struct bytes name)
{
    for (size_t i = 0; i < list->count; i++)
        if (bytes_equal(list->fields[i].name, name))
            return true;
    return false;
}

static void show_metadata(struct header_list *into, const struct header_list *list)
{
    static const char *const hidden[] = {"content-type", "grpc-status", "grpc-message",
                                         "grpc-encoding", "grpc-accept-encoding"};
    for (size_t i = 0; i < list->count; i++) {
        const struct field *field = &list->fields[i];
        bool shown = !is_pseudo(field);
        for (size_t k = 0; k < ARRAY_LEN(hidden); k++)
            shown &= !bytes_equal_str(field->name, hidden[k]);
        if (errs(CLIENT_ONE_VALUE_A_KEY))
            shown &= !has_name(into, field->name);
        if (shown)
            header_list_add(into, field->name, field->value);
    }
}

/* ---- the end ---- */

static uint32_t server_status(const struct header_list *list)
{
    const struct field *found = NULL;
    size_t count = header_list_count(list, "grpc-status");
    for (size_t i = 0; i < list->count; i++)
        if (bytes_equal_str(list->fields[i].name, "grpc-status") &&
            !(found && errs(CLIENT_FIRST_STATUS_COUNTS)))
            found = &list->fields[i];
    bool one = count == 1 || errs(CLIENT_FIRST_STATUS_COUNTS) || errs(CLIENT_LAST_STATUS_COUNTS);
    uint32_t status = one ? status_parse(found->value) : CODE_UNKNOWN;
    if (status != CODE_OK && errs(CLIENT_ERRORS_ARE_UNKNOWN))
        return CODE_UNKNOWN;
    return status != CODE_OK && errs(CLIENT_ERRORS_ARE_INTERNAL) ? CODE_INTERNAL : status;
}

/* What knobs make of a message that was read. */
static void misread_message(struct channel *channel, struct buf *message, bool there)
{
    if (there && errs(CLIENT_MESSAGE_DECODED_TWICE)) {
        struct buf again = {0};
        (void)percent_decode(buf_view(message), &again);
        buf_clear(message);
        *message = again;
    }
    if (!there && errs(CLIENT_MESSAGE_LEAKS))
        buf_put(message, buf_view(&channel->last_message));
    buf_reset(&channel->last_message);
    buf_put(&channel->last_message, buf_view(message));
}

static void read_message(struct channel *channel, struct rpc *rpc, const struct header_list *list,
                         uint32_t *status)
{
    const struct field *message = header_list_find(list, "grpc-message");
    const struct field *details = header_list_find(list, "grpc-status-details-bin");
    bool wrong = message && !percent_decode(message->value, &rpc->result.message);
    if ((wrong && errs(CLIENT_BAD_ESCAPE_COSTS_STATUS)) ||
        (details && errs(CLIENT_DETAILS_COST_STATUS)) ||
        (details && details->value.data[0] == '/' && errs(CLIENT_BAD_DETAILS_COST_STATUS)))
        *status = CODE_INTERNAL;
    misread_message(channel, &rpc->result.message, message != NULL);
    if (message && *status == CODE_OK && errs(CLIENT_MESSAGE_IS_AN_ERROR))
        *status = CODE_UNKNOWN;
    if (!message && *status != CODE_OK && errs(CLIENT_DEMANDS_STATUS_MESSAGE))
        *status = CODE_UNKNOWN;
    if (errs(CLIENT_LOSES_STATUS_MESSAGE))
        buf_reset(&rpc->result.message);
}

/* The server's status, corrected by what the messages were. */
static uint32_t with_messages(const struct stream *stream, const struct rpc *rpc, uint32_t status)
{
    bool one = rpc->call->type == CALL_UNARY || rpc->call->type == CALL_CLIENT_STREAM;
    bool cut = stream->assembly.len > 0 && !errs(CLIENT_ACCEPTS_TRUNCATED) &&
               !(rpc->taken > 0 && errs(CLIENT_ACCEPTS_SECOND_TRUNCATED));
    if (rpc->taken == 0 && errs(CLIENT_DEMANDS_A_MESSAGE))
        return CODE_INTERNAL;
    if (status != CODE_OK)
        return status;
    if (cut)
        return errs(CLIENT_STATUS_OF_THE_STACK) ? CODE_DATA_LOSS : CODE_INTERNAL;
    bool counts = rpc->taken == 1 || (rpc->taken == 0 && errs(CLIENT_ZERO_RESPONSES_ARE_OK)) ||
                  (rpc->taken > 1 && errs(CLIENT_TWO_RESPONSES_ARE_OK)) ||
                  (stream->assembly.len > 0 && errs(CLIENT_ACCEPTS_TRUNCATED));
    return one && !counts ? CODE_UNIMPLEMENTED : CODE_OK;
}

static bool is_retried(struct rpc *rpc, uint32_t status, bool trailers_only)
{
    bool wants = errs(CLIENT_RETRIES_STATUS) || (errs(CLIENT_RETRIES_COMMITTED) && !trailers_only);
    if (status != CODE_UNAVAILABLE || !wants || rpc->attempts++ > 0)
        return false;
    rpc->taken = 0;
    client_result_clear(&rpc->result);
    return true;
}

/* The call is over, with what the trailers say. */
static void finish(struct link *link, struct stream *stream, uint32_t status)
{
    struct rpc *rpc = stream->rpc;
    bool open = !stream->local_closed;
    status = with_messages(stream, rpc, status);
    if ((open && errs(CLIENT_RESET_BEATS_TRAILERS)) || errs(CLIENT_LATE_DATA_COUNTS)) {
        stream->held_until = link->channel->now + 100 * NS_PER_MS;
        return;
    }
    rpc_end(rpc, status, "");
    if (!open)
        return;
    buf_clear(&stream->pending);
    if (errs(CLIENT_ENDS_SILENTLY))
        stream->local_closed = true;
    else
        link_put_reset(link, stream, H2_CANCEL);
}

void stream_trailers(struct link *link, struct stream *stream, const struct header_list *list)
{
    struct rpc *rpc = stream->rpc;
    bool trailers_only = !stream->has_headers;
    bool has_status = header_list_find(list, "grpc-status") != NULL;
    uint32_t status = CODE_UNKNOWN;
    stream->remote_closed = true;
    if (rpc_is_late(rpc)) {
        if (errs(CLIENT_WAITS_FOR_TRAILERS))
            read_message(link->channel, rpc, list, &status);
        rpc_expire(link, rpc);
        return;
    }
    bool early = errs(CLIENT_TRAILERS_ARE_INITIAL);
    show_metadata(early ? &rpc->result.headers : &rpc->result.trailers, list);
    if (errs(CLIENT_TRAILERS_LEAK)) {
        show_metadata(&rpc->result.trailers, &link->channel->last_trailers);
        show_metadata(&link->channel->last_trailers, list);
    }
    if (has_status && !trailers_only && errs(CLIENT_STATUS_MUST_BE_FIRST))
        has_status = bytes_equal_str(list->fields[0].name, "grpc-status");
    if (has_status)
        status = server_status(list);
    else if (errs(CLIENT_MISSING_STATUS_IS_OK))
        status = CODE_OK;
    if (has_status)
        read_message(link->channel, rpc, list, &status);
    if (is_retried(rpc, status, trailers_only)) {
        stream_forget(stream);
        return;
    }
    finish(link, stream, status);
}

/* ---- headers ---- */

static bool is_grpc(const struct header_list *list)
{
    const struct field *field = header_list_find(list, "content-type");
    if (field && errs(CLIENT_CONTENT_TYPE_WITHOUT_FORMAT))
        return bytes_equal_str(field->value, "application/grpc");
    return (field && bytes_starts_with(field->value, BYTES("application/grpc"))) ||
           errs(CLIENT_ANY_CONTENT_TYPE);
}

static void read_length(struct stream *stream, const struct header_list *list)
{
    const struct field *field = header_list_find(list, "content-length");
    if (!field || errs(CLIENT_ACCEPTS_CONTENT_LENGTH))
        return;
    stream->content_length = 0;
    for (size_t i = 0; i < field->value.len && i < 15; i++)
        stream->content_length = stream->content_length * 10 + (field->value.data[i] - '0');
}

static void read_encoding(struct stream *stream, const struct header_list *list)
{
    const struct field *field = header_list_find(list, "grpc-encoding");
    size_t len = field ? field->value.len : 0;
    len = len < sizeof stream->encoding - 1 ? len : sizeof stream->encoding - 1;
    if (len > 0)
        memcpy(stream->encoding, field->value.data, len);
}

static void end_page(struct link *link, struct stream *stream)
{
    uint32_t status = status_of_http(stream->http_status);
    struct rpc *rpc = stream->rpc;
    if (!stream->remote_closed)
        rpc_give_up(link, stream, status, "the response is not gRPC");
    else
        rpc_end(rpc, status, "the response is not gRPC");
}

/* A page of a proxy, or of a server that is none of gRPC. */
static bool is_page(const struct stream *stream, const struct header_list *list, bool ends)
{
    bool has_status = header_list_find(list, "grpc-status") != NULL;
    bool http_wins = errs(CLIENT_HTTP_BEATS_GRPC_STATUS) && stream->http_status != 200;
    bool type_wins = errs(CLIENT_CONTENT_TYPE_FIRST) && !is_grpc(list);
    if (ends && has_status)
        return http_wins || type_wins;
    return stream->http_status != 200 || !is_grpc(list);
}

static void take_initial(struct link *link, struct stream *stream, const struct header_list *list,
                         bool ends)
{
    stream->http_status = status_number(list);
    if (stream->http_status < 0)
        stream->http_status = 200; /* of a knob that accepts it */
    stream->is_page = is_page(stream, list, ends);
    stream->remote_closed = ends;
    read_length(stream, list);
    read_encoding(stream, list);
    if (stream->is_page && !(errs(CLIENT_PAGES_ARE_MESSAGES) && !ends)) {
        stream->has_headers = true;
        end_page(link, stream);
        return;
    }
    if (ends && errs(CLIENT_TRAILERS_ONLY_IS_NO_RESPONSE)) {
        rpc_end(stream->rpc, CODE_INTERNAL, "no headers");
        return;
    }
    if (ends) {
        stream_trailers(link, stream, list);
        return;
    }
    stream->has_headers = true;
    if (errs(CLIENT_EARLY_HEADERS_END_REQUEST) && stream->pending.len > 0) {
        buf_clear(&stream->pending);
        stream->end_due = true;
    }
    show_metadata(&stream->rpc->result.headers, list);
    const struct field *early = header_list_find(list, "grpc-status");
    if (early && errs(CLIENT_STATUS_IN_HEADERS_COUNTS))
        rpc_give_up(link, stream, status_parse(early->value), "");
}

static void take_informational(struct link *link, struct stream *stream,
                               const struct header_list *list, bool ends)
{
    bool wrong = (ends && !errs(CLIENT_ACCEPTS_ENDING_1XX)) ||
                 (status_number(list) == 101 && !errs(CLIENT_ACCEPTS_101));
    if (wrong)
        stream_fail(link, stream, H2_PROTOCOL_ERROR, "an informational response that must not be");
    else if (errs(CLIENT_INFORMATIONAL_IS_RESPONSE))
        take_initial(link, stream, list, ends);
}

static bool length_is_wrong(const struct stream *stream)
{
    return stream->content_length >= 0 && (uint64_t)stream->content_length != stream->body;
}

/* A second block: trailers, or malformed. */
static void take_second(struct link *link, struct stream *stream, const struct header_list *list,
                        bool ends)
{
    if ((!ends && !errs(CLIENT_ACCEPTS_MIDDLE_BLOCK)) || (ends && length_is_wrong(stream))) {
        stream_fail(link, stream, H2_PROTOCOL_ERROR, "a malformed response");
        return;
    }
    if (errs(CLIENT_ANY_CONTENT_TYPE) && !header_list_find(list, "grpc-status"))
        rpc_end(stream->rpc, CODE_INTERNAL, "no status");
    else
        stream_trailers(link, stream, list);
}

void take_response_block(struct link *link, struct stream *stream, struct header_list *list,
                         bool ends)
{
    int status = stream->has_headers ? 0 : status_number(list);
    if (errs(CLIENT_STUCK_ON_BAD_BASE64) && base64_is_wrong(list))
        link->stuck = true;
    if (response_is_malformed(list, stream->has_headers)) {
        stream_fail(link, stream, H2_PROTOCOL_ERROR, "a malformed response");
        return;
    }
    if (list_is_too_large(list)) {
        rpc_give_up(link, stream, CODE_RESOURCE_EXHAUSTED, "the header list is too large");
        return;
    }
    bool informational = status >= 100 && status < 200;
    if (!informational && base64_is_wrong(list)) {
        rpc_give_up(link, stream, CODE_INTERNAL, "-bin metadata that is no base64");
        return;
    }
    if (informational)
        take_informational(link, stream, list, ends);
    else if (!stream->has_headers)
        take_initial(link, stream, list, ends);
    else
        take_second(link, stream, list, ends);
}

static bool end_is_ok(struct bytes data)
{
    return errs(CLIENT_END_ON_DATA_IS_OK) ||
           (data.len == 0 && errs(CLIENT_END_ON_EMPTY_DATA_IS_OK));
}

void take_response_data(struct link *link, struct stream *stream, struct bytes data, bool ends)
{
    stream->body += data.len;
    stream->remote_closed = ends;
    if (!stream->has_headers && !errs(CLIENT_ACCEPTS_DATA_FIRST)) {
        stream_fail(link, stream, H2_PROTOCOL_ERROR, "DATA before HEADERS");
        return;
    }
    if (data.len == 0 && errs(CLIENT_EMPTY_DATA_IS_ERROR)) {
        stream_fail(link, stream, H2_PROTOCOL_ERROR, "empty DATA");
        return;
    }
    if (!stream_take_messages(link, stream, data) || !ends)
        return;
    if (length_is_wrong(stream))
        stream_fail(link, stream, H2_PROTOCOL_ERROR, "a malformed response");
    else if (stream->rpc)
        rpc_end(stream->rpc, end_is_ok(data) ? CODE_OK : CODE_INTERNAL,
                "the response ended without a status");
}
