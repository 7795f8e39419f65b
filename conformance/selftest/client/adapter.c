/* SPDX-License-Identifier: MIT
 *
 * The faulty client as a connectconformance adapter: requests on standard input, each made by a channel on a thread of
 * its own, answers on standard output. (connectrpc/conformance/v1/client_compat.proto, by field number) */
#include "selftest/client/function.h"

#include "selftest/client/client.h"
#include "wire/base64.h"
#include "wire/pb.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MOST_MESSAGES 256
#define MOST_FIELDS   32
#define MOST_THREADS  1024

static pthread_mutex_t output = PTHREAD_MUTEX_INITIALIZER;

/* One request, as long as its call goes on. */
struct job {
    struct buf request; /* everything below views into it, or is text of its own */
    struct bytes name;
    enum client_knob knob;
    struct client_call call;
    struct field fields[MOST_FIELDS];
    struct buf values[MOST_FIELDS];
    struct bytes messages[MOST_MESSAGES];
    char path[256], host[64], ca_file[64];
    struct client_address address;
    bool begun, over;
};

/* ---- reading a request ---- */

static bool read_all(uint8_t *into, size_t len)
{
    for (size_t have = 0; have < len;) {
        ssize_t got = read(STDIN_FILENO, into + have, len - have);
        if (got <= 0)
            return false;
        have += (size_t)got;
    }
    return true;
}

static void put_text(char *into, size_t cap, struct bytes text)
{
    (void)snprintf(into, cap, "%.*s", (int)text.len, text.len ? (const char *)text.data : "");
}

static void read_header(struct job *job, struct bytes header)
{
    struct pb_field field;
    struct bytes name = pb_find(header, 1, &field) ? field.bytes : NO_BYTES;
    while (pb_take(&header, &field)) {
        size_t at = job->call.metadata_count;
        if (field.number != 2 || at == MOST_FIELDS)
            continue;
        if (bytes_ends_with(name, BYTES("-bin")))
            (void)base64_take(field.bytes, &job->values[at]);
        else
            buf_put(&job->values[at], field.bytes);
        job->fields[at] = (struct field){name, buf_view(&job->values[at])};
        job->call.metadata_count++;
    }
}

/* What the definition in the first message asks for decides how many answers a ping-pong waits for. */
static void read_message(struct job *job, struct bytes any)
{
    struct pb_field value, definition, field;
    if (!pb_find(any, 2, &value) || job->call.messages == MOST_MESSAGES)
        return;
    if (job->call.messages == 0 && pb_find(value.bytes, 1, &definition))
        while (pb_take(&definition.bytes, &field))
            job->call.responses += field.number == 2;
    job->messages[job->call.messages++] = value.bytes;
}

static void read_cancel(struct job *job, struct bytes cancel)
{
    struct pb_field field;
    while (pb_take(&cancel, &field)) {
        if (field.number == 1)
            job->call.cancel = CANCEL_BEFORE_HALF_CLOSE;
        if (field.number == 2)
            job->call.cancel = CANCEL_AFTER_HALF_CLOSE,
            job->call.cancel_after_ms = (uint32_t)field.value;
        if (field.number == 3)
            job->call.cancel = CANCEL_AFTER_RESPONSES,
            job->call.cancel_after_responses = (uint32_t)field.value;
    }
}

static void write_ca(struct job *job, struct bytes pem)
{
    (void)snprintf(job->ca_file, sizeof job->ca_file, "/tmp/grpcspec-ca-XXXXXX");
    int fd = mkstemp(job->ca_file);
    bool written = fd >= 0 && write(fd, pem.data, pem.len) == (ssize_t)pem.len;
    if (fd >= 0)
        (void)close(fd);
    job->address.tls = written;
    job->address.ca_file = job->ca_file;
    job->address.server_name = job->host;
}

static void read_field(struct job *job, const struct pb_field *field)
{
    switch (field->number) {
    case 1:
        job->name = field->bytes;
        return;
    case 5:
        job->call.compression = field->value == 2 ? "gzip" : NULL;
        return;
    case 6:
        put_text(job->host, sizeof job->host, field->bytes);
        return;
    case 7:
        job->address.port = (uint16_t)field->value;
        return;
    case 8:
        write_ca(job, field->bytes);
        return;
    case 10:
        job->call.receive_limit = (size_t)field->value;
        return;
    case 12:
        (void)snprintf(job->path, sizeof job->path,
                       "/connectrpc.conformance.v1.ConformanceService/%.*s", (int)field->bytes.len,
                       (const char *)field->bytes.data);
        return;
    case 13:
        job->call.type = (enum call_type)field->value;
        return;
    case 15:
        read_header(job, field->bytes);
        return;
    case 16:
        read_message(job, field->bytes);
        return;
    case 17:
        job->call.timeout_ms = (int64_t)field->value;
        return;
    case 19:
        read_cancel(job, field->bytes);
        return;
    default:
        return;
    }
}

static struct job *read_job(enum client_knob knob)
{
    uint8_t prefix[4];
    if (!read_all(prefix, sizeof prefix))
        return NULL;
    struct job *job = calloc(1, sizeof *job);
    uint8_t *at = job ? buf_reserve(&job->request, load_u32(prefix)) : NULL;
    if (!at || !read_all(at, load_u32(prefix))) {
        free(job);
        return NULL;
    }
    job->request.len = load_u32(prefix);
    job->knob = knob;
    struct bytes rest = buf_view(&job->request);
    struct pb_field field;
    while (pb_take(&rest, &field))
        read_field(job, &field);
    job->call.path = job->path;
    job->call.metadata = job->fields;
    job->address.host = job->address.tls ? "127.0.0.1" : job->host;
    return job;
}

/* ---- writing an answer ---- */

static void put_headers(struct buf *out, uint32_t number, const struct header_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct buf header = {0};
        pb_put_bytes(&header, 1, list->fields[i].name);
        pb_put_bytes(&header, 2, list->fields[i].value);
        pb_put_bytes(out, number, buf_view(&header));
        buf_clear(&header);
    }
}

static void put_result(struct buf *out, const struct client_result *result)
{
    struct buf error = {0};
    put_headers(out, 1, &result->headers);
    for (struct bytes rest = buf_view(&result->payloads); rest.len >= 4;) {
        struct buf payload = {0};
        size_t len = load_u32(rest.data);
        pb_put_bytes(&payload, 1, bytes_of(rest.data + 4, len));
        pb_put_bytes(out, 2, buf_view(&payload));
        buf_clear(&payload);
        rest = bytes_skip(rest, 4 + len);
    }
    if (result->status != CODE_OK) {
        pb_put_varint(&error, 1, result->status);
        pb_put_bytes(&error, 2, buf_view(&result->message));
        pb_put_bytes(out, 3, buf_view(&error));
    }
    put_headers(out, 4, &result->trailers);
    buf_clear(&error);
}

static void answer(const struct job *job, const struct client_result *result)
{
    struct buf message = {0}, inner = {0}, framed = {0};
    pb_put_bytes(&message, 1, job->name);
    put_result(&inner, result);
    pb_put_bytes(&message, 2, buf_view(&inner));
    buf_put_u32(&framed, (uint32_t)message.len);
    buf_put(&framed, buf_view(&message));
    pthread_mutex_lock(&output);
    for (struct bytes rest = buf_view(&framed); rest.len > 0;) {
        ssize_t put = write(STDOUT_FILENO, rest.data, rest.len);
        if (put <= 0)
            break;
        rest = bytes_skip(rest, (size_t)put);
    }
    pthread_mutex_unlock(&output);
    buf_clear(&message);
    buf_clear(&inner);
    buf_clear(&framed);
}

/* ---- making the call ---- */

static const struct client_call *next(void *arg, size_t *index)
{
    struct job *job = arg;
    *index = 0;
    if (job->begun)
        return NULL;
    job->begun = true;
    return &job->call;
}

static bool is_over(void *arg)
{
    return ((const struct job *)arg)->over;
}

static void report(void *arg, size_t index, struct client_result *result)
{
    struct job *job = arg;
    (void)index;
    if (result->kind == RESULT_DIED)
        abort();
    answer(job, result);
    client_result_clear(result);
    job->over = true;
}

static bool put_message(void *arg, size_t index, unsigned number, struct buf *out)
{
    const struct job *job = arg;
    (void)index;
    if (number < job->call.messages)
        buf_put(out, job->messages[number]);
    return true;
}

static void *run_job(void *arg)
{
    struct job *job = arg;
    const struct call_source source = {
        .next = next, .is_over = is_over, .report = report, .put_message = put_message, .arg = job};
    channel_run(&source, &job->address, job->knob);
    if (job->ca_file[0])
        (void)unlink(job->ca_file);
    for (size_t i = 0; i < MOST_FIELDS; i++)
        buf_clear(&job->values[i]);
    buf_clear(&job->request);
    free(job);
    return NULL;
}

int faulty_client_adapt(enum client_knob knob)
{
    pthread_t *threads = calloc(MOST_THREADS, sizeof *threads);
    size_t count = 0;
    struct job *job;
    while (threads && count < MOST_THREADS && (job = read_job(knob)))
        if (pthread_create(&threads[count], NULL, run_job, job) == 0)
            count++;
    for (size_t i = 0; threads && knob == CLIENT_NONE && i < count; i++)
        (void)pthread_join(threads[i], NULL);
    free(threads);
    return 0;
}
