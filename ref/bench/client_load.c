/* SPDX-License-Identifier: MIT
 *
 * A client to be measured: unary calls of 10 octets, 100 at a time on one connection, for so many seconds, by the
 * library as anybody would use it: a channel, an observer, a call freed and the next one begun.
 * interop/peers/cpp/load.cc is its twin on C++ gRPC. Prints how many calls went well. */
#include "grpcref.h"
#include "services/test_service.h"

#include "grpc/testing/messages.pb-c.h"

#include <stdio.h>
#include <stdlib.h>

enum { AT_ONCE = 100 };

struct slot {
    struct gr_call *call;
    bool ended;
};

static void observe(struct gr_call *call, enum gr_event event, const void *message)
{
    struct slot *slot = gr_call_data(call);

    (void)message;
    if (event == GR_EVENT_ENDED)
        slot->ended = true;
}

static bool begin(struct gr_channel *channel, struct slot *slot)
{
    uint8_t zeros[10] = {0};
    Grpc__Testing__Payload payload = GRPC__TESTING__PAYLOAD__INIT;
    Grpc__Testing__SimpleRequest request = GRPC__TESTING__SIMPLE_REQUEST__INIT;
    const struct gr_call_options options = {.observer = observe, .data = slot};

    payload.body = (ProtobufCBinaryData){sizeof(zeros), zeros};
    request.payload = &payload;
    request.response_size = sizeof(zeros);
    slot->ended = false;
    slot->call = gr_call_new(channel, &test_service.methods[TEST_UNARY_CALL], &options);
    if (!slot->call || gr_send(slot->call, &request, GR_SEND_DEFAULT) != 0)
        return false;
    gr_half_close(slot->call);
    return true;
}

/* returns whether it went well */
static bool end(struct slot *slot)
{
    bool fine = gr_call_result(slot->call)->status == GR_STATUS_OK;

    gr_call_free(slot->call);
    slot->call = NULL;
    return fine;
}

int main(int argc, char **argv)
{
    struct gr_loop *loop = gr_loop_new();
    struct gr_channel_options options = {.loop = loop};
    struct gr_channel *channel = argc == 3 ? gr_channel_new(argv[1], &options) : NULL;
    struct slot slots[AT_ONCE] = {{0}};
    unsigned long calls = 0;
    bool fine = channel != NULL;
    gr_time until = clock_now_ns() + (argc == 3 ? atoi(argv[2]) : 0) * NS_PER_S;

    for (size_t i = 0; fine && i < AT_ONCE; i++)
        fine = begin(channel, &slots[i]);
    while (fine && clock_now_ns() < until) {
        gr_loop_turn(loop, NS_PER_S);
        for (size_t i = 0; fine && i < AT_ONCE; i++) {
            if (!slots[i].ended)
                continue;
            fine = end(&slots[i]) && begin(channel, &slots[i]);
            calls++;
        }
    }
    for (size_t i = 0; i < AT_ONCE; i++)
        gr_call_free(slots[i].call);
    gr_channel_free(channel);
    gr_loop_free(loop);
    if (!fine)
        fputs("client-load HOST:PORT SECONDS: a call failed\n", stderr);
    printf("calls %lu\n", calls);
    return !fine;
}
