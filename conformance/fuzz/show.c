/* SPDX-License-Identifier: MIT
 *
 * Findings in words; see show.h. */
#include "fuzz/show.h"

#include "clauses/clauses.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

/* ---- files ---- */

static void put_comment(struct buf *out, const char *head, const char *text)
{
    buf_printf(out, "# %s: ", head);
    for (; *text; text++)
        buf_put_u8(out, *text == '\n' ? ' ' : (uint8_t)*text);
    buf_put_u8(out, '\n');
}

static void put_clause(struct buf *out, const char *clauses)
{
    struct bytes id;
    const struct clause *clause = clause_next_id(&clauses, &id) ? clause_find(id) : NULL;
    if (clause)
        buf_printf(out, "# clause:    %s (%s): %s [%s]\n", clause->id, clause->level,
                   clause->requirement, clause->source);
}

static void put_lines(struct buf *out, struct bytes text)
{
    while (text.len > 0) {
        struct bytes line = bytes_first(text, bytes_find(text, '\n'));
        text = bytes_skip(text, line.len + 1);
        buf_put_str(out, "#   ");
        buf_put(out, line);
        buf_put_u8(out, '\n');
    }
}

void finding_put(const struct finding *finding, const char *target, struct buf *out)
{
    script_put(&finding->script, out);
    buf_put_u8(out, '\n');
    put_comment(out, "kind", finding_kind_name(finding->kind));
    put_comment(out, "rule", finding->observed.rule);
    put_clause(out, finding->observed.clauses);
    put_comment(out, "expected", finding->observed.expected);
    put_comment(out, "seen", finding->observed.seen);
    buf_printf(out, "# confirmed: %u of %u\n# again:     grpcspec fuzz %s --replay THIS_FILE\n",
               finding->confirmed, CONFIRMATIONS, target);
    if (finding->transcript.len > 0)
        buf_put_str(out, "# what was said (>) and seen (<):\n");
    put_lines(out, buf_view(&finding->transcript));
}

static uint32_t hash_of(const char *text)
{
    uint32_t hash = 2166136261u;
    for (; *text; text++)
        hash = (hash ^ (uint8_t)*text) * 16777619u;
    return hash;
}

static void name_file(const struct finding *finding, const char *folder, char *path, size_t size)
{
    char rule[64];
    (void)snprintf(rule, sizeof rule, "%s", finding->observed.rule);
    for (char *at = rule; *at; at++)
        *at = *at == '/' ? '-' : *at;
    (void)snprintf(path, size, "%s/%s-%08" PRIx32 ".fuzz", folder, rule,
                   hash_of(finding->observed.key));
}

static bool write_finding(const struct show *show, struct finding *finding)
{
    struct buf text = {0};
    name_file(finding, show->folder, finding->file, sizeof finding->file);
    finding_put(finding, show->target, &text);
    bool made = mkdir(show->folder, 0777) == 0 || errno == EEXIST;
    FILE *file = made && !text.failed ? fopen(finding->file, "w") : NULL;
    bool written = file && fwrite(text.data, 1, text.len, file) == text.len;
    if (file)
        written = fclose(file) == 0 && written;
    buf_clear(&text);
    if (!written)
        finding->file[0] = '\0';
    return written;
}

/* ---- the terminal ---- */

static void clear_progress(struct show *show)
{
    if (show->progress_shown)
        fputs("\r\033[K", show->out);
    show->progress_shown = false;
}

void show_found(void *arg, const struct campaign *campaign, struct finding *finding)
{
    struct show *show = arg;
    const struct observed *observed = &finding->observed;
    const struct script *script = &finding->script;
    (void)campaign;
    if (show->folder && script->count > 0 && !write_finding(show, finding))
        show->cannot_write = true;
    clear_progress(show);
    if (show->quiet)
        return;
    fprintf(show->out, "%s  %s  (%s)\n", finding_kind_name(finding->kind), observed->rule,
            observed->clauses);
    if (script->count > 0)
        fprintf(show->out,
                "  case       %u/%" PRIu64 "/%" PRIu64 ", %zu steps, confirmed %u of %u: %s\n",
                script->profile, script->seed, script->index, script->count, finding->confirmed,
                CONFIRMATIONS, script->wrong);
    fprintf(show->out, "  expected   %s\n  seen       %s\n", observed->expected, observed->seen);
    if (finding->file[0])
        fprintf(show->out, "  again      grpcspec fuzz %s --replay %s\n", show->target,
                finding->file);
    fflush(show->out);
}

static double rate_of(const struct campaign *campaign, int64_t span)
{
    return span > 0 ? (double)atomic_load(&campaign->executed) * 1e9 / (double)span : 0;
}

void show_tick(void *arg, const struct campaign *campaign)
{
    struct show *show = arg;
    if (!show->live || show->quiet)
        return;
    int64_t span = clock_now_ns() - campaign->began;
    fprintf(show->out, "\r\033[K%llu cases, %.0f a second, %zu findings, %.0f s",
            (unsigned long long)atomic_load(&campaign->executed), rate_of(campaign, span),
            campaign_settled(campaign), (double)span / 1e9);
    show->progress_shown = true;
    fflush(show->out);
}

static void put_repeats(struct show *show, const struct campaign *campaign)
{
    for (size_t i = 0; i < campaign->finding_count; i++) {
        struct finding *finding = campaign->findings[i];
        if (finding->settled)
            fprintf(show->out, "  %6lu x  %-11s %s\n", (unsigned long)atomic_load(&finding->count),
                    finding_kind_name(finding->kind), finding->observed.key);
    }
}

void show_summary(struct show *show, const struct campaign *campaign)
{
    size_t findings = campaign_settled(campaign);
    clear_progress(show);
    if (findings > 0)
        fprintf(show->out, "\nHow often each was seen:\n");
    put_repeats(show, campaign);
    if (atomic_load(&campaign->unlisted) > 0)
        fprintf(show->out, "%llu more sightings are of classes for which the list has no room\n",
                (unsigned long long)atomic_load(&campaign->unlisted));
    fprintf(show->out,
            "%llu cases in %.1f s (%.0f a second), profile %d, seed %" PRIu64
            ": %zu finding%s; %llu lenient, %llu defended, %llu not confirmed%s\n",
            (unsigned long long)atomic_load(&campaign->executed), (double)campaign->took_ns / 1e9,
            rate_of(campaign, campaign->took_ns), PROFILE_VERSION, campaign->options->seed,
            findings, findings == 1 ? "" : "s", (unsigned long long)atomic_load(&campaign->lenient),
            (unsigned long long)atomic_load(&campaign->defended),
            (unsigned long long)atomic_load(&campaign->unconfirmed),
            campaign->interrupted ? "; interrupted"
            : campaign->given_up  ? "; the target is gone"
                                  : "");
}

/* ---- the report ---- */

static enum report_verdict verdict_of(enum finding_kind kind)
{
    return kind == FINDING_CRASH ? REPORT_CRASH : kind == FINDING_HANG ? REPORT_HANG : REPORT_FAIL;
}

static void report_finding(struct report *report, const struct finding *finding, const char *target)
{
    struct report_result *result = report_add_result(report);
    char text[700];
    const char *clauses = finding->observed.clauses;
    struct bytes id;
    if (!result)
        return;
    (void)snprintf(text, sizeof text, "fuzz/%s", finding->observed.rule);
    result->id = report_string(report, text);
    result->area = report_string(report, "fuzz");
    result->title = report_string(report, finding->script.wrong);
    result->verdict = verdict_of(finding->kind);
    result->expected = report_string(report, finding->observed.expected);
    result->seen = report_string(report, finding->observed.seen);
    result->findings = atomic_load(&finding->count);
    (void)snprintf(text, sizeof text, "grpcspec fuzz %s --replay %s", target, finding->file);
    result->repeat = report_string(report, text);
    struct buf script = {0};
    script_put(&finding->script, &script);
    result->notes = report_string(report, buf_str(&script));
    buf_clear(&script);
    while (clause_next_id(&clauses, &id)) {
        const struct clause *clause = clause_find(id);
        if (clause)
            report_add_clause(report, result, clause->id, clause->level, clause->requirement,
                              clause->source);
    }
}

void show_report(const struct campaign *campaign, const char *target, struct report *report)
{
    char text[32];
    report->target = report_string(report, target);
    report->seed = campaign->options->seed;
    report->duration_ns = campaign->took_ns;
    report->interrupted = campaign->interrupted;
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)atomic_load(&campaign->executed));
    report_add_fact(report, "fuzzed cases", text);
    (void)snprintf(text, sizeof text, "%d", PROFILE_VERSION);
    report_add_fact(report, "fuzz profile", text);
    for (size_t i = 0; i < campaign->finding_count; i++)
        if (campaign->findings[i]->settled)
            report_finding(report, campaign->findings[i], target);
}
