/* SPDX-License-Identifier: MIT
 *
 * chat-client ADDRESS NAME: says each line of its standard input, and prints what others say, until the input ends or
 * the server does. Nobody waits for anybody: an observer is told what arrives, while a thread reads the keyboard and
 * posts each line to the loop. */
#include "chat.grpc.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct talk {
    struct gr_loop *loop;
    struct gr_call *call;
    char *name;
    bool over;
};

/* A line of the keyboard, on its way to the loop's thread. */
struct typed {
    struct talk *talk;
    char text[1024]; /* "": the end of the input */
};

/* ---- On the loop's thread ---- */

static void say(struct talk *talk, char *text)
{
    Chat__Line line = CHAT__LINE__INIT;

    line.from = talk->name;
    line.text = text;
    if (chat_chat_join__send(talk->call, &line, GR_SEND_DEFAULT) != 0)
        talk->over = true; /* the call has ended; its result says why */
}

static void on_typed(void *data)
{
    struct typed *typed = data;

    if (typed->text[0] == '\0')
        gr_half_close(typed->talk->call);
    else
        say(typed->talk, typed->text);
    free(typed);
}

/* What an observer is told: the same events as a server's handler. */
static void observe(struct gr_call *call, enum gr_event event, const void *message)
{
    struct talk *talk = gr_call_data(call);
    const Chat__Line *line = message;

    if (event == GR_EVENT_MESSAGE)
        printf(line->from[0] == '\0' ? "*%s %s\n" : "%s: %s\n", line->from, line->text);
    if (event == GR_EVENT_ENDED)
        talk->over = true;
    fflush(stdout);
}

/* ---- On the keyboard's ---- */

static void *read_keyboard(void *data)
{
    struct talk *talk = data;
    bool more = true;

    while (more) {
        struct typed *typed = calloc(1, sizeof(*typed));
        if (typed == NULL)
            break;
        typed->talk = talk;
        more = fgets(typed->text, sizeof(typed->text), stdin) != NULL;
        typed->text[strcspn(typed->text, "\n")] = '\0';
        if (more && typed->text[0] == '\0') {
            free(typed); /* an empty line is not worth saying */
            continue;
        }
        if (gr_loop_post(talk->loop, on_typed, typed) != 0)
            free(typed);
    }
    return NULL;
}

static int result_of(struct gr_call *call)
{
    const struct gr_result *result = gr_call_result(call);

    if (result->status == GR_STATUS_OK)
        return EXIT_SUCCESS;
    fprintf(stderr, "Join: %s %.*s\n", gr_status_name(result->status), (int)result->message.len,
            (const char *)result->message.data);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    static struct talk
        talk; /* as long as the keyboard's thread, which nothing ends but its input */
    char nothing[] = "";
    pthread_t keyboard;

    if (argc != 3) {
        fprintf(stderr, "usage: chat-client ADDRESS NAME\n");
        return EXIT_FAILURE;
    }
    talk.name = argv[2];
    talk.loop = gr_loop_new();
    struct gr_channel *channel = gr_channel_new(argv[1],
                                                &(struct gr_channel_options){.loop = talk.loop});
    if (talk.loop == NULL || channel == NULL)
        return EXIT_FAILURE;
    talk.call = chat_chat_join__start(
        channel, &(struct gr_call_options){.observer = observe, .data = &talk});
    if (talk.call == NULL)
        return EXIT_FAILURE;
    say(&talk, nothing); /* come in */
    if (pthread_create(&keyboard, NULL, read_keyboard, &talk) != 0 || pthread_detach(keyboard) != 0)
        return EXIT_FAILURE;
    while (!talk.over && gr_loop_turn(talk.loop, TIME_NEVER))
        ;
    _exit(result_of(talk.call)); /* the keyboard's thread may still be reading */
}
