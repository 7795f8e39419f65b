/* SPDX-License-Identifier: MIT
 *
 * helloworld-server [ADDRESS]: greets whoever asks, until it is stopped. */
#include "helloworld.grpc.h"

#include <stdio.h>
#include <stdlib.h>

static enum gr_status say_hello(struct gr_call *call, const Helloworld__HelloRequest *request,
                                Helloworld__HelloReply *reply)
{
    size_t size = strlen("Hello ") + strlen(request->name) + 1;

    reply->message = gr_call_alloc(call, size); /* lives as long as the call */
    if (reply->message == NULL)
        return GR_STATUS_RESOURCE_EXHAUSTED;
    snprintf(reply->message, size, "Hello %s", request->name);
    return GR_STATUS_OK;
}

static const struct helloworld_greeter greeter = {
    .say_hello = say_hello,
};

int main(int argc, char **argv)
{
    const char *address = argc > 1 ? argv[1] : "127.0.0.1:10000";
    int port = 0;

    struct gr_server *server = gr_server_new(NULL);
    if (server == NULL)
        return EXIT_FAILURE;
    int error = helloworld_greeter__register(server, &greeter);
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
    return error == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
