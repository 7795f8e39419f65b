/* SPDX-License-Identifier: MIT
 *
 * Processes under measurement; see server.h. */
#define _GNU_SOURCE
#include "server.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMAND_MAX 2048
#define START_WAIT  (20 * NS_PER_S)

/* `text` with {port}, {folder} and {cache} filled in. */
static void fill_in(const char *text, const struct server_places *places, unsigned port,
                    char command[static COMMAND_MAX])
{
    size_t at = 0;

    while (*text && at + 1 < COMMAND_MAX) {
        size_t room = COMMAND_MAX - at, skip = 1;
        int n = 1;
        if (strncmp(text, "{port}", 6) == 0) {
            n = snprintf(command + at, room, "%u", port);
            skip = 6;
        } else if (strncmp(text, "{folder}", 8) == 0) {
            n = snprintf(command + at, room, "%s", places->folder);
            skip = 8;
        } else if (strncmp(text, "{cache}", 7) == 0) {
            n = snprintf(command + at, room, "%s", places->cache);
            skip = 7;
        } else if (strncmp(text, "{certs}", 7) == 0) {
            n = snprintf(command + at, room, "%s", places->certs ? places->certs : "");
            skip = 7;
        } else {
            command[at] = *text;
        }
        text += skip;
        at += (size_t)n < room ? (size_t)n : room - 1;
    }
    command[at] = '\0';
}

bool server_exists(const struct server *server, const struct server_places *places)
{
    char command[COMMAND_MAX];
    size_t program;

    if (server->setting == TLS && !places->certs)
        return false;
    fill_in(server->command, places, 1, command);
    program = strcspn(command, "/"); /* behind `env` and its settings, and an interpreter */
    command[program + strcspn(command + program, " ")] = '\0';
    while (program > 0 && command[program - 1] != ' ') /* a setting: NAME=/folder */
        program--;
    char *path = strchr(command + program, '=') ? strchr(command + program, '=') + 1
                                                : command + program;
    return access(path, F_OK) == 0;
}

static void run_child(const char *command, enum setting setting)
{
    cpu_set_t set;
    char exec[COMMAND_MAX + 8];
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    CPU_ZERO(&set);
    CPU_SET(0, &set);
    if (setting == TWO_CORES)
        CPU_SET(1, &set);
    sched_setaffinity(0, sizeof set, &set);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    snprintf(exec, sizeof exec, "exec %s", command);
    execl("/bin/sh", "sh", "-c", exec, (char *)NULL);
    _exit(127);
}

static int local_socket(uint16_t port, struct sockaddr_in *address)
{
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* One that nobody listens on now. */
static uint16_t free_port(void)
{
    struct sockaddr_in address;
    socklen_t len = sizeof address;
    int fd = local_socket(0, &address);
    bool bound = bind(fd, (struct sockaddr *)&address, len) == 0 &&
                 getsockname(fd, (struct sockaddr *)&address, &len) == 0;

    close(fd);
    return bound ? ntohs(address.sin_port) : 0;
}

static bool listens(uint16_t port)
{
    struct sockaddr_in address;
    int fd = local_socket(port, &address);
    bool connected = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;

    close(fd);
    return connected;
}

bool server_start(struct server *server, const struct server_places *places, char why[static 256])
{
    char command[COMMAND_MAX];
    gr_time deadline = clock_now_ns() + START_WAIT;

    server->port = free_port();
    fill_in(server->command, places, server->port, command);
    server->pid = fork();
    if (server->pid == 0)
        run_child(command, server->setting);
    while (server->pid > 0 && clock_now_ns() < deadline) {
        if (listens(server->port))
            return true;
        if (waitpid(server->pid, NULL, WNOHANG) != 0)
            break;
        nanosleep(&(struct timespec){.tv_nsec = 20 * NS_PER_MS}, NULL);
    }
    snprintf(why, 256, "%s does not listen on port %u (%.160s)", server->name, server->port,
             command);
    server_stop(server);
    return false;
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
    clockid_t clock;
    struct timespec used;

    if (clock_getcpuclockid(server->pid, &clock) != 0 || clock_gettime(clock, &used) != 0)
        return 0;
    return (int64_t)used.tv_sec * NS_PER_S + used.tv_nsec;
}

uint64_t server_rss(const struct server *server, bool anonymous)
{
    char text[4096];
    const char *line;
    unsigned long kib = 0;

    if (!read_proc(server, "status", text, sizeof text))
        return 0;
    line = strstr(text, anonymous ? "RssAnon:" : "VmRSS:");
    if (line)
        sscanf(line, "%*s %lu", &kib);
    return (uint64_t)kib * 1024;
}
