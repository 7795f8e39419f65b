/* SPDX-License-Identifier: MIT
 *
 * What each official test case must show on the wire: a table, a row for each kind of call. Sizes
 * are those of the official descriptions; a payload of zeros that is compressed is far smaller. */
#include "interop/wire.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>

#define SERVICE       "/grpc.testing.TestService/"
#define LARGE_REQUEST 271828
#define LARGE_REPLY   314159
#define COMPRESSED    20000 /* less than that, of much more */
#define SOAK_CALLS    10    /* the default of --soak_iterations */
#define ECHO_INITIAL  "x-grpc-test-echo-initial=test_initial_metadata_value"
#define ECHO_TRAILING "x-grpc-test-echo-trailing-bin" /* whatever octets a client chooses */
/* Ruby's client has always sent "test status method"; it checks that it comes back. */
#define STATUS_MESSAGE "grpc-message=test status m"

/* A kind of call. 0 and NULL: whatever it is. Fields are "name=the beginning of its value". */
struct rule {
    const char *test_case, *path;
    const char *status; /* grpc-status */
    size_t request_min, request_max, response_min, response_max;
    const char *request, *response, *trailer; /* fields */
    const char *echoed;   /* a name: the request's value comes back in the trailers */
    unsigned calls;       /* so many of them at least; 0: one */
    unsigned turns;       /* DATA changes its direction so often at least */
    unsigned connections; /* of the whole trace, at least */
    unsigned at_once;     /* calls of a connection that are not over, at most */
    unsigned pings;       /* by the server, at least; and every one is acknowledged */
    int64_t timeout_max;  /* grpc-timeout, in ns */
    bool empty;           /* no DATA octet at all */
    bool cancelled;
    bool was_reset;     /* by the server, with NO_ERROR and without trailers */
    bool padded;        /* response DATA has padding */
    bool may_be_silent; /* the call may end before it reaches the wire */
};

/* clang-format off */
static const struct rule rules[] = {
    {"empty_unary", SERVICE "EmptyCall", .status = "0", .request_min = 5, .response_min = 5},
    {"cacheable_unary", SERVICE "CacheableUnaryCall", .status = "0", .calls = 2},
    {"large_unary", SERVICE "UnaryCall", .status = "0", .request_min = LARGE_REQUEST, .response_min = LARGE_REPLY},
    {"client_compressed_unary", SERVICE "UnaryCall", .status = "3"},
    {"client_compressed_unary", SERVICE "UnaryCall", .status = "0", .request = "grpc-encoding=", .request_max = COMPRESSED},
    {"client_compressed_unary", SERVICE "UnaryCall", .status = "0", .request_min = LARGE_REQUEST},
    {"server_compressed_unary", SERVICE "UnaryCall", .status = "0", .response = "grpc-encoding=", .response_max = COMPRESSED},
    {"server_compressed_unary", SERVICE "UnaryCall", .status = "0", .response_min = LARGE_REPLY},
    {"client_streaming", SERVICE "StreamingInputCall", .status = "0", .request_min = 27182 + 8 + 1828 + 45904},
    {"client_compressed_streaming", SERVICE "StreamingInputCall", .status = "3"},
    {"client_compressed_streaming", SERVICE "StreamingInputCall", .status = "0", .request = "grpc-encoding=",
     .request_min = 45904, .request_max = 45904 + COMPRESSED},
    {"server_streaming", SERVICE "StreamingOutputCall", .status = "0", .response_min = 31415 + 9 + 2653 + 58979},
    {"server_compressed_streaming", SERVICE "StreamingOutputCall", .status = "0", .response = "grpc-encoding=",
     .response_min = 92653, .response_max = 92653 + COMPRESSED},
    {"ping_pong", SERVICE "FullDuplexCall", .status = "0", .request_min = 27182 + 8 + 1828 + 45904,
     .response_min = 31415 + 9 + 2653 + 58979, .turns = 7},
    {"empty_stream", SERVICE "FullDuplexCall", .status = "0", .empty = true},
    {"custom_metadata", SERVICE "UnaryCall", .status = "0", .request = ECHO_INITIAL, .response = ECHO_INITIAL,
     .echoed = ECHO_TRAILING},
    {"custom_metadata", SERVICE "FullDuplexCall", .status = "0", .request = ECHO_INITIAL, .response = ECHO_INITIAL,
     .echoed = ECHO_TRAILING},
    {"status_code_and_message", SERVICE "UnaryCall", .status = "2", .trailer = STATUS_MESSAGE},
    {"status_code_and_message", SERVICE "FullDuplexCall", .status = "2", .trailer = STATUS_MESSAGE},
    {"special_status_message", SERVICE "UnaryCall", .status = "2",
     .trailer = "grpc-message=\t\ntest with whitespace\r\nand Unicode BMP \xe2\x98\xba"},
    {"unimplemented_method", SERVICE "UnimplementedCall", .status = "12"},
    {"unimplemented_service", "/grpc.testing.UnimplementedService/UnimplementedCall", .status = "12"},
    /* A client that cancels at once may drop the call before it is sent: then it shows nothing, dead port or not. */
    {"cancel_after_begin", SERVICE "StreamingInputCall", .cancelled = true, .may_be_silent = true},
    {"cancel_after_first_response", SERVICE "FullDuplexCall", .cancelled = true, .request_min = 27182,
     .response_min = 31415},
    {"timeout_on_sleeping_server", SERVICE "FullDuplexCall", .request = "grpc-timeout=", .timeout_max = NS_PER_S,
     .may_be_silent = true},
    {"rpc_soak", SERVICE "UnaryCall", .status = "0", .request_min = LARGE_REQUEST, .response_min = LARGE_REPLY,
     .calls = SOAK_CALLS},
    {"channel_soak", SERVICE "UnaryCall", .status = "0", .request_min = LARGE_REQUEST, .response_min = LARGE_REPLY,
     .calls = SOAK_CALLS, .connections = SOAK_CALLS},
    {"pick_first_unary", SERVICE "UnaryCall", .status = "0", .calls = 20},
    {"orca_per_rpc", SERVICE "UnaryCall", .status = "0", .trailer = "endpoint-load-metrics-bin="},
    {"orca_oob", "/xds.service.orca.v3.OpenRcaService/StreamCoreMetrics", .status = NULL},
    /* What follows, the bad server does; whether the client took it well is the client's exit status. */
    {"goaway", SERVICE "UnaryCall", .status = "0", .request_min = LARGE_REQUEST, .response_min = LARGE_REPLY,
     .calls = 2, .connections = 2},
    {"rst_after_header", SERVICE "UnaryCall", .request_min = LARGE_REQUEST, .was_reset = true},
    {"rst_during_data", SERVICE "UnaryCall", .request_min = LARGE_REQUEST, .response_min = LARGE_REPLY / 2,
     .response_max = LARGE_REPLY, .was_reset = true},
    {"rst_after_data", SERVICE "UnaryCall", .request_min = LARGE_REQUEST, .response_min = LARGE_REPLY,
     .was_reset = true},
    {"ping", SERVICE "UnaryCall", .status = "0", .request_min = LARGE_REQUEST, .response_min = LARGE_REPLY, .pings = 4},
    {"max_streams", SERVICE "UnaryCall", .status = "0", .request_min = LARGE_REQUEST, .response_min = LARGE_REPLY,
     .calls = 11, .at_once = 1},
    {"data_frame_padding", SERVICE "UnaryCall", .status = "0", .response_min = 5 * LARGE_REPLY, .padded = true},
    {"no_df_padding_sanity_test", SERVICE "UnaryCall", .status = "0", .response_min = LARGE_REPLY,
     .response_max = LARGE_REPLY + 64},
};
/* clang-format on */

static bool field_starts(struct buf *fields, const char *field)
{
    if (!field)
        return true;
    char name[64];
    struct buf value = {0};
    const char *equals = strchr(field, '=');
    snprintf(name, sizeof(name), "%.*s", (int)(equals - field), field);
    bool found = wire_find_field(fields, name, &value) &&
                 bytes_starts_with(buf_view(&value), bytes_str(equals + 1));
    buf_clear(&value);
    return found;
}

static bool is_echoed(struct wire_call *call, const char *name)
{
    struct buf sent = {0}, came = {0};
    bool equal = !name || (wire_find_field(&call->request, name, &sent) &&
                           wire_find_field(&call->trailers, name, &came) &&
                           bytes_equal(buf_view(&sent), buf_view(&came)));
    buf_clear(&sent);
    buf_clear(&came);
    return equal;
}

static bool has_field(struct buf *fields, const char *name, const char *expected)
{
    struct buf value = {0};
    bool equal = wire_find_field(fields, name, &value) &&
                 bytes_equal_str(buf_view(&value), expected);
    buf_clear(&value);
    return equal;
}

/* Without grpc-status, 404 means UNIMPLEMENTED (http-grpc-status-mapping). */
static bool has_status(struct wire_call *call, const char *status)
{
    if (!status || has_field(&call->trailers, "grpc-status", status))
        return true;
    return strcmp(status, "12") == 0 && call->trailers.len == 0 &&
           has_field(&call->response, ":status", "404");
}

/* PROTOCOL-HTTP2, Timeout: at most 8 digits and a unit. */
static bool timeout_is_within(struct wire_call *call, int64_t max)
{
    static const struct {
        char unit;
        int64_t ns;
    } units[] = {{'n', 1},        {'u', NS_PER_US},     {'m', NS_PER_MS},
                 {'S', NS_PER_S}, {'M', 60 * NS_PER_S}, {'H', 3600 * NS_PER_S}};
    struct buf value = {0};
    char *unit = NULL;
    bool within = max == 0;
    if (!within && wire_find_field(&call->request, "grpc-timeout", &value)) {
        int64_t amount = strtoll(buf_str(&value), &unit, 10);
        for (size_t i = 0; i < ARRAY_LEN(units); i++)
            within |= *unit == units[i].unit && amount <= max / units[i].ns;
    }
    buf_clear(&value);
    return within;
}

/* Where a test case is not about compression, either side may compress as it likes. */
static size_t least_of(struct buf *fields, const struct rule *rule, size_t min)
{
    struct buf encoding = {0};
    bool compressed = wire_find_field(fields, "grpc-encoding", &encoding) &&
                      !bytes_equal_str(buf_view(&encoding), "identity") &&
                      !strstr(rule->test_case, "_compressed_");
    buf_clear(&encoding);
    return compressed && min > 5 ? 5 : min;
}

static bool has_sizes(struct wire_call *call, const struct rule *rule)
{
    if (rule->empty)
        return call->request_octets == 0 && call->response_octets == 0;
    return call->request_octets >= least_of(&call->request, rule, rule->request_min) &&
           (!rule->request_max || call->request_octets <= rule->request_max) &&
           call->response_octets >= least_of(&call->response, rule, rule->response_min) &&
           (!rule->response_max || call->response_octets <= rule->response_max);
}

static bool has_bad_end(struct wire_call *call, const struct rule *rule)
{
    return (!rule->was_reset || (call->was_reset && call->trailers.len == 0)) &&
           (!rule->padded || call->padded);
}

static bool fits(struct wire_call *call, const struct rule *rule, bool proxied)
{
    return strcmp(call->path, rule->path) == 0 && has_status(call, rule->status) &&
           has_sizes(call, rule) && call->turns >= rule->turns &&
           (!rule->cancelled || call->cancelled || proxied) && has_bad_end(call, rule) &&
           field_starts(&call->request, rule->request) && is_echoed(call, rule->echoed) &&
           field_starts(&call->response, rule->response) &&
           field_starts(&call->trailers, rule->trailer) &&
           timeout_is_within(call, rule->timeout_max);
}

/* ---- sentences ---- */

static void put_range(struct buf *out, const char *what, size_t min, size_t max)
{
    if (min)
        buf_printf(out, ", at least %zu octets of %s", min, what);
    if (max)
        buf_printf(out, ", at most %zu octets of %s", max, what);
}

static void put_fields(struct buf *out, const char *what, const char *field)
{
    if (!field)
        return;
    buf_printf(out, ", %s ", what);
    for (; *field; field++) {
        if ((unsigned char)*field < 0x20)
            buf_printf(out, "%%%02X", (unsigned char)*field);
        else
            buf_put_u8(out, (uint8_t)*field);
    }
}

static void put_expectation(struct buf *out, const struct rule *rule)
{
    buf_printf(out, "expected %u call%s of %s", rule->calls ? rule->calls : 1,
               rule->calls > 1 ? "s" : "", rule->path);
    if (rule->status)
        buf_printf(out, " that ends with grpc-status=%s", rule->status);
    if (rule->cancelled)
        buf_put_str(out, " that the client resets with CANCEL");
    if (rule->was_reset)
        buf_put_str(out, " that the server resets with NO_ERROR");
    if (rule->padded)
        buf_put_str(out, ", padded response DATA");
    if (rule->empty)
        buf_put_str(out, ", no octet of DATA");
    put_range(out, "request DATA", rule->request_min, rule->request_max);
    put_range(out, "response DATA", rule->response_min, rule->response_max);
    put_fields(out, "request header", rule->request);
    put_fields(out, "in request and trailers the same", rule->echoed);
    put_fields(out, "response header", rule->response);
    put_fields(out, "trailer", rule->trailer);
    if (rule->turns)
        buf_printf(out, ", %u changes of direction", rule->turns);
    if (rule->timeout_max)
        buf_put_str(out, " of at most a second");
}

static void put_call(struct buf *out, struct wire_call *call)
{
    struct buf status = {0};
    bool ended = wire_find_field(&call->trailers, "grpc-status", &status);
    buf_printf(out, "%s (request %zu octets, response %zu, %s%s%s)", call->path,
               call->request_octets, call->response_octets,
               ended ? "grpc-status=" : "no grpc-status", buf_str(&status),
               call->cancelled   ? ", reset with CANCEL"
               : call->was_reset ? ", reset by the server"
                                 : "");
    buf_clear(&status);
}

static void put_seen(struct buf *out, const struct wire *wire)
{
    if (wire->frames == 0)
        buf_put_str(out, "seen no frame at all");
    else if (wire->count == 0)
        buf_printf(out, "seen %zu frames, but no call", wire->frames);
    else
        buf_put_str(out, "seen ");
    for (size_t i = 0; i < wire->count && i < 4; i++) {
        buf_put_str(out, i ? ", " : "");
        put_call(out, &wire->calls[i]);
    }
    if (wire->count > 4)
        buf_printf(out, " and %zu more", wire->count - 4);
}

/* ---- judging ---- */

static bool was_tried(const struct wire *wire, const char *path)
{
    for (size_t i = 0; i < wire->count; i++)
        if (strcmp(wire->calls[i].path, path) == 0)
            return true;
    return false;
}

/* What the connections must show, besides their calls. */
static bool judge_connections(const struct wire *wire, const struct rule *rule, struct buf *why)
{
    bool proxied = wire->view == SEEN_BEHIND_PROXY;
    if (wire->connections < rule->connections && !proxied)
        buf_printf(why, "expected %u connections, seen %u", rule->connections, wire->connections);
    else if (rule->at_once && wire->most_at_once > rule->at_once)
        buf_printf(why,
                   "expected at most %u call at a time, as MAX_CONCURRENT_STREAMS says, seen %u",
                   rule->at_once, wire->most_at_once);
    else if (wire->pings < rule->pings || (rule->pings && wire->replies != wire->pings))
        buf_printf(why,
                   "expected at least %u PINGs, each acknowledged, seen %u, and %u acknowledged",
                   rule->pings, wire->pings, wire->replies);
    else
        return true;
    return false;
}

static enum wire_verdict judge_rule(const struct wire *wire, const struct rule *rule,
                                    struct buf *why)
{
    unsigned fitting = 0;
    bool proxied = wire->view == SEEN_BEHIND_PROXY;
    for (size_t i = 0; i < wire->count; i++)
        fitting += fits(&wire->calls[i], rule, proxied);
    if (fitting < (rule->calls ? rule->calls : 1)) {
        bool may_be_silent = rule->may_be_silent || (rule->cancelled && proxied);
        bool silent = may_be_silent && !was_tried(wire, rule->path);
        put_expectation(why, rule);
        buf_put_str(why, "; ");
        put_seen(why, wire);
        return silent ? WIRE_SILENT : WIRE_WRONG;
    }
    return judge_connections(wire, rule, why) ? WIRE_AS_EXPECTED : WIRE_WRONG;
}

enum wire_verdict wire_judge(const struct wire *wire, const char *test_case, struct buf *why)
{
    enum wire_verdict verdict = WIRE_UNKNOWN;
    if (wire->failed) {
        buf_put_str(why, "out of memory");
        return WIRE_WRONG;
    }
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        if (strcmp(rules[i].test_case, test_case) != 0)
            continue;
        verdict = judge_rule(wire, &rules[i], why);
        if (verdict != WIRE_AS_EXPECTED)
            return verdict;
    }
    if (verdict == WIRE_UNKNOWN)
        buf_printf(why, "nothing is known of what %.60s must show on the wire", test_case);
    return verdict;
}
