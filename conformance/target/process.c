/* SPDX-License-Identifier: MIT
 *
 * Child processes; see process.h. A thread for each child drains its output, so that it never
 * blocks on a full pipe. */
#include "target/process.h"

#include "wire/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KEPT_OUTPUT  65536
#define POLITE_NS    NS_PER_S
#define POLL_NS      (5 * NS_PER_MS)
#define MAX_CHILDREN 256

extern char **environ;

struct process {
    pid_t pid;   /* also the process group */
    bool reaped; /* status is valid */
    bool ended;  /* by process_end(): nothing of it runs, the reader is joined */
    int status;
    int output;   /* reading end of what is kept */
    int pipes[2]; /* of a piped process: our ends of its standard input and output; -1: none */
    int wake[2];  /* the reader ends when [1] is closed */
    pthread_t reader;
    atomic_bool heard_all; /* the reader has met the end of the output */
    pthread_mutex_t lock;
    struct buf text; /* under the lock: the newest output, at most 2 * KEPT_OUTPUT */
    size_t printed;  /* under the lock: octets of output, those no longer kept included */
};

/* For the signal handler: the groups that run; 0 is a free place. */
static atomic_int groups[MAX_CHILDREN];

static bool register_group(pid_t pid)
{
    for (size_t i = 0; i < MAX_CHILDREN; i++) {
        int none = 0;
        if (atomic_compare_exchange_strong(&groups[i], &none, (int)pid))
            return true;
    }
    return false;
}

static void unregister_group(pid_t pid)
{
    for (size_t i = 0; i < MAX_CHILDREN; i++) {
        int mine = (int)pid;
        if (atomic_compare_exchange_strong(&groups[i], &mine, 0))
            return;
    }
}

void process_kill_all(void)
{
    for (size_t i = 0; i < MAX_CHILDREN; i++) {
        int pid = atomic_load(&groups[i]);
        if (pid > 0)
            kill(-pid, SIGKILL);
    }
}

static void keep_output(struct process *process, struct bytes octets)
{
    pthread_mutex_lock(&process->lock);
    buf_put(&process->text, octets);
    process->printed += octets.len;
    if (process->text.len > 2 * KEPT_OUTPUT)
        buf_consume(&process->text, process->text.len - KEPT_OUTPUT);
    pthread_mutex_unlock(&process->lock);
}

static void *read_output(void *arg)
{
    struct process *process = arg;
    uint8_t octets[4096];
    for (;;) {
        struct pollfd fds[] = {{.fd = process->output, .events = POLLIN},
                               {.fd = process->wake[0], .events = POLLIN}};
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return NULL;
        if (fds[0].revents) {
            ssize_t n = read(process->output, octets, sizeof(octets));
            if (n == 0 || (n < 0 && errno != EINTR)) {
                atomic_store(&process->heard_all, true);
                return NULL;
            }
            if (n > 0)
                keep_output(process, bytes_of(octets, (size_t)n));
        } else if (fds[1].revents) {
            return NULL;
        }
    }
}

/* Signals that we handle or ignore are the child's own again. */
static void prepare_attributes(posix_spawnattr_t *attributes)
{
    static const int defaults[] = {SIGPIPE, SIGINT, SIGTERM, SIGHUP};
    sigset_t set;
    sigemptyset(&set);
    posix_spawnattr_setsigmask(attributes, &set);
    for (size_t i = 0; i < ARRAY_LEN(defaults); i++)
        sigaddset(&set, defaults[i]);
    posix_spawnattr_setsigdefault(attributes, &set);
    posix_spawnattr_setpgroup(attributes, 0);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
                                             POSIX_SPAWN_SETSIGMASK);
}

/* What a child is given: the descriptors of its three streams, in: -1 is /dev/null. */
struct streams {
    int in, out, err;
};

static int spawn_child(char *const argv[], char *const environment[], struct streams streams,
                       pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    if (streams.in < 0)
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    else
        posix_spawn_file_actions_adddup2(&actions, streams.in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, streams.out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, streams.err, STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    prepare_attributes(&attributes);
    descriptors_lock();
    int error = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environment);
    descriptors_unlock();
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* Ours and those on top, which come first and so win. NULL: out of memory */
static char **join_environment(const char *const *more)
{
    size_t ours = 0, added = 0;
    while (environ[ours])
        ours++;
    while (more && more[added])
        added++;
    char **joined = calloc(ours + added + 1, sizeof *joined);
    if (!joined)
        return NULL;
    for (size_t i = 0; i < added; i++)
        memcpy(&joined[i], &more[i], sizeof joined[i]);
    memcpy(joined + added, environ, ours * sizeof *joined);
    return joined;
}

static bool make_pipe(int fds[static 2])
{
    descriptors_lock();
    bool made = pipe(fds) == 0;
    if (made) {
        descriptor_close_on_exec(fds[0]);
        descriptor_close_on_exec(fds[1]);
    }
    descriptors_unlock();
    return made;
}

static void close_both(int fds[static 2])
{
    for (int i = 0; i < 2; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

/* The pipes of a child: what is kept of it and, when it is piped, its standard input and output. */
struct child_pipes {
    int kept[2], in[2], out[2];
};

static bool make_pipes(struct process *process, struct child_pipes *pipes, bool piped)
{
    if (!make_pipe(pipes->kept) || !make_pipe(process->wake))
        return false;
    return !piped || (make_pipe(pipes->in) && make_pipe(pipes->out));
}

static int start_child(struct process *process, char *const argv[],
                       const struct process_options *options, struct child_pipes *pipes)
{
    char **environment = join_environment(options->environment);
    struct streams streams = {pipes->in[0], options->piped ? pipes->out[1] : pipes->kept[1],
                              pipes->kept[1]};
    int error = environment ? spawn_child(argv, environment, streams, &process->pid) : ENOMEM;
    free(environment);
    return error;
}

/* Our ends of what the child now has. */
static void keep_pipes(struct process *process, struct child_pipes *pipes, bool piped)
{
    close(pipes->kept[1]);
    process->output = pipes->kept[0];
    if (!piped)
        return;
    close(pipes->in[0]);
    close(pipes->out[1]);
    process->pipes[0] = pipes->in[1];
    process->pipes[1] = pipes->out[0];
    (void)fcntl(process->pipes[1], F_SETFL, O_NONBLOCK);
}

/* Start the child and its reader; false with errno. */
static bool launch(struct process *process, char *const argv[],
                   const struct process_options *options)
{
    struct child_pipes pipes = {{-1, -1}, {-1, -1}, {-1, -1}};
    process->wake[0] = process->wake[1] = process->pipes[0] = process->pipes[1] = -1;
    int error = 0;
    if (!make_pipes(process, &pipes, options->piped))
        error = errno;
    else
        error = start_child(process, argv, options, &pipes);
    if (error == 0) {
        keep_pipes(process, &pipes, options->piped);
        register_group(process->pid);
        error = pthread_create(&process->reader, NULL, read_output, process);
        if (error == 0)
            return true;
        kill(-process->pid, SIGKILL);
        waitpid(process->pid, NULL, 0);
        unregister_group(process->pid);
        close_both(process->pipes);
        close(process->output);
        pipes = (struct child_pipes){{-1, -1}, {-1, -1}, {-1, -1}};
    }
    close_both(pipes.kept);
    close_both(pipes.in);
    close_both(pipes.out);
    close_both(process->wake);
    errno = error;
    return false;
}

struct process *process_start(char *const argv[], char why[static 256])
{
    return process_start_with(argv, &(struct process_options){0}, why);
}

struct process *process_start_with(char *const argv[], const struct process_options *options,
                                   char why[static 256])
{
    struct process *process = calloc(1, sizeof(*process));
    if (!process) {
        snprintf(why, 256, "out of memory");
        return NULL;
    }
    pthread_mutex_init(&process->lock, NULL);
    if (launch(process, argv, options))
        return process;
    snprintf(why, 256, "cannot start %.150s: %s", argv[0], strerror(errno));
    pthread_mutex_destroy(&process->lock);
    free(process);
    return NULL;
}

static void pause_shortly(void)
{
    nanosleep(&(struct timespec){.tv_nsec = POLL_NS}, NULL);
}

/* What a child wrote before it ended is in the pipe: let the reader take it. Its own children may hold the pipe
 * open, so an empty pipe is an end, too. */
static void hear_last_words(struct process *process)
{
    gr_time deadline = clock_add(clock_now_ns(), NS_PER_S);
    while (!atomic_load(&process->heard_all) && clock_now_ns() < deadline) {
        struct pollfd output = {.fd = process->output, .events = POLLIN};
        bool empty = poll(&output, 1, 0) == 0;
        pause_shortly();
        if (empty)
            return;
    }
}

static bool reap(struct process *process)
{
    if (!process->reaped && waitpid(process->pid, &process->status, WNOHANG) == process->pid) {
        process->reaped = true;
        hear_last_words(process);
    }
    return process->reaped;
}

int process_pid(const struct process *process)
{
    return process->pid;
}

int process_input(const struct process *process)
{
    return process->pipes[0];
}

int process_output(const struct process *process)
{
    return process->pipes[1];
}

void process_close_input(struct process *process)
{
    if (process->pipes[0] >= 0)
        close(process->pipes[0]);
    process->pipes[0] = -1;
}

/* Fields 14 and 15 of /proc/PID/stat; the name before them may hold anything but the last ")". */
double process_processor_time(const struct process *process)
{
    char path[64], text[1024];
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)process->pid);
    FILE *file = fopen(path, "re");
    size_t len = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file)
        (void)fclose(file);
    text[len] = '\0';
    const char *at = strrchr(text, ')');
    unsigned long user = 0, system = 0;
    if (!at ||
        sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        return -1;
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

bool process_has_ended(struct process *process, struct buf *how)
{
    if (!reap(process))
        return false;
    int status = process->status;
    if (WIFSIGNALED(status))
        buf_printf(how, "killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        buf_printf(how, "exited with status %d", WEXITSTATUS(status));
    return true;
}

int process_exit_code(struct process *process)
{
    if (!reap(process) || !WIFEXITED(process->status))
        return -1;
    return WEXITSTATUS(process->status);
}

/* The first whole line that contains text. */
static bool find_line(struct bytes output, const char *text, struct buf *line)
{
    while (output.len > 0) {
        size_t len = bytes_find(output, '\n');
        if (len == output.len)
            return false;
        size_t before = line->len;
        buf_put(line, bytes_first(output, len));
        if (strstr(buf_str(line) + before, text))
            return true;
        line->len = before;
        output = bytes_skip(output, len + 1);
    }
    return false;
}

static bool has_said(struct process *process, const char *text, struct buf *line)
{
    pthread_mutex_lock(&process->lock);
    bool found = find_line(buf_view(&process->text), text, line);
    pthread_mutex_unlock(&process->lock);
    return found;
}

bool process_wait_for_line(struct process *process, const char *text, struct buf *line,
                           gr_time deadline)
{
    while (!has_said(process, text, line)) {
        if (reap(process))
            return has_said(process, text, line);
        if (clock_now_ns() >= deadline)
            return false;
        pause_shortly();
    }
    return true;
}

void process_put_tail(struct process *process, size_t lines, struct buf *out)
{
    pthread_mutex_lock(&process->lock);
    struct bytes text = buf_view(&process->text);
    while (text.len > 0 && text.data[text.len - 1] == '\n')
        text.len--;
    size_t start = text.len;
    while (start > 0 && (text.data[start - 1] != '\n' || --lines > 0))
        start--;
    buf_put(out, bytes_skip(text, start));
    pthread_mutex_unlock(&process->lock);
}

size_t process_printed(struct process *process)
{
    pthread_mutex_lock(&process->lock);
    size_t printed = process->printed;
    pthread_mutex_unlock(&process->lock);
    return printed;
}

/* From the first whole line on: reading stops anywhere. */
void process_put_since(struct process *process, size_t mark, size_t most, struct buf *out)
{
    pthread_mutex_lock(&process->lock);
    struct bytes text = buf_view(&process->text);
    size_t wanted = process->printed > mark ? process->printed - mark : 0;
    wanted = wanted < most ? wanted : most;
    size_t at = text.len > wanted ? text.len - wanted : 0;
    while (at > 0 && at < text.len && text.data[at - 1] != '\n')
        at++;
    buf_put(out, bytes_skip(text, at));
    pthread_mutex_unlock(&process->lock);
}

void process_end(struct process *process)
{
    if (process->ended)
        return;
    process->ended = true;
    process_close_input(process);
    kill(-process->pid, SIGTERM);
    gr_time deadline = clock_add(clock_now_ns(), POLITE_NS);
    while (!reap(process) && clock_now_ns() < deadline)
        pause_shortly();
    kill(-process->pid, SIGKILL); /* also what the child itself left behind */
    if (!process->reaped && waitpid(process->pid, &process->status, 0) == process->pid)
        process->reaped = true;
    unregister_group(process->pid);

    close(process->wake[1]);
    pthread_join(process->reader, NULL);
    close(process->wake[0]);
    close(process->output);
    if (process->pipes[1] >= 0)
        close(process->pipes[1]);
}

void process_stop(struct process *process)
{
    if (!process)
        return;
    process_end(process);
    buf_clear(&process->text);
    pthread_mutex_destroy(&process->lock);
    free(process);
}
