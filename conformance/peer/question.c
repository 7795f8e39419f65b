/* SPDX-License-Identifier: MIT
 *
 * Questions about calls and connections that several verbs ask. They only look. */
#include "peer/inside.h"

static const char *const status_names[] = {
    [GRPC_OK] = "OK",
    [GRPC_CANCELLED] = "CANCELLED",
    [GRPC_UNKNOWN] = "UNKNOWN",
    [GRPC_INVALID_ARGUMENT] = "INVALID_ARGUMENT",
    [GRPC_DEADLINE_EXCEEDED] = "DEADLINE_EXCEEDED",
    [GRPC_NOT_FOUND] = "NOT_FOUND",
    [GRPC_ALREADY_EXISTS] = "ALREADY_EXISTS",
    [GRPC_PERMISSION_DENIED] = "PERMISSION_DENIED",
    [GRPC_RESOURCE_EXHAUSTED] = "RESOURCE_EXHAUSTED",
    [GRPC_FAILED_PRECONDITION] = "FAILED_PRECONDITION",
    [GRPC_ABORTED] = "ABORTED",
    [GRPC_OUT_OF_RANGE] = "OUT_OF_RANGE",
    [GRPC_UNIMPLEMENTED] = "UNIMPLEMENTED",
    [GRPC_INTERNAL] = "INTERNAL",
    [GRPC_UNAVAILABLE] = "UNAVAILABLE",
    [GRPC_DATA_LOSS] = "DATA_LOSS",
    [GRPC_UNAUTHENTICATED] = "UNAUTHENTICATED",
};

const char *grpc_status_name(uint32_t code)
{
    return code < ARRAY_LEN(status_names) ? status_names[code] : "UNKNOWN STATUS";
}

/* Up to nine digits and nothing else; -1 otherwise. */
static int number_in(const struct header_list *list, const char *name)
{
    const struct field *field = header_list_find(list, name);
    if (!field || field->value.len == 0 || field->value.len > 9)
        return -1;
    int number = 0;
    for (size_t i = 0; i < field->value.len; i++) {
        uint8_t c = field->value.data[i];
        if (c < '0' || c > '9')
            return -1;
        number = number * 10 + (c - '0');
    }
    return number;
}

int call_status(const struct call *call)
{
    return number_in(&call->trailers, "grpc-status");
}

bool call_is_turned_away(const struct call *call)
{
    return call_status(call) == GRPC_RESOURCE_EXHAUSTED ||
           (call->reset && call->reset_code == H2_REFUSED_STREAM);
}

int http_status(const struct call *call)
{
    return number_in(&call->headers, ":status");
}

bool conn_has_error(const struct conn *conn)
{
    return conn->goaways > 0 && conn->goaway.code != H2_NO_ERROR;
}

bool call_has_all(const struct call *call)
{
    const struct conn *conn = call->conn;
    bool refused = !conn->serves && conn->goaways > 0 && conn->goaway.last_stream < call->stream;
    return call->remote_closed || call->reset || refused || conn_is_over(conn);
}

/* A request that has come whole still awaits its answer. */
bool call_is_over(const struct call *call)
{
    bool open = call->conn->serves && !call->reset && !conn_is_over(call->conn);
    return open ? call->remote_closed && call->local_closed : call_has_all(call);
}
