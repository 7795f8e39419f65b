/* SPDX-License-Identifier: MIT
 *
 * From an event of a call to the handler of its method. */
#include "codec/codec.h"
#include "server/server.h"

static void run_unary(struct gr_call *call, const void *request)
{
    enum gr_status status;

    call->reply = gr_message_new(call->method->reply, &call->arena);
    if (!call->reply) {
        call_fail(call, GR_STATUS_RESOURCE_EXHAUSTED, "out of memory");
        return;
    }
    call->later = true; /* so that gr_finish_unary may come from within the handler too */
    status = call->method->unary(call, request, call->reply);
    if (status != GR_LATER)
        gr_finish_unary(call, status);
    else if (call->later)
        call_later(call);
}

static void handle(struct gr_call *call, enum gr_event event, const void *message)
{
    if (call->host->layer_count && !layers_pass(call, event, message))
        return;
    if (call->method->stream)
        call->method->stream(call, event, message);
    else if (event == GR_EVENT_MESSAGE)
        run_unary(call, message);
}

void server_dispatch(struct served *served)
{
    struct conn_event event;

    while (conn_next(served->conn, &event))
        if (event.kind == CONN_CALL)
            handle(event.call, event.event, event.message);
}
