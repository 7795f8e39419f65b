/* SPDX-License-Identifier: MIT
 *
 * interceptors-server [ADDRESS]: keeps notes for those whose token it knows, and logs every call on its standard
 * output. The handlers know nothing of either, but for whose call it is. */
#include "logging.h"
#include "notes.grpc.h"
#include "token.h"

#include <grpcref/reflection.h>
#include <stdlib.h>

struct note {
    const char *user;
    char text[200];
};

static struct note notes[1000];
static int note_count;

static enum gr_status add(struct gr_call *call, const Notes__Note *request, Notes__Added *reply)
{
    const char *user = token_user(call);

    if (note_count == (int)ARRAY_LEN(notes))
        return GR_STATUS_RESOURCE_EXHAUSTED;
    if (strlen(request->text) >= sizeof(notes->text))
        return GR_STATUS_INVALID_ARGUMENT;
    notes[note_count].user = user;
    strcpy(notes[note_count++].text, request->text);
    for (int i = 0; i < note_count; i++)
        reply->count += notes[i].user == user;
    return GR_STATUS_OK;
}

/* At most a thousand short notes: no need to ask gr_writable. */
static void list(struct gr_call *call, enum gr_event event, const Notes__ListRequest *request)
{
    const char *user = token_user(call);
    enum gr_status status = GR_STATUS_OK;

    (void)request;
    if (event != GR_EVENT_MESSAGE)
        return;
    for (int i = 0; i < note_count && status == GR_STATUS_OK; i++) {
        Notes__Note note = NOTES__NOTE__INIT;
        note.text = notes[i].text;
        if (notes[i].user == user && notes_notes_list__reply(call, &note, GR_SEND_DEFAULT) != 0)
            status = GR_STATUS_RESOURCE_EXHAUSTED;
    }
    gr_finish(call, status);
}

int main(int argc, char **argv)
{
    static const struct notes_notes handlers = {.add = add, .list = list};
    static const struct token tokens[] = {{"a-token", "ann"}, {"b-token", "bob"}, {NULL, NULL}};
    struct logging to_stdout = {stdout, "server"};
    /* The first is the outermost: it also logs the calls that the second refuses. */
    const struct gr_interceptor layers[] = {logging(&to_stdout), token_check(tokens)};
    const char *address = argc > 1 ? argv[1] : "127.0.0.1:10000";
    int port = 0;

    struct gr_server *server = gr_server_new(&(struct gr_server_options){
        .interceptors = layers, .interceptor_count = ARRAY_LEN(layers)});
    struct gr_reflection *reflection = gr_reflection_new(); /* for grpcurl; it needs a token, too */
    if (server == NULL || reflection == NULL)
        return EXIT_FAILURE;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int error = notes_notes__register(server, &handlers);
    if (error == 0)
        error = gr_reflection_register(server, reflection);
    if (error == 0)
        error = gr_server_listen(server, address, &port);
    if (error == 0) {
        printf("listening on port %d\n", port);
        error = gr_server_serve(server);
    }
    if (error != 0)
        fprintf(stderr, "%s: %s\n", address, gr_error_text(error));
    gr_server_free(server);
    gr_reflection_free(reflection);
    return error == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
