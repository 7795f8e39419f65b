/* SPDX-License-Identifier: MIT
 *
 * What a program does that it should not, and what it does in a hurry: waiting within a callback, calls that follow
 * each other's failure at once, messages of the wrong type, promises broken. All of it on one loop, over TCP. */
#include "conn/test_service.h"

#include <grpc/testing/empty.pb-c.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct gr_call_options in_10_seconds = {.timeout_ns = 10 * NS_PER_S};

struct world {
    struct gr_loop *loop;
    struct gr_server *server;
    struct gr_channel *channel;
    char target[32];
};
static struct world world; /* for callbacks, too */

static void listen_somewhere(const char *address)
{
    int port;

    seen = (struct seen){0};
    world.server = gr_server_new(&(struct gr_server_options){.loop = world.loop});
    assert_int_equal(gr_server_register(world.server, &service, NULL), 0);
    assert_int_equal(gr_server_listen(world.server, address, &port), 0);
    snprintf(world.target, sizeof(world.target), "127.0.0.1:%d", port);
}

static int open_world(void **state)
{
    (void)state;
    world = (struct world){.loop = gr_loop_new()};
    listen_somewhere("127.0.0.1:0");
    world.channel = gr_channel_new(world.target, &(struct gr_channel_options){.loop = world.loop});
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    gr_channel_free(world.channel);
    gr_server_free(world.server);
    gr_loop_free(world.loop);
    return 0;
}

static void turn_for(int64_t ns)
{
    for (gr_time end = clock_now_ns() + ns; clock_now_ns() < end;)
        gr_loop_turn(world.loop, NS_PER_MS);
}

/* ---- Waiting --------------------------------------------------------------------------------- */

static size_t refused;

static void wait_for_another(struct gr_call *call, enum gr_event event, const void *message)
{
    struct gr_call *inner;
    const void *reply;

    (void)call, (void)message;
    if (event == GR_EVENT_ENDED)
        return;
    assert_false(gr_loop_turn(world.loop, NS_PER_S));
    gr_loop_run(world.loop);
    assert_int_equal(gr_unary(world.channel, &methods[UNARY], PAYLOAD(BYTES("x")), &in_10_seconds,
                              &reply, &inner),
                     GR_STATUS_INTERNAL);
    assert_null(reply);
    gr_call_free(inner);
    refused++;
}

static void a_callback_cannot_wait_and_is_told(void **state)
{
    struct gr_call_options observed = {.timeout_ns = 10 * NS_PER_S, .observer = wait_for_another};
    struct gr_call *call = gr_call_new(world.channel, &methods[BIDI], &observed);

    (void)state;
    refused = 0;
    assert_int_equal(gr_send(call, PAYLOAD(BYTES("x")), GR_SEND_DEFAULT), 0);
    gr_half_close(call);
    assert_int_equal(gr_wait(call)->status, GR_STATUS_OK);
    assert_true(refused >= 1); /* BEGAN; gr_wait drops the message */
    gr_call_free(call);
}

static void a_long_stream_waits_for_its_reader(void **state)
{
    static const uint8_t octets[60000];
    struct gr_call *call = gr_call_new(world.channel, &methods[GATHER], &in_10_seconds);

    (void)state;
    for (int i = 0; i < 200; i++) {
        assert_true(gr_wait_writable(call));
        assert_true(gr_writable(call));
        assert_int_equal(gr_send(call, PAYLOAD(bytes_of(octets, sizeof(octets))), GR_SEND_DEFAULT),
                         0);
    }
    gr_half_close(call);
    assert_int_equal(gr_wait(call)->status, GR_STATUS_OK);
    assert_false(gr_wait_writable(call));
    assert_int_equal(seen.octets, 200 * sizeof(octets));
    gr_call_free(call);
}

/* ---- An observer that streams ---------------------------------------------------------------- */

static size_t sent, told_writable, told_timer;
static enum gr_status upload_ended;

static void send_while_there_is_room(struct gr_call *call)
{
    static const uint8_t octets[60000];

    while (sent < 300 && gr_writable(call)) {
        assert_int_equal(gr_send(call, PAYLOAD(bytes_of(octets, sizeof(octets))), GR_SEND_DEFAULT),
                         0);
        sent++;
    }
    if (sent == 300)
        gr_half_close(call);
}

static void upload(struct gr_call *call, enum gr_event event, const void *message)
{
    (void)message;
    told_writable += event == GR_EVENT_WRITABLE;
    told_timer += event == GR_EVENT_TIMER;
    if (event == GR_EVENT_TIMER || event == GR_EVENT_WRITABLE)
        send_while_there_is_room(call);
    if (event == GR_EVENT_ENDED)
        upload_ended = gr_call_result(call)->status;
}

/* The server answers when it has everything: until then there is no BEGAN. */
static void an_observer_streams_before_there_is_an_answer(void **state)
{
    struct gr_call_options observed = {.timeout_ns = 10 * NS_PER_S, .observer = upload};
    struct gr_call *call = gr_call_new(world.channel, &methods[GATHER], &observed);

    (void)state;
    sent = told_writable = told_timer = 0;
    upload_ended = GR_STATUS_UNKNOWN;
    gr_call_timer(call, NS_PER_MS);
    while (upload_ended == GR_STATUS_UNKNOWN)
        gr_loop_turn(world.loop, NS_PER_S);
    assert_int_equal(upload_ended, GR_STATUS_OK);
    assert_int_equal(told_timer, 1);
    assert_true(told_writable > 10);
    assert_int_equal(seen.octets, 300 * 60000);
    gr_call_free(call);
}

/* ---- In a hurry ------------------------------------------------------------------------------ */

static struct {
    size_t failed, passed;
    bool enough;
} tries;

static void try_again(struct gr_call *call, enum gr_event event, const void *message)
{
    static const struct gr_call_options options = {.timeout_ns = 10 * NS_PER_S,
                                                   .observer = try_again};

    (void)message;
    if (event != GR_EVENT_ENDED)
        return;
    if (gr_call_result(call)->status == GR_STATUS_OK)
        tries.passed++;
    else
        tries.failed++;
    gr_call_free(call);
    if (tries.enough || tries.passed || tries.failed > 50 * 1000 * 1000)
        return;
    call = gr_call_new(world.channel, &methods[UNARY], &options);
    assert_int_equal(gr_send(call, PAYLOAD(BYTES("x")), GR_SEND_DEFAULT), 0);
    gr_half_close(call);
}

/* Each failure makes the next call at once; the channel still connects when its pause is over. */
static void who_tries_again_at_once_gets_through_at_last(void **state)
{
    static const struct gr_call_options options = {.timeout_ns = 10 * NS_PER_S,
                                                   .observer = try_again};
    struct gr_call *call;

    (void)state;
    memset(&tries, 0, sizeof(tries));
    gr_server_free(world.server);
    world.server = NULL;
    call = gr_call_new(world.channel, &methods[UNARY], &options);
    gr_half_close(call);
    while (tries.failed == 0)
        gr_loop_turn(world.loop, NS_PER_S);
    listen_somewhere(world.target);
    for (gr_time end = clock_now_ns() + 10 * NS_PER_S; !tries.passed && clock_now_ns() < end;)
        gr_loop_turn(world.loop, NS_PER_S);
    tries.enough = true;
    assert_int_equal(tries.passed, 1);
    turn_for(20 * NS_PER_MS);
}

static struct gr_call *ask_later(void)
{
    struct gr_call *call = gr_call_new(world.channel, &methods[UNARY], NULL);

    seen.later = NULL;
    assert_int_equal(gr_send(call, PAYLOAD(BYTES("later")), GR_SEND_DEFAULT), 0);
    gr_half_close(call);
    while (!seen.later)
        gr_loop_turn(world.loop, NS_PER_S / 100);
    return call;
}

/* The client has left; one of its two calls is finished and goes, the other is for the server's end. A leak would be
 * a sanitizer's to find. */
static void of_calls_that_lost_their_client_each_goes_when_it_is_finished(void **state)
{
    struct gr_call *first = ask_later(), *served = seen.later, *second = ask_later();

    (void)state;
    gr_call_free(first);
    gr_call_free(second);
    gr_channel_free(world.channel);
    world.channel = NULL;
    turn_for(50 * NS_PER_MS);
    gr_finish_unary(served, GR_STATUS_OK);
}

/* It ends one that is to be finished later, too. */
static void gr_finish_does_for_a_unary_call(void **state)
{
    struct gr_call *call = ask_later();

    (void)state;
    gr_finish(seen.later, (enum gr_status)99);
    assert_int_equal(gr_wait(call)->status, GR_STATUS_UNKNOWN);
    gr_call_free(call);
}

/* ---- What is not what it should be ----------------------------------------------------------- */

static void a_message_of_another_type_is_refused(void **state)
{
    struct gr_call *call = gr_call_new(world.channel, &methods[BIDI], &in_10_seconds);
    Grpc__Testing__Empty empty = GRPC__TESTING__EMPTY__INIT;

    (void)state;
    assert_int_equal(gr_send(call, &empty, GR_SEND_DEFAULT), GR_ENCODE);
    assert_int_equal(gr_send(call, NULL, GR_SEND_DEFAULT), GR_ENCODE);
    gr_half_close(call);
    assert_int_equal(gr_wait(call)->status, GR_STATUS_OK);
    assert_int_equal(seen.messages, 0);
    gr_call_free(call);
}

static void a_long_key_is_sent(void **state)
{
    struct gr_metadata *metadata = gr_metadata_new();
    struct gr_call_options options = {.timeout_ns = 10 * NS_PER_S, .metadata = metadata};
    char key[400];

    (void)state;
    memset(key, 'k', sizeof(key) - 1);
    key[sizeof(key) - 1] = '\0';
    assert_int_equal(gr_metadata_add(metadata, key, BYTES("value")), 0);
    struct gr_call *call = gr_call_new(world.channel, &methods[BIDI], &options);
    assert_non_null(call);
    gr_half_close(call);
    assert_int_equal(gr_wait(call)->status, GR_STATUS_OK);
    gr_call_free(call);
    gr_metadata_free(metadata);
}

static void assert_says(struct gr_channel *channel, size_t max_message, const char *what)
{
    struct gr_call_options options = in_10_seconds;
    struct gr_call *call;
    const void *reply;

    options.max_message = max_message;
    gr_unary(channel, &methods[UNARY], PAYLOAD(BYTES("0123456789")), &options, &reply, &call);
    struct bytes said = gr_call_result(call)->message;
    print_message("%.*s\n", (int)said.len, (const char *)said.data);
    bool there = false;
    for (size_t at = 0; at < said.len && !there; at++)
        there = bytes_starts_with(bytes_skip(said, at), bytes_str(what));
    assert_true(there);
    gr_call_free(call);
}

/* A listener that says one thing to one client. */
struct stranger {
    int fd;
    struct bytes words;
};

static void *be_a_stranger(void *data)
{
    const struct stranger *stranger = data;
    char heard[64];
    int fd = accept(stranger->fd, NULL, NULL);

    if (fd < 0)
        return NULL;
    (void)!read(fd, heard, sizeof(heard));
    (void)!write(fd, stranger->words.data, stranger->words.len);
    close(fd);
    return NULL;
}

static void who_speaks_something_else_is_recognised(void **state)
{
    static const struct {
        struct bytes words;
        const char *why;
    } rows[] = {
        {{(const uint8_t *)"HTTP/1.1 400 Bad Request\r\n\r\n", 28}, "the peer speaks HTTP/1"},
        {{(const uint8_t *)"\x15\x03\x01\0\x02\x02\x16", 7}, "the peer speaks TLS"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t len = sizeof(address);
        struct stranger stranger = {socket(AF_INET, SOCK_STREAM, 0), rows[i].words};
        char target[32];
        pthread_t thread;
        assert_int_equal(bind(stranger.fd, (struct sockaddr *)&address, len), 0);
        assert_int_equal(listen(stranger.fd, 1), 0);
        assert_int_equal(getsockname(stranger.fd, (struct sockaddr *)&address, &len), 0);
        assert_int_equal(pthread_create(&thread, NULL, be_a_stranger, &stranger), 0);
        snprintf(target, sizeof(target), "127.0.0.1:%d", ntohs(address.sin_port));
        struct gr_channel *channel = gr_channel_new(target, NULL);
        assert_says(channel, 0, rows[i].why);
        gr_channel_free(channel);
        pthread_join(thread, NULL);
        close(stranger.fd);
    }
}

static void failures_say_what_and_where(void **state)
{
    static const char *const rows[][2] = {
        {"127.0.0.1:1", "127.0.0.1:1: connection refused"},
        {"unix:/nowhere/socket", "unix:/nowhere/socket: no such file or directory"},
        {"127.0.0.1:99999", "cannot be parsed: 127.0.0.1:99999"},
        {NULL, "cannot be parsed"},
    };
    struct gr_tls_options tls = {.ca_file = "/nowhere.pem"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct gr_channel *channel = gr_channel_new(rows[i][0], NULL);
        assert_says(channel, 0, rows[i][1]);
        gr_channel_free(channel);
    }
    struct gr_channel *channel = gr_channel_new("127.0.0.1:1",
                                                &(struct gr_channel_options){.tls = &tls});
    assert_says(channel, 0, "/nowhere.pem: No such file or directory");
    gr_channel_free(channel);
    assert_says(world.channel, 4, "a message of 12 octets is larger than the limit of 4");
}

static void a_server_that_was_stopped_listens_no_more(void **state)
{
    (void)state;
    gr_server_stop(world.server);
    assert_int_equal(gr_server_serve(world.server), 0);
    assert_int_equal(gr_server_listen(world.server, "127.0.0.1:0", NULL), GR_CLOSED);
}

/* ---- Promises -------------------------------------------------------------------------------- */

static void free_loop(void)
{
    gr_loop_free(world.loop);
}

static void free_channel(void)
{
    (void)!gr_call_new(world.channel, &methods[BIDI], NULL);
    gr_channel_free(world.channel);
}

static void finish_a_clients_call(void)
{
    gr_finish(gr_call_new(world.channel, &methods[BIDI], NULL), GR_STATUS_OK);
}

static void free_a_servers_call(void)
{
    ask_later();
    gr_call_free(seen.later);
}

static void wait_for_a_servers_call(void)
{
    ask_later();
    (void)gr_wait(seen.later);
}

static void free_server(void *data)
{
    (void)data;
    gr_server_free(world.server);
}

static void free_server_in_a_callback(void)
{
    if (gr_loop_post(world.loop, free_server, NULL) == 0)
        turn_for(NS_PER_S);
}

static void look_behind_the_last_entry(void)
{
    (void)gr_metadata_at(NULL, 0);
}

static void broken_promises_end_the_program_in_every_build(void **state)
{
    static void (*const deeds[])(void) = {
        free_loop,
        free_channel,
        finish_a_clients_call,
        free_a_servers_call,
        wait_for_a_servers_call,
        free_server_in_a_callback,
        look_behind_the_last_entry,
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(deeds); i++) {
        int status = 0;
        pid_t child = fork();
        if (child == 0) {
            signal(SIGABRT, SIG_DFL); /* cmocka and the sanitizers would tell of it */
            deeds[i]();
            _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    }
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(broken_promises_end_the_program_in_every_build), /* first: it forks */
        IN_A_WORLD(a_callback_cannot_wait_and_is_told),
        IN_A_WORLD(a_long_stream_waits_for_its_reader),
        IN_A_WORLD(an_observer_streams_before_there_is_an_answer),
        IN_A_WORLD(who_tries_again_at_once_gets_through_at_last),
        IN_A_WORLD(of_calls_that_lost_their_client_each_goes_when_it_is_finished),
        IN_A_WORLD(gr_finish_does_for_a_unary_call),
        IN_A_WORLD(a_message_of_another_type_is_refused),
        IN_A_WORLD(a_long_key_is_sent),
        IN_A_WORLD(who_speaks_something_else_is_recognised),
        IN_A_WORLD(failures_say_what_and_where),
        IN_A_WORLD(a_server_that_was_stopped_listens_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
