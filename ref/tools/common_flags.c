/* SPDX-License-Identifier: MIT
 *
 * See common_flags.h. */
#include "tools/common_flags.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct flag *find(const struct flag *flags, size_t count, const char *name, size_t len)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(flags[i].name) == len && memcmp(flags[i].name, name, len) == 0)
            return &flags[i];
    }
    return NULL;
}

/* The spellings of a boolean that Go's, Java's and Ruby's runners use. */
static bool read_truth(const char *value, bool *out)
{
    static const char *const spellings[] = {"false", "true", "0", "1", "no", "yes"};

    for (size_t i = 0; i < ARRAY_LEN(spellings); i++) {
        if (strcmp(value, spellings[i]) == 0) {
            *out = i % 2 == 1;
            return true;
        }
    }
    return false;
}

static bool read_number(const struct flag *flag, const char *value)
{
    char *end;
    errno = 0;
    long long number = strtoll(value, &end, 10);
    if (errno != 0 || end == value || *end != '\0' || number < flag->min || number > flag->max)
        return false;
    *flag->number = number;
    return true;
}

static bool set(const struct flag *flag, const char *value, char *why, size_t why_size)
{
    if (flag->text != NULL) {
        *flag->text = value;
        return true;
    }
    if (flag->truth != NULL) {
        if (read_truth(value, flag->truth))
            return true;
        snprintf(why, why_size, "--%s: \"%s\" is neither true nor false", flag->name, value);
        return false;
    }
    if (read_number(flag, value))
        return true;
    snprintf(why, why_size, "--%s: \"%s\" is not a number from %" PRId64 " to %" PRId64, flag->name,
             value, flag->min, flag->max);
    return false;
}

/* The value of `flag` when it was not given with '=': the next argument, which is then used up. A
 * boolean takes it only if it reads as one, so that "--use_tls --port 1" does what it says. NULL:
 * it is missing. */
static const char *next_value(const struct flag *flag, int argc, char **argv, int *i)
{
    const char *next = *i + 1 < argc ? argv[*i + 1] : NULL;
    bool ignored;

    if (flag->truth != NULL && (next == NULL || !read_truth(next, &ignored)))
        return "true";
    if (next != NULL)
        (*i)++;
    return next;
}

bool flags_parse(const struct flag *flags, size_t count, int argc, char **argv, char *why,
                 size_t why_size)
{
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0) {
            snprintf(why, why_size, "\"%s\" is not a flag (see --help)", argv[i]);
            return false;
        }
        const char *name = argv[i] + 2;
        size_t len = strcspn(name, "=");
        const struct flag *flag = find(flags, count, name, len);
        if (flag == NULL) {
            snprintf(why, why_size, "--%.*s is not a flag of this program (see --help)", (int)len,
                     name);
            return false;
        }
        const char *value = name[len] == '=' ? name + len + 1 : next_value(flag, argc, argv, &i);
        if (value == NULL) {
            snprintf(why, why_size, "--%s needs a value", flag->name);
            return false;
        }
        if (!set(flag, value, why, why_size))
            return false;
    }
    return true;
}

void flags_print(FILE *out, const struct flag *flags, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct flag *flag = &flags[i];
        fprintf(out, "  --%-28s %s", flag->name, flag->help);
        if (flag->text != NULL && *flag->text != NULL)
            fprintf(out, " (%s)", *flag->text);
        if (flag->number != NULL)
            fprintf(out, " (%" PRId64 ")", *flag->number);
        fputc('\n', out);
    }
}
