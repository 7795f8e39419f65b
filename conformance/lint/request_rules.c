/* SPDX-License-Identifier: MIT
 *
 * Rules about the request of a client under test (PROTOCOL-HTTP2, Requests): the fields that define the call, their
 * order, and what metadata may hold. The order of blocks and the messages are in header_rules.c and grpc_rules.c. */
#include "lint/state.h"

/* The fields that define a call; everything else is custom metadata. */
static const char *const definition[] = {"te",
                                         "grpc-timeout",
                                         "content-type",
                                         "grpc-message-type",
                                         "grpc-encoding",
                                         "grpc-accept-encoding",
                                         "user-agent",
                                         "accept-encoding",
                                         "content-length",
                                         "host"};

static bool is_pseudo(const struct field *field)
{
    return field->name.len > 0 && field->name.data[0] == ':';
}

static bool defines_call(const struct field *field)
{
    for (size_t i = 0; i < ARRAY_LEN(definition); i++)
        if (bytes_equal_str(field->name, definition[i]))
            return true;
    return is_pseudo(field) || bytes_starts_with(field->name, BYTES("grpc-"));
}

static bool has_value(const struct header_list *headers, const char *name, const char *value)
{
    const struct field *field = header_list_find(headers, name);
    return header_list_count(headers, name) == 1 && bytes_equal_str(field->value, value);
}

/* ---- what calls: form ---- */

static void judge_form(struct lint *lint, const struct header_list *headers)
{
    const struct field *type = header_list_find(headers, "content-type");
    bool grpc = header_list_count(headers, "content-type") == 1 &&
                content_type_is_grpc(type->value);
    judge(lint, RULE_REQUEST_FORM,
          has_value(headers, ":method", "POST") && has_value(headers, "te", "trailers") && grpc,
          "the request is not a POST with one te: trailers and one content-type application/grpc");
    judge(lint, RULE_SCHEME, has_value(headers, ":scheme", lint->tls ? "https" : "http"),
          ":scheme is not %s", lint->tls ? "https" : "http");
}

/* "/" service "/" method, neither empty, and nothing behind. */
static bool path_is_valid(struct bytes path)
{
    if (path.len == 0 || path.data[0] != '/')
        return false;
    struct bytes rest = bytes_skip(path, 1);
    size_t service = bytes_find(rest, '/');
    struct bytes method = bytes_skip(rest, service + 1);
    return service > 0 && service < rest.len && method.len > 0 &&
           bytes_find(method, '/') == method.len && bytes_find(path, '?') == path.len &&
           bytes_find(path, '#') == path.len;
}

static void judge_path(struct lint *lint, const struct header_list *headers)
{
    const struct field *path = header_list_find(headers, ":path");
    if (path)
        judge(lint, RULE_PATH_FORM, path_is_valid(path->value), ":path is \"%.*s\"",
              (int)bytes_first(path->value, 100).len,
              path->value.len ? (const char *)path->value.data : "");
}

static void judge_authority(struct lint *lint, const struct header_list *headers)
{
    const struct field *authority = header_list_find(headers, ":authority");
    const struct field *host = header_list_find(headers, "host");
    bool there = authority && authority->value.len > 0;
    bool userinfo = there && bytes_find(authority->value, '@') < authority->value.len;
    bool differs = there && host && !bytes_equal(host->value, authority->value);
    judge(lint, RULE_AUTHORITY, there && !userinfo && !differs, "%s",
          !there     ? "there is no :authority"
          : userinfo ? ":authority holds userinfo"
                     : "host differs from :authority");
}

/* ---- deadline ---- */

static void judge_timeout(struct lint *lint, const struct header_list *headers)
{
    const struct field *timeout = header_list_find(headers, "grpc-timeout");
    if (!timeout)
        return;
    bool valid = header_list_count(headers, "grpc-timeout") == 1 &&
                 grpc_timeout_is_valid(timeout->value);
    int shown = (int)bytes_first(timeout->value, 32).len;
    const char *text = timeout->value.len ? (const char *)timeout->value.data : "";
    if (!judge(lint, RULE_TIMEOUT_FORM, valid, "grpc-timeout is \"%.*s\"", shown, text))
        return;
    bool positive = false;
    for (size_t i = 0; i + 1 < timeout->value.len; i++)
        positive |= timeout->value.data[i] != '0';
    judge(lint, RULE_TIMEOUT_POSITIVE, positive, "grpc-timeout is \"%.*s\"", shown, text);
}

/* ---- order ---- */

static void judge_order(struct lint *lint, const struct header_list *headers)
{
    bool metadata = false, late = false, timeout_late = false;
    for (size_t i = 0; i < headers->count; i++) {
        const struct field *field = &headers->fields[i];
        bool defines = defines_call(field);
        late |= defines && metadata;
        metadata |= !defines;
        if (i > 0 && bytes_equal_str(field->name, "grpc-timeout"))
            timeout_late |= !is_pseudo(&headers->fields[i - 1]);
    }
    judge(lint, RULE_DEFINITION_FIRST, !late && !timeout_late, "%s",
          timeout_late ? "grpc-timeout does not follow the pseudo-header fields"
                       : "a field that defines the call comes after metadata");
}

/* ---- user-agent ---- */

static bool is_name_octet(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '+' || c == '#' || c == '.' || c == '_';
}

/* "grpc-" name "/" version, the version not empty. */
static bool names_grpc(struct bytes word)
{
    size_t slash = bytes_find(word, '/');
    if (!bytes_starts_with(word, BYTES("grpc-")) || slash == 5 || slash + 1 >= word.len)
        return false;
    for (size_t i = 0; i < slash; i++)
        if (!is_name_octet(word.data[i]))
            return false;
    return true;
}

/* An application may put words of its own before it. */
static bool user_agent_is_structured(struct bytes value)
{
    while (value.len > 0) {
        size_t len = bytes_find(value, ' ');
        if (names_grpc(bytes_first(value, len)))
            return true;
        value = bytes_skip(value, len + 1);
    }
    return false;
}

static void judge_user_agent(struct lint *lint, const struct header_list *headers)
{
    const struct field *agent = header_list_find(headers, "user-agent");
    if (agent)
        judge(lint, RULE_USER_AGENT, user_agent_is_structured(agent->value),
              "user-agent is \"%.*s\"", (int)bytes_first(agent->value, 80).len,
              agent->value.len ? (const char *)agent->value.data : "");
    else
        judge(lint, RULE_USER_AGENT, false, "there is no user-agent");
}

/* ---- metadata ---- */

static bool name_is_legal(struct bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];
        bool legal = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                     c == '.';
        if (!legal)
            return false;
    }
    return name.len > 0;
}

static bool value_is_legal(struct bytes value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.data[i] < 0x20 || value.data[i] > 0x7e)
            return false;
    return true;
}

static void judge_metadata_octets(struct lint *lint, const struct header_list *headers)
{
    for (size_t i = 0; i < headers->count; i++) {
        const struct field *field = &headers->fields[i];
        if (defines_call(field))
            continue;
        bool binary = bytes_ends_with(field->name, BYTES("-bin"));
        bool legal = name_is_legal(field->name) && (binary || value_is_legal(field->value));
        judge(lint, RULE_METADATA_OCTETS, legal, "metadata %.*s holds octets that it may not",
              (int)bytes_first(field->name, 64).len,
              field->name.len ? (const char *)field->name.data : "");
    }
}

void judge_grpc_request(struct lint *lint, struct lint_stream *stream,
                        const struct header_list *headers, bool ends)
{
    read_encoding(stream, headers);
    judge_form(lint, headers);
    judge_path(lint, headers);
    judge_authority(lint, headers);
    judge_timeout(lint, headers);
    judge_order(lint, headers);
    judge_user_agent(lint, headers);
    judge_metadata_octets(lint, headers);
    judge(lint, RULE_REQUEST_END, !ends, "END_STREAM on the HEADERS of stream %u", stream->id);
}
