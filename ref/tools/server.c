/* SPDX-License-Identifier: MIT
 *
 * grpcref-server: grpc.testing.TestService with the flags of the official interop servers, and a few of its own;
 * beside it health and reflection. Prints one line when it is ready, stops gracefully on SIGTERM and SIGINT.
 *
 * Exit codes: 0 stopped, 1 could not start, 2 wrong usage. */
#include "grpcref.h"

#include "services/health.h"
#include "services/reflection.h"
#include "services/test_service.h"
#include "tools/adapter/adapter.h"
#include "tools/common_flags.h"
#include "tools/common_testcerts.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define PATH_SIZE 1024

struct flags {
    const char *address;
    const char *unix_path;
    const char *tls_cert_file;
    const char *tls_key_file;
    const char *tls_ca_file;
    const char *tls_keylog_file;
    const char *adapter;
    bool use_tls;
    bool trace;
    bool help;
    bool version;
    int64_t port;
    int64_t max_message_size;
    int64_t max_metadata_size;
    int64_t max_concurrent_streams;
    int64_t stream_window;
    int64_t connection_window;
    int64_t stop_timeout_ms;
    int64_t keepalive_time_ms;
    int64_t keepalive_timeout_ms;
    int64_t min_ping_interval_ms;
    int64_t max_ping_strikes;
    int64_t max_connection_age_ms;
    int64_t max_connection_age_grace_ms;
    int64_t max_connection_idle_ms;
    int64_t threads;
    int64_t spin_us;
    bool permit_pings_without_calls;
};

static const char usage[] =
    "grpcref-server: the reference server of grpc.testing.TestService\n"
    "\n"
    "  grpcref-server --port 10000                      cleartext, on 127.0.0.1\n"
    "  grpcref-server --port 0                          a free port; the first line says which\n"
    "  grpcref-server --port 10000 --use_tls            TLS with the gRPC project's test "
    "certificates\n"
    "  grpcref-server --use_tls --tls_cert_file c.pem --tls_key_file k.pem --tls_ca_file ca.pem\n"
    "                                                   mutual TLS: clients need a certificate\n"
    "  grpcref-server --unix /tmp/s.sock --trace        a unix socket; every frame on stderr\n"
    "\n"
    "Flags, as --name=value or --name value, with their defaults (0 of a limit: the library's):\n";

/* For the signal handler, which may call gr_server_stop* (grpcref.h, Threads). Set before it is
 * installed. */
static struct gr_server *running;
static int64_t stop_timeout_ns;

static void on_signal(int signal_number)
{
    static volatile sig_atomic_t signals;

    (void)signal_number;
    int saved_errno = errno;
    if (signals++ == 0)
        gr_server_stop_gracefully(running, stop_timeout_ns);
    else
        gr_server_stop(running); /* asked twice: at once */
    errno = saved_errno;
}

static void handle_stop_signals(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};

    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

/* ---- Flags ----------------------------------------------------------------------------------- */

/* Fill in the files that were not named; cert and key are the caller's storage for that. */
static bool complete_tls(struct flags *flags, char *cert, char *key)
{
    if ((flags->tls_cert_file == NULL) != (flags->tls_key_file == NULL)) {
        fprintf(stderr, "grpcref-server: --tls_cert_file and --tls_key_file go together\n");
        return false;
    }
    if (flags->tls_cert_file != NULL)
        return true;
    if (!testcerts_find("server1.pem", cert, PATH_SIZE) ||
        !testcerts_find("server1.key", key, PATH_SIZE)) {
        fprintf(stderr,
                "grpcref-server: --use_tls: the gRPC project's test certificates are not on this "
                "machine (Debian's ruby-grpc has them): name your own with --tls_cert_file and "
                "--tls_key_file\n");
        return false;
    }
    flags->tls_cert_file = cert;
    flags->tls_key_file = key;
    return true;
}

/* returns -1 to go on, or the exit code */
static int read_flags(struct flags *f, int argc, char **argv)
{
    /* clang-format off */
    const struct flag table[] = {
        FLAG_NUMBER("port", &f->port, 0, 65535, "TCP port; 0: let the kernel choose"),
        FLAG_TEXT("address", &f->address, "address to listen on"),
        FLAG_TEXT("unix", &f->unix_path, "listen on this unix socket instead of TCP"),
        FLAG_TRUTH("use_tls", &f->use_tls, "TLS, with ALPN h2"),
        FLAG_TEXT("tls_cert_file", &f->tls_cert_file, "PEM certificate chain"),
        FLAG_TEXT("tls_key_file", &f->tls_key_file, "PEM private key"),
        FLAG_TEXT("tls_ca_file", &f->tls_ca_file, "demand client certificates signed by these"),
        FLAG_TEXT("tls_keylog_file", &f->tls_keylog_file, "append TLS secrets for Wireshark"),
        FLAG_NUMBER("max_message_size", &f->max_message_size, 0, INT32_MAX, "octets of a received message"),
        FLAG_NUMBER("max_metadata_size", &f->max_metadata_size, 0, INT32_MAX, "octets of a received header list"),
        FLAG_NUMBER("max_concurrent_streams", &f->max_concurrent_streams, 0, INT32_MAX, "calls at a time per connection"),
        FLAG_NUMBER("stream_window", &f->stream_window, 0, INT32_MAX, "octets, SETTINGS_INITIAL_WINDOW_SIZE"),
        FLAG_NUMBER("connection_window", &f->connection_window, 0, INT32_MAX, "octets, at least 65535"),
        FLAG_NUMBER("stop_timeout_ms", &f->stop_timeout_ms, 0, 3600000, "SIGTERM: calls in flight may take this long"),
        FLAG_NUMBER("keepalive_time_ms", &f->keepalive_time_ms, 0, INT32_MAX, "ping clients silent so long (0: 2 h)"),
        FLAG_NUMBER("keepalive_timeout_ms", &f->keepalive_timeout_ms, 0, INT32_MAX, "and wait so long for the answer (0: 20 s)"),
        FLAG_NUMBER("min_ping_interval_ms", &f->min_ping_interval_ms, 0, INT32_MAX, "clients' pings that come sooner are strikes (0: 5 min)"),
        FLAG_TRUTH("permit_pings_without_calls", &f->permit_pings_without_calls, "the same without calls (else 2 h)"),
        FLAG_NUMBER("max_ping_strikes", &f->max_ping_strikes, -1, 1000000, "strikes forgiven (0: 2; -1: all)"),
        FLAG_NUMBER("max_connection_age_ms", &f->max_connection_age_ms, 0, INT32_MAX, "then GOAWAY (0: never)"),
        FLAG_NUMBER("max_connection_age_grace_ms", &f->max_connection_age_grace_ms, 0, INT32_MAX, "and the end of its calls (0: never)"),
        FLAG_NUMBER("max_connection_idle_ms", &f->max_connection_idle_ms, 0, INT32_MAX, "so long without calls: GOAWAY (0: never)"),
        FLAG_NUMBER("threads", &f->threads, 1, 256, "loops, each with a listener and a thread of its own"),
        FLAG_NUMBER("spin_us", &f->spin_us, 0, 1000000, "poll so long for more before sleep: sooner answers, more CPU"),
        FLAG_TEXT("adapter", &f->adapter, "\"" ADAPTER_NAME "\": be its server under test instead; stdin says how"),
        FLAG_TRUTH("trace", &f->trace, "print every frame, decoded, on stderr"),
        FLAG_TRUTH("version", &f->version, "print the version and exit"),
        FLAG_TRUTH("help", &f->help, "print this and exit"),
    };
    /* clang-format on */
    const struct flags defaults = *f;
    char why[300];

    if (!flags_parse(table, ARRAY_LEN(table), argc, argv, why, sizeof(why))) {
        fprintf(stderr, "grpcref-server: %s\n", why);
        return 2;
    }
    if (f->connection_window != 0 && f->connection_window < 65535) {
        fprintf(stderr, "grpcref-server: --connection_window is at least 65535 (RFC 9113 6.9.2)\n");
        return 2;
    }
    if (f->help) {
        *f = defaults;
        fputs(usage, stdout);
        flags_print(stdout, table, ARRAY_LEN(table));
        return 0;
    }
    if (f->adapter != NULL && strcmp(f->adapter, ADAPTER_NAME) != 0) {
        fprintf(stderr, "grpcref-server: the only --adapter here is " ADAPTER_NAME "\n");
        return 2;
    }
    if (f->version) {
        printf("grpcref-server, %s\n", gr_version());
        return 0;
    }
    return -1;
}

/* ---- The four steps of a server -------------------------------------------------------------- */

static struct gr_server *new_server(const struct flags *flags)
{
    const struct gr_tls_options tls = {
        .cert_file = flags->tls_cert_file,
        .key_file = flags->tls_key_file,
        .ca_file = flags->tls_ca_file,
        .keylog_file = flags->tls_keylog_file,
    };
    const struct gr_server_options options = {
        .limits = {.max_message = (size_t)flags->max_message_size,
                   .max_metadata = (size_t)flags->max_metadata_size,
                   .max_concurrent_streams = (uint32_t)flags->max_concurrent_streams,
                   .stream_window = (uint32_t)flags->stream_window,
                   .connection_window = (uint32_t)flags->connection_window},
        .tls = flags->use_tls ? &tls : NULL,
        .trace = flags->trace,
        .threads = (int)flags->threads,
        .spin_ns = flags->spin_us * NS_PER_US,
        .keepalive_time_ns = flags->keepalive_time_ms * NS_PER_MS,
        .keepalive_timeout_ns = flags->keepalive_timeout_ms * NS_PER_MS,
        .min_ping_interval_ns = flags->min_ping_interval_ms * NS_PER_MS,
        .permit_pings_without_calls = flags->permit_pings_without_calls,
        .max_ping_strikes = (int)flags->max_ping_strikes,
        .max_connection_age_ns = flags->max_connection_age_ms * NS_PER_MS,
        .max_connection_age_grace_ns = flags->max_connection_age_grace_ms * NS_PER_MS,
        .max_connection_idle_ns = flags->max_connection_idle_ms * NS_PER_MS,
    };
    return gr_server_new(&options);
}

/* errno is still gr_server_listen's. */
static void say_why_not(const struct flags *flags, const char *address, int error)
{
    const char *reason = error == GR_IO ? strerror(errno) : gr_error_text(error);

    fprintf(stderr, "grpcref-server: cannot listen on %s: %s\n", address, reason);
    if (error == GR_TLS)
        fprintf(stderr, "grpcref-server: the files were %s, %s%s%s\n", flags->tls_cert_file,
                flags->tls_key_file, flags->tls_ca_file ? ", " : "",
                flags->tls_ca_file ? flags->tls_ca_file : "");
}

/* Listens, and says where on stdout. */
static int listen_and_say_so(struct gr_server *server, const struct flags *flags)
{
    bool is_ipv6 = strchr(flags->address, ':') != NULL;
    char host[PATH_SIZE];
    char address[PATH_SIZE + 32];
    int port = 0;

    snprintf(host, sizeof(host), is_ipv6 ? "[%s]" : "%s", flags->address);
    if (flags->unix_path != NULL)
        snprintf(address, sizeof(address), "unix:%s", flags->unix_path);
    else
        snprintf(address, sizeof(address), "%s:%" PRId64, host, flags->port);

    int error = gr_server_listen(server, address, &port);
    if (error != 0) {
        say_why_not(flags, address, error);
        return error;
    }
    if (flags->unix_path != NULL)
        printf("grpcref-server listening on %s\n", address);
    else
        printf("grpcref-server listening on %s:%d\n", host, port);
    fflush(stdout);
    return 0;
}

/* What it serves: the test service, and what it says of itself. */
static int register_all(struct gr_server *server, struct gr_health *health,
                        struct gr_reflection *reflection)
{
    int error = health == NULL || reflection == NULL ? GR_NOMEM : 0;

    if (error == 0)
        error = gr_server_register(server, &test_service, NULL);
    if (error == 0)
        error = gr_health_register(server, health);
    if (error == 0)
        error = gr_reflection_register(server, reflection);
    if (error == 0)
        error = gr_health_set(health, test_service.name, GR_HEALTH_SERVING);
    return error;
}

static int serve(const struct flags *flags)
{
    struct gr_server *server = new_server(flags);
    if (server == NULL) {
        fprintf(stderr, "grpcref-server: out of memory or descriptors\n");
        return 1;
    }
    struct gr_health *health = gr_health_new();
    struct gr_reflection *reflection = gr_reflection_new();
    running = server;
    stop_timeout_ns = flags->stop_timeout_ms * NS_PER_MS;

    signal(SIGPIPE, SIG_IGN); /* a peer that went away is an error of write(), not our end */
    handle_stop_signals(on_signal);

    int error = register_all(server, health, reflection);
    if (error == 0)
        error = listen_and_say_so(server, flags);
    if (error == 0)
        error = gr_server_serve(server);
    handle_stop_signals(SIG_IGN); /* nothing to stop any more */
    gr_server_free(server);
    gr_health_free(health);
    gr_reflection_free(reflection);
    return error == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct flags flags = {
        .address = "127.0.0.1", .port = 10000, .stop_timeout_ms = 5000, .threads = 1};
    char cert[PATH_SIZE];
    char key[PATH_SIZE];

    int exit_code = read_flags(&flags, argc, argv);
    if (exit_code >= 0)
        return exit_code;
    if (flags.adapter != NULL)
        return adapter_server();
    if (flags.use_tls && !complete_tls(&flags, cert, key))
        return 2;
    return serve(&flags);
}
