/* SPDX-License-Identifier: MIT
 *
 * The clause registry's table, made once from the embedded text; see clauses.h. */
#include "clauses/clauses.h"

#include "clauses/embedded.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define FIELDS        8
#define BUG_FIELDS    4
#define REASON_FIELDS 3
#define SEEN_FIELDS   2

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct clause *)a)->id, ((const struct clause *)b)->id);
}

static size_t count_lines(struct bytes text)
{
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++)
        lines += text.data[i] == '\n';
    return lines;
}

/* Cut a line in place at its tabs. returns how many fields there are; FIELDS + 1 for more */
static size_t split(char *line, char *fields[static FIELDS])
{
    size_t count = 0;
    for (char *at = line; at; count++) {
        if (count == FIELDS)
            return FIELDS + 1;
        fields[count] = at;
        at = strchr(at, '\t');
        if (at)
            *at++ = '\0';
    }
    return count;
}

static bool is_level(const char *level)
{
    static const char *const levels[] = {"MUST",       "MUST NOT", "SHOULD",
                                         "SHOULD NOT", "MAY",      "DE-FACTO"};
    for (size_t i = 0; i < ARRAY_LEN(levels); i++)
        if (strcmp(level, levels[i]) == 0)
            return true;
    return false;
}

static bool take_reason(struct clause_table *table, char *const f[static REASON_FIELDS],
                        size_t number, char why[static 256])
{
    bool server = strcmp(f[1], "server") == 0, client = strcmp(f[1], "client") == 0;
    table->reasons[table->reason_count++] = (struct clause_reason){f[0], f[1], f[2]};
    if ((server || client) && *f[0] && *f[2])
        return true;
    snprintf(why, 256, "line %zu (%.60s): a reason is for server or client, and is a sentence",
             number, f[0]);
    return false;
}

static bool parse_line(struct clause_table *table, char *line, size_t number, char why[static 256])
{
    char *f[FIELDS];
    if (*line == '\0' || strncmp(line, "id\t", 3) == 0)
        return true;
    size_t fields = split(line, f);
    if (fields == REASON_FIELDS)
        return take_reason(table, f, number, why);
    if (fields == BUG_FIELDS && *f[0] && *f[3]) {
        table->bugs[table->bug_count++] = (struct past_bug){f[0], f[1], f[2], f[3]};
        return true;
    }
    if (fields == SEEN_FIELDS && strchr(f[0], '/')) {
        table->seen[table->seen_count++] = (struct seen_row){f[0], f[1]};
        return true;
    }
    if (fields != FIELDS) {
        snprintf(why, 256, "line %zu has not %d fields", number, FIELDS);
        return false;
    }
    if (*f[0] == '\0' || *f[4] == '\0' || !is_level(f[1])) {
        snprintf(why, 256, "line %zu (%.60s): no id, no requirement, or an unknown level", number,
                 f[0]);
        return false;
    }
    table->clauses[table->count++] = (struct clause){f[0], f[1], f[2], f[3],
                                                     f[4], f[5], f[6], f[7]};
    return true;
}

static bool parse_lines(struct clause_table *table, char why[static 256])
{
    char *line = table->text;
    for (size_t number = 1; line; number++) {
        char *end = strchr(line, '\n');
        if (end)
            *end++ = '\0';
        if (!parse_line(table, line, number, why))
            return false;
        line = end;
    }
    return true;
}

static bool ids_are_unique(const struct clause_table *table, char why[static 256])
{
    for (size_t i = 1; i < table->count; i++) {
        if (strcmp(table->clauses[i - 1].id, table->clauses[i].id) == 0) {
            snprintf(why, 256, "%.60s is there twice", table->clauses[i].id);
            return false;
        }
    }
    return true;
}

bool clause_table_parse(struct clause_table *table, struct bytes text, char why[static 256])
{
    *table = (struct clause_table){0};
    table->text = malloc(text.len + 1);
    table->clauses = calloc(count_lines(text), sizeof(*table->clauses));
    table->reasons = calloc(count_lines(text), sizeof(*table->reasons));
    table->bugs = calloc(count_lines(text), sizeof(*table->bugs));
    table->seen = calloc(count_lines(text), sizeof(*table->seen));
    if (!table->text || !table->clauses || !table->reasons || !table->bugs || !table->seen) {
        clause_table_clear(table);
        snprintf(why, 256, "out of memory");
        return false;
    }
    if (text.len > 0)
        memcpy(table->text, text.data, text.len);
    table->text[text.len] = '\0';

    bool ok = parse_lines(table, why);
    if (ok && table->count > 0)
        qsort(table->clauses, table->count, sizeof(*table->clauses), by_id);
    if (ok && ids_are_unique(table, why))
        return true;
    clause_table_clear(table);
    return false;
}

void clause_table_clear(struct clause_table *table)
{
    free(table->clauses);
    free(table->reasons);
    free(table->bugs);
    free(table->seen);
    free(table->text);
    *table = (struct clause_table){0};
}

static struct clause_table registry; /* written once, kept until the program ends */
static pthread_once_t registry_once = PTHREAD_ONCE_INIT;

static void load_registry(void)
{
    char why[256];
    if (clause_table_parse(&registry, bytes_of(embedded_clauses, embedded_clauses_len), why))
        return;
    fprintf(stderr, "grpcspec: the clause registry cannot be read: %s\n", why);
    abort(); /* it is part of the program, and a unit test reads it */
}

size_t clause_count(void)
{
    pthread_once(&registry_once, load_registry);
    return registry.count;
}

const struct clause *clause_at(size_t index)
{
    return index < clause_count() ? &registry.clauses[index] : NULL;
}

const struct clause *clause_find(struct bytes id)
{
    size_t low = 0, high = clause_count();
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *at = registry.clauses[middle].id;
        int order = strncmp((const char *)id.data, at, id.len);
        if (order == 0 && at[id.len] == '\0')
            return &registry.clauses[middle];
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

size_t clause_reason_count(void)
{
    pthread_once(&registry_once, load_registry);
    return registry.reason_count;
}

const struct clause_reason *clause_reason_at(size_t index)
{
    return index < clause_reason_count() ? &registry.reasons[index] : NULL;
}

const char *clause_reason(const struct clause *clause, const char *half)
{
    for (size_t i = 0; i < clause_reason_count(); i++)
        if (strcmp(registry.reasons[i].id, clause->id) == 0 &&
            strcmp(registry.reasons[i].half, half) == 0)
            return registry.reasons[i].reason;
    return NULL;
}

size_t past_bug_count(void)
{
    pthread_once(&registry_once, load_registry);
    return registry.bug_count;
}

const struct past_bug *past_bug_at(size_t index)
{
    return index < past_bug_count() ? &registry.bugs[index] : NULL;
}

const char *knobs_seen_by(const char *id)
{
    pthread_once(&registry_once, load_registry);
    for (size_t i = 0; i < registry.seen_count; i++)
        if (strcmp(registry.seen[i].id, id) == 0)
            return registry.seen[i].knobs;
    return NULL;
}

enum clause_rank clause_rank(const struct clause *clause)
{
    if (strncmp(clause->level, "MUST", 4) == 0)
        return CLAUSE_MUST;
    return strncmp(clause->level, "SHOULD", 6) == 0 ? CLAUSE_SHOULD : CLAUSE_OTHER;
}

bool clause_next_id(const char **list, struct bytes *id)
{
    const char *at = *list + strspn(*list, " ");
    size_t len = strcspn(at, " ");
    *id = bytes_of(at, len);
    *list = at + len;
    return len > 0;
}
