/* SPDX-License-Identifier: MIT
 *
 * See clients.h. They are measured by what they print, and by the CPU time of children that have ended. */
#include "clients.h"

#include "h2load.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const names[CLIENTS_MAX] = {"grpcref", "h2load", "grpc++ async"};

const char *clients_name(size_t i)
{
    return i < CLIENTS_MAX ? names[i] : NULL;
}

static void command_of(size_t client, const struct server_places *places, unsigned port,
                       const char *request, double seconds, char command[static 512])
{
    if (client == 1)
        snprintf(
            command, 512,
            "h2load -D %.0f -c 1 -m 100 -d %s -H 'content-type: application/grpc' -H "
            "'te: trailers' http://127.0.0.1:%u/grpc.testing.TestService/UnaryCall 2>/dev/null",
            seconds, request, port);
    else
        snprintf(command, 512, "%.300s/%s 127.0.0.1:%u %.0f 2>/dev/null", places->folder,
                 client == 0 ? "client-load" : "cpp-load", port, seconds);
}

/* returns the calls that went well; 0: some did not, or there is no such program */
static unsigned long run(const char *command)
{
    FILE *out = popen(command, "r");
    char line[512];
    unsigned long calls = 0, failed = 0, skip;

    while (out && fgets(line, sizeof line, out)) {
        sscanf(line, "calls %lu", &calls);
        sscanf(line, "requests: %lu total, %lu started, %lu done, %lu succeeded, %lu failed", &skip,
               &skip, &skip, &calls, &failed);
    }
    return out && pclose(out) == 0 && !failed ? calls : 0;
}

static void measure(size_t client, const struct server *server, const struct server_places *places,
                    double seconds, struct samples *samples)
{
    char request[32], command[512];
    double before = h2load_children_cpu_us();

    if (!h2load_write_request(request))
        return;
    command_of(client, places, server->port, request, seconds, command);
    unsigned long calls = run(command);
    if (calls) {
        unsigned i = samples->count++;
        samples->values[RATE][i] = (double)calls / seconds;
        samples->values[CLIENT_US][i] = (h2load_children_cpu_us() - before) / (double)calls;
    }
    unlink(request);
}

void clients_measure(struct results *results, const struct server_places *places, unsigned round)
{
    const struct server *server = &results->servers[0];
    double seconds = results->seconds < 1 ? 1 : results->seconds;

    for (size_t s = 0; s < results->server_count; s++)
        if (results->servers[s].kind == ANCHOR && server == &results->servers[0])
            server = &results->servers[s]; /* nghttp2 alone */
    for (size_t i = 0; i < CLIENTS_MAX; i++) {
        size_t client = (i + round) % CLIENTS_MAX;
        measure(client, server, places, seconds, &results->clients[client]);
    }
}
