/* SPDX-License-Identifier: MIT
 *
 * See test_responses.h. The list is emptied before it is filled again, so it never grows beyond
 * what a client may ask for at a time. */
#include "services/test_responses.h"

#include "services/test_service.h"

#include <stdlib.h>

static enum gr_status check(const Grpc__Testing__ResponseParameters *p, const char **why)
{
    if (p->size < 0) {
        *why = "response_parameters.size is negative";
        return GR_STATUS_INVALID_ARGUMENT;
    }
    if (p->interval_us < 0) {
        *why = "response_parameters.interval_us is negative";
        return GR_STATUS_INVALID_ARGUMENT;
    }
    if (p->size > TEST_MAX_PAYLOAD) {
        *why = "response_parameters.size is larger than this server's 16 MiB";
        return GR_STATUS_RESOURCE_EXHAUSTED;
    }
    return GR_STATUS_OK;
}

/* Room for `more` responses after those that are still owed. */
static bool make_room(struct test_responses *owed, size_t more)
{
    if (owed->next == owed->count)
        owed->next = owed->count = 0;
    struct test_response *list = realloc(owed->list, (owed->count + more) * sizeof(*list));
    if (list == NULL)
        return false;
    owed->list = list;
    return true;
}

enum gr_status test_responses_add(struct test_responses *owed,
                                  const Grpc__Testing__StreamingOutputCallRequest *request,
                                  const char **why)
{
    size_t more = request->n_response_parameters;
    if (request->response_type != GRPC__TESTING__PAYLOAD_TYPE__COMPRESSABLE) {
        *why = "response_type: this server has only COMPRESSABLE payloads";
        return GR_STATUS_INVALID_ARGUMENT;
    }
    if (more > TEST_MAX_OWED - (owed->count - owed->next)) {
        *why = "more than 65536 responses are asked for at a time";
        return GR_STATUS_RESOURCE_EXHAUSTED;
    }
    for (size_t i = 0; i < more; i++) {
        enum gr_status status = check(request->response_parameters[i], why);
        if (status != GR_STATUS_OK)
            return status;
    }
    if (more > 0 && !make_room(owed, more)) {
        *why = "out of memory";
        return GR_STATUS_RESOURCE_EXHAUSTED;
    }
    for (size_t i = 0; i < more; i++) {
        const Grpc__Testing__ResponseParameters *p = request->response_parameters[i];
        bool compressed = p->compressed != NULL && p->compressed->value;
        owed->list[owed->count++] = (struct test_response){p->size, p->interval_us, compressed};
    }
    return GR_STATUS_OK;
}

void test_responses_wake(struct test_responses *owed)
{
    owed->sleeping = false;
    owed->slept = true;
}

static int send_one(const struct test_response *response, struct gr_call *call)
{
    Grpc__Testing__Payload payload = GRPC__TESTING__PAYLOAD__INIT;
    Grpc__Testing__StreamingOutputCallResponse message =
        GRPC__TESTING__STREAMING_OUTPUT_CALL_RESPONSE__INIT;

    payload.body = (ProtobufCBinaryData){(size_t)response->size, test_zeros()};
    message.payload = &payload;
    return gr_send(call, &message, response->compressed ? GR_SEND_DEFAULT : GR_SEND_UNCOMPRESSED);
}

bool test_responses_send(struct test_responses *owed, struct gr_call *call)
{
    while (owed->next < owed->count && !owed->sleeping) {
        const struct test_response *response = &owed->list[owed->next];
        if (response->interval_us > 0 && !owed->slept) {
            owed->sleeping = true;
            gr_call_timer(call, response->interval_us * NS_PER_US);
            return false;
        }
        if (!gr_writable(call))
            return false; /* GR_EVENT_WRITABLE brings us back */
        if (send_one(response, call) != 0) {
            /* The call has ended, or memory has: either way nothing more will be sent. */
            gr_finish(call, GR_STATUS_RESOURCE_EXHAUSTED);
            return false;
        }
        owed->next++;
        owed->slept = false;
    }
    return owed->next == owed->count;
}

void test_responses_clear(struct test_responses *owed)
{
    free(owed->list);
    *owed = (struct test_responses){0};
}
