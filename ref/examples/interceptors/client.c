/* SPDX-License-Identifier: MIT
 *
 * interceptors-client ADDRESS TOKEN NOTE...: adds the notes, then lists all that are there for this token. Neither call
 * says a word of the token: that is what the interceptor is for. */
#include "logging.h"
#include "notes.grpc.h"
#include "token.h"

#include <stdlib.h>

static const struct gr_call_options in_5_seconds = {.timeout_ns = 5 * NS_PER_S};

static enum gr_status add(struct gr_channel *channel, char *text)
{
    Notes__Note note = NOTES__NOTE__INIT;
    const Notes__Added *added;
    struct gr_call *call;

    note.text = text;
    enum gr_status status = notes_notes_add(channel, &note, &in_5_seconds, &added, &call);
    gr_call_free(call);
    return status;
}

static enum gr_status list(struct gr_channel *channel)
{
    Notes__ListRequest request = NOTES__LIST_REQUEST__INIT;
    const Notes__Note *note;

    struct gr_call *call = notes_notes_list__start(channel, &request, &in_5_seconds);
    if (call == NULL)
        return GR_STATUS_RESOURCE_EXHAUSTED;
    while (notes_notes_list__recv(call, &note) == 1)
        printf("%s\n", note->text);
    enum gr_status status = gr_wait(call)->status;
    gr_call_free(call);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: interceptors-client ADDRESS TOKEN NOTE...\n");
        return EXIT_FAILURE;
    }
    struct logging to_stderr = {stderr, "client"};
    const struct gr_interceptor layers[] = {logging(&to_stderr), token_bring(argv[2])};
    struct gr_channel *channel = gr_channel_new(
        argv[1], &(struct gr_channel_options){.interceptors = layers,
                                              .interceptor_count = ARRAY_LEN(layers)});
    enum gr_status status = GR_STATUS_OK;

    if (channel == NULL)
        return EXIT_FAILURE;
    for (int i = 3; i < argc && status == GR_STATUS_OK; i++)
        status = add(channel, argv[i]);
    if (status == GR_STATUS_OK)
        status = list(channel);
    gr_channel_free(channel);
    return status == GR_STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
