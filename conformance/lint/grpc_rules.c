/* SPDX-License-Identifier: MIT
 *
 * Rules about gRPC over HTTP/2 (PROTOCOL-HTTP2, compression): the shape of responses, status, metadata values and
 * messages. A response that is not gRPC (an HTTP error page) is left alone. */
#include "lint/state.h"
#include "wire/base64.h"

#include <stdlib.h>

/* ---- values ---- */

bool content_type_is_grpc(struct bytes value)
{
    struct bytes type = BYTES("application/grpc");
    if (!bytes_starts_with(value, type))
        return false;
    struct bytes rest = bytes_skip(value, type.len);
    return rest.len == 0 || rest.data[0] == '+' || rest.data[0] == ';';
}

bool grpc_timeout_is_valid(struct bytes value)
{
    if (value.len < 2 || value.len > 9)
        return false;
    for (size_t i = 0; i + 1 < value.len; i++)
        if (value.data[i] < '0' || value.data[i] > '9')
            return false;
    return bytes_find(BYTES("HMSmun"), value.data[value.len - 1]) < 6;
}

static bool base64_piece_is_valid(struct bytes piece, bool *padded)
{
    size_t digits = piece.len;
    while (digits > 0 && piece.data[digits - 1] == '=' && piece.len - digits < 2)
        digits--;
    *padded = *padded || digits < piece.len;
    for (size_t i = 0; i < digits; i++)
        if (base64_digit(piece.data[i]) < 0)
            return false;
    return digits % 4 != 1 && (digits == piece.len || piece.len % 4 == 0);
}

bool base64_is_valid(struct bytes value, bool *padded)
{
    bool valid = true;
    *padded = false;
    while (valid) {
        size_t comma = bytes_find(value, ',');
        valid = base64_piece_is_valid(bytes_first(value, comma), padded);
        if (comma == value.len)
            break;
        value = bytes_skip(value, comma + 1);
    }
    return valid;
}

static bool status_is_valid(struct bytes value)
{
    if (value.len == 1)
        return value.data[0] >= '0' && value.data[0] <= '9';
    return value.len == 2 && value.data[0] == '1' && value.data[1] >= '0' && value.data[1] <= '6';
}

static bool is_hex(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

/* Whether every '%' begins an escape and nothing else needs one; *lower: an escape has lower-case digits. */
static bool percent_encoding_is_valid(struct bytes value, bool *lower)
{
    *lower = false;
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = value.data[i];
        if (c < 0x20 || c > 0x7e)
            return false;
        if (c != '%')
            continue;
        if (value.len - i < 3 || !is_hex(value.data[i + 1]) || !is_hex(value.data[i + 2]))
            return false;
        *lower = *lower || value.data[i + 1] >= 'a' || value.data[i + 2] >= 'a';
        i += 2;
    }
    return true;
}

/* ---- the request we sent ---- */

/* One of the four, and of its value only what no URI escapes. */
static bool pseudo_is_plain(const struct field *field)
{
    static const char *const known[] = {":method", ":scheme", ":path", ":authority"};
    static const struct bytes punctuation = {(const uint8_t *)"-._~/:[]", 8};
    bool is_known = false;
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        is_known = is_known || bytes_equal_str(field->name, known[i]);
    for (size_t i = 0; i < field->value.len; i++) {
        uint8_t octet = field->value.data[i];
        bool letter = (octet | 0x20) >= 'a' && (octet | 0x20) <= 'z';
        bool digit = octet >= '0' && octet <= '9';
        if (!letter && !digit && bytes_find(punctuation, octet) == punctuation.len)
            return false;
    }
    return is_known;
}

/* The letters of Header-Name (PROTOCOL-HTTP2.md); RFC 9110's token has more, which somebody may not know. */
static bool name_is_plain(struct bytes name)
{
    for (size_t i = bytes_starts_with(name, BYTES(":")) ? 1 : 0; i < name.len; i++) {
        uint8_t octet = name.data[i];
        bool letter = octet >= 'a' && octet <= 'z', digit = octet >= '0' && octet <= '9';
        if (!letter && !digit && octet != '-' && octet != '_' && octet != '.')
            return false;
    }
    return true;
}

/* Fields nobody may find fault with, however strict. */
static bool field_is_plain(const struct field *field)
{
    static const char *const never[] = {
        "connection", "proxy-connection", "keep-alive", "transfer-encoding",
        "upgrade",    "content-length",   "host"};
    bool padded;
    for (size_t i = 0; i < ARRAY_LEN(never); i++)
        if (bytes_equal_str(field->name, never[i]))
            return false;
    if (!name_is_plain(field->name))
        return false;
    for (size_t i = 0; i < field->value.len; i++)
        if (field->value.data[i] < 0x20 || field->value.data[i] > 0x7e)
            return false;
    if (bytes_starts_with(field->name, BYTES(":")))
        return pseudo_is_plain(field);
    if (bytes_equal_str(field->name, "te"))
        return bytes_equal_str(field->value, "trailers");
    if (bytes_equal_str(field->name, "grpc-timeout"))
        return grpc_timeout_is_valid(field->value);
    return !bytes_ends_with(field->name, BYTES("-bin")) || base64_is_valid(field->value, &padded);
}

static bool has_once(const struct header_list *headers, const char *name)
{
    return header_list_count(headers, name) == 1;
}

static bool request_is_plain(const struct header_list *headers)
{
    const struct field *method = header_list_find(headers, ":method");
    const struct field *type = header_list_find(headers, "content-type");
    const struct field *path = header_list_find(headers, ":path");
    if (!has_once(headers, ":method") || !has_once(headers, ":path") ||
        !has_once(headers, ":scheme") || !has_once(headers, ":authority") ||
        !has_once(headers, "te") || !has_once(headers, "content-type"))
        return false;
    if (!bytes_equal_str(method->value, "POST") || !content_type_is_grpc(type->value))
        return false;
    if (path->value.len == 0 || path->value.data[0] != '/' || headers->count > 64 ||
        headers->size > 8192)
        return false;
    for (size_t i = 0; i < headers->count; i++) {
        const struct field *field = &headers->fields[i];
        bool late = i > 0 && field->name.len && field->name.data[0] == ':' &&
                    headers->fields[i - 1].name.data[0] != ':';
        if (late || field->name.len == 0 || !field_is_plain(field))
            return false;
    }
    return true;
}

bool response_is_plain(const struct header_list *headers)
{
    for (size_t i = 0; i < headers->count; i++) {
        const struct field *field = &headers->fields[i];
        bool is_status = i == 0 && bytes_equal_str(field->name, ":status") && field->value.len == 3;
        bool pseudo = bytes_starts_with(field->name, BYTES(":"));
        if (!is_status && (field->name.len == 0 || pseudo || !field_is_plain(field)))
            return false;
    }
    return true;
}

/* ",gzip,identity," from every grpc-accept-encoding, and grpc-encoding: what we use ourselves we can read. */
static void collect_accepted(struct buf *accepts, const struct header_list *headers)
{
    buf_put_u8(accepts, ',');
    for (size_t i = 0; i < headers->count; i++) {
        const struct field *field = &headers->fields[i];
        if (!bytes_equal_str(field->name, "grpc-accept-encoding") &&
            !bytes_equal_str(field->name, "grpc-encoding"))
            continue;
        for (size_t at = 0; at < field->value.len; at++)
            if (field->value.data[at] != ' ' && field->value.data[at] != '\t')
                buf_put_u8(accepts, field->value.data[at]);
        buf_put_u8(accepts, ',');
    }
}

void read_request(struct lint_stream *stream, const struct header_list *headers, struct lint *lint)
{
    struct buf accepts = {0};
    collect_accepted(&accepts, headers);
    stream->accepts = strdup(buf_str(&accepts));
    lint->failed |= stream->accepts == NULL || accepts.failed;
    buf_clear(&accepts);
    stream->request_known = true;
    stream->request_plain = request_is_plain(headers);
}

/* ---- header blocks of the target ------------------------------------------------------------- */

static void judge_metadata(struct lint *lint, const struct header_list *headers)
{
    for (size_t i = 0; i < headers->count; i++) {
        const struct field *field = &headers->fields[i];
        bool padded;
        if (!bytes_ends_with(field->name, BYTES("-bin")))
            continue;
        bool valid = base64_is_valid(field->value, &padded);
        int shown = field->name.len < 64 ? (int)field->name.len : 64;
        if (judge(lint, RULE_BIN_VALID, valid, "the value of %.*s is not base64", shown,
                  (const char *)field->name.data))
            judge(lint, RULE_BIN_UNPADDED, !padded, "the value of %.*s is padded", shown,
                  (const char *)field->name.data);
    }
}

static void judge_message_text(struct lint *lint, const struct header_list *headers)
{
    const struct field *message = header_list_find(headers, "grpc-message");
    bool lower;
    if (!message)
        return;
    if (judge(lint, RULE_MESSAGE_ENCODED, percent_encoding_is_valid(message->value, &lower),
              "grpc-message holds octets that must be percent-encoded"))
        judge(lint, RULE_MESSAGE_UPPER_CASE, !lower,
              "grpc-message has lower-case percent-encoding");
}

static void judge_status(struct lint *lint, const struct header_list *headers)
{
    size_t count = header_list_count(headers, "grpc-status");
    const struct field *status = header_list_find(headers, "grpc-status");
    judge(lint, RULE_STATUS_ONCE, count == 1, "%zu grpc-status fields in the last header block",
          count);
    if (!status)
        return;
    int shown = status->value.len < 32 ? (int)status->value.len : 32;
    judge(lint, RULE_STATUS_VALUE, status_is_valid(status->value), "grpc-status is \"%.*s\"", shown,
          status->value.len ? (const char *)status->value.data : "");
}

static void judge_whole_message(struct lint *lint, const struct lint_stream *stream,
                                const struct header_list *trailers)
{
    const struct field *status = header_list_find(trailers, "grpc-status");
    if (!status || !bytes_equal_str(status->value, "0") || stream->unreadable)
        return;
    judge(lint, RULE_MESSAGE_WHOLE, stream->shape.prefix_len == 0,
          "status OK in the middle of a message on stream %u", stream->id);
}

void read_encoding(struct lint_stream *stream, const struct header_list *headers)
{
    const struct field *encoding = header_list_find(headers, "grpc-encoding");
    if (!encoding || bytes_equal_str(encoding->value, "identity") ||
        encoding->value.len >= sizeof stream->encoding)
        return;
    stream->has_encoding = true;
    memcpy(stream->encoding, encoding->value.data, encoding->value.len);
    stream->encoding[encoding->value.len] = '\0';
}

static void judge_response_head(struct lint *lint, struct lint_stream *stream,
                                const struct header_list *headers, bool ends)
{
    const struct field *type = header_list_find(headers, "content-type");
    const struct field *status = header_list_find(headers, ":status");
    bool has_status = header_list_find(headers, "grpc-status") != NULL;
    bool judged = stream->request_plain && !stream->provoked;
    stream->is_grpc = type && content_type_is_grpc(type->value);
    read_encoding(stream, headers);
    if (judged && ends && (stream->is_grpc || has_status))
        judge(lint, RULE_TRAILERS_ONLY, stream->is_grpc && has_status,
              "a Trailers-Only response without %s",
              has_status ? "content-type application/grpc" : "grpc-status");
    if (judged && status && stream->is_grpc)
        judge(lint, RULE_HTTP_STATUS, bytes_equal_str(status->value, "200"),
              "content-type application/grpc with "
              ":status %.*s",
              (int)bytes_first(status->value, 8).len, (const char *)status->value.data);
}

void judge_grpc_block(struct lint *lint, struct lint_stream *stream,
                      const struct header_list *headers, bool ends)
{
    if (lint->role == LINT_CLIENT) {
        judge_metadata(lint, headers);
        return;
    }
    bool first = stream->blocks == 1;
    if (first)
        judge_response_head(lint, stream, headers, ends);
    if (!stream->is_grpc)
        return;
    judge_metadata(lint, headers);
    if (!ends) {
        judge(lint, RULE_STATUS_EARLY, !header_list_find(headers, "grpc-status"),
              "grpc-status in a header block that is not the last");
        return;
    }
    if (first && !header_list_find(headers, "grpc-status"))
        return; /* the Trailers-Only rule has said it */
    judge_status(lint, headers);
    judge_message_text(lint, headers);
    judge_whole_message(lint, stream, headers);
}

/* ---- messages ---- */

static bool encoding_was_offered(const struct lint_stream *stream)
{
    char wanted[40] = ",";
    strcat(wanted, stream->encoding);
    strcat(wanted, ",");
    return strstr(stream->accepts, wanted) != NULL;
}

static void judge_compressed(struct lint *lint, const struct lint_stream *stream)
{
    if (!judge(lint, RULE_FLAG_DECLARED, stream->has_encoding,
               "a message with the compressed flag on stream %u, whose headers name no encoding",
               stream->id))
        return;
    if (stream->request_known && lint->role == LINT_SERVER)
        judge(lint, RULE_ENCODING_OFFERED, encoding_was_offered(stream),
              "a message compressed with %s", stream->encoding);
}

static void judge_prefix(struct lint *lint, struct lint_stream *stream)
{
    uint8_t flag = stream->shape.prefix[0];
    stream->shape.left = load_u32(stream->shape.prefix + 1);
    stream->unreadable = !judge(lint, RULE_MESSAGE_FLAG, flag <= 1,
                                "a message with flag %u on stream %u", flag, stream->id);
    if (flag == 1)
        judge_compressed(lint, stream);
}

static void read_messages(struct lint *lint, struct lint_stream *stream, struct bytes data)
{
    struct message_shape *shape = &stream->shape;
    while (data.len > 0 && !stream->unreadable) {
        if (shape->prefix_len < 5) {
            shape->prefix[shape->prefix_len++] = data.data[0];
            data = bytes_skip(data, 1);
            if (shape->prefix_len == 5)
                judge_prefix(lint, stream);
        } else {
            size_t taken = data.len < shape->left ? data.len : (size_t)shape->left;
            shape->left -= taken;
            data = bytes_skip(data, taken);
        }
        if (shape->prefix_len == 5 && shape->left == 0)
            shape->prefix_len = 0;
    }
}

void judge_grpc_data(struct lint *lint, struct lint_stream *stream, struct bytes data, bool ends)
{
    if (lint->role == LINT_CLIENT) {
        read_messages(lint, stream, data);
        if (ends && !stream->unreadable)
            judge(lint, RULE_REQUEST_WHOLE, stream->shape.prefix_len == 0,
                  "END_STREAM in the middle of a message on stream %u", stream->id);
        return;
    }
    if (!stream->is_grpc)
        return;
    read_messages(lint, stream, data);
    judge(lint, RULE_END_ON_DATA, !ends, "END_STREAM on a DATA frame of stream %u", stream->id);
}
