/* SPDX-License-Identifier: MIT
 *
 * helloworld-client [ADDRESS [NAME]]: asks for one greeting and prints it. */
#include "helloworld.grpc.h"

#include <stdio.h>
#include <stdlib.h>

/* Always a deadline: a call without one may wait for ever. */
static const struct gr_call_options in_5_seconds = {.timeout_ns = 5 * NS_PER_S};

static enum gr_status greet(struct gr_channel *channel, char *name)
{
    Helloworld__HelloRequest request = HELLOWORLD__HELLO_REQUEST__INIT;
    const Helloworld__HelloReply *reply;
    struct gr_call *call;

    request.name = name;
    enum gr_status status = helloworld_greeter_say_hello(channel, &request, &in_5_seconds, &reply,
                                                         &call);
    if (status == GR_STATUS_OK) {
        printf("%s\n", reply->message);
    } else if (call != NULL) { /* NULL: out of memory */
        struct bytes why = gr_call_result(call)->message;
        fprintf(stderr, "SayHello: %s: %.*s\n", gr_status_name(status), (int)why.len,
                (const char *)why.data);
    }
    gr_call_free(call);
    return status;
}

int main(int argc, char **argv)
{
    char world[] = "world";

    struct gr_channel *channel = gr_channel_new(argc > 1 ? argv[1] : "127.0.0.1:10000", NULL);
    if (channel == NULL)
        return EXIT_FAILURE;
    enum gr_status status = greet(channel, argc > 2 ? argv[2] : world);
    gr_channel_free(channel);
    return status == GR_STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
