/* SPDX-License-Identifier: MIT
 *
 * Text, Markdown and JSON; see report.h. The plot is in plot.c. Ratios are taken round by round, of what ran
 * within the same seconds; absolute numbers belong to one machine on one day. */
#include "report.h"
#include "clients.h"

#define OURS 0 /* the first server is what all others are compared with */

static bool shown(const struct samples *samples)
{
    return samples->count > 0 || samples->missing || samples->wrong;
}

/* ---- Text ------------------------------------------------------------------------------------ */

static void text_row(const struct results *results, size_t scenario, size_t server,
                     const char *label, FILE *out)
{
    const struct samples *samples = &results->samples[scenario][server];
    size_t first = results_reference(results, &scenarios[scenario]);
    struct summary ratio = results_ratio(samples, &results->samples[scenario][first], CPU_US);

    fprintf(out, "%-30s %-17s", label, results->servers[server].name);
    if (samples->missing) {
        fprintf(out, " %s\n", samples->missing);
        return;
    }
    fprintf(out, " %9.0f %8.2f %8.2f %8.1f %8.0f %8.0f  %6.2f [%.2f-%.2f]%s",
            results_summary(samples, RATE).median, results_summary(samples, CPU_US).median,
            results_summary(samples, CLIENT_US).median, results_summary(samples, MEAN_US).median,
            results_summary(samples, P50_US).median, results_summary(samples, P99_US).median,
            ratio.median, ratio.low, ratio.high,
            results_client_bound(&scenarios[scenario], samples) ? " client-bound" : "");
    if (samples->wrong)
        fprintf(out, " %llu went wrong: not to be ranked", (unsigned long long)samples->wrong);
    fputc('\n', out);
}

static void text_h2load(const struct results *results, size_t server, FILE *out)
{
    const struct samples *samples = &results->h2load[server];
    struct summary ratio = results_ratio(samples, &results->h2load[OURS], CPU_US);

    if (samples->count)
        fprintf(out, "%-30s %-17s %9.0f %8.2f %8.2f %8s %8s %8s  %6.2f [%.2f-%.2f]\n",
                server == OURS ? "unary 10 B, 10x100, h2load" : "", results->servers[server].name,
                results_summary(samples, RATE).median, results_summary(samples, CPU_US).median,
                results_summary(samples, CLIENT_US).median, "", "", "", ratio.median, ratio.low,
                ratio.high);
}

static void text_client(const struct results *results, size_t client, FILE *out)
{
    const struct samples *samples = &results->clients[client];
    struct summary ratio = results_ratio(samples, &results->clients[OURS], CLIENT_US);

    if (samples->count)
        fprintf(out, "%-30s %-17s %9.0f %8s %8.2f %8s %8s %8s  %6.2f [%.2f-%.2f]\n",
                client == OURS ? "client CPU, 10 B, 1x100" : "", clients_name(client),
                results_summary(samples, RATE).median, "",
                results_summary(samples, CLIENT_US).median, "", "", "", ratio.median, ratio.low,
                ratio.high);
}

void report_text(const struct results *results, FILE *out)
{
    fprintf(out,
            "%s; h2c on loopback, servers on core 0, generator on core 1; medians of %u rounds of "
            "%.1f s\n",
            results->machine, results->rounds, results->seconds);
    fprintf(out, "%-30s %-17s %9s %8s %8s %8s %8s %8s  %s\n", "", "server", "per s", "CPU us",
            "gen. us", "mean us", "p50 us", "p99 us", "CPU / first [range of rounds]");
    for (size_t i = 0; i < scenario_count; i++)
        for (size_t s = 0; s < results->server_count; s++)
            if (shown(&results->samples[i][s]))
                text_row(results, i, s,
                         s == results_reference(results, &scenarios[i]) ? scenarios[i].name : "",
                         out);
    for (size_t s = 0; s < results->server_count; s++)
        text_h2load(results, s, out);
    for (size_t c = 0; c < CLIENTS_MAX; c++)
        text_client(results, c, out);
    for (size_t s = 0; s < results->server_count && results->footprint[s].base_kib > 0; s++)
        fprintf(out,
                "%-17s %7.1f MB resident after start (%.1f MB its own), %.1f KiB each idle "
                "connection, %.1f of 10000\n",
                results->servers[s].name, results->footprint[s].base_kib / 1024,
                results->footprint[s].base_anonymous_kib / 1024, results->footprint[s].idle_kib,
                results->footprint[s].many_kib);
}

/* ---- Markdown -------------------------------------------------------------------------------- */

static void markdown_row(const struct results *results, size_t scenario, size_t server, FILE *out)
{
    const struct samples *samples = &results->samples[scenario][server];
    struct summary cpu = results_summary(samples, CPU_US);
    size_t first = results_reference(results, &scenarios[scenario]);
    struct summary ratio = results_ratio(samples, &results->samples[scenario][first], CPU_US);

    if (samples->missing) {
        fprintf(out, "| %s | %s | | | | | |\n", results->servers[server].name, samples->missing);
        return;
    }
    fprintf(
        out,
        "| %s | %.2f (%.2f to %.2f) | **%.2f** (%.2f to %.2f) | %.0f%s | %.0f | %.0f | %.0f |%s\n",
        results->servers[server].name, cpu.median, cpu.low, cpu.high, ratio.median, ratio.low,
        ratio.high, results_summary(samples, RATE).median,
        results_client_bound(&scenarios[scenario], samples) ? " (client-bound)" : "",
        results_summary(samples, MEAN_US).median, results_summary(samples, P50_US).median,
        results_summary(samples, P99_US).median,
        samples->wrong ? " not to be ranked: some calls went wrong" : "");
}

static void markdown_scenario(const struct results *results, size_t scenario, FILE *out)
{
    if (!shown(&results->samples[scenario][results_reference(results, &scenarios[scenario])]))
        return;
    fprintf(out,
            "\n### %s\n\n| server | CPU, us | CPU / %s | per s | mean, us | p50, us | p99, us |\n"
            "|---|--:|--:|--:|--:|--:|--:|\n",
            scenarios[scenario].name, results->servers[OURS].name);
    for (size_t s = 0; s < results->server_count; s++)
        if (shown(&results->samples[scenario][s]))
            markdown_row(results, scenario, s, out);
}

static void markdown_h2load(const struct results *results, FILE *out)
{
    if (results->h2load[OURS].count == 0)
        return;
    fprintf(out,
            "\n### unary 10 B, 10x100, by h2load\n\n| server | CPU, us | CPU / %s | per s | "
            "h2load's CPU, us |\n|---|--:|--:|--:|--:|\n",
            results->servers[OURS].name);
    for (size_t s = 0; s < results->server_count; s++) {
        const struct samples *samples = &results->h2load[s];
        struct summary ratio = results_ratio(samples, &results->h2load[OURS], CPU_US);
        if (samples->count)
            fprintf(out, "| %s | %.2f | **%.2f** (%.2f to %.2f) | %.0f | %.2f |\n",
                    results->servers[s].name, results_summary(samples, CPU_US).median, ratio.median,
                    ratio.low, ratio.high, results_summary(samples, RATE).median,
                    results_summary(samples, CLIENT_US).median);
    }
}

static void markdown_clients(const struct results *results, FILE *out)
{
    if (results->clients[OURS].count == 0)
        return;
    fprintf(out,
            "\n### clients, 1x100\n\nUnary calls of 10 octets, 100 at a time on one connection, "
            "to the yardstick on nghttp2.\n\n"
            "| client | its CPU, us | CPU / grpcref | per s |\n|---|--:|--:|--:|\n");
    for (size_t c = 0; c < CLIENTS_MAX; c++) {
        const struct samples *samples = &results->clients[c];
        struct summary cpu = results_summary(samples, CLIENT_US);
        struct summary ratio = results_ratio(samples, &results->clients[OURS], CLIENT_US);
        if (samples->count)
            fprintf(out, "| %s | %.2f (%.2f to %.2f) | **%.2f** (%.2f to %.2f) | %.0f |\n",
                    clients_name(c), cpu.median, cpu.low, cpu.high, ratio.median, ratio.low,
                    ratio.high, results_summary(samples, RATE).median);
    }
}

static void markdown_footprint(const struct results *results, FILE *out)
{
    fprintf(out, "\n### Memory\n\n| server | after start, MB | of that its own | each idle "
                 "connection of 1000, KiB | of 10000 |\n|---|--:|--:|--:|--:|\n");
    for (size_t s = 0; s < results->server_count && results->footprint[s].base_kib > 0; s++)
        fprintf(out, "| %s | %.1f | %.1f | %.1f | %.1f |\n", results->servers[s].name,
                results->footprint[s].base_kib / 1024,
                results->footprint[s].base_anonymous_kib / 1024, results->footprint[s].idle_kib,
                results->footprint[s].many_kib);
}

void report_markdown(const struct results *results, FILE *out)
{
    fprintf(out,
            "# Server CPU of a call, beside other stacks\n\n%s. Cleartext HTTP/2 on loopback; "
            "every server "
            "on core 0, up throughout; the generator on core 1; the order rotates; medians of %u "
            "rounds of %.1f s, in parentheses the lowest and the highest. The ratio is of server "
            "CPU, taken "
            "round by round: only ratios can be quoted, absolute numbers belong to this machine on "
            "this day. CxS: connections x calls in flight on each.\n",
            results->machine, results->rounds, results->seconds);
    fprintf(out, "\n| server | version |\n|---|---|\n");
    for (size_t s = 0; s < results->server_count; s++)
        fprintf(out, "| %s | %s |\n", results->servers[s].name, results->servers[s].version);
    for (size_t i = 0; i < scenario_count; i++)
        markdown_scenario(results, i, out);
    markdown_h2load(results, out);
    markdown_clients(results, out);
    markdown_footprint(results, out);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

/* All names here are free of what JSON escapes. */
static void json_samples(const struct samples *samples, FILE *out)
{
    static const char *const names[METRICS] = {
        [RATE] = "per_s",      [CPU_US] = "server_cpu_us", [CLIENT_US] = "client_cpu_us",
        [MEAN_US] = "mean_us", [P50_US] = "p50_us",        [P99_US] = "p99_us",
        [P999_US] = "p999_us", [OCTETS] = "octets"};

    for (int m = 0; m < METRICS; m++) {
        fprintf(out, "%s\"%s\": [", m ? ", " : "", names[m]);
        for (unsigned i = 0; i < samples->count; i++)
            fprintf(out, "%s%.3f", i ? ", " : "", samples->values[m][i]);
        fputs("]", out);
    }
    fprintf(out, ", \"wrong\": %llu", (unsigned long long)samples->wrong);
}

static void json_server(const struct results *results, size_t server, FILE *out)
{
    const struct footprint *footprint = &results->footprint[server];
    bool first = true;

    fprintf(out,
            "  {\"name\": \"%s\", \"version\": \"%s\", \"base_kib\": %.0f, \"base_anonymous_kib\": "
            "%.0f, \"idle_connection_kib\": %.1f, \"of_10000_kib\": %.1f,\n   \"scenarios\": [\n",
            results->servers[server].name, results->servers[server].version, footprint->base_kib,
            footprint->base_anonymous_kib, footprint->idle_kib, footprint->many_kib);
    for (size_t i = 0; i < scenario_count; i++) {
        if (results->samples[i][server].count == 0)
            continue;
        fprintf(out, "%s    {\"name\": \"%s\", ", first ? "" : ",\n", scenarios[i].name);
        json_samples(&results->samples[i][server], out);
        fputs("}", out);
        first = false;
    }
    if (results->h2load[server].count) {
        fprintf(out, "%s    {\"name\": \"unary 10 B, 10x100, h2load\", ", first ? "" : ",\n");
        json_samples(&results->h2load[server], out);
        fputs("}", out);
    }
    fputs("\n   ]}", out);
}

void report_json(const struct results *results, FILE *out)
{
    fprintf(out,
            "{\"version\": 1, \"machine\": \"%s\", \"rounds\": %u, \"seconds\": %.2f,\n "
            "\"servers\": [\n",
            results->machine, results->rounds, results->seconds);
    for (size_t s = 0; s < results->server_count; s++) {
        json_server(results, s, out);
        fputs(s + 1 < results->server_count ? ",\n" : "\n", out);
    }
    fputs(" ],\n \"clients\": [\n", out);
    for (size_t c = 0; c < CLIENTS_MAX; c++) {
        fprintf(out, "  {\"name\": \"%s\", ", clients_name(c));
        json_samples(&results->clients[c], out);
        fputs(c + 1 < CLIENTS_MAX ? "},\n" : "}\n", out);
    }
    fputs(" ]}\n", out);
}
