/* SPDX-License-Identifier: MIT
 *
 * Baselines; see baseline.h. */
#include "run/baseline.h"

#include "run/text_match.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define SPACES " \t\r"

/* Cut the next word off *line, NUL-terminated; "" at the end. */
static char *take_word(char **line)
{
    char *word = *line + strspn(*line, SPACES);
    char *end = word + strcspn(word, SPACES);
    *line = end;
    if (*end) {
        *end = '\0';
        *line = end + 1 + strspn(end + 1, SPACES);
    }
    return word;
}

static bool add_entry(struct baseline *baseline, struct baseline_entry entry)
{
    struct baseline_entry *grown = realloc(baseline->entries,
                                           (baseline->count + 1) * sizeof(*grown));
    if (!grown || !entry.glob || !entry.reason) {
        baseline->entries = grown ? grown : baseline->entries;
        free(entry.glob);
        free(entry.reason);
        return false;
    }
    baseline->entries = grown;
    baseline->entries[baseline->count++] = entry;
    return true;
}

static void drop_spaces_at_end(char *line)
{
    size_t len = strlen(line);
    while (len > 0 && strchr(SPACES, line[len - 1]))
        line[--len] = '\0';
}

static bool parse_line(struct baseline *baseline, char *line, size_t number, char why[static 256])
{
    drop_spaces_at_end(line);
    char *glob = take_word(&line);
    if (*glob == '\0' || *glob == '#')
        return true;

    enum report_verdict verdict;
    const char *name = take_word(&line);
    if (!report_verdict_parse(name, &verdict) || verdict == REPORT_PASS || verdict == REPORT_SKIP) {
        snprintf(why, 256,
                 "line %zu: '%.60s' is no verdict to expect (FAIL, LENIENT, CRASH, HANG, BROKEN)",
                 number, name);
        return false;
    }
    if (*line == '\0') {
        snprintf(why, 256, "line %zu: %.60s has no reason; say why it is expected", number, glob);
        return false;
    }
    if (add_entry(baseline, (struct baseline_entry){strdup(glob), strdup(line), verdict, number}))
        return true;
    snprintf(why, 256, "out of memory");
    return false;
}

bool baseline_parse(struct baseline *baseline, struct bytes text, char why[static 256])
{
    *baseline = (struct baseline){0};
    struct buf line = {0};
    bool ok = true;
    for (size_t number = 1; ok && text.len > 0; number++) {
        size_t len = bytes_find(text, '\n');
        buf_reset(&line);
        buf_put(&line, bytes_first(text, len));
        buf_put_u8(&line, '\0');
        ok = !line.failed && parse_line(baseline, (char *)line.data, number, why);
        if (line.failed)
            snprintf(why, 256, "out of memory");
        text = bytes_skip(text, len + 1);
    }
    buf_clear(&line);
    if (!ok)
        baseline_clear(baseline);
    return ok;
}

static bool read_file(const char *path, struct buf *into)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    size_t got;
    do {
        uint8_t *room = buf_reserve(into, 4096);
        got = room ? fread(room, 1, 4096, file) : 0;
        into->len += got;
    } while (got > 0);
    bool ok = !ferror(file) && !into->failed;
    int error = errno;
    fclose(file);
    errno = error;
    return ok;
}

bool baseline_load(struct baseline *baseline, const char *path, char why[static 256])
{
    *baseline = (struct baseline){0};
    struct buf text = {0};
    char reason[256];
    bool ok = read_file(path, &text);
    if (!ok)
        snprintf(why, 256, "cannot read %.150s: %s", path, strerror(errno));
    else if (!(ok = baseline_parse(baseline, buf_view(&text), reason)))
        snprintf(why, 256, "%.90s, %.150s", path, reason);
    buf_clear(&text);
    return ok;
}

void baseline_clear(struct baseline *baseline)
{
    for (size_t i = 0; i < baseline->count; i++) {
        free(baseline->entries[i].glob);
        free(baseline->entries[i].reason);
    }
    free(baseline->entries);
    *baseline = (struct baseline){0};
}

struct tally {
    size_t matched;   /* judged results of such an id */
    size_t deviating; /* of these, as the entry says */
};

bool baseline_lists(const struct baseline *baseline, const char *id, enum report_verdict verdict)
{
    for (size_t i = 0; i < baseline->count; i++)
        if (baseline->entries[i].verdict == verdict && glob_matches(baseline->entries[i].glob, id))
            return true;
    return false;
}

static struct tally apply_entry(const struct baseline_entry *entry, struct report *report,
                                bool whole)
{
    struct tally tally = {0};
    for (size_t i = 0; i < report->result_count; i++) {
        struct report_result *result = &report->results[i];
        if (result->verdict == REPORT_SKIP || !glob_matches(entry->glob, result->id))
            continue;
        bool deviates = result->verdict == entry->verdict;
        tally.matched += deviates || whole || !result->is_rule;
        if (!deviates)
            continue;
        tally.deviating++;
        if (!result->expected_by_baseline)
            result->baseline_reason = report_string(report, entry->reason);
        result->expected_by_baseline = true;
    }
    return tally;
}

void baseline_apply(const struct baseline *baseline, struct report *report, bool whole,
                    bool (*known)(const char *glob))
{
    for (size_t i = 0; i < baseline->count; i++) {
        const struct baseline_entry *entry = &baseline->entries[i];
        struct tally tally = apply_entry(entry, report, whole);
        if (!known(entry->glob))
            report_add_problem(report, "baseline line %zu: %s matches no case", entry->line,
                               entry->glob);
        else if (tally.matched > 0 && tally.deviating == 0)
            report_add_problem(
                report,
                "baseline line %zu: %s is listed as %s, but is not so any more; remove the line",
                entry->line, entry->glob, report_verdict_name(entry->verdict));
    }
}
