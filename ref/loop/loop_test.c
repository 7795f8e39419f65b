/* SPDX-License-Identifier: MIT
 *
 * Servers and channels over real sockets: TCP, unix, TLS, mutual TLS; what happens when the other side is not there,
 * leaves, or stops. Both sides live on one loop, so a blocking call turns its own server. */
#include "conn/test_service.h"

#include "loop/test_certs.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

struct world {
    struct gr_loop *loop;
    struct gr_server *server;
    struct gr_channel *channel;
    int port;
    char target[128];
};

static struct gr_tls_options server_tls(void)
{
    return (struct gr_tls_options){.cert_file = cert, .key_file = key};
}

static struct gr_tls_options client_tls(void)
{
    return (struct gr_tls_options){.ca_file = ca, .server_name = "server.test"};
}

static void start_server(struct world *world, const char *address, const struct gr_tls_options *tls)
{
    struct gr_server_options options = {
        .loop = world->loop, .tls = tls, .handshake_timeout_ns = NS_PER_S / 5};

    seen = (struct seen){0};
    world->server = gr_server_new(&options);
    assert_non_null(world->server);
    assert_int_equal(gr_server_register(world->server, &service, NULL), 0);
    assert_int_equal(gr_server_register(world->server, &service, NULL), GR_INVALID);
    assert_int_equal(gr_server_listen(world->server, address, &world->port), 0);
    if (world->port)
        snprintf(world->target, sizeof(world->target), "127.0.0.1:%d", world->port);
    else
        snprintf(world->target, sizeof(world->target), "%s", address);
}

static void open_world(struct world *world, const char *address,
                       const struct gr_tls_options *server_side,
                       const struct gr_tls_options *client_side)
{
    struct gr_channel_options options = {.tls = client_side, .connect_timeout_ns = 2 * NS_PER_S};

    *world = (struct world){.loop = gr_loop_new()};
    assert_non_null(world->loop);
    start_server(world, address, server_side);
    options.loop = world->loop;
    world->channel = gr_channel_new(world->target, &options);
    assert_non_null(world->channel);
}

static void close_world(struct world *world)
{
    gr_channel_free(world->channel);
    gr_server_free(world->server);
    gr_loop_free(world->loop);
}

/* One unary call. message: what its status said */
static enum gr_status ask(struct world *world, struct bytes body)
{
    const struct gr_call_options options = {.timeout_ns = 10 * NS_PER_S};
    const void *reply;
    struct gr_call *call;
    enum gr_status status = gr_unary(world->channel, &methods[UNARY], PAYLOAD(body), &options,
                                     &reply, &call);

    if (status == GR_STATUS_OK) {
        const payload *echoed = reply;
        assert_bytes(bytes_of(echoed->body.data, echoed->body.len), body);
    }
    gr_call_free(call);
    return status;
}

/* ---- Transports ------------------------------------------------------------------------------ */

static void large_messages_pass(struct world *world)
{
    size_t len = 3u << 20;
    uint8_t *large = malloc(len);

    assert_non_null(large);
    for (size_t i = 0; i < len; i++)
        large[i] = (uint8_t)(i * 2654435761u >> 13);
    assert_int_equal(ask(world, bytes_of(large, len)), GR_STATUS_OK);
    free(large);
}

static void every_type_passes(struct world *world)
{
    struct gr_call *call = gr_call_new(world->channel, &methods[BIDI], NULL);
    const void *message;

    for (int i = 0; i < 3; i++) {
        assert_int_equal(gr_send(call, PAYLOAD(BYTES("ping")), GR_SEND_DEFAULT), 0);
        assert_int_equal(gr_recv(call, &message), 1);
    }
    gr_half_close(call);
    assert_int_equal(gr_recv(call, &message), 0);
    assert_int_equal(gr_wait(call)->status, GR_STATUS_OK);
    gr_call_free(call);

    call = gr_call_new(world->channel, &methods[SPREAD], NULL);
    assert_int_equal(gr_send(call, PAYLOAD(BYTES("12345")), GR_SEND_DEFAULT), 0);
    gr_half_close(call);
    for (int i = 0; i < 5; i++)
        assert_int_equal(gr_recv(call, &message), 1);
    assert_int_equal(gr_recv(call, &message), 0);
    assert_int_equal(gr_wait(call)->status, GR_STATUS_OK);
    gr_call_free(call);
}

static void exercise(struct world *world)
{
    assert_int_equal(ask(world, BYTES("hello")), GR_STATUS_OK);
    assert_int_equal(ask(world, BYTES("fail")), GR_STATUS_FAILED_PRECONDITION);
    every_type_passes(world);
    large_messages_pass(world);
}

static void tcp(void **state)
{
    struct world world;

    (void)state;
    open_world(&world, "127.0.0.1:0", NULL, NULL);
    exercise(&world);
    close_world(&world);
}

static void unix_socket(void **state)
{
    struct world world;
    char address[128];

    (void)state;
    snprintf(address, sizeof(address), "unix:%s/socket", folder);
    open_world(&world, address, NULL, NULL);
    exercise(&world);
    close_world(&world);
    assert_int_equal(access(address + 5, F_OK), -1); /* removed */
}

static void tls_and_mutual_tls(void **state)
{
    struct gr_tls_options server_side = server_tls(), client_side = client_tls();
    struct world world;

    (void)state;
    open_world(&world, "127.0.0.1:0", &server_side, &client_side);
    exercise(&world);
    close_world(&world);
    server_side.ca_file = ca;
    client_side.cert_file = cert;
    client_side.key_file = key;
    open_world(&world, "127.0.0.1:0", &server_side, &client_side);
    exercise(&world);
    close_world(&world);
}

struct refusal {
    const char *what;
    bool other_ca, wrong_name, no_certificate, cleartext_server, no_files;
};

static void tls_that_does_not_fit_is_unavailable(void **state)
{
    static const struct refusal rows[] = {
        {.what = "a CA that did not sign it", .other_ca = true},
        {.what = "another name", .wrong_name = true},
        {.what = "no client certificate where one is demanded", .no_certificate = true},
        {.what = "a server without TLS", .cleartext_server = true},
        {.what = "files that are not there", .no_files = true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct gr_tls_options server_side = server_tls(), client_side = client_tls();
        struct world world;
        if (rows[i].other_ca)
            client_side.ca_file = other_ca;
        if (rows[i].wrong_name)
            client_side.server_name = "elsewhere.test";
        if (rows[i].no_certificate)
            server_side.ca_file = ca;
        if (rows[i].no_files)
            client_side.ca_file = "/nowhere.pem";
        open_world(&world, "127.0.0.1:0", rows[i].cleartext_server ? NULL : &server_side,
                   &client_side);
        print_message("%s\n", rows[i].what);
        assert_int_equal(ask(&world, BYTES("x")), GR_STATUS_UNAVAILABLE);
        assert_int_equal(seen.messages, 0);
        close_world(&world);
    }
}

/* ---- Absence --------------------------------------------------------------------------------- */

static void bad_targets_are_unavailable_and_bad_addresses_are_errors(void **state)
{
    static const char *const targets[] = {"127.0.0.1:1", "unix:/nowhere/socket",
                                          "no port:", "127.0.0.1:99999", ":5"};
    struct gr_server *server = gr_server_new(NULL);
    struct gr_tls_options no_files = {.cert_file = "/nowhere.pem", .key_file = "/nowhere.pem"};
    struct gr_server_options options = {.tls = &no_files};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
        struct world world = {.channel = gr_channel_new(targets[i], NULL)};
        assert_int_equal(ask(&world, BYTES("x")), GR_STATUS_UNAVAILABLE);
        gr_channel_free(world.channel);
    }
    assert_int_equal(gr_server_listen(server, "nonsense", NULL), GR_ADDRESS);
    assert_int_equal(gr_server_listen(server, "unix:/nowhere/socket", NULL), GR_IO);
    gr_server_free(server);
    server = gr_server_new(&options);
    assert_int_equal(gr_server_listen(server, "127.0.0.1:0", NULL), GR_TLS);
    assert_int_equal(errno, ENOENT); /* why a file cannot be opened */
    gr_server_free(server);
}

/* A listening socket that never answers. */
static int deaf_port(int *fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);

    *fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(*fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(*fd, 5), 0);
    assert_int_equal(getsockname(*fd, (struct sockaddr *)&address, &len), 0);
    return ntohs(address.sin_port);
}

static void the_deadline_covers_connecting(void **state)
{
    const struct gr_call_options options = {.timeout_ns = NS_PER_S / 10};
    char target[32];
    const void *reply;
    struct gr_call *call;
    int fd;

    (void)state;
    snprintf(target, sizeof(target), "127.0.0.1:%d", deaf_port(&fd));
    struct gr_channel *channel = gr_channel_new(target, NULL);
    assert_int_equal(
        gr_unary(channel, &methods[UNARY], PAYLOAD(BYTES("x")), &options, &reply, &call),
        GR_STATUS_DEADLINE_EXCEEDED);
    gr_call_free(call);
    gr_channel_free(channel);
    close(fd);
}

/* And connecting has an end of its own. */
static void a_server_that_never_answers_is_unavailable(void **state)
{
    struct gr_channel_options options = {.connect_timeout_ns = NS_PER_S / 10};
    struct world world = {0};
    char target[32];
    int fd;

    (void)state;
    snprintf(target, sizeof(target), "127.0.0.1:%d", deaf_port(&fd));
    world.channel = gr_channel_new(target, &options);
    assert_int_equal(ask(&world, BYTES("x")), GR_STATUS_UNAVAILABLE);
    gr_channel_free(world.channel);
    close(fd);
}

static void a_client_that_says_nothing_is_dropped(void **state)
{
    struct world world;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char octet;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ssize_t n = -1;

    (void)state;
    open_world(&world, "127.0.0.1:0", NULL, NULL);
    address.sin_port = htons((uint16_t)world.port);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    gr_time end = clock_now_ns() + 5 * NS_PER_S;
    while (n != 0 && clock_now_ns() < end) {
        gr_loop_turn(world.loop, NS_PER_S / 20);
        while ((n = recv(fd, &octet, 1, MSG_DONTWAIT)) > 0)
            ;
    }
    assert_int_equal(n, 0);
    close(fd);
    close_world(&world);
}

/* ---- Stopping -------------------------------------------------------------------------------- */

static void a_channel_finds_the_server_that_came_back(void **state)
{
    struct world world;
    char address[128];

    (void)state;
    open_world(&world, "127.0.0.1:0", NULL, NULL);
    assert_int_equal(ask(&world, BYTES("x")), GR_STATUS_OK);
    snprintf(address, sizeof(address), "%s", world.target);
    gr_server_stop(world.server);
    assert_int_equal(gr_server_serve(world.server), 0);
    gr_server_free(world.server);
    start_server(&world, address, NULL);
    assert_int_equal(ask(&world, BYTES("x")), GR_STATUS_OK);
    close_world(&world);
}

static void a_graceful_stop_waits_for_calls(void **state)
{
    struct world world;
    struct gr_call *call;
    const void *message;

    (void)state;
    open_world(&world, "127.0.0.1:0", NULL, NULL);
    call = gr_call_new(world.channel, &methods[BIDI], NULL);
    assert_int_equal(gr_send(call, PAYLOAD(BYTES("1")), GR_SEND_DEFAULT), 0);
    assert_int_equal(gr_recv(call, &message), 1);
    gr_server_stop_gracefully(world.server, TIME_NEVER);
    gr_loop_turn(world.loop, NS_PER_S / 100);
    assert_int_equal(gr_send(call, PAYLOAD(BYTES("2")), GR_SEND_DEFAULT), 0);
    assert_int_equal(gr_recv(call, &message), 1);
    gr_half_close(call);
    assert_int_equal(gr_wait(call)->status, GR_STATUS_OK);
    gr_call_free(call);
    assert_int_equal(gr_server_serve(world.server), 0); /* returns: all is closed */
    assert_int_equal(ask(&world, BYTES("x")), GR_STATUS_UNAVAILABLE);
    close_world(&world);
}

static void a_graceful_stop_ends_calls_when_its_time_is_over(void **state)
{
    struct world world;
    struct gr_call *call;

    (void)state;
    open_world(&world, "127.0.0.1:0", NULL, NULL);
    call = gr_call_new(world.channel, &methods[SILENT], NULL);
    while (!seen.call)
        gr_loop_turn(world.loop, NS_PER_S / 100);
    gr_server_stop_gracefully(world.server, NS_PER_S / 20);
    assert_int_equal(gr_wait(call)->status, GR_STATUS_UNAVAILABLE);
    assert_true(seen.ended);
    assert_int_equal(seen.status, GR_STATUS_CANCELLED);
    gr_call_free(call);
    close_world(&world);
}

static void *stop_from_elsewhere(void *server)
{
    gr_server_stop(server);
    return NULL;
}

static void any_thread_may_stop_a_server(void **state)
{
    struct gr_server *server = gr_server_new(NULL);
    pthread_t thread;

    (void)state;
    assert_int_equal(gr_server_listen(server, "127.0.0.1:0", NULL), 0);
    assert_int_equal(pthread_create(&thread, NULL, stop_from_elsewhere, server), 0);
    assert_int_equal(gr_server_serve(server), 0);
    pthread_join(thread, NULL);
    gr_server_free(server);
}

/* ---- Calls ----------------------------------------------------------------------------------- */

static void many_calls_wait_for_few_streams(void **state)
{
    struct gr_server_options options = {.limits.max_concurrent_streams = 2};
    struct world world = {.loop = gr_loop_new()};
    struct gr_channel_options channel_options = {.loop = world.loop};
    struct gr_call *calls[20];
    const void *message;

    (void)state;
    options.loop = world.loop;
    world.server = gr_server_new(&options);
    assert_int_equal(gr_server_register(world.server, &service, NULL), 0);
    assert_int_equal(gr_server_listen(world.server, "127.0.0.1:0", &world.port), 0);
    snprintf(world.target, sizeof(world.target), "dns:127.0.0.1:%d", world.port);
    world.channel = gr_channel_new(world.target, &channel_options);
    for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
        calls[i] = gr_call_new(world.channel, &methods[UNARY], NULL);
        assert_int_equal(gr_send(calls[i], PAYLOAD(BYTES("x")), GR_SEND_DEFAULT), 0);
        gr_half_close(calls[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
        assert_int_equal(gr_recv(calls[i], &message), 1);
        assert_int_equal(gr_wait(calls[i])->status, GR_STATUS_OK);
        gr_call_free(calls[i]);
    }
    close_world(&world);
}

static void freeing_an_open_call_cancels_it(void **state)
{
    struct world world;
    struct gr_call *call;

    (void)state;
    open_world(&world, "127.0.0.1:0", NULL, NULL);
    call = gr_call_new(world.channel, &methods[SILENT], NULL);
    while (!seen.call)
        gr_loop_turn(world.loop, NS_PER_S / 100);
    gr_call_free(call);
    gr_time end = clock_now_ns() + 5 * NS_PER_S;
    while (!seen.ended && clock_now_ns() < end)
        gr_loop_turn(world.loop, NS_PER_S / 100);
    assert_int_equal(seen.status, GR_STATUS_CANCELLED);
    call = gr_call_new(world.channel, &methods[SILENT], NULL); /* never started at all */
    gr_call_free(call);
    close_world(&world);
}

/* The client and its connection are gone before the handler answers. */
static void a_late_answer_to_nobody_is_harmless(void **state)
{
    struct world world;
    struct gr_call *call;

    (void)state;
    open_world(&world, "127.0.0.1:0", NULL, NULL);
    call = gr_call_new(world.channel, &methods[UNARY], NULL);
    assert_int_equal(gr_send(call, PAYLOAD(BYTES("later")), GR_SEND_DEFAULT), 0);
    gr_half_close(call);
    while (!seen.later)
        gr_loop_turn(world.loop, NS_PER_S / 100);
    gr_call_free(call);
    gr_channel_free(world.channel);
    world.channel = NULL;
    for (int i = 0; i < 20; i++)
        gr_loop_turn(world.loop, NS_PER_S / 100);
    gr_finish_unary(seen.later, GR_STATUS_OK);
    close_world(&world);
}

/* Its client is still there, has reset the stream, or has left. */
static void a_server_is_freed_with_answers_still_to_come(void **state)
{
    (void)state;
    for (int gone = 0; gone < 3; gone++) {
        struct world world;
        open_world(&world, "127.0.0.1:0", NULL, NULL);
        struct gr_call *call = gr_call_new(world.channel, &methods[UNARY], NULL);
        assert_int_equal(gr_send(call, PAYLOAD(BYTES("later")), GR_SEND_DEFAULT), 0);
        gr_half_close(call);
        while (!seen.later)
            gr_loop_turn(world.loop, NS_PER_S / 100);
        if (gone > 0)
            gr_cancel(call);
        if (gone > 1) {
            gr_call_free(call);
            gr_channel_free(world.channel);
        }
        for (int i = 0; gone && i < 20; i++)
            gr_loop_turn(world.loop, NS_PER_S / 100);
        gr_server_free(world.server);
        if (gone < 2) {
            (void)gr_wait(call);
            gr_call_free(call);
            gr_channel_free(world.channel);
        }
        gr_loop_free(world.loop);
    }
}

/* ---- Who is there ---------------------------------------------------------------------------- */

static enum gr_status look_at_tls(struct gr_call *call, void *data)
{
    const struct gr_tls_peer *peer = gr_call_tls(call);
    char *text = data;

    if (!peer) {
        strcpy(text, "cleartext");
        return GR_STATUS_OK;
    }
    assert_ptr_equal(gr_call_tls(call), peer);
    assert_string_equal(peer->version, "TLSv1.3");
    assert_true(strncmp(peer->cipher, "TLS_", 4) == 0);
    sprintf(text, "%s %s", peer->alpn, peer->subject ? peer->subject : "nobody");
    for (size_t i = 0; i < peer->name_count; i++)
        sprintf(text + strlen(text), " %s", peer->names[i]);
    assert_true(strncmp(gr_call_peer(call), "127.0.0.1:", 10) == 0);
    return GR_STATUS_OK;
}

static void a_handler_is_told_who_calls(void **state)
{
    const struct gr_tls_options server = server_tls(), client = client_tls();
    struct gr_tls_options demanding = server_tls(), known = client_tls();
    demanding.ca_file = ca;
    known.cert_file = cert;
    known.key_file = key;
    const struct {
        const struct gr_tls_options *server, *client;
        const char *expected;
    } rows[] = {
        {NULL, NULL, "cleartext"},
        {&server, &client, "h2 nobody"},
        {&server, &known, "h2 nobody"}, /* not asked for, so not shown */
        {&demanding, &known, "h2 CN=server DNS:server.test IP:127.0.0.1"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[200] = "";
        struct gr_interceptor look = {.begin = look_at_tls, .data = text};
        struct world world = {.loop = gr_loop_new()};
        world.server = gr_server_new(&(struct gr_server_options){.loop = world.loop,
                                                                 .tls = rows[i].server,
                                                                 .interceptors = &look,
                                                                 .interceptor_count = 1});
        assert_int_equal(gr_server_register(world.server, &service, NULL), 0);
        assert_int_equal(gr_server_listen(world.server, "127.0.0.1:0", &world.port), 0);
        snprintf(world.target, sizeof(world.target), "127.0.0.1:%d", world.port);
        world.channel = gr_channel_new(
            world.target, &(struct gr_channel_options){.loop = world.loop, .tls = rows[i].client});
        assert_int_equal(ask(&world, BYTES("hello")), GR_STATUS_OK);
        assert_string_equal(text, rows[i].expected);
        close_world(&world);
    }
}

static void a_turn_lasts_no_longer_than_it_may(void **state)
{
    struct world world;
    gr_time start = clock_now_ns();

    (void)state;
    open_world(&world, "127.0.0.1:0", NULL, NULL);
    for (int i = 0; i < 20; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 2 * NS_PER_MS},
                  NULL); /* libuv's idea of the time grows old */
        gr_loop_turn(world.loop, NS_PER_MS);
    }
    assert_true(clock_now_ns() - start < 5 * NS_PER_S);
    close_world(&world);
}

static void waiting_for_ready_outlasts_absence(void **state)
{
    struct world world = {.loop = gr_loop_new()};
    const struct gr_call_options patient = {.wait_for_ready = true, .timeout_ns = NS_PER_S / 10};
    struct gr_channel_options options = {.loop = world.loop};
    const void *reply;
    struct gr_call *call;

    (void)state;
    world.channel = gr_channel_new("127.0.0.1:1", &options);
    assert_int_equal(
        gr_unary(world.channel, &methods[UNARY], PAYLOAD(BYTES("x")), &patient, &reply, &call),
        GR_STATUS_DEADLINE_EXCEEDED);
    gr_call_free(call);
    gr_channel_free(world.channel);
    gr_loop_free(world.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tcp),
        cmocka_unit_test(unix_socket),
        cmocka_unit_test(tls_and_mutual_tls),
        cmocka_unit_test(tls_that_does_not_fit_is_unavailable),
        cmocka_unit_test(bad_targets_are_unavailable_and_bad_addresses_are_errors),
        cmocka_unit_test(the_deadline_covers_connecting),
        cmocka_unit_test(a_server_that_never_answers_is_unavailable),
        cmocka_unit_test(a_client_that_says_nothing_is_dropped),
        cmocka_unit_test(a_channel_finds_the_server_that_came_back),
        cmocka_unit_test(a_graceful_stop_waits_for_calls),
        cmocka_unit_test(a_graceful_stop_ends_calls_when_its_time_is_over),
        cmocka_unit_test(any_thread_may_stop_a_server),
        cmocka_unit_test(many_calls_wait_for_few_streams),
        cmocka_unit_test(freeing_an_open_call_cancels_it),
        cmocka_unit_test(a_late_answer_to_nobody_is_harmless),
        cmocka_unit_test(a_server_is_freed_with_answers_still_to_come),
        cmocka_unit_test(a_handler_is_told_who_calls),
        cmocka_unit_test(a_turn_lasts_no_longer_than_it_may),
        cmocka_unit_test(waiting_for_ready_outlasts_absence),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
