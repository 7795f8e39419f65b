/* SPDX-License-Identifier: MIT
 *
 * Signals; see interrupt.h. Nothing here but what a handler may do. */
#include "target/interrupt.h"

#include "base/attr.h"
#include "target/process.h"

#include <signal.h>
#include <unistd.h>

atomic_int interrupt_asked;
static int exit_status;

static void on_signal(int number)
{
    (void)number;
    if (atomic_fetch_add(&interrupt_asked, 1) == 0)
        return;
    process_kill_all();
    _exit(exit_status);
}

static void on_fatal_signal(int number)
{
    process_kill_all();
    signal(number, SIG_DFL);
    raise(number);
}

static void handle(int number, void (*handler)(int), bool only_if_default)
{
    struct sigaction old, action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    if (only_if_default && (sigaction(number, NULL, &old) != 0 || old.sa_handler != SIG_DFL))
        return; /* a sanitizer's, for one */
    sigaction(number, &action, NULL);
}

void interrupt_install(int status)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    exit_status = status;
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        handle(ends[i], on_signal, false);
    for (size_t i = 0; i < ARRAY_LEN(fatal); i++)
        handle(fatal[i], on_fatal_signal, true);
    handle(SIGPIPE, SIG_IGN, false);
}
