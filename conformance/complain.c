/* SPDX-License-Identifier: MIT
 *
 * How every verb speaks to the person when something is wrong. */
#include "verbs.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void complain(const char *fmt, ...)
{
    va_list args;
    fputs("grpcspec: ", stderr);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
}

int print_usage(const struct command *command, enum options_result result, const char *why)
{
    struct buf help = {0};
    if (result == OPTIONS_WRONG) {
        complain("%s", why);
        return EXIT_USAGE;
    }
    options_put_help(command, &help);
    fputs(buf_str(&help), stdout);
    buf_clear(&help);
    return finish_printing(EXIT_AS_EXPECTED);
}

int finish_printing(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    complain("cannot write standard output: %s", strerror(errno));
    return EXIT_USAGE;
}
