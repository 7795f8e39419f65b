/* SPDX-License-Identifier: MIT
 *
 * codec-client ADDRESS PLACE: asks for the weather three times: in protobuf, in text, and once more in text but without
 * types, which shows the octets that travel. */
#include "text.h"
#include "weather.grpc.h"

#include <stdio.h>
#include <stdlib.h>

static enum gr_status failed(enum gr_status status)
{
    fprintf(stderr, "Ask: %s\n", gr_status_name(status));
    return status;
}

/* codec: NULL is protobuf. */
static enum gr_status ask(struct gr_channel *channel, char *place, const struct gr_codec *codec)
{
    const struct gr_call_options options = {.timeout_ns = 5 * NS_PER_S, .codec = codec};
    Weather__Place request = WEATHER__PLACE__INIT;
    const Weather__Report *report;
    struct gr_call *call;

    request.name = place;
    enum gr_status status = weather_weather_ask(channel, &request, &options, &report, &call);
    if (status == GR_STATUS_OK)
        printf("%s, %s: %s, %d degrees%s\n", codec ? codec->name : "protobuf", report->place,
               report->sky, report->degrees, report->umbrella ? ", take an umbrella" : "");
    gr_call_free(call);
    return status == GR_STATUS_OK ? status : failed(status);
}

/* A method without message types has octets for messages. */
static enum gr_status ask_in_octets(struct gr_channel *channel, const char *place)
{
    static const struct gr_method method = {.path = "/weather.Weather/Ask"};
    const struct gr_call_options options = {.timeout_ns = 5 * NS_PER_S, .codec = &text_codec};
    char line[200];
    const void *reply;
    struct gr_call *call;

    snprintf(line, sizeof(line), "name: %s\n", place);
    struct bytes request = bytes_str(line);
    enum gr_status status = gr_unary(channel, &method, &request, &options, &reply, &call);
    if (status == GR_STATUS_OK) {
        const struct bytes *octets = reply;
        fwrite(octets->data, 1, octets->len, stdout);
    }
    gr_call_free(call);
    return status == GR_STATUS_OK ? status : failed(status);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: codec-client ADDRESS PLACE\n");
        return EXIT_FAILURE;
    }
    if (gr_register_codec(&text_codec) != 0) /* before any channel is made */
        return EXIT_FAILURE;
    struct gr_channel *channel = gr_channel_new(argv[1], NULL);
    if (channel == NULL)
        return EXIT_FAILURE;
    enum gr_status status = ask(channel, argv[2], NULL);
    if (status == GR_STATUS_OK)
        status = ask(channel, argv[2], &text_codec);
    if (status == GR_STATUS_OK)
        status = ask_in_octets(channel, argv[2]);
    gr_channel_free(channel);
    return status == GR_STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
