/* SPDX-License-Identifier: MIT
 *
 * Command lines; see options.h. */
#include "run/options.h"

#include "base/clock.h"
#include "run/text_match.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const struct option *find_option(const struct command *command, struct bytes name)
{
    for (size_t i = 0; i < command->count; i++)
        if (command->options[i].id != 0 && bytes_equal_str(name, command->options[i].name))
            return &command->options[i];
    return NULL;
}

static enum options_result unknown_option(const struct command *command, const char *given,
                                          struct bytes name, char why[static 256])
{
    struct nearest nearest = {0};
    char word[64];
    snprintf(word, sizeof(word), "%.*s", (int)name.len, (const char *)name.data);
    for (size_t i = 0; i < command->count; i++)
        if (command->options[i].id != 0)
            nearest_offer(&nearest, word, command->options[i].name);
    if (nearest.name)
        snprintf(why, 256, "unknown option %.100s; did you mean --%s?", given, nearest.name);
    else
        snprintf(why, 256, "unknown option %.100s; --help shows all", given);
    return OPTIONS_WRONG;
}

static enum options_result parse_option(const struct command *command, int argc, char *const argv[],
                                        int *at, option_taker *take, void *arg,
                                        char why[static 256])
{
    const char *given = argv[*at];
    struct bytes name = bytes_skip(bytes_str(given), 2);
    size_t equals = bytes_find(name, '=');
    const char *value = equals < name.len ? (const char *)name.data + equals + 1 : NULL;
    name = bytes_first(name, equals);

    const struct option *option = given[1] == '-' ? find_option(command, name) : NULL;
    if (!option)
        return unknown_option(command, given, given[1] == '-' ? name : bytes_str(given + 1), why);
    if (!option->value && value) {
        snprintf(why, 256, "--%s takes no value", option->name);
        return OPTIONS_WRONG;
    }
    if (option->value && !value) {
        if (*at + 1 == argc) {
            snprintf(why, 256, "--%s needs a value: %s", option->name, option->value);
            return OPTIONS_WRONG;
        }
        value = argv[++*at];
    }
    return take(arg, option->id, value, why) ? OPTIONS_OK : OPTIONS_WRONG;
}

enum options_result options_parse(const struct command *command, int argc, char *const argv[],
                                  option_taker *take, void *arg, char why[static 256])
{
    bool only_arguments = false;
    for (int i = 1; i < argc; i++) {
        const char *given = argv[i];
        enum options_result result = OPTIONS_OK;
        if (!only_arguments && strcmp(given, "--") == 0)
            only_arguments = true;
        else if (only_arguments || given[0] != '-' || given[1] == '\0')
            result = take(arg, 0, given, why) ? OPTIONS_OK : OPTIONS_WRONG;
        else if (strcmp(given, "--help") == 0 || strcmp(given, "-h") == 0)
            return OPTIONS_HELP;
        else
            result = parse_option(command, argc, argv, &i, take, arg, why);
        if (result != OPTIONS_OK)
            return result;
    }
    return OPTIONS_OK;
}

#define HELP_COLUMN 28

static void put_option(const struct option *option, struct buf *out)
{
    if (!option->name) {
        buf_printf(out, "      %-22s%s\n", option->value, option->help);
        return;
    }
    if (option->id == 0) {
        buf_printf(out, "\n%s:\n", option->name);
        return;
    }
    size_t start = out->len;
    buf_printf(out, "  --%s%s%s", option->name, option->value ? " " : "",
               option->value ? option->value : "");
    size_t width = out->len - start;
    if (width >= HELP_COLUMN) {
        buf_put_u8(out, '\n');
        width = 0;
    }
    buf_printf(out, "%*s%s\n", (int)(HELP_COLUMN - width), "", option->help);
}

void options_put_help(const struct command *command, struct buf *out)
{
    buf_printf(out, "Usage: grpcspec %s\n\n%s", command->usage, command->about);
    for (size_t i = 0; i < command->count; i++)
        put_option(&command->options[i], out);
    buf_printf(out, "\nExamples:\n%s", command->examples);
}

/* ---- values ---- */

bool number_parse(const char *text, uint64_t max, uint64_t *number)
{
    if (*text == '\0' || strspn(text, "0123456789") != strlen(text))
        return false;
    errno = 0;
    unsigned long long value = strtoull(text, NULL, 10);
    *number = value;
    return errno == 0 && value <= max;
}

bool number_take(const char *value, uint64_t max, uint64_t *number, char why[static 256])
{
    if (number_parse(value, max, number))
        return true;
    (void)snprintf(why, 256, "'%.60s' is not a number from 0 to %llu", value,
                   (unsigned long long)max);
    return false;
}

bool seconds_parse(const char *text, int64_t *ns)
{
    if (*text == '\0' || strspn(text, "0123456789.") != strlen(text))
        return false;
    char *end;
    double seconds = strtod(text, &end);
    if (*end != '\0' || !(seconds > 0) || seconds > 86400)
        return false;
    *ns = (int64_t)(seconds * (double)NS_PER_S);
    return *ns > 0;
}

static bool take_glob(struct globs *globs, const char *glob, char why[static 256])
{
    if (globs_add(globs, glob))
        return true;
    snprintf(why, 256, "at most %d globs of a kind", MAX_GLOBS);
    return false;
}

bool selection_take(struct selection *selection, int id, const char *value, char why[static 256])
{
    switch (id) {
    case OPTION_CASE:
        return take_glob(&selection->cases, value, why);
    case OPTION_CLAUSE:
        return take_glob(&selection->clauses, value, why);
    case OPTION_AREA:
        return take_glob(&selection->areas, value, why);
    case OPTION_SKIP:
        return take_glob(&selection->skip, value, why);
    case OPTION_LEVEL:
        snprintf(why, 256, "--level is must, should or all, not '%.60s'", value);
        return level_parse(value, &selection->level);
    case OPTION_SHARD:
        snprintf(why, 256, "--shard is I/N with I from 1 to N, not '%.60s'", value);
        return shard_parse(value, &selection->shard, &selection->shards);
    default:
        snprintf(why, 256, "an option without a meaning");
        return false;
    }
}
