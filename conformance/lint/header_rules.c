/* SPDX-License-Identifier: MIT
 *
 * Rules about header blocks as HTTP/2 sees them (RFC 9113 section 8, RFC 7541): compression, names, values,
 * pseudo-header fields, the sequence of blocks and DATA. What gRPC adds is in grpc_rules.c. */
#include "lint/state.h"
#include "wire/field.h"

/* ---- HPACK ---- */

bool judge_hpack(struct lint *lint, const struct hpack_result *hpack)
{
    bool announced = hpack->size_updates > 0 &&
                     (int64_t)hpack->smallest_update <= lint->update_owed;
    if (lint->update_owed >= 0 &&
        !judge(lint, RULE_HPACK_UPDATE_OWED, announced,
               "the block does not begin with a size update to %lld or less",
               (long long)lint->update_owed)) {
        lint->update_owed = -1;
        return false;
    }
    lint->update_owed = -1;
    if (hpack->size_updates > 0) {
        int64_t limit = most_allowed(lint, table_size);
        lint->encoder_size = hpack->last_update;
        if (!lint->ours.lost_count &&
            !judge(lint, RULE_HPACK_TABLE_LIMIT, hpack->last_update <= limit,
                   "a size update to %u, where %lld is allowed", hpack->last_update,
                   (long long)limit))
            return false;
    }
    return judge(lint, RULE_HPACK_DECODES, hpack->ok, "%s",
                 hpack->why ? hpack->why : "the block does not decode");
}

/* ---- names and values ---- */

static bool name_octets_are_legal(struct bytes name)
{
    struct bytes rest = name.len && name.data[0] == ':' ? bytes_skip(name, 1) : name;
    if (rest.len == 0)
        return false;
    for (size_t i = 0; i < rest.len; i++)
        if (rest.data[i] <= 0x20 || rest.data[i] >= 0x7f || rest.data[i] == ':')
            return false;
    return true;
}

static bool is_lower_case(struct bytes name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.data[i] >= 'A' && name.data[i] <= 'Z')
            return false;
    return true;
}

static bool value_octets_are_legal(struct bytes value)
{
    return bytes_find(value, '\0') == value.len && bytes_find(value, '\r') == value.len &&
           bytes_find(value, '\n') == value.len;
}

static void judge_field(struct lint *lint, const struct field *field)
{
    struct bytes name = field->name, value = field->value;
    int shown = name.len < 64 ? (int)name.len : 64;
    const char *text = name.len ? (const char *)name.data : "";

    judge(lint, RULE_NAME_LEGAL, name_octets_are_legal(name),
          "a field name of %zu octets holds what it may not", name.len);
    judge(lint, RULE_NAME_LOWER_CASE, is_lower_case(name), "field %.*s", shown, text);
    judge(lint, RULE_VALUE_LEGAL, value_octets_are_legal(value),
          "the value of %.*s holds NUL, CR or LF", shown, text);
    judge(lint, RULE_VALUE_TRIMMED, field_value_is_trimmed(value),
          "the value of %.*s has whitespace at an end", shown, text);
    judge(lint, RULE_CONNECTION_FIELDS, !field_is_connection_specific(name), "field %.*s", shown,
          text);
    if (bytes_equal_str(name, "te"))
        judge(lint, RULE_TE, bytes_equal_str(value, "trailers"), "te has another value");
}

/* ---- pseudo-header fields ---- */

static bool pseudo_is_known(enum lint_role role, struct bytes name)
{
    if (role == LINT_SERVER)
        return bytes_equal_str(name, ":status");
    return bytes_equal_str(name, ":method") || bytes_equal_str(name, ":scheme") ||
           bytes_equal_str(name, ":path") || bytes_equal_str(name, ":authority");
}

static bool is_pseudo(const struct field *field)
{
    return field->name.len > 0 && field->name.data[0] == ':';
}

/* The number of fields before the first that is no pseudo-header field. */
static size_t pseudo_run(const struct header_list *headers)
{
    size_t run = 0;
    while (run < headers->count && is_pseudo(&headers->fields[run]))
        run++;
    return run;
}

static bool comes_twice(const struct header_list *headers, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (bytes_equal(headers->fields[i].name, headers->fields[index].name))
            return true;
    return false;
}

static void judge_pseudo_order(struct lint *lint, const struct header_list *headers, bool trailers)
{
    size_t run = pseudo_run(headers);
    size_t all = 0;
    bool once = true, known = true;
    for (size_t i = 0; i < headers->count; i++) {
        if (!is_pseudo(&headers->fields[i]))
            continue;
        all++;
        once = once && !comes_twice(headers, i);
        known = known && pseudo_is_known(lint->role, headers->fields[i].name);
    }
    if (trailers) {
        judge(lint, RULE_PSEUDO_TRAILERS, all == 0, "%zu pseudo-header fields in trailers", all);
        return;
    }
    judge(lint, RULE_PSEUDO_FIRST, all == run, "a pseudo-header field after a regular one");
    judge(lint, RULE_PSEUDO_ONCE, once, "a pseudo-header field comes twice");
    judge(lint, RULE_PSEUDO_KNOWN, known,
          "a pseudo-header field that is not defined for this message");
}

/* The :status as a number; -1 when it is not three digits, or missing. */
static int status_of(const struct header_list *headers)
{
    const struct field *status = header_list_find(headers, ":status");
    if (!status || status->value.len != 3)
        return -1;
    int code = 0;
    for (size_t i = 0; i < 3; i++) {
        if (status->value.data[i] < '0' || status->value.data[i] > '9')
            return -1;
        code = code * 10 + (status->value.data[i] - '0');
    }
    return code;
}

static bool request_is_complete(const struct header_list *headers)
{
    const struct field *path = header_list_find(headers, ":path");
    return header_list_find(headers, ":method") && header_list_find(headers, ":scheme") && path &&
           path->value.len > 0;
}

/* ---- the sequence of blocks ---- */

static void read_content_length(struct lint_stream *stream, const struct header_list *headers)
{
    const struct field *field = header_list_find(headers, "content-length");
    if (!field || field->value.len == 0 || field->value.len > 18)
        return;
    int64_t length = 0;
    for (size_t i = 0; i < field->value.len; i++) {
        uint8_t digit = field->value.data[i];
        if (digit < '0' || digit > '9')
            return;
        length = length * 10 + (digit - '0');
    }
    stream->content_length = length;
}

void judge_content_length(struct lint *lint, const struct lint_stream *stream)
{
    if (stream->content_length < 0)
        return;
    judge(lint, RULE_CONTENT_LENGTH, (uint64_t)stream->content_length == stream->data_octets,
          "content-length %lld, but %llu octets of DATA", (long long)stream->content_length,
          (unsigned long long)stream->data_octets);
}

static void judge_first_block(struct lint *lint, struct lint_stream *stream,
                              const struct header_list *headers, bool ends)
{
    judge_pseudo_order(lint, headers, false);
    if (lint->role == LINT_CLIENT) {
        judge(lint, RULE_PSEUDO_COMPLETE, request_is_complete(headers),
              "the request lacks :method, :scheme or :path");
        judge_grpc_request(lint, stream, headers, ends);
    } else {
        int status = status_of(headers);
        judge(lint, RULE_PSEUDO_COMPLETE, status >= 100,
              "the response has no :status of three digits");
        if (status >= 100 && status < 200) {
            judge(lint, RULE_INFORMATIONAL, !ends && status != 101, "a response with :status %d%s",
                  status, ends ? " and END_STREAM" : "");
            return;
        }
    }
    stream->blocks = 1;
    stream->block_judged = true;
    read_content_length(stream, headers);
}

void judge_block(struct lint *lint, struct lint_stream *stream, const struct header_list *headers,
                 bool ends)
{
    for (size_t i = 0; i < headers->count; i++)
        judge_field(lint, &headers->fields[i]);
    if (stream->blocks == 0) {
        judge_first_block(lint, stream, headers, ends);
        if (stream->blocks == 0)
            return;
    } else {
        judge_pseudo_order(lint, headers, true);
        judge(lint, RULE_MIDDLE_BLOCK, ends, "header block %u on stream %u does not end it",
              stream->blocks + 1, stream->id);
        stream->blocks++;
    }
    judge_grpc_block(lint, stream, headers, ends);
    if (ends)
        judge_content_length(lint, stream);
}

void judge_body(struct lint *lint, const struct frame *frame, struct lint_stream *stream)
{
    struct bytes inner;
    if (frame->type != FRAME_DATA || !frame_inner(frame, &inner, NULL))
        return;
    bool ends = (frame->flags & FLAG_END_STREAM) != 0;
    if (lint->role == LINT_SERVER &&
        !judge(lint, RULE_DATA_FIRST, stream->blocks > 0,
               "DATA on stream %u before its header block", stream->id))
        return;
    stream->data_octets += inner.len;
    judge_grpc_data(lint, stream, inner, ends);
    if (ends)
        judge_content_length(lint, stream);
}
