/* SPDX-License-Identifier: MIT
 *
 * Servers that run; see serving.h. */
#include "interop/serving.h"

#include "interop/command.h"
#include "interop/scratch.h"
#include "target/spawn.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define READY_TIMEOUT (30 * NS_PER_S)
#define LINE_PATIENCE (50 * NS_PER_MS)
#define TAIL_LINES    8
#define TRIES         3 /* another program may take a port between our look and its listen */

/* One program of it. */
struct program {
    const struct manifest *manifest;
    struct process *process; /* NULL: it does not run */
    uint16_t port;
};

struct serving {
    struct program server, proxy; /* proxy.manifest NULL: there is none */
    char *dir;                    /* scratch, of the proxy; NULL: none */
    char *config;
    pthread_mutex_t lock; /* for asking whether they died: several cells may */
};

/* ---- ready? ---- */

static bool accepts(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        return false;
    bool ok = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    close(fd);
    return ok;
}

/* The last number of a line. */
static uint16_t port_of(const char *line)
{
    const char *end = line + strlen(line);
    while (end > line && (end[-1] < '0' || end[-1] > '9'))
        end--;
    const char *start = end;
    while (start > line && start[-1] >= '0' && start[-1] <= '9')
        start--;
    unsigned long port = strtoul(start, NULL, 10);
    return port <= 65535 ? (uint16_t)port : 0;
}

static bool is_ready(struct program *program)
{
    const struct manifest *manifest = program->manifest;
    struct buf line = {0};
    if (manifest->ready == READY_TCP) {
        command_pause();
        return accepts(program->port);
    }
    bool said = process_wait_for_line(program->process, manifest->ready_text, &line,
                                      clock_add(clock_now_ns(), LINE_PATIENCE));
    if (said && manifest->ready == READY_PORT) {
        const char *at = strstr(buf_str(&line), manifest->ready_text);
        program->port = at ? port_of(at + strlen(manifest->ready_text)) : 0;
        said = program->port != 0;
    }
    buf_clear(&line);
    return said;
}

static void explain(struct program *program, const char *what, char why[static 1024])
{
    struct buf tail = {0};
    process_put_tail(program->process, TAIL_LINES, &tail);
    snprintf(why, 1024, "%.60s %.200s%s%.700s", program->manifest->name, what,
             tail.len ? "; it printed:\n" : " and printed nothing", buf_str(&tail));
    buf_clear(&tail);
}

/* ended: it is gone, and another try may do. */
static bool wait_until_ready(struct program *program, atomic_int *stop, bool *ended,
                             char why[static 1024])
{
    gr_time deadline = clock_add(clock_now_ns(), READY_TIMEOUT);
    struct buf how = {0};
    bool ready = false;
    *ended = false;
    while (!ready && !*ended && clock_now_ns() < deadline && !(stop && atomic_load(stop))) {
        ready = is_ready(program);
        *ended = command_put_end(program->process, &how);
    }
    char what[128] = "did not become ready in time";
    if (*ended)
        snprintf(what, sizeof(what), "%.100s before it was ready", buf_str(&how));
    buf_clear(&how);
    if (ready && !*ended)
        return true;
    explain(program, what, why);
    return false;
}

static bool start_program(struct program *program, const char *command, const char *more,
                          struct words *words, atomic_int *stop, char why[static 1024])
{
    bool by_itself = program->manifest->ready == READY_PORT;
    for (int try = 0;; try++) {
        char reason[256];
        bool ended = false;
        program->port = by_itself ? 0 : spawn_free_port();
        words->port = program->port;
        program->process = command_start(command, more, words, NULL, reason);
        if (!program->process) {
            snprintf(why, 1024, "%s", reason);
            return false;
        }
        if (wait_until_ready(program, stop, &ended, why))
            return true;
        process_stop(program->process);
        program->process = NULL;
        if (!ended || try + 1 == TRIES)
            return false;
    }
}

/* ---- the proxy ---- */

/* Fill the template in, where there is one. The port is then chosen here. */
static bool write_config(struct serving *serving, struct words *words, const char *template,
                         char why[static 1024])
{
    if (!template)
        return true;
    words->port = serving->proxy.port = spawn_free_port();
    serving->config = scratch_fill(serving->dir, serving->proxy.manifest->folder, template, words,
                                   why);
    words->config = serving->config;
    return serving->config != NULL;
}

static bool start_proxy(struct serving *serving, const struct places *places, bool tls,
                        atomic_int *stop, char why[static 1024])
{
    struct program *proxy = &serving->proxy;
    const struct manifest *manifest = proxy->manifest;
    struct words words = command_words(places, manifest);
    char reason[256];
    bool ended = false;
    serving->dir = scratch_make(why);
    words.dir = serving->dir;
    words.tls = tls;
    words.backend_port = serving->server.port;
    if (!serving->dir)
        return false;
    const char *template = tls ? manifest->config_tls : manifest->config;
    const char *command = tls ? manifest->proxy_tls : manifest->proxy;
    if (!template)
        return start_program(proxy, command, NULL, &words, stop, why);
    if (!write_config(serving, &words, template, why))
        return false;
    proxy->process = command_start(command, NULL, &words, NULL, reason);
    if (!proxy->process)
        snprintf(why, 1024, "%s", reason);
    return proxy->process && wait_until_ready(proxy, stop, &ended, why);
}

/* ---- the whole ---- */

static bool start_both(struct serving *serving, const struct grid_server *what,
                       const struct places *places, bool traced, const char *test_case,
                       atomic_int *stop, char why[static 1024])
{
    const struct manifest *manifest = &what->server->manifest;
    struct words words = command_words(places, manifest);
    words.test_case = test_case;
    words.tls = what->tls && !what->proxy;
    serving->server.manifest = manifest;
    serving->proxy.manifest = what->proxy ? &what->proxy->manifest : NULL;
    return start_program(&serving->server, manifest->server, traced ? manifest->trace : NULL,
                         &words, stop, why) &&
           (!what->proxy || start_proxy(serving, places, what->tls, stop, why));
}

struct serving *serving_start(const struct grid_server *what, const struct places *places,
                              bool traced, const char *test_case, atomic_int *stop,
                              char why[static 1024])
{
    struct serving *serving = calloc(1, sizeof(*serving));
    if (!serving) {
        snprintf(why, 1024, "out of memory");
        return NULL;
    }
    pthread_mutex_init(&serving->lock, NULL);
    if (start_both(serving, what, places, traced, test_case, stop, why))
        return serving;
    serving_stop(serving);
    return NULL;
}

uint16_t serving_port(const struct serving *serving)
{
    return serving->proxy.manifest ? serving->proxy.port : serving->server.port;
}

static bool has_died(struct program *program, const char *role, struct buf *how)
{
    struct buf words = {0};
    bool died = program->process && command_put_end(program->process, &words);
    if (died)
        buf_printf(how, "the %s %s %s by itself", role, program->manifest->name, buf_str(&words));
    buf_clear(&words);
    return died;
}

bool serving_has_died(struct serving *serving, struct buf *how)
{
    pthread_mutex_lock(&serving->lock);
    bool died = has_died(&serving->server, "server", how) ||
                has_died(&serving->proxy, "proxy", how);
    pthread_mutex_unlock(&serving->lock);
    return died;
}

static void put_tail(struct program *program, const char *role, size_t lines, struct buf *out)
{
    struct buf tail = {0};
    if (program->process)
        process_put_tail(program->process, lines, &tail);
    scratch_put_lines(buf_view(&tail), role, out);
    buf_clear(&tail);
}

void serving_put_tail(struct serving *serving, size_t lines, struct buf *out)
{
    put_tail(&serving->server, "server: ", lines, out);
    put_tail(&serving->proxy, "proxy: ", lines, out);
}

void serving_end(struct serving *serving, struct buf *output)
{
    process_end(serving->server.process);
    process_put_tail(serving->server.process, SIZE_MAX, output);
}

void serving_stop(struct serving *serving)
{
    if (!serving)
        return;
    process_stop(serving->proxy.process);
    process_stop(serving->server.process);
    pthread_mutex_destroy(&serving->lock);
    scratch_remove(serving->dir);
    free(serving->config);
    free(serving->dir);
    free(serving);
}
