/* SPDX-License-Identifier: MIT
 *
 * Medians and ranges; see results.h. */
#include "results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct summary summarise(const double *values, unsigned count)
{
    double sorted[ROUNDS_MAX];

    if (count == 0)
        return (struct summary){0, 0, 0};
    memcpy(sorted, values, count * sizeof *values);
    qsort(sorted, count, sizeof *sorted, by_value);
    return (struct summary){
        .median = count % 2 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2,
        .low = sorted[0],
        .high = sorted[count - 1],
    };
}

struct summary results_summary(const struct samples *samples, enum metric metric)
{
    return summarise(samples->values[metric], samples->count);
}

struct summary results_ratio(const struct samples *a, const struct samples *b, enum metric metric)
{
    double ratios[ROUNDS_MAX];
    unsigned count = 0;

    for (unsigned i = 0; i < a->count && i < b->count; i++)
        if (b->values[metric][i] > 0)
            ratios[count++] = a->values[metric][i] / b->values[metric][i];
    return summarise(ratios, count);
}

size_t results_reference(const struct results *results, const struct scenario *scenario)
{
    size_t s = 0;

    while (s + 1 < results->server_count && results->servers[s].setting != scenario->setting)
        s++;
    return s;
}

bool results_client_bound(const struct scenario *scenario, const struct samples *samples)
{
    double client_us = results_summary(samples, CLIENT_US).median;

    return scenario->rate == 0 && client_us * results_summary(samples, RATE).median >= 0.9e6;
}

/* "model name : Intel ..." of /proc/cpuinfo. */
static void processor(char *to, size_t room)
{
    FILE *in = fopen("/proc/cpuinfo", "r");
    char line[256];

    snprintf(to, room, "unknown processor");
    while (in && fgets(line, sizeof line, in)) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !colon)
            continue;
        line[strcspn(line, "\n")] = '\0';
        snprintf(to, room, "%s", colon + 2);
        break;
    }
    if (in)
        fclose(in);
}

void results_describe_machine(struct results *results)
{
    char model[128];
    struct utsname name;

    processor(model, sizeof model);
    if (uname(&name) != 0)
        snprintf(name.release, sizeof name.release, "?");
    snprintf(results->machine, sizeof results->machine, "%s, %ld cores, Linux %.60s", model,
             sysconf(_SC_NPROCESSORS_ONLN), name.release);
}
