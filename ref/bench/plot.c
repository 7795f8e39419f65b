/* SPDX-License-Identifier: MIT
 *
 * The plot of report.h: one panel a shape of load, one bar a server, as long as the CPU time it takes for a call. */
#include "report.h"

#include <string.h>

enum { PANELS = 3, BAR = 18, GAP = 6, NAMES = 130, LENGTH = 430, WIDTH = 720, TOP = 56, HEAD = 34 };

static const char *const shown[PANELS] = {"unary 10 B, 10x1", "unary 10 B, 1x100",
                                          "unary 10 B, 10x100"};
static const char *const said[PANELS] = {"10 connections, 1 call at a time on each",
                                         "1 connection, 100 calls at a time",
                                         "10 connections, 100 calls at a time on each"};

static const struct samples *find(const struct results *results, const char *scenario,
                                  size_t server)
{
    for (size_t i = 0; i < scenario_count; i++)
        if (strcmp(scenarios[i].name, scenario) == 0)
            return &results->samples[i][server];
    return NULL;
}

static double longest(const struct results *results, const char *scenario)
{
    double most = 0;

    for (size_t s = 0; s < results->server_count; s++) {
        double cpu = results_summary(find(results, scenario, s), CPU_US).median;
        most = cpu > most ? cpu : most;
    }
    return most > 0 ? most : 1;
}

static void bar(const struct results *results, size_t panel, size_t server, double unit, int y,
                FILE *out)
{
    const struct samples *samples = find(results, shown[panel], server);
    struct summary cpu = results_summary(samples, CPU_US);
    struct summary ratio = results_ratio(samples, find(results, shown[panel], 0), CPU_US);

    fprintf(out, "<text x=\"%d\" y=\"%d\" class=\"%s\" text-anchor=\"end\">%s</text>\n", NAMES - 8,
            y + BAR - 5, server == 0 ? "us" : "t", results->servers[server].name);
    if (samples->count == 0)
        return;
    fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n", NAMES, y,
            cpu.median / unit * LENGTH, BAR,
            server == 0                               ? "#0b6e4f"
            : results->servers[server].kind == ANCHOR ? "#b9c2c9"
                                                      : "#6d8ba6");
    fprintf(out, "<text x=\"%.1f\" y=\"%d\" class=\"t\">%.2f us",
            NAMES + 6 + cpu.median / unit * LENGTH, y + BAR - 5, cpu.median);
    if (server > 0)
        fprintf(out, ", %.*fx", ratio.median < 1 ? 2 : 1, ratio.median);
    fputs("</text>\n", out);
}

void report_svg(const struct results *results, FILE *out)
{
    size_t servers = 0;
    while (servers < results->server_count && results->servers[servers].setting == PINNED)
        servers++;
    int panel_height = HEAD + (int)servers * (BAR + GAP);
    int height = TOP + PANELS * (panel_height + 14) + 24;

    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
            "height=\"%d\" role=\"img\" aria-label=\"Server CPU of a unary call\">\n"
            "<style>text{font:12px sans-serif;fill:#24292f}.us{font-weight:bold}.h{font-size:15px;"
            "font-weight:bold}.p{font-weight:bold}.s{font-size:11px;fill:#57606a}</style>\n"
            "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
            WIDTH, height, WIDTH, height, WIDTH, height);
    fprintf(out, "<text x=\"12\" y=\"24\" class=\"h\">Server CPU of a unary call of 10 octets: "
                 "less is better</text>\n"
                 "<text x=\"12\" y=\"42\" class=\"s\">grey: yardsticks that are no servers; behind "
                 "a bar: times ours</text>\n");
    for (size_t p = 0; p < PANELS; p++) {
        int y = TOP + (int)p * (panel_height + 14);
        double unit = longest(results, shown[p]);
        fprintf(out, "<text x=\"12\" y=\"%d\" class=\"p\">%s</text>\n", y + 20, said[p]);
        for (size_t s = 0; s < servers; s++)
            bar(results, p, s, unit, y + HEAD + (int)s * (BAR + GAP), out);
    }
    fprintf(out, "<text x=\"12\" y=\"%d\" class=\"s\">%s; medians of %u rounds</text>\n</svg>\n",
            height - 10, results->machine, results->rounds);
}
