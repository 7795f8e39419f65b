/* SPDX-License-Identifier: MIT
 *
 * words-client [ADDRESS [WORD...]]: sends its standard input to be counted, then asks: each call type once. */
#include "words.grpc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const struct gr_call_options in_10_seconds = {.timeout_ns = 10 * NS_PER_S};

static enum gr_status told(const char *method, enum gr_status status)
{
    if (status != GR_STATUS_OK)
        fprintf(stderr, "%s: %s\n", method, gr_status_name(status));
    return status;
}

/* Many requests, one reply. */
static enum gr_status read_input(struct gr_channel *channel)
{
    const Words__Summary *summary;
    char text[1024];

    struct gr_call *call = words_words_read__start(channel, &in_10_seconds);
    if (call == NULL)
        return told("Read", GR_STATUS_RESOURCE_EXHAUSTED);
    while (fgets(text, sizeof(text), stdin) != NULL) {
        Words__Line line = WORDS__LINE__INIT;
        line.text = text;
        if (!gr_wait_writable(call) || words_words_read__send(call, &line, GR_SEND_DEFAULT) != 0)
            break; /* the call has ended; __finish says how */
    }
    enum gr_status status = words_words_read__finish(call, &summary);
    if (status == GR_STATUS_OK)
        printf("%" PRId64 " words in %" PRId64 " lines\n", summary->words, summary->lines);
    gr_call_free(call);
    return told("Read", status);
}

/* One request, many replies. */
static enum gr_status list(struct gr_channel *channel, int64_t at_least)
{
    Words__ListRequest request = WORDS__LIST_REQUEST__INIT;
    const Words__Count *count;

    request.at_least = at_least;
    struct gr_call *call = words_words_list__start(channel, &request, &in_10_seconds);
    if (call == NULL)
        return told("List", GR_STATUS_RESOURCE_EXHAUSTED);
    while (words_words_list__recv(call, &count) == 1)
        printf("%6" PRId64 " %s\n", count->count, count->text);
    enum gr_status status = gr_wait(call)->status;
    gr_call_free(call);
    return told("List", status);
}

/* Many requests, many replies: here a reply is waited for before the next request is made. */
static enum gr_status ask(struct gr_channel *channel, char **words, int n)
{
    const Words__Count *count;

    struct gr_call *call = words_words_ask__start(channel, &in_10_seconds);
    if (call == NULL)
        return told("Ask", GR_STATUS_RESOURCE_EXHAUSTED);
    for (int i = 0; i < n; i++) {
        Words__Word word = WORDS__WORD__INIT;
        word.text = words[i];
        if (words_words_ask__send(call, &word, GR_SEND_DEFAULT) != 0 ||
            words_words_ask__recv(call, &count) != 1)
            break;
        printf("%s: %" PRId64 "\n", count->text, count->count);
    }
    gr_half_close(call);
    enum gr_status status = gr_wait(call)->status;
    gr_call_free(call);
    return told("Ask", status);
}

/* One request, one reply. */
static enum gr_status look(struct gr_channel *channel, char *text)
{
    Words__Word word = WORDS__WORD__INIT;
    const Words__Count *count;
    struct gr_call *call;

    word.text = text;
    enum gr_status status = words_words_look(channel, &word, &in_10_seconds, &count, &call);
    if (status == GR_STATUS_OK)
        printf("the last one: %" PRId64 "\n", count->count);
    gr_call_free(call);
    return told("Look", status);
}

int main(int argc, char **argv)
{
    struct gr_channel *channel = gr_channel_new(argc > 1 ? argv[1] : "127.0.0.1:10000", NULL);
    if (channel == NULL)
        return EXIT_FAILURE;
    enum gr_status status = read_input(channel);
    if (status == GR_STATUS_OK)
        status = list(channel, 2);
    if (status == GR_STATUS_OK && argc > 2)
        status = ask(channel, argv + 2, argc - 2);
    if (status == GR_STATUS_OK && argc > 2)
        status = look(channel, argv[argc - 1]);
    gr_channel_free(channel);
    return status == GR_STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
