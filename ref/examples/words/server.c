/* SPDX-License-Identifier: MIT
 *
 * words-server [ADDRESS]: counts the words it is sent, until it is stopped. A handler for each call type. */
#include "words.grpc.h"

#include "book.h"

#include <grpcref/reflection.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- Look: one request, one reply ------------------------------------------------------------ */

static enum gr_status look(struct gr_call *call, const Words__Word *request, Words__Count *reply)
{
    const struct word *word = book_find(words_words__data(call), request->text);

    if (word == NULL)
        return GR_STATUS_NOT_FOUND;
    reply->text = request->text;
    reply->count = word->count;
    return GR_STATUS_OK;
}

/* ---- Read: many requests, one reply ---------------------------------------------------------- */

/* The call's own data is its summary so far. */
static void read_lines(struct gr_call *call, enum gr_event event, const Words__Line *line)
{
    Words__Summary *summary = gr_call_data(call);

    if (event == GR_EVENT_BEGAN) {
        summary = gr_call_alloc(call, sizeof(*summary));
        if (summary == NULL) {
            gr_finish(call, GR_STATUS_RESOURCE_EXHAUSTED);
            return;
        }
        words__summary__init(summary);
        gr_call_set_data(call, summary);
    }
    if (event == GR_EVENT_MESSAGE && summary != NULL) {
        summary->lines++;
        summary->words += book_read(words_words__data(call), line->text);
    }
    if (event == GR_EVENT_HALF_CLOSED && summary != NULL) {
        int error = words_words_read__reply(call, summary, GR_SEND_DEFAULT);
        gr_finish(call, error == 0 ? GR_STATUS_OK : GR_STATUS_RESOURCE_EXHAUSTED);
    }
}

/* ---- List: one request, many replies; no faster than the client takes them ------------------- */

struct listing {
    int64_t at_least;
    size_t next;
};

static void go_on(struct gr_call *call, struct listing *listing)
{
    struct book *book = words_words__data(call);

    while (listing->next < book->count && gr_writable(call)) {
        struct word *word = &book->words[listing->next++];
        Words__Count count = WORDS__COUNT__INIT;
        count.text = word->text;
        count.count = word->count;
        if (word->count >= listing->at_least &&
            words_words_list__reply(call, &count, GR_SEND_DEFAULT) != 0) {
            gr_finish(call, GR_STATUS_RESOURCE_EXHAUSTED);
            return;
        }
    }
    if (listing->next == book->count)
        gr_finish(call, GR_STATUS_OK);
}

static void list(struct gr_call *call, enum gr_event event, const Words__ListRequest *request)
{
    struct listing *listing = gr_call_data(call);

    if (event == GR_EVENT_MESSAGE) {
        listing = gr_call_alloc(call, sizeof(*listing));
        if (listing == NULL) {
            gr_finish(call, GR_STATUS_RESOURCE_EXHAUSTED);
            return;
        }
        *listing = (struct listing){.at_least = request->at_least};
        gr_call_set_data(call, listing);
    }
    if (listing != NULL && (event == GR_EVENT_MESSAGE || event == GR_EVENT_WRITABLE))
        go_on(call, listing);
}

/* ---- Ask: many requests, many replies -------------------------------------------------------- */

static void ask(struct gr_call *call, enum gr_event event, const Words__Word *request)
{
    Words__Count count = WORDS__COUNT__INIT;

    if (event == GR_EVENT_MESSAGE) {
        const struct word *word = book_find(words_words__data(call), request->text);
        count.text = request->text;
        count.count = word != NULL ? word->count : 0;
        if (words_words_ask__reply(call, &count, GR_SEND_DEFAULT) != 0)
            gr_finish(call, GR_STATUS_RESOURCE_EXHAUSTED);
    }
    if (event == GR_EVENT_HALF_CLOSED)
        gr_finish(call, GR_STATUS_OK);
}

/* What the server knows: the `data` of its table of handlers. */
static struct book book;

static const struct words_words handlers = {
    .data = &book,
    .look = look,
    .read = read_lines,
    .list = list,
    .ask = ask,
};

int main(int argc, char **argv)
{
    const char *address = argc > 1 ? argv[1] : "127.0.0.1:10000";
    int port = 0;

    struct gr_server *server = gr_server_new(NULL);
    struct gr_reflection *reflection = gr_reflection_new(); /* for grpcurl and its like */
    if (server == NULL || reflection == NULL)
        return EXIT_FAILURE;
    int error = words_words__register(server, &handlers);
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
