/* SPDX-License-Identifier: MIT
 *
 * grpcref-server --adapter: told on stdin what to be, says on stdout where it listens, serves until
 * it is stopped by a signal. The end of stdin means nothing. */
#include "tools/adapter/adapter.h"

#include "tools/adapter/frame.h"
#include "tools/adapter/pem.h"
#include "tools/adapter/service.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define HOST "127.0.0.1"

/* For the signal handler. */
static struct gr_server *running;
static volatile sig_atomic_t stopped;

static void on_signal(int signal_number)
{
    int saved_errno = errno;

    (void)signal_number;
    stopped = 1;
    gr_server_stop(running); /* which also ends the turn */
    errno = saved_errno;
}

static void handle_stop_signals(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};

    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

static int complain(const char *what, int error)
{
    fprintf(stderr, "grpcref-server --adapter: %s: %s\n", what,
            error == GR_IO ? strerror(errno) : gr_error_text(error));
    return 1;
}

static struct bytes octets(ProtobufCBinaryData data)
{
    return bytes_of(data.data, data.len);
}

/* ---- Starting -------------------------------------------------------------------------------- */

struct credentials {
    struct pem cert, key, ca;
};

static bool write_credentials(struct credentials *files, const CC(ServerCompatRequest) * request)
{
    const CC(TLSCreds) *creds = request->server_creds;

    if (!request->use_tls || creds == NULL)
        return true; /* TLS without them: gr_server_listen refuses */
    return pem_write(&files->cert, octets(creds->cert)) &&
           pem_write(&files->key, octets(creds->key)) &&
           pem_write(&files->ca, octets(request->client_tls_cert));
}

static void remove_credentials(struct credentials *files)
{
    pem_remove(&files->cert);
    pem_remove(&files->key);
    pem_remove(&files->ca);
}

static struct gr_server *new_server(struct gr_loop *loop, const CC(ServerCompatRequest) * request,
                                    const struct credentials *files)
{
    const struct gr_tls_options tls = {
        .cert_file = pem_path(&files->cert),
        .key_file = pem_path(&files->key),
        .ca_file = pem_path(&files->ca),
    };
    const struct gr_server_options options = {
        .loop = loop,
        .limits = {.max_message = request->message_receive_limit},
        .tls = request->use_tls ? &tls : NULL,
    };
    return gr_server_new(&options);
}

static int say_where(const CC(ServerCompatRequest) * request, int port)
{
    CC(ServerCompatResponse) response = CONNECTRPC__CONFORMANCE__V1__SERVER_COMPAT_RESPONSE__INIT;
    char host[] = HOST;

    response.host = host;
    response.port = (uint32_t)port;
    if (request->use_tls)
        response.pem_cert = request->server_creds->cert;
    return frame_write(STDOUT_FILENO, &response);
}

/* ---- Serving --------------------------------------------------------------------------------- */

static void serve(struct gr_loop *loop, struct laters *laters)
{
    while (!stopped) {
        gr_loop_turn(loop, laters_wait(laters, clock_now_ns()));
        laters_run(laters, clock_now_ns());
    }
}

static int start_and_serve(struct gr_loop *loop, struct gr_server *server,
                           const CC(ServerCompatRequest) * request)
{
    struct laters laters = {0};
    int port;

    int error = conformance_service_register(server, &laters);
    if (error == 0)
        error = gr_server_listen(server, HOST ":0", &port);
    if (error != 0)
        return complain("cannot listen on " HOST, error);
    running = server;
    handle_stop_signals(on_signal);
    error = say_where(request, port);
    if (error == 0)
        serve(loop, &laters);
    handle_stop_signals(SIG_IGN); /* nothing to stop any more */
    return error == 0 ? 0 : complain("cannot write the answer", error);
}

static int run(const CC(ServerCompatRequest) * request)
{
    struct credentials files = {0};
    int exit_code = 1;

    if (!write_credentials(&files, request)) {
        remove_credentials(&files);
        return complain("cannot write certificates to /tmp", GR_IO);
    }
    struct gr_loop *loop = gr_loop_new();
    struct gr_server *server = loop != NULL ? new_server(loop, request, &files) : NULL;
    if (server != NULL) {
        exit_code = start_and_serve(loop, server, request);
        gr_server_free(server);
    } else
        complain("no server", GR_NOMEM);
    if (loop != NULL)
        gr_loop_free(loop);
    remove_credentials(&files);
    return exit_code;
}

int adapter_server(void)
{
    void *message;
    int exit_code = 1;

    signal(SIGPIPE, SIG_IGN); /* a peer that went away is an error of write(), not our end */
    int got = frame_read(STDIN_FILENO,
                         &connectrpc__conformance__v1__server_compat_request__descriptor, &message);
    if (got <= 0)
        return complain("cannot read what to serve", got < 0 ? got : GR_CLOSED);
    const CC(ServerCompatRequest) *request = message;
    if (request->protocol == CONNECTRPC__CONFORMANCE__V1__PROTOCOL__PROTOCOL_GRPC &&
        request->http_version == CONNECTRPC__CONFORMANCE__V1__HTTPVERSION__HTTP_VERSION_2)
        exit_code = run(request);
    else
        fprintf(stderr, "grpcref-server --adapter: only gRPC on HTTP/2 is here\n");
    frame_free(message);
    return exit_code;
}
