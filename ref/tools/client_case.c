/* SPDX-License-Identifier: MIT
 *
 * See client_case.h. */
#include "tools/client_case.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* ---- Channel --------------------------------------------------------------------------------- */

struct gr_channel *new_channel(struct run *run, struct gr_loop *loop)
{
    const struct client_flags *flags = run->flags;
    const struct gr_tls_options tls = {
        .cert_file = flags->tls_cert_file,
        .key_file = flags->tls_key_file,
        .ca_file = flags->ca_file,
        .server_name = flags->server_host_override,
        .keylog_file = flags->tls_keylog_file,
    };
    const struct gr_channel_options options = {
        .loop = loop,
        .tls = flags->use_tls ? &tls : NULL,
        .authority = flags->server_host_override,
        .trace = flags->trace,
    };
    bool is_ipv6 = strchr(flags->server_host, ':') != NULL;
    char target[1100];

    if (flags->unix_path != NULL)
        snprintf(target, sizeof(target), "unix:%s", flags->unix_path);
    else if (is_ipv6)
        snprintf(target, sizeof(target), "[%s]:%" PRId64, flags->server_host, flags->server_port);
    else
        snprintf(target, sizeof(target), "%s:%" PRId64, flags->server_host, flags->server_port);

    struct gr_channel *channel = gr_channel_new(target, &options);
    if (channel == NULL)
        fail(run, "out of memory");
    return channel;
}

/* ---- Expectations ---------------------------------------------------------------------------- */

bool fail(struct run *run, const char *fmt, ...)
{
    va_list args;

    if (run->failure[0] != '\0')
        return false;
    va_start(args, fmt);
    vsnprintf(run->failure, sizeof(run->failure), fmt, args);
    va_end(args);
    return false;
}

static bool failed(const struct run *run)
{
    return run->failure[0] != '\0';
}

bool expect_ok(struct run *run, const char *what, struct gr_call *call)
{
    return expect_status(run, what, call, GR_STATUS_OK);
}

bool expect_status(struct run *run, const char *what, struct gr_call *call, enum gr_status status)
{
    if (failed(run))
        return false;
    const struct gr_result *result = gr_wait(call);
    if (result->status == status)
        return true;
    return fail(run, "%s: expected status %s, seen %s \"%.*s\"", what, gr_status_name(status),
                gr_status_name(result->status), (int)result->message.len,
                (const char *)result->message.data);
}

bool expect_status_message(struct run *run, const char *what, struct gr_call *call,
                           enum gr_status status, const char *message)
{
    if (!expect_status(run, what, call, status))
        return false;
    struct bytes seen = gr_wait(call)->message;
    if (bytes_equal_str(seen, message))
        return true;
    return fail(run, "%s: expected status message \"%s\", seen \"%.*s\"", what, message,
                (int)seen.len, (const char *)seen.data);
}

static bool all_zero(const uint8_t *data, size_t len)
{
    return len == 0 || (data[0] == 0 && memcmp(data, data + 1, len - 1) == 0);
}

bool expect_payload(struct run *run, const char *what, const Grpc__Testing__Payload *payload,
                    int32_t size)
{
    if (failed(run))
        return false;
    /* proto3 leaves out what is empty, so no payload at all is a body of 0 octets. */
    size_t seen = payload != NULL ? payload->body.len : 0;
    if (seen != (size_t)size)
        return fail(run, "%s: expected a payload body of %" PRId32 " octets, seen %zu", what, size,
                    seen);
    if (payload == NULL)
        return true;
    if (payload->type != GRPC__TESTING__PAYLOAD_TYPE__COMPRESSABLE)
        return fail(run, "%s: expected a payload of type COMPRESSABLE, seen %d", what,
                    (int)payload->type);
    if (!all_zero(payload->body.data, payload->body.len))
        return fail(run, "%s: expected a payload body of zeros, seen other octets", what);
    return true;
}

bool expect_number(struct run *run, const char *what, int64_t seen, int64_t expected)
{
    if (failed(run))
        return false;
    if (seen == expected)
        return true;
    return fail(run, "%s: expected %" PRId64 ", seen %" PRId64, what, expected, seen);
}

bool expect_compressed(struct run *run, const char *what, struct gr_call *call, bool expected)
{
    if (failed(run))
        return false;
    bool seen = gr_call_message_was_compressed(call);
    if (seen == expected)
        return true;
    return fail(run, "%s: expected the message's compressed flag to be %d, seen %d", what, expected,
                seen);
}

bool expect_metadata(struct run *run, const char *what, const char *where,
                     const struct gr_metadata *metadata, const char *key, struct bytes value)
{
    struct bytes seen;

    if (failed(run))
        return false;
    if (!gr_metadata_find(metadata, key, &seen))
        return fail(run, "%s: expected %s in the %s, seen %zu other entries", what, key, where,
                    gr_metadata_count(metadata));
    if (bytes_equal(seen, value))
        return true;
    return fail(run, "%s: expected %s in the %s with the value sent (%zu octets), seen %zu octets",
                what, key, where, value.len, seen.len);
}

/* ---- Verbs ----------------------------------------------------------------------------------- */

struct gr_call_options call_options(const struct run *run)
{
    return (struct gr_call_options){.timeout_ns = run->flags->call_timeout_ms * NS_PER_MS};
}

struct gr_call *unary(struct run *run, enum test_method method, const void *request,
                      const struct gr_call_options *options, const void **reply)
{
    const struct gr_call_options usual = call_options(run);
    struct gr_call *call = NULL;

    *reply = NULL;
    if (failed(run))
        return NULL;
    gr_unary(run->channel, &test_service.methods[method], request, options ? options : &usual,
             reply, &call);
    if (call == NULL)
        fail(run, "out of memory");
    return call;
}

struct gr_call *begin(struct run *run, enum test_method method,
                      const struct gr_call_options *options)
{
    const struct gr_call_options usual = call_options(run);

    if (failed(run))
        return NULL;
    struct gr_call *call = gr_call_new(run->channel, &test_service.methods[method],
                                       options ? options : &usual);
    if (call == NULL)
        fail(run, "out of memory");
    return call;
}

void send_message(struct run *run, struct gr_call *call, const void *message, int flags)
{
    if (failed(run))
        return;
    int error = gr_send(call, message, flags);
    /* GR_CLOSED: the call has ended, and its status, judged later, says why. */
    if (error != 0 && error != GR_CLOSED)
        fail(run, "cannot send: %s", gr_error_text(error));
}

const void *receive(struct run *run, const char *what, struct gr_call *call)
{
    const void *message = NULL;

    if (failed(run))
        return NULL;
    int got = gr_recv(call, &message);
    if (got == 1)
        return message;
    if (got < 0)
        fail(run, "%s: cannot receive: %s", what, gr_error_text(got));
    else
        fail(run, "%s: expected a message, seen the end of the call with status %s \"%.*s\"", what,
             gr_status_name(gr_wait(call)->status), (int)gr_wait(call)->message.len,
             (const char *)gr_wait(call)->message.data);
    return NULL;
}

bool expect_end(struct run *run, const char *what, struct gr_call *call)
{
    const void *message;

    if (failed(run))
        return false;
    if (gr_recv(call, &message) == 1)
        return fail(run, "%s: expected no more messages, seen another one", what);
    return true;
}

void end(struct gr_call *call)
{
    if (call != NULL)
        gr_call_free(call);
}

/* ---- Messages -------------------------------------------------------------------------------- */

Grpc__Testing__Payload zero_payload(size_t size)
{
    Grpc__Testing__Payload payload = GRPC__TESTING__PAYLOAD__INIT;
    payload.body = (ProtobufCBinaryData){size, test_zeros()};
    return payload;
}

void duplex_request_init(struct duplex_request *request, int32_t size, size_t payload_size)
{
    grpc__testing__streaming_output_call_request__init(&request->message);
    grpc__testing__response_parameters__init(&request->parameters);
    request->parameters.size = size;
    request->list[0] = &request->parameters;
    request->payload = zero_payload(payload_size);
    if (size > 0) {
        request->message.response_parameters = request->list;
        request->message.n_response_parameters = 1;
    }
    if (payload_size > 0)
        request->message.payload = &request->payload;
}
