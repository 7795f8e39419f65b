/* SPDX-License-Identifier: MIT
 *
 * The matrix; see table.h. */
#include "interop/table.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_SIDE 64 /* servers (with and without TLS, by proxy), and clients */

struct counts {
    size_t passed, judged, failed, broken, known;
};

struct table {
    char rows[MAX_SIDE][160], columns[MAX_SIDE][64];
    size_t row_count, column_count;
    struct counts counts[MAX_SIDE][MAX_SIDE];
};

/* ---- ids ---- */

static bool take_part(const char **id, char *out, size_t size)
{
    size_t len = strcspn(*id, "/");
    if (len == 0 || len >= size)
        return false;
    memcpy(out, *id, len);
    out[len] = '\0';
    *id += len + ((*id)[len] == '/');
    return true;
}

bool cell_name_parse(const char *id, struct cell_name *name)
{
    static const char prefix[] = "interop/";
    char server[64], part[64];
    if (!id || strncmp(id, prefix, strlen(prefix)) != 0)
        return false;
    id += strlen(prefix);
    if (!take_part(&id, name->client, sizeof(name->client)) ||
        !take_part(&id, server, sizeof(server)) ||
        !take_part(&id, name->test_case, sizeof(name->test_case)))
        return false;
    int len = snprintf(name->server, sizeof(name->server), "%s", server);
    while (take_part(&id, part, sizeof(part)))
        len += snprintf(name->server + len, sizeof(name->server) - (size_t)len, " %.40s", part);
    return true;
}

/* ---- counting ---- */

static size_t find_row(struct table *table, const char *name)
{
    for (size_t i = 0; i < table->row_count; i++)
        if (strcmp(table->rows[i], name) == 0)
            return i;
    if (table->row_count == MAX_SIDE)
        return MAX_SIDE;
    snprintf(table->rows[table->row_count], sizeof(table->rows[0]), "%s", name);
    return table->row_count++;
}

static size_t find_column(struct table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (strcmp(table->columns[i], name) == 0)
            return i;
    if (table->column_count == MAX_SIDE)
        return MAX_SIDE;
    snprintf(table->columns[table->column_count], sizeof(table->columns[0]), "%s", name);
    return table->column_count++;
}

static void count(struct table *table, const struct report_result *result)
{
    struct cell_name name;
    if (!cell_name_parse(result->id, &name))
        return;
    size_t row = find_row(table, name.server), column = find_column(table, name.client);
    if (row == MAX_SIDE || column == MAX_SIDE)
        return;
    struct counts *counts = &table->counts[row][column];
    if (result->verdict == REPORT_SKIP)
        return;
    counts->judged++;
    counts->passed += report_verdict_is_fine(result->verdict);
    counts->broken += result->verdict == REPORT_BROKEN;
    counts->known += result->expected_by_baseline;
    counts->failed += !report_result_is_expected(result) && result->verdict != REPORT_BROKEN;
}

static struct table *make_table(const struct report *report)
{
    struct table *table = calloc(1, sizeof(*table));
    for (size_t i = 0; table && i < report->result_count; i++)
        count(table, &report->results[i]);
    return table;
}

/* "19/20!", "19/20 1k" */
static void put_counts(const struct counts *counts, char text[static 32])
{
    const char *mark = counts->failed ? "!" : counts->broken ? "?" : "";
    if (counts->judged == 0)
        snprintf(text, 32, "-");
    else
        snprintf(text, 32, "%zu/%zu%s", counts->passed, counts->judged, mark);
    if (counts->known > 0) {
        size_t len = strlen(text);
        snprintf(text + len, 32 - len, " %zuk", counts->known);
    }
}

static const char LEGEND[] =
    "passed/judged; 2k two known failures, ! some failed, ? some could not be run, - nothing "
    "to judge; unsupported ones are not counted";

/* ---- text ---- */

static void put_cell(const struct counts *counts, int width, bool colour, struct buf *out)
{
    char text[32];
    put_counts(counts, text);
    bool bad = counts->failed || counts->broken;
    const char *sequence = counts->judged == 0 ? "\033[2m" : bad ? "\033[31m" : "\033[32m";
    buf_printf(out, "  %s%*s%s", colour ? sequence : "", width, text, colour ? "\033[0m" : "");
}

static int column_width(const struct table *table, size_t column)
{
    int width = (int)strlen(table->columns[column]);
    for (size_t i = 0; i < table->row_count; i++) {
        char text[32];
        put_counts(&table->counts[i][column], text);
        width = (int)strlen(text) > width ? (int)strlen(text) : width;
    }
    return width;
}

void table_put_text(const struct report *report, bool colour, struct buf *out)
{
    struct table *table = make_table(report);
    static const char corner[] = "server \\ client";
    int first = (int)strlen(corner);
    if (!table || table->row_count == 0) {
        free(table);
        return;
    }
    for (size_t i = 0; i < table->row_count; i++)
        first = (int)strlen(table->rows[i]) > first ? (int)strlen(table->rows[i]) : first;
    buf_printf(out, "%-*s", first, corner);
    for (size_t k = 0; k < table->column_count; k++)
        buf_printf(out, "  %*s", column_width(table, k), table->columns[k]);
    for (size_t i = 0; i < table->row_count; i++) {
        buf_printf(out, "\n%-*s", first, table->rows[i]);
        for (size_t k = 0; k < table->column_count; k++)
            put_cell(&table->counts[i][k], column_width(table, k), colour, out);
    }
    buf_printf(out, "\n%s\n", LEGEND);
    free(table);
}

/* ---- Markdown ---- */

void table_put_markdown(const struct report *report, struct buf *out)
{
    struct table *table = make_table(report);
    if (!table || table->row_count == 0) {
        free(table);
        return;
    }
    buf_put_str(out, "| server \\ client |");
    for (size_t k = 0; k < table->column_count; k++)
        buf_printf(out, " %s |", table->columns[k]);
    buf_put_str(out, "\n|---|");
    for (size_t k = 0; k < table->column_count; k++)
        buf_put_str(out, "---:|");
    for (size_t i = 0; i < table->row_count; i++) {
        buf_printf(out, "\n| %s |", table->rows[i]);
        for (size_t k = 0; k < table->column_count; k++) {
            char text[32];
            put_counts(&table->counts[i][k], text);
            buf_printf(out, " %s |", text);
        }
    }
    buf_printf(out, "\n\n%s\n", LEGEND);
    free(table);
}
