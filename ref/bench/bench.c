/* SPDX-License-Identifier: MIT
 *
 * ref-bench: server CPU per call, latency and memory of grpcref-server beside yardsticks and other stacks, in one
 * interleaved run. Servers stay up throughout, on core 0; the generator is on core 1; every round visits every server,
 * each time in another order. Quote ratios, never the absolute numbers of some machine.
 *
 * It measures; it does not check more than that replies are whole. */
#define _GNU_SOURCE
#include "clients.h"
#include "h2load.h"
#include "report.h"
#include "tls.h"

#include "base/attr.h"
#include "base/clock.h"

#include <getopt.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS "clients, 1x100" /* for --only */

enum { IDLE_CONNECTIONS = 1000, MANY_CONNECTIONS = 10000 };

#define GRPCREF "{folder}/grpcref-server --port={port}"
#define CPP     "{cache}/cpp/cpp-server --port={port}"
#define TONIC   "{cache}/tonic/target/release/server --port={port}"
#define GO      "{cache}/go/server --port={port}"
#define JAVA    "{cache}/java/grpc-interop-testing-1.79.0/bin/test-server --port={port}"
#define NODE    "env NODE_PATH={cache}/node/node_modules node interop/peers/node/server.js"
#define SECURE  " --use_tls=true --tls_cert_file={certs}/cert.pem --tls_key_file={certs}/key.pem"

/* In the order of the reports; the others are compared with the first of their setting. */
static const struct server known[] = {
    {"grpcref", "this tree", GRPCREF, SERVER, true, PINNED, 0, 0},
    {"nghttp2 alone", "yardstick: session, protobuf-c, no more",
     "{folder}/anchor-nghttp2 --port={port}", ANCHOR, true, PINNED, 0, 0},
    {"floor", "yardstick: frame headers, a ready-made answer", "{folder}/anchor-raw --port={port}",
     ANCHOR, true, PINNED, 0, 0},
    {"grpc++ async", "1.51.1", CPP " --async", UNARY_ONLY, true, PINNED, 0, 0},
    {"grpc++ callback", "1.51.1", CPP, SERVER, true, PINNED, 0, 0},
    {"tonic", "0.14.9", TONIC, SERVER, false, PINNED, 0, 0},
    {"grpc-go", "1.83.1", GO, SERVER, false, PINNED, 0, 0},
    {"connect-go", "1.20.0", "{cache}/connect-go/server --port={port}", SERVER, false, PINNED, 0,
     0},
    {"grpc-java", "1.79.0, Netty", JAVA " --address_type=IPV4 --use_tls=false", SERVER, false,
     PINNED, 0, 0},
    {"grpc-js", "1.14.7", NODE " --port={port}", SERVER, false, PINNED, 0, 0},
    {"grpcref, spinning", "--spin_us=200: that long it polls before it sleeps",
     GRPCREF " --spin_us=200", SPINNING, true, PINNED, 0, 0},
    {"grpcref, TLS", "", GRPCREF SECURE, SERVER, false, TLS, 0, 0},
    {"grpc++, TLS", "", CPP SECURE, SERVER, false, TLS, 0, 0},
    {"tonic, TLS", "", TONIC SECURE, SERVER, false, TLS, 0, 0},
    {"grpc-go, TLS", "", GO SECURE, SERVER, false, TLS, 0, 0},
    {"grpcref, 2 loops", "", GRPCREF " --threads=2", SERVER, false, TWO_CORES, 0, 0},
    {"grpc++, 2 cores", "", CPP, SERVER, false, TWO_CORES, 0, 0},
    {"tonic, 2 cores", "", TONIC, SERVER, false, TWO_CORES, 0, 0},
    {"grpc-go, 2 cores", "", GO, SERVER, false, TWO_CORES, 0, 0},
};

struct bench {
    struct results results;
    struct server_places places;
    const char *only_scenario, *only_server; /* NULL: all */
};

/* ---- One visit ------------------------------------------------------------------------------- */

/* Readings at the beginning and the end of the measured time. */
struct readings {
    const struct server *server;
    int64_t server_ns[2], own_ns[2];
    uint64_t anonymous;
    int taken;
};

static int64_t own_cpu_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static void read_now(void *user)
{
    struct readings *readings = user;
    int i = readings->taken++;

    readings->server_ns[i] = server_cpu_ns(readings->server);
    readings->own_ns[i] = own_cpu_ns();
    readings->anonymous = server_rss(readings->server, true);
}

/* Every reply must be as the server's first one, octet for octet, and that one the right message. */
static bool load(const struct scenario *scenario, const struct server *server, double seconds,
                 struct readings *readings, struct load_result *result)
{
    struct buf request = {0}, reply = {0}, own = {0};
    char why[256];

    *readings = (struct readings){.server = server};
    scenario_request(scenario, &request);
    scenario_reply(scenario, &reply);
    struct load_options options = {
        .port = server->port,
        .kind = scenario->kind,
        .path = scenario_path(scenario),
        .message = buf_view(&request),
        .reply = buf_view(&reply),
        .messages = scenario->messages,
        .connections = scenario->connections,
        .streams = scenario->streams,
        .rate = scenario->rate,
        .tls = scenario->setting == TLS,
        .duration_ns = (int64_t)(seconds * 1e9),
        .mark = read_now,
        .user = readings,
    };
    snprintf(why, sizeof why, "its reply is another message");
    bool ok = !request.failed && !reply.failed && load_once(&options, &own, why) == 0 &&
              scenario_same_reply(buf_view(&own), options.reply);
    options.reply = buf_view(&own);
    ok = ok && load_run(&options, result, why) == 0;
    if (!ok)
        fprintf(stderr, "\nref-bench: %s, %s: %s\n", server->name, scenario->name, why);
    buf_clear(&request);
    buf_clear(&reply);
    buf_clear(&own);
    return ok;
}

static void keep(struct samples *samples, const struct readings *readings,
                 const struct load_result *result)
{
    double messages = (double)result->messages, seconds = (double)result->elapsed_ns / 1e9;
    const double values[METRICS] = {
        [RATE] = messages / seconds,
        [CPU_US] = (double)(readings->server_ns[1] - readings->server_ns[0]) / 1e3 / messages,
        [CLIENT_US] = (double)(readings->own_ns[1] - readings->own_ns[0]) / 1e3 / messages,
        [MEAN_US] = (double)result->mean_ns / 1e3,
        [P50_US] = (double)result->p50_ns / 1e3,
        [P99_US] = (double)result->p99_ns / 1e3,
        [P999_US] = (double)result->p999_ns / 1e3,
        [OCTETS] = (double)result->octets / messages,
    };

    samples->wrong += result->wrong;
    if (messages < 1)
        return;
    for (int m = 0; m < METRICS; m++)
        samples->values[m][samples->count] = values[m];
    samples->count++;
}

static bool can_serve(const struct server *server, const struct scenario *scenario)
{
    if (server->setting != scenario->setting)
        return false;
    if (server->kind == SPINNING)
        return scenario->rate || scenario->connections * scenario->streams == 1;
    if (server->kind == ANCHOR)
        return scenario->kind == LOAD_UNARY && scenario->payload <= 1024;
    return server->kind == SERVER || scenario->kind == LOAD_UNARY;
}

static int64_t cpu_of_all_ns(const struct results *results)
{
    int64_t ns = 0;

    for (size_t s = 0; s < results->server_count; s++)
        ns += server_cpu_ns(&results->servers[s]);
    return ns;
}

/* Some servers go on for seconds after a visit of thousands of calls, and the next one would pay for it: grpc-js's left
 * whoever came behind it with 0.4 of a core at 50x100. At most 10 s. */
static void await_quiet(const struct results *results)
{
    const gr_time deadline = clock_now_ns() + 10 * NS_PER_S;
    int64_t before, used;

    do {
        before = cpu_of_all_ns(results);
        nanosleep(&(struct timespec){.tv_nsec = 20 * NS_PER_MS}, NULL);
        used = cpu_of_all_ns(results) - before;
    } while (used > NS_PER_MS / 2 && clock_now_ns() < deadline);
}

static void measure(struct bench *bench, size_t scenario, size_t server)
{
    struct results *results = &bench->results;
    struct samples *samples = &results->samples[scenario][server];
    struct readings readings;
    struct load_result result;
    const struct scenario *s = &scenarios[scenario];

    if (samples->missing || !can_serve(&results->servers[server], s))
        return;
    double seconds = s->connections < 1000 ? results->seconds : 4 * results->seconds;
    await_quiet(results);
    if (load(s, &results->servers[server], seconds, &readings, &result))
        keep(samples, &readings, &result);
    else
        samples->missing = "lost a connection";
}

/* ---- Memory ---------------------------------------------------------------------------------- */

/* KiB that a connection costs that has had a call and now has nothing to do, of `count`; what is the server's own. */
static double idle_kib(const struct server *server, unsigned count, double base_kib)
{
    const struct scenario idle = {
        "idle connections", LOAD_UNARY, 10, 1, count, 1, count, true, PINNED};
    struct readings readings;
    struct load_result result;

    if (!load(&idle, server, 1.2, &readings, &result))
        return 0;
    return ((double)readings.anonymous / 1024 - base_kib) / count;
}

static void measure_memory(struct bench *bench, size_t server)
{
    struct results *results = &bench->results;
    struct footprint *footprint = &results->footprint[server];
    const struct server *of = &results->servers[server];

    if (of->setting != PINNED || of->kind == SPINNING)
        return;
    footprint->base_kib = (double)server_rss(of, false) / 1024;
    footprint->base_anonymous_kib = (double)server_rss(of, true) / 1024;
    footprint->idle_kib = idle_kib(of, IDLE_CONNECTIONS, footprint->base_anonymous_kib);
    if (!results->quick)
        footprint->many_kib = idle_kib(of, MANY_CONNECTIONS, footprint->base_anonymous_kib);
}

/* ---- The run --------------------------------------------------------------------------------- */

static bool wanted(const struct bench *bench, const struct scenario *scenario)
{
    if (bench->only_scenario)
        return strstr(scenario->name, bench->only_scenario) != NULL;
    return scenario->quick || !bench->results.quick;
}

static void say(const char *what, unsigned round, unsigned rounds)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[Kround %u of %u: %s", round, rounds, what);
}

static void run(struct bench *bench)
{
    struct results *results = &bench->results;

    for (size_t s = 0; s < results->server_count && !bench->only_scenario; s++)
        measure_memory(bench, s);
    for (unsigned round = 0; round < results->rounds; round++) {
        for (size_t i = 0; i < scenario_count; i++) {
            if (!wanted(bench, &scenarios[i]))
                continue;
            say(scenarios[i].name, round + 1, results->rounds);
            for (size_t s = 0; s < results->server_count; s++)
                measure(bench, i, (s + round) % results->server_count);
        }
        for (size_t i = 0; i < results->server_count && !bench->only_scenario; i++) {
            size_t s = (i + round) % results->server_count;
            if (results->servers[s].setting != PINNED || results->servers[s].kind == SPINNING)
                continue;
            await_quiet(results);
            h2load_measure(&results->servers[s], results->seconds, &results->h2load[s]);
        }
        if (!results->quick && (!bench->only_scenario || strstr(CLIENTS, bench->only_scenario))) {
            await_quiet(results);
            clients_measure(results, &bench->places, round);
        }
    }
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

static bool start_all(struct bench *bench)
{
    struct results *results = &bench->results;
    char why[256];

    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        struct server *server = &results->servers[results->server_count];
        *server = known[i];
        if ((results->quick && !server->quick) ||
            (bench->only_server && i > 0 && !strstr(bench->only_server, server->name)))
            continue;
        if (!server_exists(server, &bench->places))
            fprintf(stderr, "ref-bench: %s is absent, left out\n", server->name);
        else if (server_start(server, &bench->places, why))
            results->server_count++;
        else
            fprintf(stderr, "ref-bench: %s\n", why);
    }
    return results->server_count > 0 && strcmp(results->servers[0].name, known[0].name) == 0;
}

static void stop_all(struct bench *bench)
{
    for (size_t s = 0; s < bench->results.server_count; s++)
        server_stop(&bench->results.servers[s]);
}

/* ---- Options --------------------------------------------------------------------------------- */

static bool write_report(const struct results *results, const char *base, const char *ending,
                         void (*report)(const struct results *, FILE *))
{
    char path[PATH_MAX];
    FILE *out;

    snprintf(path, sizeof path, "%s.%s", base, ending);
    out = fopen(path, "w");
    if (!out) {
        perror(path);
        return false;
    }
    report(results, out);
    return fclose(out) == 0;
}

static void usage(FILE *out)
{
    fputs("ref-bench: server CPU per call, grpcref-server beside other stacks\n\n"
          "  --full         every scenario and every server found (about 20 minutes); without it,\n"
          "                 the short comparison: two minutes\n"
          "  --rounds N     visits to each server in each scenario, 1 to 99 (default 3; full: 5)\n"
          "  --seconds S    of each visit, 0.1 to 60 (default 0.4)\n"
          "  --out BASE     write BASE.md, BASE.json and BASE.svg\n"
          "  --only TEXT    only scenarios whose name holds it\n"
          "  --beside NAMES only these servers, beside grpcref: 'floor,grpc++ async'\n"
          "  --folder DIR   where grpcref-server is (default: beside this program)\n"
          "  --cache DIR    where ci/install-peers puts peers (default: ~/.cache/grpcspec)\n",
          out);
}

static bool prepare_machine(void)
{
    struct rlimit files;
    cpu_set_t core_1;

    if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
        fputs("ref-bench: needs two cores, one for the server and one for the generator\n", stderr);
        return false;
    }
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    CPU_ZERO(&core_1);
    CPU_SET(1, &core_1);
    return sched_setaffinity(0, sizeof core_1, &core_1) == 0;
}

static const char *default_cache(void)
{
    static char path[PATH_MAX];
    const char *home = getenv("HOME"), *cache = getenv("XDG_CACHE_HOME");

    if (cache && *cache)
        snprintf(path, sizeof path, "%s/grpcspec", cache);
    else
        snprintf(path, sizeof path, "%s/.cache/grpcspec", home ? home : "");
    return path;
}

static const char *own_folder(void)
{
    static char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

    if (n > 0)
        *strrchr(path, '/') = '\0';
    return path;
}

/* returns -1 to go on, or the exit status */
static int read_options(struct bench *bench, const char **out, int argc, char **argv)
{
    static const struct option options[] = {
        {"full", no_argument, NULL, 'F'},          {"rounds", required_argument, NULL, 'r'},
        {"seconds", required_argument, NULL, 's'}, {"out", required_argument, NULL, 'o'},
        {"only", required_argument, NULL, 'n'},    {"beside", required_argument, NULL, 'b'},
        {"folder", required_argument, NULL, 'f'},  {"cache", required_argument, NULL, 'c'},
        {"help", no_argument, NULL, 'h'},          {0}};
    struct results *results = &bench->results;

    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'F':
            results->quick = false;
            break;
        case 'r':
            results->rounds = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 's':
            results->seconds = strtod(optarg, NULL);
            break;
        case 'o':
            *out = optarg;
            break;
        case 'n':
            bench->only_scenario = optarg;
            break;
        case 'b':
            bench->only_server = optarg;
            break;
        case 'f':
            bench->places.folder = optarg;
            break;
        case 'c':
            bench->places.cache = optarg;
            break;
        default:
            usage(option == 'h' ? stdout : stderr);
            return option == 'h' ? 0 : 2;
        }
    }
    if (results->rounds == 0)
        results->rounds = results->quick ? 3 : 5;
    if (results->rounds <= ROUNDS_MAX && results->seconds >= 0.1 && results->seconds <= 60)
        return -1;
    fprintf(stderr, "ref-bench: --rounds takes 1 to %d, --seconds 0.1 to 60\n", ROUNDS_MAX);
    return 2;
}

int main(int argc, char **argv)
{
    struct bench *bench = calloc(1, sizeof *bench);
    const char *out = NULL;
    int status;

    if (!bench)
        return 1;
    bench->places = (struct server_places){own_folder(), default_cache(), NULL};
    bench->results.quick = true;
    bench->results.seconds = 0.4;
    status = read_options(bench, &out, argc, argv);
    if (status < 0) {
        results_describe_machine(&bench->results);
        if (!bench->results.quick)
            bench->places.certs = tls_make_certificate();
        status = prepare_machine() && start_all(bench) ? 0 : 1;
        if (status == 0) {
            run(bench);
            report_text(&bench->results, stdout);
        }
        if (status == 0 && out &&
            !(write_report(&bench->results, out, "md", report_markdown) &&
              write_report(&bench->results, out, "json", report_json) &&
              write_report(&bench->results, out, "svg", report_svg)))
            status = 1;
        stop_all(bench);
        tls_drop_certificate();
    }
    free(bench);
    return status;
}
