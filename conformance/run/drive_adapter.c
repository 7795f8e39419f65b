/* SPDX-License-Identifier: MIT
 *
 * The drive of an adapter; see drive_adapter.h. Processes that wait for the next case are kept in a list. */
#include "run/drive_adapter.h"

#include "run/adapter_message.h"
#include "target/process.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MAX_CALLS      128
#define MAX_RESPONSE   ((size_t)64 << 20)
#define START_PATIENCE (20 * NS_PER_S)
#define WRITE_PATIENCE (100 * NS_PER_MS) /* the rest goes out while its answer is awaited */
#define END_PATIENCE   (3 * NS_PER_S)
#define END_GRACE      (300 * NS_PER_MS) /* between the end of its output and its own */
#define LOOK_NS        (5 * NS_PER_MS)
#define TAIL_LINES     12

/* One process, with a case or waiting for one. */
struct adapter {
    struct adapter *next; /* in the list of those that wait */
    struct process *process;
    struct buf received, unsent;
    unsigned cases; /* it was given so far */
    bool broken;    /* its output is no answer, or has ended */
};

struct adapter_drive {
    struct drive drive;
    const char *command;
    pthread_mutex_t lock;
    struct adapter *waiting;
    unsigned names; /* given to requests so far */
};

struct adapter_client {
    struct adapter_drive *parent;
    struct adapter *adapter;
    struct client_address address;
    struct buf ca_pem;
    struct pending {
        char name[300];
        bool answered;
        struct client_result result;
    } calls[MAX_CALLS];
    size_t count;
};

/* ---- processes ---- */

static struct adapter *start_adapter(const struct adapter_drive *drive, char why[static 256])
{
    struct adapter *adapter = calloc(1, sizeof *adapter);
    struct buf line = {0};
    if (!adapter) {
        (void)snprintf(why, 256, "out of memory");
        return NULL;
    }
    buf_printf(&line, "exec %s", drive->command);
    char shell[] = "/bin/sh", option[] = "-c";
    char *const argv[] = {shell, option, (char *)(uintptr_t)buf_str(&line), NULL};
    adapter->process = process_start_with(argv, &(struct process_options){.piped = true}, why);
    buf_clear(&line);
    if (adapter->process)
        return adapter;
    free(adapter);
    return NULL;
}

static void free_adapter(struct adapter *adapter)
{
    process_stop(adapter->process);
    buf_clear(&adapter->received);
    buf_clear(&adapter->unsent);
    free(adapter);
}

static struct adapter *take_waiting(struct adapter_drive *drive)
{
    pthread_mutex_lock(&drive->lock);
    struct adapter *adapter = drive->waiting;
    if (adapter)
        drive->waiting = adapter->next;
    pthread_mutex_unlock(&drive->lock);
    return adapter;
}

static void put_waiting(struct adapter_drive *drive, struct adapter *adapter)
{
    pthread_mutex_lock(&drive->lock);
    adapter->next = drive->waiting;
    drive->waiting = adapter;
    pthread_mutex_unlock(&drive->lock);
}

static bool is_alive(struct adapter *adapter)
{
    struct buf how = {0};
    bool ended = process_has_ended(adapter->process, &how);
    buf_clear(&how);
    return !ended && !adapter->broken;
}

/* ---- octets ---- */

/* As much as it takes within the span: one that waits for our answer on a connection may not read meanwhile. */
static void write_some(struct adapter *adapter, int64_t span_ns)
{
    gr_time deadline = clock_add(clock_now_ns(), span_ns);
    bool ready = true;
    while (adapter->unsent.len > 0 && !adapter->broken && (ready || clock_now_ns() < deadline)) {
        struct pollfd fd = {.fd = process_input(adapter->process), .events = POLLOUT};
        ready = poll(&fd, 1, span_ns > 0 ? 10 : 0) > 0;
        if (!ready)
            continue;
        struct bytes next = bytes_first(buf_view(&adapter->unsent), 4096); /* does not block */
        ssize_t put = write(fd.fd, next.data, next.len);
        adapter->broken = put < 0 && errno != EINTR && errno != EAGAIN; /* poll says how it ended */
        buf_consume(&adapter->unsent, put > 0 ? (size_t)put : 0);
    }
}

static void read_some(struct adapter *adapter)
{
    while (!adapter->broken) {
        uint8_t *at = buf_reserve(&adapter->received, 65536);
        ssize_t got = at ? read(process_output(adapter->process), at, 65536) : -1;
        if (got > 0)
            adapter->received.len += (size_t)got;
        else if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        else
            adapter->broken = true;
    }
}

/* A response with its length in front; false: not whole yet. */
static bool take_response(struct adapter *adapter, struct bytes *response)
{
    struct bytes all = buf_view(&adapter->received);
    if (all.len < 4)
        return false;
    size_t len = load_u32(all.data);
    adapter->broken |= len > MAX_RESPONSE;
    if (len > all.len - 4)
        return false;
    *response = bytes_of(all.data + 4, len);
    return true;
}

static struct pending *find_pending(struct adapter_client *client, struct bytes name)
{
    for (size_t i = 0; i < client->count; i++)
        if (bytes_equal_str(name, client->calls[i].name))
            return &client->calls[i];
    return NULL;
}

/* An answer to an earlier case's request finds nobody any more. */
static void take_responses(struct adapter_client *client)
{
    struct adapter *adapter = client->adapter;
    struct bytes response;
    write_some(adapter, 0);
    read_some(adapter);
    while (take_response(adapter, &response)) {
        struct pending *pending = find_pending(client, adapter_response_name(response));
        if (pending && !pending->answered) {
            pending->answered = true;
            adapter->broken |= !read_adapter_response(response, &pending->result);
        }
        buf_consume(&adapter->received, 4 + response.len);
    }
}

/* ---- the drive ---- */

static void read_file(const char *path, struct buf *out)
{
    FILE *file = path ? fopen(path, "re") : NULL;
    uint8_t octets[4096];
    for (size_t got = 1; file && got > 0;) {
        got = fread(octets, 1, sizeof octets, file);
        buf_put(out, bytes_of(octets, got));
    }
    if (file)
        (void)fclose(file);
}

static void *open_client(void *arg, const struct client_address *address, char why[static 256])
{
    struct adapter_drive *drive = arg;
    struct adapter_client *client = calloc(1, sizeof *client);
    if (!client) {
        (void)snprintf(why, 256, "out of memory");
        return NULL;
    }
    client->parent = drive;
    client->address = *address;
    client->adapter = take_waiting(drive);
    if (!client->adapter)
        client->adapter = start_adapter(drive, why);
    if (!client->adapter) {
        free(client);
        return NULL;
    }
    client->adapter->cases++;
    read_file(address->ca_file, &client->ca_pem);
    return client;
}

static void name_call(struct adapter_client *client, struct pending *pending)
{
    struct adapter_drive *drive = client->parent;
    pthread_mutex_lock(&drive->lock);
    unsigned number = ++drive->names;
    pthread_mutex_unlock(&drive->lock);
    (void)snprintf(pending->name, sizeof pending->name, "%.250s/%u", client->address.case_id,
                   number);
}

static bool ask(void *arg, size_t index, const struct client_call *call, char why[static 256])
{
    struct adapter_client *client = arg;
    if (index >= MAX_CALLS) {
        (void)snprintf(why, 256, "more calls than an adapter can be asked for");
        return false;
    }
    struct pending *pending = &client->calls[index];
    client->count = index + 1;
    name_call(client, pending);
    struct buf message = {0};
    put_adapter_request(&message, pending->name, call, &client->address, buf_view(&client->ca_pem));
    buf_put_u32(&client->adapter->unsent, (uint32_t)message.len);
    buf_put(&client->adapter->unsent, buf_view(&message));
    write_some(client->adapter, WRITE_PATIENCE);
    buf_clear(&message);
    return true;
}

/* It ended, or closed its output, or said what nobody understands. */
static void report_end(struct adapter_client *client, struct client_result *result)
{
    struct process *process = client->adapter->process;
    struct buf how = {0};
    gr_time deadline = clock_add(clock_now_ns(), END_GRACE);
    bool ended = process_has_ended(process, &how);
    while (!ended && clock_now_ns() < deadline) {
        nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
        ended = process_has_ended(process, &how);
    }
    bool by_signal = ended && process_exit_code(process) < 0;
    result->kind = by_signal ? RESULT_DIED : RESULT_FAILED;
    if (ended)
        buf_printf(&result->how, "the adapter %s%s without an answer", by_signal ? "was " : "",
                   buf_str(&how));
    else
        buf_put_str(&result->how, "the adapter closed its output, or wrote what is no answer");
    buf_clear(&how);
}

static void poll_result(void *arg, size_t index, struct client_result *result)
{
    struct adapter_client *client = arg;
    struct pending *pending = &client->calls[index];
    take_responses(client);
    if (pending->answered) {
        *result = pending->result;
        pending->result = (struct client_result){.kind = result->kind};
    } else if (!is_alive(client->adapter)) {
        pending->answered = true;
        report_end(client, result);
    }
}

static double processor_time(void *arg)
{
    const struct adapter_client *client = arg;
    return process_processor_time(client->adapter->process);
}

static void put_tail(void *arg, struct buf *out)
{
    const struct adapter_client *client = arg;
    process_put_tail(client->adapter->process, TAIL_LINES, out);
}

static bool has_ended(void *arg, struct buf *how)
{
    struct adapter_client *client = arg;
    bool all = true;
    take_responses(client);
    for (size_t i = 0; i < client->count; i++)
        all &= client->calls[i].answered;
    return all || (!is_alive(client->adapter) && process_has_ended(client->adapter->process, how));
}

static void close_client(void *arg)
{
    struct adapter_client *client = arg;
    struct buf how = {0};
    bool idle = has_ended(client, &how);
    if (idle && is_alive(client->adapter))
        put_waiting(client->parent, client->adapter);
    else
        free_adapter(client->adapter);
    for (size_t i = 0; i < client->count; i++)
        client_result_clear(&client->calls[i].result);
    buf_clear(&client->ca_pem);
    buf_clear(&how);
    free(client);
}

/* ---- life ---- */

struct adapter_drive *adapter_drive_new(const char *command)
{
    struct adapter_drive *drive = calloc(1, sizeof *drive);
    if (!drive)
        return NULL;
    drive->command = command;
    drive->drive = (struct drive){.name = "adapter",
                                  .reports_status = true,
                                  .reports_result = true,
                                  .start_patience_ns = START_PATIENCE,
                                  .open = open_client,
                                  .ask = ask,
                                  .poll = poll_result,
                                  .processor_time = processor_time,
                                  .put_tail = put_tail,
                                  .has_ended = has_ended,
                                  .close = close_client,
                                  .arg = drive};
    pthread_mutex_init(&drive->lock, NULL);
    return drive;
}

/* The end of its input asks it to end. */
static void dismiss_all(struct adapter *first)
{
    gr_time deadline = clock_add(clock_now_ns(), END_PATIENCE);
    for (struct adapter *each = first; each; each = each->next)
        process_close_input(each->process);
    for (struct adapter *each = first; each; each = each->next)
        while (is_alive(each) && clock_now_ns() < deadline) {
            read_some(each);
            nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
        }
}

void adapter_drive_free(struct adapter_drive *drive)
{
    if (!drive)
        return;
    dismiss_all(drive->waiting);
    while (drive->waiting) {
        struct adapter *adapter = drive->waiting;
        drive->waiting = adapter->next;
        free_adapter(adapter);
    }
    pthread_mutex_destroy(&drive->lock);
    free(drive);
}

const struct drive *adapter_drive(const struct adapter_drive *drive)
{
    return &drive->drive;
}
