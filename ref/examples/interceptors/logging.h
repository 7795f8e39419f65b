/* SPDX-License-Identifier: MIT
 *
 * An interceptor for either side: a line for each call when it has ended. */
#ifndef LOGGING_H
#define LOGGING_H

#include <grpcref/grpcref.h>
#include <stdio.h>

/* "server: /notes.Notes/Add for 127.0.0.1:4711: OK, 1 in, 1 out, 0.3 ms". who: "server". Both are borrowed as long as
 * the server or channel; stdio lets many threads write to one file. */
struct logging {
    FILE *to;
    const char *who;
};

struct gr_interceptor logging(struct logging *logging);

#endif
