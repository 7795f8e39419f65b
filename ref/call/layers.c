/* SPDX-License-Identifier: MIT
 *
 * Interceptors: who is asked in which order, and what a refusal does; and the values that travel with a call. Nothing
 * here runs for a host without layers. */
#include "call/call.h"

struct call_value {
    struct call_value *next;
    const void *key;
    void *value;
};

static enum gr_status valid(enum gr_status status)
{
    return status <= GR_STATUS_UNAUTHENTICATED ? status : GR_STATUS_UNKNOWN;
}

enum gr_status layers_begin(struct gr_call *call)
{
    const struct call_host *host = call->host;
    enum gr_status status = GR_STATUS_OK;

    while (status == GR_STATUS_OK && call->layers_begun < host->layer_count) {
        const struct gr_interceptor *layer = &host->layers[call->layers_begun++];
        if (layer->begin)
            status = valid(layer->begin(call, layer->data));
    }
    return status;
}

typedef enum gr_status message_hook(struct gr_call *call, const void *message, void *data);

static message_hook *hook_of(const struct gr_interceptor *layer, bool outward)
{
    return outward ? layer->sending : layer->received;
}

/* Towards the inside: first to last. A server's inside is what it receives for, a client's what it sends from. */
static enum gr_status ask(struct gr_call *call, const void *message, bool outward)
{
    bool first_to_last = outward == (call->role == ROLE_CLIENT);
    enum gr_status status = GR_STATUS_OK;

    for (size_t i = 0; i < call->layers_begun && status == GR_STATUS_OK; i++) {
        size_t at = first_to_last ? i : call->layers_begun - 1 - i;
        const struct gr_interceptor *layer = &call->host->layers[at];
        message_hook *hook = hook_of(layer, outward);
        if (hook)
            status = valid(hook(call, message, layer->data));
    }
    return status;
}

void layers_refuse(struct gr_call *call, enum gr_status status)
{
    struct bytes why = call->status_message;

    call_fail(call, status, "an interceptor refused the call");
    if (why.len)
        call->result.message = why;
}

static void end_with(struct gr_call *call, enum gr_status status)
{
    if (call->role == ROLE_CLIENT)
        layers_refuse(call, status);
    else
        gr_finish(call, status);
}

bool layers_let_out(struct gr_call *call, const void *message)
{
    enum gr_status status = ask(call, message, true);

    if (status != GR_STATUS_OK)
        end_with(call, status);
    return status == GR_STATUS_OK;
}

enum gr_status layers_finish(struct gr_call *call, enum gr_status status)
{
    for (size_t i = call->layers_begun; i > 0; i--) {
        const struct gr_interceptor *layer = &call->host->layers[i - 1];
        if (layer->finish)
            status = valid(layer->finish(call, status, layer->data));
    }
    return status;
}

void layers_ended(struct gr_call *call)
{
    while (call->layers_begun > 0) {
        const struct gr_interceptor *layer = &call->host->layers[--call->layers_begun];
        if (layer->ended)
            layer->ended(call, layer->data);
    }
}

bool layers_pass(struct gr_call *call, enum gr_event event, const void *message)
{
    enum gr_status status = GR_STATUS_OK;

    if (event == GR_EVENT_ENDED)
        layers_ended(call);
    else if (event == GR_EVENT_BEGAN && call->role == ROLE_SERVER)
        status = layers_begin(call);
    else if (event == GR_EVENT_MESSAGE && !call->refused)
        status = ask(call, message, false);
    if (status == GR_STATUS_OK)
        return !call->refused;
    call->refused = event == GR_EVENT_BEGAN;
    end_with(call, status);
    return false;
}

/* ---- Values ---------------------------------------------------------------------------------- */

static struct call_value *find(const struct gr_call *call, const void *key)
{
    struct call_value *value = call->values;

    while (value && value->key != key)
        value = value->next;
    return value;
}

int gr_call_put(struct gr_call *call, const void *key, void *value)
{
    struct call_value *there = find(call, key);

    if (!there) {
        there = gr_call_alloc(call, sizeof(*there));
        if (!there)
            return GR_NOMEM;
        *there = (struct call_value){call->values, key, NULL};
        call->values = there;
    }
    there->value = value;
    return 0;
}

void *gr_call_get(const struct gr_call *call, const void *key)
{
    const struct call_value *there = find(call, key);

    return there ? there->value : NULL;
}
