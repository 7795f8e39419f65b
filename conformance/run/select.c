/* SPDX-License-Identifier: MIT
 *
 * Selection; see select.h. */
#include "run/select.h"

#include "clauses/clauses.h"
#include "run/run.h"
#include "run/text_match.h"

#include <stdio.h>
#include <stdlib.h>

bool globs_add(struct globs *globs, const char *glob)
{
    if (globs->count == MAX_GLOBS)
        return false;
    globs->glob[globs->count++] = glob;
    return true;
}

bool shard_parse(const char *text, unsigned *shard, unsigned *shards)
{
    char end;
    if (strspn(text, "0123456789/") != strlen(text) || strlen(text) > 9)
        return false;
    if (sscanf(text, "%u/%u%c", shard, shards, &end) != 2)
        return false;
    return *shard >= 1 && *shard <= *shards;
}

bool level_parse(const char *text, enum level *level)
{
    static const char *const names[] = {"all", "should", "must"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(text, names[i]) == 0) {
            *level = (enum level)i;
            return true;
        }
    }
    return false;
}

/* FNV-1a, then mixed, because its low bits alone spread short ids badly. */
uint64_t id_hash(const char *id)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *id; id++)
        hash = (hash ^ (uint8_t)*id) * UINT64_C(0x100000001b3);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    return hash ^ hash >> 33;
}

static bool matches_clause(const char *glob, const struct test_case *test_case)
{
    const char *list = test_case->clauses;
    for (struct bytes id; clause_next_id(&list, &id);)
        if (glob_matches_bytes(glob, id))
            return true;
    return false;
}

/* "http2/ping" by its whole name or by its last word. */
static bool matches_area(const char *glob, const struct test_case *test_case)
{
    struct bytes area = run_area(test_case->id);
    struct bytes last = bytes_skip(area, bytes_find(area, '/') + 1);
    return glob_matches_bytes(glob, area) || (last.len > 0 && glob_matches_bytes(glob, last));
}

static bool matches_id(const char *glob, const struct test_case *test_case)
{
    return glob_matches(glob, test_case->id);
}

typedef bool matcher(const char *glob, const struct test_case *test_case);

static bool any_matches(const struct globs *globs, matcher *matches,
                        const struct test_case *test_case)
{
    for (size_t i = 0; i < globs->count; i++)
        if (matches(globs->glob[i], test_case))
            return true;
    return false;
}

static bool level_includes(enum level level, const struct test_case *test_case)
{
    const char *list = test_case->clauses;
    struct bytes id;
    const struct clause *clause = clause_next_id(&list, &id) ? clause_find(id) : NULL;
    if (level == LEVEL_ALL || !clause)
        return true;
    return clause_rank(clause) <= (level == LEVEL_MUST ? CLAUSE_MUST : CLAUSE_SHOULD);
}

bool selection_includes(const struct selection *s, const struct test_case *test_case)
{
    if (s->cases.count > 0 && !any_matches(&s->cases, matches_id, test_case))
        return false;
    if (s->clauses.count > 0 && !any_matches(&s->clauses, matches_clause, test_case))
        return false;
    if (s->areas.count > 0 && !any_matches(&s->areas, matches_area, test_case))
        return false;
    if (any_matches(&s->skip, matches_id, test_case))
        return false;
    if (s->shards > 0 && id_hash(test_case->id) % s->shards != s->shard - 1)
        return false;
    return level_includes(s->level, test_case);
}

/* Each glob has to match some case, whatever the others say: a typing error must not shrink a run
 * unseen. */
static bool each_matches(const struct globs *globs, matcher *matches, const char *flag,
                         const struct test_case *const *cases, size_t count, char why[static 256])
{
    for (size_t i = 0; i < globs->count; i++) {
        struct nearest nearest = {0};
        size_t k = 0;
        while (k < count && !matches(globs->glob[i], cases[k]))
            nearest_offer(&nearest, globs->glob[i], cases[k++]->id);
        if (k < count)
            continue;
        if (nearest.name)
            snprintf(why, 256, "%s %.90s matches no case; did you mean %.90s?", flag,
                     globs->glob[i], nearest.name);
        else
            snprintf(why, 256, "%s %.90s matches no case; 'grpcspec list' shows all", flag,
                     globs->glob[i]);
        return false;
    }
    return true;
}

bool select_cases(const struct selection *selection, const struct test_case *const *cases,
                  size_t count, const struct test_case ***selected, size_t *selected_count,
                  char why[static 256])
{
    if (!each_matches(&selection->cases, matches_id, "--case", cases, count, why) ||
        !each_matches(&selection->clauses, matches_clause, "--clause", cases, count, why) ||
        !each_matches(&selection->areas, matches_area, "--area", cases, count, why) ||
        !each_matches(&selection->skip, matches_id, "--skip", cases, count, why))
        return false;

    *selected_count = 0;
    *selected = malloc((count ? count : 1) * sizeof(const struct test_case *));
    if (!*selected) {
        snprintf(why, 256, "out of memory");
        return false;
    }
    for (size_t i = 0; i < count; i++)
        if (selection_includes(selection, cases[i]))
            (*selected)[(*selected_count)++] = cases[i];
    if (*selected_count > 0)
        return true;
    free(*selected);
    snprintf(why, 256, "no case is selected by all of these options together");
    return false;
}
