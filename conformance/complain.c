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

int finish_printing(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    complain("cannot write standard output: %s", strerror(errno));
    return EXIT_USAGE;
}
