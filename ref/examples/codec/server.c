/* SPDX-License-Identifier: MIT
 *
 * codec-server [ADDRESS]: answers in protobuf and in text, each as it was asked; the handler cannot tell. */
#include "text.h"
#include "weather.grpc.h"

#include <grpcref/reflection.h>
#include <stdio.h>
#include <stdlib.h>

static enum gr_status ask(struct gr_call *call, const Weather__Place *request,
                          Weather__Report *reply)
{
    static char rain[] = "rain", sun[] = "sun";

    (void)call;
    reply->place = request->name; /* as long as the call */
    reply->umbrella = strlen(request->name) % 2 == 0;
    reply->sky = reply->umbrella ? rain : sun;
    reply->degrees = reply->umbrella ? 9 : 21;
    return GR_STATUS_OK;
}

int main(int argc, char **argv)
{
    static const struct weather_weather handlers = {.ask = ask};
    const char *address = argc > 1 ? argv[1] : "127.0.0.1:10000";
    int port = 0;

    int error = gr_register_codec(&text_codec); /* before any server is made */
    struct gr_server *server = gr_server_new(NULL);
    struct gr_reflection *reflection = gr_reflection_new(); /* for grpcurl and its like */
    if (server == NULL || reflection == NULL)
        return EXIT_FAILURE;
    if (error == 0)
        error = weather_weather__register(server, &handlers);
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
