/* SPDX-License-Identifier: MIT
 *
 * A program that uses the library hears nothing of SIGPIPE, and finds its signals as they were: against a server that
 * closes every connection at once, so that most first writes find nobody. */
#include "conn/test_service.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CALLS 50

static volatile sig_atomic_t raised;

static void on_sigpipe(int number)
{
    (void)number;
    raised = 1;
}

static void *close_all(void *arg)
{
    int fd = *(const int *)arg, peer;

    while ((peer = accept(fd, NULL, NULL)) >= 0)
        close(peer);
    return NULL;
}

/* On a socket file in a new folder. */
static int listen_at(char folder[static 32], struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    strcpy(folder, "/tmp/grpcref-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(address->sun_path, sizeof(address->sun_path), "%s/socket", folder);
    assert_int_equal(bind(fd, (struct sockaddr *)address, sizeof(*address)), 0);
    assert_int_equal(listen(fd, CALLS), 0);
    return fd;
}

static void call_once(const char *target, enum gr_status expected)
{
    struct gr_loop *loop = gr_loop_new();
    struct gr_channel_options options = {.loop = loop};
    struct gr_channel *channel = gr_channel_new(target, &options);
    const struct gr_call_options deadline = {.timeout_ns = 10 * NS_PER_S};
    const void *reply;
    struct gr_call *call;

    assert_int_equal(
        gr_unary(channel, &methods[UNARY], PAYLOAD(BYTES("x")), &deadline, &reply, &call),
        expected);
    gr_call_free(call);
    gr_channel_free(channel);
    gr_loop_free(loop);
}

static void a_peer_that_is_gone_raises_no_signal(void **state)
{
    char folder[32], target[128];
    struct sockaddr_un address;
    struct sigaction handler = {.sa_handler = on_sigpipe}, before;
    sigset_t mask;
    pthread_t thread;
    int fd = listen_at(folder, &address);

    (void)state;
    sigaction(SIGPIPE, &handler, &before);
    snprintf(target, sizeof(target), "unix:%s", address.sun_path);
    assert_int_equal(pthread_create(&thread, NULL, close_all, &fd), 0);
    for (int i = 0; i < CALLS; i++)
        call_once(target, GR_STATUS_UNAVAILABLE);
    shutdown(fd, SHUT_RDWR); /* ends accept() */
    pthread_join(thread, NULL);
    close(fd);
    unlink(address.sun_path);
    rmdir(folder);

    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    sigaction(SIGPIPE, &before, NULL);
    assert_false(sigismember(&mask, SIGPIPE));
    assert_int_equal(raised, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_peer_that_is_gone_raises_no_signal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
