/* SPDX-License-Identifier: MIT
 *
 * One line that a program prints for a frame (`grpcref-server --trace`), taken apart:
 *
 *     12.345 < HEADERS stream 1 END_HEADERS  :method=POST :path=/x.Y/Z te=trailers
 *     12.345 [2] < PING stream 0 ACK
 *
 * What frames mean is not known here. */
#ifndef INTEROP_TRACE_LINE_H
#define INTEROP_TRACE_LINE_H

#include "base/attr.h"
#include "base/bytes.h"

/* Views into the line. */
struct trace_line {
    int64_t at_ns; /* since the connection began */
    unsigned connection;
    bool sent;     /* by the program whose trace it is */
    char type[16]; /* "HEADERS" */
    int stream;
    const char *said;    /* from the type on */
    const char *flags;   /* " END_HEADERS ...": until payload */
    const char *payload; /* behind two spaces; "" when there is none */
};

/* false: the line is no frame's. */
bool trace_line_read(const char *line, struct trace_line *read);
/* flag: with its space before it, " ACK". */
bool trace_line_has_flag(const struct trace_line *read, const char *flag);

#endif
