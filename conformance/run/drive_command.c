/* SPDX-License-Identifier: MIT
 *
 * The drive of a command; see drive_command.h. */
#include "run/drive_command.h"

#include "target/process.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define UNSUPPORTED    127
#define MAX_RUNS       64
#define MAX_NAMES      32
#define MAX_ARGUMENTS  64
#define START_PATIENCE (60 * NS_PER_S) /* a virtual machine on a busy computer */
#define LOOK_NS        (5 * NS_PER_MS)
#define TAIL_LINES     12

struct command_drive {
    struct drive drive;
    char *const *argv; /* NULL: bundled */
    char bundled[1024];
    char name[256];
    bool bare;          /* no argument has a placeholder */
    int unknown_status; /* with which it met a case that nobody knows; -1: not known */

    pthread_mutex_t lock;
    struct names {
        const char *at[MAX_NAMES];
        size_t count;
    } known, unknown; /* interop cases that it turned out to have, or not to have */
};

/* One process. */
struct run {
    struct process *process;
    const struct client_call *call;
    const char *interop;
    unsigned calls_left; /* that it makes by itself and that were not asked for yet */
};

struct command_client {
    struct command_drive *parent;
    struct client_address address;
    struct run runs[MAX_RUNS];
    size_t run_count;
    size_t run_of[MAX_RUNS]; /* by the call's index */
};

/* ---- arguments ---- */

struct placeholder {
    const char *name;
    const char *value;
};

static const char *text_or_empty(const char *text)
{
    return text ? text : "";
}

static size_t placeholder_at(const char *at, const struct placeholder *list, size_t count)
{
    size_t i = 0;
    while (i < count && strncmp(at, list[i].name, strlen(list[i].name)) != 0)
        i++;
    return i;
}

bool command_fill(const char *argument, const struct client_address *address, const char *interop,
                  struct buf *out)
{
    char port[8];
    (void)snprintf(port, sizeof port, "%u", (unsigned)address->port);
    const struct placeholder list[] = {
        {"{host}", address->host},
        {"{port}", port},
        {"{case}", interop},
        {"{tls}", address->tls ? "true" : "false"},
        {"{ca}", text_or_empty(address->ca_file)},
        {"{server_name}", text_or_empty(address->server_name)},
    };
    bool found = false;
    while (*argument) {
        size_t i = placeholder_at(argument, list, ARRAY_LEN(list));
        if (i < ARRAY_LEN(list)) {
            buf_put_str(out, list[i].value);
            argument += strlen(list[i].name);
            found = true;
        } else {
            buf_put_u8(out, (uint8_t)*argument++);
        }
    }
    return found;
}

/* The official flags (grpc/grpc tools/run_tests/run_interop_tests.py); our own client is told the CA as well. */
static const char *const plain_flags[] = {"--server_host={host}", "--server_port={port}",
                                          "--test_case={case}", "--use_tls={tls}"};
static const char *const tls_flags[] = {"--server_host_override={server_name}",
                                        "--use_test_ca=true"};
static const char *const bundled_tls_flags[] = {"--server_host_override={server_name}",
                                                "--ca_file={ca}"};

struct arguments {
    char *at[MAX_ARGUMENTS + 1];
    size_t count;
};

static void add_argument(struct arguments *list, const char *text,
                         const struct client_address *address, const char *interop)
{
    struct buf filled = {0};
    (void)command_fill(text, address, interop, &filled);
    if (list->count < MAX_ARGUMENTS)
        list->at[list->count++] = strdup(buf_str(&filled));
    buf_clear(&filled);
}

static void add_flags(struct arguments *list, const char *const *flags, size_t count,
                      const struct client_address *address, const char *interop)
{
    for (size_t i = 0; i < count; i++)
        add_argument(list, flags[i], address, interop);
}

static void make_arguments(const struct command_drive *drive, const struct client_address *address,
                           const char *interop, struct arguments *list)
{
    char *const bundled[] = {(char *)(uintptr_t)drive->bundled, NULL};
    for (char *const *each = drive->argv ? drive->argv : bundled; *each; each++)
        add_argument(list, *each, address, interop);
    if (!drive->bare)
        return;
    add_flags(list, plain_flags, ARRAY_LEN(plain_flags), address, interop);
    if (address->tls && drive->argv)
        add_flags(list, tls_flags, ARRAY_LEN(tls_flags), address, interop);
    else if (address->tls)
        add_flags(list, bundled_tls_flags, ARRAY_LEN(bundled_tls_flags), address, interop);
}

/* ---- processes ---- */

/* Where clients without a flag for it look for the certificates to trust: OpenSSL and Go; gRPC's C-core. */
static struct process *start(const struct command_drive *drive,
                             const struct client_address *address, const char *interop,
                             char why[static 256])
{
    struct arguments list = {.count = 0};
    char files[2][300], name[300];
    (void)snprintf(files[0], sizeof files[0], "SSL_CERT_FILE=%.250s",
                   text_or_empty(address->ca_file));
    (void)snprintf(files[1], sizeof files[1], "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH=%.250s",
                   text_or_empty(address->ca_file));
    (void)snprintf(name, sizeof name, "GRPCSPEC_CASE=%.280s", address->case_id);
    const char *const environment[] = {name, address->ca_file ? files[0] : NULL, files[1], NULL};
    make_arguments(drive, address, interop, &list);
    struct process *process = process_start_with(
        list.at, &(struct process_options){.environment = environment}, why);
    for (size_t i = 0; i < list.count; i++)
        free(list.at[i]);
    return process;
}

static bool is_among(struct command_drive *drive, const struct names *names, const char *interop)
{
    bool found = false;
    pthread_mutex_lock(&drive->lock);
    for (size_t i = 0; i < names->count; i++)
        found |= strcmp(names->at[i], interop) == 0;
    pthread_mutex_unlock(&drive->lock);
    return found;
}

static void remember(struct command_drive *drive, struct names *names, const char *interop)
{
    if (is_among(drive, names, interop))
        return;
    pthread_mutex_lock(&drive->lock);
    if (names->count < MAX_NAMES)
        names->at[names->count++] = interop;
    pthread_mutex_unlock(&drive->lock);
}

/* What to tell it for this call; NULL with one sentence: nothing. */
static const char *choose_interop(struct command_drive *drive, const struct client_call *call,
                                  char why[static 256])
{
    const char *wanted = call->interop;
    if (!wanted) {
        (void)snprintf(why, 256, "no official interop case makes such a call: it takes --adapter");
        return NULL;
    }
    for (; call; call = call->otherwise)
        if (!is_among(drive, &drive->unknown, call->interop))
            return call->interop;
    (void)snprintf(why, 256, "the client has no interop case %s", wanted);
    return NULL;
}

static void *open_client(void *arg, const struct client_address *address, char why[static 256])
{
    struct command_client *client = calloc(1, sizeof *client);
    if (!client) {
        (void)snprintf(why, 256, "out of memory");
        return NULL;
    }
    client->parent = arg;
    client->address = *address;
    return client;
}

static bool begin_run(struct command_client *client, struct run *run,
                      const struct client_call *call, char why[static 256])
{
    const char *interop = choose_interop(client->parent, call, why);
    if (!interop)
        return false;
    bool as_wished = strcmp(interop, call->interop) == 0;
    *run = (struct run){.call = call, .interop = interop};
    run->calls_left = as_wished && call->interop_calls > 1 ? call->interop_calls - 1 : 0;
    run->process = start(client->parent, &client->address, interop, why);
    return run->process != NULL;
}

static bool ask(void *arg, size_t index, const struct client_call *call, char why[static 256])
{
    struct command_client *client = arg;
    struct run *last = client->run_count ? &client->runs[client->run_count - 1] : NULL;
    if (index >= MAX_RUNS) {
        (void)snprintf(why, 256, "more calls than a command can be asked for");
        return false;
    }
    if (last && last->call == call && last->calls_left > 0) {
        last->calls_left--;
        client->run_of[index] = client->run_count - 1;
        return true;
    }
    if (!begin_run(client, &client->runs[client->run_count], call, why))
        return false;
    client->run_of[index] = client->run_count++;
    return true;
}

static void poll_result(void *arg, size_t index, struct client_result *result)
{
    struct command_client *client = arg;
    struct run *run = &client->runs[client->run_of[index]];
    struct buf how = {0};
    if (!run->process || !process_has_ended(run->process, &how)) {
        buf_clear(&how);
        return;
    }
    int code = process_exit_code(run->process);
    client_result_clear(result);
    result->exit_code = code;
    result->kind = code < 0 ? RESULT_DIED : RESULT_EXITED;
    buf_printf(&result->how, "the client was %s", buf_str(&how));
    buf_clear(&how);
}

/* 127, or as it ended when it was asked for a case that does not exist. */
static bool says_unknown(struct command_drive *drive, const struct run *run,
                         const struct client_result *result)
{
    int code = result->exit_code;
    if (result->kind != RESULT_EXITED || is_among(drive, &drive->known, run->interop))
        return false;
    return code == UNSUPPORTED || (code > 0 && code == drive->unknown_status);
}

static void connected(void *arg)
{
    struct command_client *client = arg;
    if (client->run_count > 0)
        remember(client->parent, &client->parent->known,
                 client->runs[client->run_count - 1].interop);
}

static void reconsider(void *arg, size_t index, struct client_result *result)
{
    struct command_client *client = arg;
    struct run *run = &client->runs[client->run_of[index]];
    char why[256] = "";
    if (!says_unknown(client->parent, run, result))
        return;
    remember(client->parent, &client->parent->unknown, run->interop);
    process_stop(run->process);
    run->process = NULL;
    const struct client_call *call = run->call;
    int code = result->exit_code;
    client_result_clear(result);
    if (begin_run(client, run, call, why))
        return;
    *run = (struct run){.call = call, .interop = call->interop};
    result->kind = RESULT_UNSUPPORTED;
    buf_printf(&result->how,
               "the client has no interop case %s: it exited with status %d without connecting",
               call->interop, code);
}

static double processor_time(void *arg)
{
    const struct command_client *client = arg;
    const struct run *last = client->run_count ? &client->runs[client->run_count - 1] : NULL;
    return last && last->process ? process_processor_time(last->process) : -1;
}

static void put_tail(void *arg, struct buf *out)
{
    const struct command_client *client = arg;
    for (size_t i = 0; i < client->run_count; i++)
        if (client->runs[i].process)
            process_put_tail(client->runs[i].process, TAIL_LINES, out);
}

static bool has_ended(void *arg, struct buf *how)
{
    struct command_client *client = arg;
    bool all = true;
    for (size_t i = 0; i < client->run_count; i++)
        all &= !client->runs[i].process || process_has_ended(client->runs[i].process, how);
    return all;
}

static void close_client(void *arg)
{
    struct command_client *client = arg;
    for (size_t i = 0; i < client->run_count; i++)
        process_stop(client->runs[i].process);
    free(client);
}

/* ---- life ---- */

static bool has_placeholder(char *const argv[])
{
    const struct client_address none = {.host = ""};
    bool found = false;
    for (; *argv && !found; argv++) {
        struct buf filled = {0};
        found = command_fill(*argv, &none, "", &filled);
        buf_clear(&filled);
    }
    return found;
}

/* $GRPCSPEC_CLIENT, or beside the running program. */
static bool find_bundled(char path[static 1024], char why[static 256])
{
    const char *named = getenv("GRPCSPEC_CLIENT");
    ssize_t len = readlink("/proc/self/exe", path, 900);
    char *slash = NULL;
    if (len > 0) {
        path[len] = '\0';
        slash = strrchr(path, '/');
    }
    if (named)
        (void)snprintf(path, 1024, "%s", named);
    else
        (void)snprintf(slash ? slash + 1 : path, 100, "grpcref-client");
    if (access(path, X_OK) == 0)
        return true;
    (void)snprintf(why, 256,
                   "no client to test: give a command behind --client --, or build grpcref-client "
                   "(%.100s is not there; or set $GRPCSPEC_CLIENT)",
                   path);
    return false;
}

static void name_drive(struct command_drive *drive)
{
    size_t len = 0;
    if (!drive->argv) {
        (void)snprintf(drive->name, sizeof drive->name, "the bundled reference client");
        return;
    }
    for (char *const *each = drive->argv; *each && len < sizeof drive->name - 1; each++)
        len += (size_t)snprintf(drive->name + len, sizeof drive->name - len, "%s%s", len ? " " : "",
                                *each);
}

struct command_drive *command_drive_new(char *const argv[], char why[static 256])
{
    struct command_drive *drive = calloc(1, sizeof *drive);
    if (!drive) {
        (void)snprintf(why, 256, "out of memory");
        return NULL;
    }
    drive->argv = argv;
    drive->unknown_status = -1;
    drive->bare = !argv || !has_placeholder(argv);
    drive->drive = (struct drive){.name = "command",
                                  .ends_with_calls = true,
                                  .start_patience_ns = START_PATIENCE,
                                  .open = open_client,
                                  .ask = ask,
                                  .poll = poll_result,
                                  .reconsider = reconsider,
                                  .connected = connected,
                                  .processor_time = processor_time,
                                  .put_tail = put_tail,
                                  .has_ended = has_ended,
                                  .close = close_client,
                                  .arg = drive};
    pthread_mutex_init(&drive->lock, NULL);
    name_drive(drive);
    if (argv || find_bundled(drive->bundled, why))
        return drive;
    command_drive_free(drive);
    return NULL;
}

void command_drive_free(struct command_drive *drive)
{
    if (!drive)
        return;
    pthread_mutex_destroy(&drive->lock);
    free(drive);
}

const struct drive *command_drive(const struct command_drive *drive)
{
    return &drive->drive;
}

const char *command_drive_name(const struct command_drive *drive)
{
    return drive->name;
}

bool command_drive_ask_unknown(struct command_drive *drive, const struct client_address *address,
                               int64_t span_ns, char why[static 256])
{
    struct process *process = start(drive, address, "no_such_case_of_grpcspec", why);
    gr_time deadline = clock_add(clock_now_ns(), span_ns);
    struct buf how = {0};
    if (!process)
        return false;
    while (!process_has_ended(process, &how) && clock_now_ns() < deadline)
        nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
    drive->unknown_status = process_exit_code(process);
    drive->drive.exit_says_nothing = drive->unknown_status == 0;
    process_stop(process);
    buf_clear(&how);
    return true;
}
