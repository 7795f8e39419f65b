/* SPDX-License-Identifier: MIT
 *
 * helloworld-server [ADDRESS]: greets whoever asks, until it is stopped. */
#include "helloworld.grpc.h"

#include <grpcref/reflection.h>
#include <stdio.h>
#include <stdlib.h>

static enum gr_status say_hello(struct gr_call *call, const Helloworld__HelloRequest *request,
                                Helloworld__HelloReply *reply)
{
    /* As long as the call. */
    reply->message = gr_call_printf(call, "Hello %s", request->name);
    return reply->message != NULL ? GR_STATUS_OK : GR_STATUS_RESOURCE_EXHAUSTED;
}

static const struct helloworld_greeter greeter = {
    .say_hello = say_hello,
};

int main(int argc, char **argv)
{
    const char *address = argc > 1 ? argv[1] : "127.0.0.1:10000";
    int port = 0;

    struct gr_server *server = gr_server_new(NULL);
    struct gr_reflection *reflection = gr_reflection_new(); /* for grpcurl and its like */
    if (server == NULL || reflection == NULL)
        return EXIT_FAILURE;
    int error = helloworld_greeter__register(server, &greeter);
    if (error == 0)
        error = gr_reflection_register(server, reflection);
    if (error == 0)
        error = gr_server_listen(server, address, &port);
    if (error == 0) {
        printf("listening on port %d\n", port);
        fflush(stdout);
        error = gr_server_serve(server);
    }
    if (error != 0)
        fprintf(stderr, "%s: %s\n", address, gr_error_text(error));
    gr_server_free(server);
    gr_reflection_free(reflection);
    return error == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
