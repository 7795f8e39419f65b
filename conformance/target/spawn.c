/* SPDX-License-Identifier: MIT
 *
 * Targets that the tool starts; see spawn.h. */
#include "target/spawn.h"

#include "target/canary.h"
#include "target/interrupt.h"
#include "target/process.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define START_TIMEOUT (20 * NS_PER_S)
#define ASK_TIMEOUT   (2 * NS_PER_S)
#define ASK_AGAIN     (20 * NS_PER_MS)
#define DIES_WITHIN                                                                                \
    (500 * NS_PER_MS) /* of the moment its port is closed, until it can be waited for */
#define TAIL_LINES 20
#define MOST_TOLD  4096 /* octets of its output, for one case */
#define FIRST_PORT 20000
#define LAST_PORT  32767
#define READY_TEXT "listening on "

struct spawned {
    char *command; /* NULL: the bundled server */
    bool chooses_port;
    struct endpoint endpoint;
    const struct transport_tls *tls; /* borrowed for as long as this lives */
    const struct spawn_tls *as;      /* borrowed; the bundled server with TLS only */
    struct process *process;         /* NULL after a failed start */
};

static bool port_is_free(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        return false;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    bool is_free = bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    close(fd);
    return is_free;
}

/* Not the kernel's choice: it gives ports that outgoing connections take again at any moment. Each
 * call goes on where the one before ended, so that two callers do not get the same port before
 * either listens on it. */
uint16_t spawn_free_port(void)
{
    static atomic_uint next;
    unsigned range = LAST_PORT - FIRST_PORT + 1;
    unsigned none = 0;
    unsigned start = (unsigned)(clock_now_ns() / 1000 % range) + (unsigned)getpid() * 7919;
    atomic_compare_exchange_strong(&next, &none, start);
    for (unsigned i = 0; i < range; i++) {
        uint16_t port = (uint16_t)(FIRST_PORT + atomic_fetch_add(&next, 1) % range);
        if (port_is_free(port))
            return port;
    }
    return 0;
}

bool spawn_fill_port(const char *command, uint16_t port, struct buf *out)
{
    bool found = false;
    for (const char *at; (at = strstr(command, "{port}")); command = at + strlen("{port}")) {
        buf_put(out, bytes_of(command, (size_t)(at - command)));
        buf_printf(out, "%u", port);
        found = true;
    }
    buf_put_str(out, command);
    return found;
}

static void explain_failure(struct spawned *spawned, const char *what, char why[static 1024])
{
    struct buf tail = {0};
    process_put_tail(spawned->process, TAIL_LINES, &tail);
    snprintf(why, 1024, "%.200s%s%.700s", what,
             tail.len ? "; it printed:\n" : " and printed nothing", buf_str(&tail));
    buf_clear(&tail);
}

static bool has_ended(struct spawned *spawned, const char *sentence, char why[static 1024])
{
    struct buf how = {0};
    bool ended = process_has_ended(spawned->process, &how);
    if (ended) {
        char what[256];
        bool exited = bytes_starts_with(buf_view(&how), BYTES("exited"));
        snprintf(what, sizeof(what), "%s: it %s%.150s", sentence, exited ? "" : "was ",
                 buf_str(&how));
        explain_failure(spawned, what, why);
    }
    buf_clear(&how);
    return ended;
}

/* Ready: it accepts, and has said something or is still connected. */
static bool wait_until_it_serves(struct spawned *spawned, char why[static 1024])
{
    gr_time deadline = clock_add(clock_now_ns(), START_TIMEOUT);
    for (;;) {
        struct canary canary = canary_ask(&spawned->endpoint, spawned->tls, ASK_TIMEOUT);
        if (canary.answer != CANARY_UNREACHABLE)
            return true; /* whether it speaks HTTP/2 is the probe's question */
        if (has_ended(spawned, "the target ended before it was ready", why))
            return false;
        if (atomic_load(&interrupt_asked)) {
            snprintf(why, 1024, "interrupted while the target was awaited");
            return false;
        }
        if (clock_now_ns() >= deadline) {
            explain_failure(spawned, "the target was started but does not accept connections", why);
            return false;
        }
        nanosleep(&(struct timespec){.tv_nsec = ASK_AGAIN}, NULL);
    }
}

static bool start_command(struct spawned *spawned, char why[static 1024])
{
    struct buf line = {0};
    if (spawned->chooses_port) {
        spawned->endpoint = (struct endpoint){.host = "127.0.0.1", .port = spawn_free_port()};
    }
    spawn_fill_port(spawned->command, spawned->endpoint.port, &line);
    char shell[] = "/bin/sh", flag[] = "-c";
    char *text = strdup(buf_str(&line));
    char *argv[] = {shell, flag, text, NULL};
    char reason[256] = "out of memory";
    spawned->process = text ? process_start(argv, reason) : NULL;
    free(text);
    buf_clear(&line);
    if (!spawned->process) {
        snprintf(why, 1024, "%s", reason);
        return false;
    }
    return wait_until_it_serves(spawned, why);
}

/* ---- the bundled server ---- */

static void find_bundled(char path[static 1024])
{
    const char *named = getenv("GRPCSPEC_SERVER");
    if (named && *named) {
        snprintf(path, 1024, "%s", named);
        return;
    }
    char self[900];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
    self[len > 0 ? len : 0] = '\0';
    char *slash = strrchr(self, '/');
    if (slash)
        *slash = '\0';
    snprintf(path, 1024, "%s%sgrpcref-server", self, slash ? "/" : "");
}

static bool read_ready_line(struct spawned *spawned, char why[static 1024])
{
    struct buf line = {0};
    gr_time deadline = clock_add(clock_now_ns(), START_TIMEOUT);
    const char *reason = "it did not say where it listens";
    bool said = process_wait_for_line(spawned->process, READY_TEXT, &line, deadline);
    const char *address = said ? strstr(buf_str(&line), READY_TEXT) + strlen(READY_TEXT) : "";
    char word[300];
    snprintf(word, sizeof(word), "%.*s", (int)strcspn(address, " \r\n,"), address);
    bool ok = said && endpoint_parse(word, &spawned->endpoint, &reason);
    buf_clear(&line);
    if (!ok && !has_ended(spawned, "the reference server ended before it was ready", why))
        explain_failure(spawned, reason, why);
    return ok;
}

static bool start_bundled(struct spawned *spawned, char why[static 1024])
{
    char path[1024], reason[256];
    find_bundled(path);
    if (access(path, X_OK) != 0) {
        snprintf(why, 1024,
                 "there is no reference server at %.700s; name a TARGET, or the server by "
                 "$GRPCSPEC_SERVER",
                 path);
        return false;
    }
    char words[4][sizeof(spawned->as->certificates->ca_file) + 32] = {"--port=0", "--use_tls"};
    if (spawned->as) {
        const struct certificates *made = spawned->as->certificates;
        snprintf(words[2], sizeof(words[2]), "--tls_cert_file=%s", made->server_cert_file);
        snprintf(words[3], sizeof(words[3]), "--tls_key_file=%s", made->server_key_file);
    }
    char ca[sizeof(words[0])] = "";
    if (spawned->as && spawned->as->mutual)
        snprintf(ca, sizeof(ca), "--tls_ca_file=%s", spawned->as->certificates->ca_file);
    char *plain[] = {path, words[0], NULL};
    char *tls[] = {path, words[0], words[1], words[2], words[3], ca[0] ? ca : NULL, NULL};
    spawned->process = process_start(spawned->as ? tls : plain, reason);
    if (!spawned->process) {
        snprintf(why, 1024, "%s", reason);
        return false;
    }
    return read_ready_line(spawned, why);
}

/* ---- both ---- */

static bool start(struct spawned *spawned, char why[static 1024])
{
    bool ok = spawned->command ? start_command(spawned, why) : start_bundled(spawned, why);
    if (!ok) {
        process_stop(spawned->process);
        spawned->process = NULL;
    }
    return ok;
}

static struct spawned *start_or_free(struct spawned *spawned, struct endpoint *endpoint,
                                     char why[static 1024])
{
    if (start(spawned, why)) {
        *endpoint = spawned->endpoint;
        return spawned;
    }
    spawn_stop(spawned);
    return NULL;
}

/* Else the stranger would be judged, and the command's own failure to listen there go unnoticed. */
static bool is_taken(const struct spawned *spawned, char why[static 1024])
{
    if (spawned->chooses_port ||
        canary_ask(&spawned->endpoint, spawned->tls, ASK_TIMEOUT).answer == CANARY_UNREACHABLE)
        return false;
    snprintf(why, 1024,
             "somebody listens at the target's address already, before the command is started");
    return true;
}

struct spawned *spawn_command(const char *command, struct endpoint *endpoint,
                              const struct transport_tls *tls, char why[static 1024])
{
    struct spawned *spawned = calloc(1, sizeof(*spawned));
    char *copy = strdup(command);
    if (!spawned || !copy) {
        free(spawned);
        free(copy);
        snprintf(why, 1024, "out of memory");
        return NULL;
    }
    spawned->command = copy;
    spawned->chooses_port = strstr(command, "{port}") != NULL;
    spawned->endpoint = *endpoint;
    spawned->tls = tls;
    if (is_taken(spawned, why)) {
        free(copy);
        free(spawned);
        return NULL;
    }
    return start_or_free(spawned, endpoint, why);
}

struct spawned *spawn_bundled(struct endpoint *endpoint, const struct transport_tls *tls,
                              const struct spawn_tls *as, char why[static 1024])
{
    struct spawned *spawned = calloc(1, sizeof(*spawned));
    if (!spawned) {
        snprintf(why, 1024, "out of memory");
        return NULL;
    }
    spawned->tls = tls;
    spawned->as = as;
    return start_or_free(spawned, endpoint, why);
}

struct spawned *spawn_another(const struct spawned *like, struct endpoint *endpoint,
                              char why[static 1024])
{
    if (like->command)
        return spawn_command(like->command, endpoint, like->tls, why);
    return spawn_bundled(endpoint, like->tls, like->as, why);
}

bool spawn_can_run_twice(const struct spawned *spawned)
{
    return !spawned->command || spawned->chooses_port;
}

bool spawn_is_bundled(const struct spawned *spawned)
{
    return !spawned->command;
}

int spawn_pid(const struct spawned *spawned)
{
    return process_pid(spawned->process);
}

bool spawn_is_gone(struct spawned *spawned)
{
    struct buf how = {0};
    bool gone = process_has_ended(spawned->process, &how);
    buf_clear(&how);
    return gone;
}

void spawn_stop(struct spawned *spawned)
{
    if (!spawned)
        return;
    process_stop(spawned->process);
    free(spawned->command);
    free(spawned);
}

bool spawn_has_died(void *arg, struct buf *how)
{
    struct spawned *spawned = arg;
    gr_time deadline = clock_add(clock_now_ns(), DIES_WITHIN);
    struct buf words = {0};
    if (!spawned->process)
        return false;
    while (!process_has_ended(spawned->process, &words)) {
        if (clock_now_ns() >= deadline)
            return false;
        nanosleep(&(struct timespec){.tv_nsec = ASK_AGAIN}, NULL);
    }
    buf_put_str(how, "the target's process was gone after the case: ");
    buf_put(how, buf_view(&words));
    buf_clear(&words);

    struct buf tail = {0};
    process_put_tail(spawned->process, TAIL_LINES, &tail);
    if (tail.len > 0) {
        buf_put_str(how, "\nits last words:\n");
        buf_put(how, buf_view(&tail));
    }
    buf_clear(&tail);
    return true;
}

size_t spawn_printed(void *arg)
{
    struct spawned *spawned = arg;
    return spawned->process ? process_printed(spawned->process) : 0;
}

void spawn_put_since(void *arg, size_t mark, struct buf *out)
{
    struct spawned *spawned = arg;
    if (spawned->process)
        process_put_since(spawned->process, mark, MOST_TOLD, out);
}

bool spawn_restart(void *arg, struct endpoint *endpoint, char why[static 256])
{
    struct spawned *spawned = arg;
    char reason[1024];
    process_stop(spawned->process);
    spawned->process = NULL;
    bool ok = start(spawned, reason);
    if (ok)
        *endpoint = spawned->endpoint;
    else
        snprintf(why, 256, "%.250s", reason);
    return ok;
}
