/* SPDX-License-Identifier: MIT
 *
 * Processes under measurement; see server.h. */
#define _GNU_SOURCE
#include "server.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void run_child(const struct server *server, unsigned core, int out)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    sched_setaffinity(0, sizeof set, &set);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out, STDOUT_FILENO);
    execv(server->argv[0], (char *const *)(uintptr_t)server->argv);
    _exit(127);
}

static bool read_line(int fd, char *line, size_t size)
{
    size_t len = 0;
    gr_time deadline = clock_now_ns() + 10 * NS_PER_S;
    while (len + 1 < size) {
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - clock_now_ns();
        if (left <= 0 || poll(&poll_fd, 1, (int)(left / NS_PER_MS)) <= 0)
            return false;
        if (read(fd, line + len, 1) != 1)
            return false;
        if (line[len] == '\n')
            break;
        len++;
    }
    line[len] = '\0';
    return true;
}

static uint16_t last_number(const char *line)
{
    unsigned long number = 0;
    for (const char *at = line; *at; at++) {
        if (*at < '0' || *at > '9')
            continue;
        char *end;
        number = strtoul(at, &end, 10);
        at = end - 1;
    }
    return number <= UINT16_MAX ? (uint16_t)number : 0;
}

bool server_start(struct server *server, unsigned core, char why[static 256])
{
    int out[2];
    if (pipe(out) != 0) {
        snprintf(why, 256, "no pipe for %s: %s", server->name, strerror(errno));
        return false;
    }
    server->pid = fork();
    if (server->pid == 0)
        run_child(server, core, out[1]);
    close(out[1]);
    char line[256] = "";
    bool ready = server->pid > 0 && read_line(out[0], line, sizeof line);
    close(out[0]);
    server->port = ready ? last_number(line) : 0;
    if (server->port == 0) {
        snprintf(why, 256, "%s (%s) did not print the port it listens on", server->name,
                 server->argv[0]);
        server_stop(server);
        return false;
    }
    return true;
}

void server_stop(struct server *server)
{
    if (server->pid <= 0)
        return;
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    server->pid = 0;
}

static bool read_proc(const struct server *server, const char *file, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)server->pid, file);
    FILE *in = fopen(path, "r");
    if (!in)
        return false;
    size_t n = fread(text, 1, size - 1, in);
    text[n] = '\0';
    fclose(in);
    return n > 0;
}

int64_t server_cpu_ns(const struct server *server)
{
    char text[1024];
    if (!read_proc(server, "stat", text, sizeof text))
        return 0;
    const char *at = strrchr(text, ')'); /* the name may hold spaces; fields count from behind it */
    unsigned long user = 0, system = 0;
    if (!at ||
        sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        return 0;
    return (int64_t)(user + system) * (NS_PER_S / sysconf(_SC_CLK_TCK));
}

uint64_t server_rss(const struct server *server)
{
    char text[256];
    unsigned long pages = 0;
    if (!read_proc(server, "statm", text, sizeof text) || sscanf(text, "%*u %lu", &pages) != 1)
        return 0;
    return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}
