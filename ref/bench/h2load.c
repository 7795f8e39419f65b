/* SPDX-License-Identifier: MIT
 *
 * Runs h2load and reads what it prints; see h2load.h. */
#include "h2load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* One request message, with its prefix, in a file: h2load takes no other. */
bool h2load_write_request(char path[static 32])
{
    struct scenario scenario = {.kind = LOAD_UNARY, .payload = 10};
    struct buf message = {0};
    uint8_t prefix[5] = {0};
    int fd;

    strcpy(path, "/tmp/ref-bench-XXXXXX");
    fd = mkstemp(path);
    scenario_request(&scenario, &message);
    store_u32(prefix + 1, (uint32_t)message.len);
    bool ok = fd >= 0 && write(fd, prefix, 5) == 5 &&
              write(fd, message.data, message.len) == (ssize_t)message.len;
    if (fd >= 0)
        close(fd);
    buf_clear(&message);
    return ok;
}

double h2load_children_cpu_us(void)
{
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static bool run(const char *command, double *rate, unsigned long *succeeded)
{
    FILE *out = popen(command, "r");
    char line[512];

    *rate = 0;
    *succeeded = 0;
    while (out && fgets(line, sizeof line, out)) {
        unsigned long total, started, done, failed;
        sscanf(line, "finished in %*[^,], %lf req/s", rate);
        if (sscanf(line, "requests: %lu total, %lu started, %lu done, %lu succeeded, %lu failed",
                   &total, &started, &done, succeeded, &failed) == 5 &&
            failed > 0)
            *succeeded = 0;
    }
    return out && pclose(out) == 0 && *rate > 0 && *succeeded > 0;
}

void h2load_measure(const struct server *server, double seconds, struct samples *samples)
{
    char request[32], command[512];
    double rate, client = h2load_children_cpu_us();
    unsigned long calls;
    int64_t cpu = server_cpu_ns(server);

    if (system("command -v h2load >/dev/null") != 0 || !h2load_write_request(request))
        return;
    snprintf(command, sizeof command,
             "h2load -D %.0f -c 10 -m 100 -d %s -H 'content-type: application/grpc' -H "
             "'te: trailers' http://127.0.0.1:%u/grpc.testing.TestService/UnaryCall 2>/dev/null",
             seconds < 1 ? 1 : seconds, request, server->port);
    if (run(command, &rate, &calls)) {
        unsigned i = samples->count++;
        samples->values[RATE][i] = rate;
        samples->values[CPU_US][i] = (double)(server_cpu_ns(server) - cpu) / 1e3 / (double)calls;
        samples->values[CLIENT_US][i] = (h2load_children_cpu_us() - client) / (double)calls;
    }
    unlink(request);
}
