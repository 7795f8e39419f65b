/* SPDX-License-Identifier: MIT
 *
 * ref-bench: unary calls per second, and server CPU per call, of grpcref-server beside a C++ gRPC
 * server, in one interleaved run. Servers stay up throughout, on core 0; the generator is on core
 * 1; every round visits every server, each time in another order; medians are compared. Quote
 * ratios, never the absolute numbers of some machine.
 *
 * It measures; it does not check. A server that loses calls is reported, not ranked. */
#define _GNU_SOURCE
#include "load.h"
#include "server.h"

#include "base/attr.h"

#include <getopt.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ROUNDS = 99, MAX_SERVERS = 4 };

struct shape {
    unsigned connections, streams;
};
static const struct shape shapes[] = {{1, 1}, {10, 1}, {1, 100}, {10, 10}, {10, 100}};

struct samples {
    double rps[MAX_ROUNDS], cpu_us[MAX_ROUNDS], client_us[MAX_ROUNDS], p50_us[MAX_ROUNDS],
        p99_us[MAX_ROUNDS];
    unsigned count;
    uint64_t wrong;
};

struct bench {
    struct server servers[MAX_SERVERS];
    size_t server_count;
    unsigned rounds;
    double seconds;
    struct samples samples[ARRAY_LEN(shapes)][MAX_SERVERS];
};

/* SimpleRequest{response_size: 10, payload{body: 10 zeros}}; its reply is
 * SimpleResponse{payload{body: 10 zeros}}. */
static const struct bytes request = {
    (const uint8_t *)"\x10\x0a\x1a\x0c\x12\x0a\0\0\0\0\0\0\0\0\0\0", 16};
enum { REPLY_OCTETS = 5 + 14 };

static int64_t own_cpu_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static bool measure(struct bench *bench, size_t shape, size_t server_index)
{
    struct server *server = &bench->servers[server_index];
    struct samples *samples = &bench->samples[shape][server_index];
    struct load_options options = {
        .port = server->port,
        .path = "/grpc.testing.TestService/UnaryCall",
        .message = request,
        .reply_octets = REPLY_OCTETS,
        .connections = shapes[shape].connections,
        .streams = shapes[shape].streams,
        .duration_ns = (int64_t)(bench->seconds * 1e9),
    };
    struct load_result result;
    char why[256];
    int64_t cpu = server_cpu_ns(server), own = own_cpu_ns();
    if (load_run(&options, &result, why) != 0) {
        fprintf(stderr, "ref-bench: %s: %s\n", server->name, why);
        return false;
    }
    /* CPU is read around warm-up and measurement alike, so it is shared out over the calls of both.
     */
    double calls = (double)result.calls * 1.2, seconds = (double)result.elapsed_ns / 1e9;
    unsigned i = samples->count++;
    samples->rps[i] = (double)result.calls / seconds;
    samples->cpu_us[i] = calls > 0 ? (double)(server_cpu_ns(server) - cpu) / 1e3 / calls : 0;
    samples->client_us[i] = calls > 0 ? (double)(own_cpu_ns() - own) / 1e3 / calls : 0;
    samples->p50_us[i] = (double)result.p50_ns / 1e3;
    samples->p99_us[i] = (double)result.p99_ns / 1e3;
    samples->wrong += result.wrong;
    return true;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const double *values, unsigned count)
{
    double sorted[MAX_ROUNDS];
    memcpy(sorted, values, count * sizeof *values);
    qsort(sorted, count, sizeof *sorted, by_value);
    return count == 0  ? 0
           : count % 2 ? sorted[count / 2]
                       : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

static void print_shape(const struct bench *bench, size_t shape)
{
    double ours = median(bench->samples[shape][0].cpu_us, bench->rounds);
    for (size_t s = 0; s < bench->server_count; s++) {
        const struct samples *samples = &bench->samples[shape][s];
        double cpu = median(samples->cpu_us, samples->count),
               client = median(samples->client_us, samples->count);
        double rps = median(samples->rps, samples->count);
        char label[32];
        snprintf(label, sizeof label, "%ux%u", shapes[shape].connections, shapes[shape].streams);
        printf("%-7s %-14s %10.0f %9.2f %9.2f %9.0f %9.0f %9.2f%s", s == 0 ? label : "",
               bench->servers[s].name, rps, cpu, client, median(samples->p50_us, samples->count),
               median(samples->p99_us, samples->count), cpu / ours,
               client * rps >= 0.9e6 ? "  client-bound" : "");
        if (samples->wrong)
            printf("  %llu calls went wrong: not to be ranked", (unsigned long long)samples->wrong);
        printf("\n");
    }
}

static bool run(struct bench *bench)
{
    bool tty = isatty(STDERR_FILENO);
    for (unsigned round = 0; round < bench->rounds; round++) {
        for (size_t shape = 0; shape < ARRAY_LEN(shapes); shape++) {
            if (tty)
                fprintf(stderr, "\rround %u of %u, shape %zu of %zu ", round + 1, bench->rounds,
                        shape + 1, ARRAY_LEN(shapes));
            for (size_t i = 0; i < bench->server_count; i++)
                if (!measure(bench, shape, (i + round) % bench->server_count))
                    return false;
        }
    }
    if (tty)
        fprintf(stderr, "\r\033[K");
    return true;
}

static void report(const struct bench *bench)
{
    printf("unary call of 10 octets, h2c on loopback, servers on core 0, generator on core 1, "
           "median of %u rounds\n",
           bench->rounds);
    printf("%-7s %-14s %10s %9s %9s %9s %9s %9s\n", "conns x", "server", "calls/s", "CPU us",
           "gen. us", "p50 us", "p99 us", "CPU ratio");
    for (size_t shape = 0; shape < ARRAY_LEN(shapes); shape++)
        print_shape(bench, shape);
    for (size_t s = 0; s < bench->server_count; s++)
        printf("%s: %.1f MB resident at the end\n", bench->servers[s].name,
               (double)server_rss(&bench->servers[s]) / 1e6);
}

static void add_server(struct bench *bench, const char *name, const char *path, const char *arg)
{
    if (access(path, X_OK) != 0) {
        fprintf(stderr, "ref-bench: %s is absent (%s), left out\n", name, path);
        return;
    }
    bench->servers[bench->server_count++] = (struct server){.name = name,
                                                            .argv = {path, "--port=0", arg}};
}

static void stop_all(struct bench *bench)
{
    for (size_t s = 0; s < bench->server_count; s++)
        server_stop(&bench->servers[s]);
}

static void usage(FILE *out)
{
    fputs(
        "ref-bench: server CPU per unary call, grpcref-server beside C++ gRPC\n\n"
        "  --rounds N     visits to each server, 1 to 99 (default 5)\n"
        "  --seconds S    of each visit, 0.1 to 60 (default 0.5)\n"
        "  --folder DIR   where grpcref-server and cpp-server are (default: beside this program)\n",
        out);
}

int main(int argc, char **argv)
{
    struct bench *bench = calloc(1, sizeof *bench);
    char folder[PATH_MAX] = "", ours[PATH_MAX + 32], theirs[PATH_MAX + 32];
    ssize_t n = readlink("/proc/self/exe", folder, sizeof folder - 1);
    if (!bench || n < 0)
        return 1;
    *strrchr(folder, '/') = '\0';
    bench->rounds = 5;
    bench->seconds = 0.5;

    static const struct option options[] = {{"rounds", required_argument, NULL, 'r'},
                                            {"seconds", required_argument, NULL, 's'},
                                            {"folder", required_argument, NULL, 'f'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'r')
            bench->rounds = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 's')
            bench->seconds = strtod(optarg, NULL);
        else if (option == 'f')
            snprintf(folder, sizeof folder, "%s", optarg);
        else {
            usage(option == 'h' ? stdout : stderr);
            return option == 'h' ? 0 : 2;
        }
    }
    if (bench->rounds < 1 || bench->rounds > MAX_ROUNDS ||
        !(bench->seconds >= 0.1 && bench->seconds <= 60)) {
        fprintf(stderr, "ref-bench: --rounds takes 1 to %d, --seconds 0.1 to 60\n", MAX_ROUNDS);
        return 2;
    }
    if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
        fprintf(stderr,
                "ref-bench: needs two cores, one for the server and one for the generator\n");
        return 1;
    }

    cpu_set_t core_1;
    CPU_ZERO(&core_1);
    CPU_SET(1, &core_1);
    sched_setaffinity(0, sizeof core_1, &core_1);

    snprintf(ours, sizeof ours, "%s/grpcref-server", folder);
    snprintf(theirs, sizeof theirs, "%s/cpp-server", folder);
    add_server(bench, "grpcref", ours, NULL);
    add_server(bench, "grpc++ async", theirs, "--async");
    add_server(bench, "grpc++ callback", theirs, NULL);

    char why[256];
    bool ok = bench->server_count > 0;
    for (size_t s = 0; ok && s < bench->server_count; s++) {
        ok = server_start(&bench->servers[s], 0, why);
        if (!ok)
            fprintf(stderr, "ref-bench: %s\n", why);
    }
    ok = ok && run(bench);
    if (ok)
        report(bench);
    stop_all(bench);
    free(bench);
    return ok ? 0 : 1;
}
