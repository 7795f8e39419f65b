/* SPDX-License-Identifier: MIT
 *
 * chat-server [ADDRESS]: one room. What a member says is told to all others; who reads too slowly is shown out. */
#include "chat.grpc.h"

#include <grpcref/reflection.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* Somebody in the room; in the memory of its call. */
struct member {
    struct member *next;
    struct gr_call *call;
    char name[32];
};

struct room {
    struct member *members;
};

static struct member *find(const struct room *room, const char *name)
{
    struct member *member = room->members;

    while (member != NULL && strcmp(member->name, name) != 0)
        member = member->next;
    return member;
}

/* A line for everybody but `except` (NULL: nobody). gr_send never waits: what a slow reader has not taken is kept for
 * it, up to limits.send_buffer. Then it must go, or the memory of all would be at the mercy of the slowest. */
static void tell_all(const struct room *room, const struct member *except, const Chat__Line *line)
{
    for (const struct member *member = room->members; member != NULL; member = member->next) {
        if (member == except)
            continue;
        if (!gr_writable(member->call) ||
            chat_chat_join__reply(member->call, line, GR_SEND_DEFAULT) != 0)
            gr_finish(member->call, GR_STATUS_RESOURCE_EXHAUSTED);
    }
}

static void announce(const struct room *room, const struct member *who, const char *what)
{
    char text[64];
    Chat__Line line = CHAT__LINE__INIT;

    snprintf(text, sizeof(text), "%s %s", who->name, what);
    line.text = text;
    tell_all(room, who, &line);
}

static enum gr_status enter(struct room *room, struct gr_call *call, const char *name)
{
    struct member *member = gr_call_alloc(call, sizeof(*member));

    if (member == NULL)
        return GR_STATUS_RESOURCE_EXHAUSTED;
    if (name[0] == '\0' || strlen(name) >= sizeof(member->name))
        return GR_STATUS_INVALID_ARGUMENT;
    if (find(room, name) != NULL)
        return GR_STATUS_ALREADY_EXISTS;
    *member = (struct member){.next = room->members, .call = call};
    strcpy(member->name, name);
    room->members = member;
    gr_call_set_data(call, member);
    announce(room, member, "comes in");
    return GR_STATUS_OK;
}

static void leave(struct room *room, struct member *member)
{
    struct member **at = &room->members;

    while (*at != member)
        at = &(*at)->next;
    *at = member->next;
    announce(room, member, "has left");
}

static void hear(struct room *room, struct gr_call *call, const Chat__Line *said)
{
    struct member *member = gr_call_data(call);
    Chat__Line line = CHAT__LINE__INIT;

    if (member == NULL) { /* the first line */
        enum gr_status status = enter(room, call, said->from);
        if (status != GR_STATUS_OK) {
            gr_finish(call, status);
            return;
        }
        member = gr_call_data(call);
    }
    line.from = member->name; /* whatever the client says that it is called */
    line.text = said->text;
    if (said->text[0] != '\0')
        tell_all(room, member, &line);
}

static void join(struct gr_call *call, enum gr_event event, const Chat__Line *said)
{
    struct room *room = chat_chat__data(call);

    if (event == GR_EVENT_MESSAGE)
        hear(room, call, said);
    if (event == GR_EVENT_HALF_CLOSED)
        gr_finish(call, GR_STATUS_OK);
    if (event == GR_EVENT_ENDED && gr_call_data(call) != NULL)
        leave(room, gr_call_data(call)); /* also when its connection is lost */
}

static struct gr_server *server; /* a signal handler may stop it, and no more */

static void on_signal(int signal_number)
{
    (void)signal_number;
    gr_server_stop_gracefully(server, 0);
}

int main(int argc, char **argv)
{
    static struct room room;
    static const struct chat_chat handlers = {.data = &room, .join = join};
    const char *address = argc > 1 ? argv[1] : "127.0.0.1:10000";
    int port = 0;

    server = gr_server_new(NULL);
    struct gr_reflection *reflection = gr_reflection_new(); /* for grpcurl and its like */
    if (server == NULL || reflection == NULL)
        return EXIT_FAILURE;
    signal(SIGTERM, on_signal);
    int error = chat_chat__register(server, &handlers);
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
