/* SPDX-License-Identifier: MIT
 *
 * The smallest useful server: one unary method and one that streams, in the four steps. It is meant
 * to be read; grpcref-server (tools/server.c) is the one to test with.
 *
 *     example-server 127.0.0.1:10000 */
#include "grpcref.h"
#include "services/reflection.h"

#include "grpc/testing/messages.pb-c.h"
#include "grpc/testing/test.grpc.h"

#include <stdio.h>

/* The answer to each request; borrowed by every reply, so it is static. */
static char greeting[] = "hello from C";

/* A unary handler reads the request, fills the reply and returns the status. */
static enum gr_status unary_call(struct gr_call *call, const void *message, void *out)
{
    const Grpc__Testing__SimpleRequest *request = message;
    Grpc__Testing__SimpleResponse *reply = out;

    if (request->fill_username)
        reply->username = greeting;
    return gr_add_trailer(call, "served-by", BYTES("example-server")) == 0 ? GR_STATUS_OK
                                                                           : GR_STATUS_INTERNAL;
}

/* A streaming handler is told what happens and answers when it likes: here, each message with one.
 */
static void full_duplex_call(struct gr_call *call, enum gr_event event, const void *message)
{
    const Grpc__Testing__StreamingOutputCallRequest *request = message;

    if (event == GR_EVENT_MESSAGE) {
        Grpc__Testing__StreamingOutputCallResponse echo =
            GRPC__TESTING__STREAMING_OUTPUT_CALL_RESPONSE__INIT;
        echo.payload = request->payload;
        if (gr_send(call, &echo, GR_SEND_DEFAULT) != 0)
            gr_finish(call, GR_STATUS_INTERNAL);
    }
    if (event == GR_EVENT_HALF_CLOSED)
        gr_finish(call, GR_STATUS_OK);
}

/* What a .proto's service becomes: a table. */
static const struct gr_method methods[] = {
    {.path = "/grpc.testing.TestService/UnaryCall",
     .request = &grpc__testing__simple_request__descriptor,
     .reply = &grpc__testing__simple_response__descriptor,
     .unary = unary_call},
    {.path = "/grpc.testing.TestService/FullDuplexCall",
     .request = &grpc__testing__streaming_output_call_request__descriptor,
     .reply = &grpc__testing__streaming_output_call_response__descriptor,
     .client_streams = true,
     .server_streams = true,
     .stream = full_duplex_call},
};
static const struct gr_service service = {"grpc.testing.TestService", methods, ARRAY_LEN(methods),
                                          &grpc_testing_test__file};

int main(int argc, char **argv)
{
    const char *address = argc > 1 ? argv[1] : "127.0.0.1:10000";
    const struct gr_server_options options = {.limits = {.max_message = 1024 * 1024}};
    int port = 0;

    struct gr_reflection *reflection = gr_reflection_new(); /* for grpcurl and its like */
    struct gr_server *server = gr_server_new(&options);     /* 1. a server, from options */
    if (server == NULL || reflection == NULL)
        return 1;
    int error = gr_server_register(server, &service, NULL); /* 2. what it serves */
    if (error == 0)
        error = gr_reflection_register(server, reflection);
    if (error == 0)
        error = gr_server_listen(server, address, &port); /* 3. where */
    if (error == 0) {
        printf("listening on port %d\n", port);
        fflush(stdout);
        error = gr_server_serve(server); /* 4. until it is stopped */
    }
    if (error != 0)
        fprintf(stderr, "%s: %s\n", address, gr_error_text(error));
    gr_server_free(server);
    gr_reflection_free(reflection);
    return error == 0 ? 0 : 1;
}
