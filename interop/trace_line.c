/* SPDX-License-Identifier: MIT
 *
 * Lines of a trace; see trace_line.h. */
#include "interop/trace_line.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

/* "12.345 ", "[2] " */
static bool read_head(const char **at, struct trace_line *read)
{
    long long ms = 0, us = 0;
    int used = 0;
    if (sscanf(*at, " %7lld.%3lld %n", &ms, &us, &used) != 2 || used == 0 || ms < 0 || us < 0)
        return false;
    *at += used;
    read->at_ns = ms * NS_PER_MS + us * NS_PER_US;
    read->connection = 1;
    used = 0;
    if (sscanf(*at, "[%8u] %n", &read->connection, &used) == 1 && used > 0)
        *at += used;
    return true;
}

bool trace_line_read(const char *line, struct trace_line *read)
{
    const char *at = line;
    int used = 0;
    *read = (struct trace_line){0};
    if (!read_head(&at, read) || (at[0] != '<' && at[0] != '>') || at[1] != ' ')
        return false;
    read->sent = at[0] == '>';
    read->said = at + 2;
    if (sscanf(read->said, "%15s stream %9d%n", read->type, &read->stream, &used) != 2)
        return false;
    read->flags = read->said + used;
    const char *payload = strstr(read->flags, "  ");
    read->payload = payload ? payload : "";
    return true;
}

bool trace_line_has_flag(const struct trace_line *read, const char *flag)
{
    const char *at = strstr(read->flags, flag);
    return at && (!*read->payload || at < read->payload);
}
