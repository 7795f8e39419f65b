/* SPDX-License-Identifier: MIT
 *
 * One frame, decoded, as one line for people:
 *
 *     12.345 < HEADERS stream 1 END_HEADERS  :method=POST :path=/helloworld.Greeter/SayHello te=trailers
 *
 * Milliseconds since the connection began; "<" received, ">" sent. Of the second connection that the program
 * traces, and those after it, its number follows the time: "12.345 [2] < ...". Values are cut where they get long. */
#ifndef H2_TRACE_H
#define H2_TRACE_H

#include "base/clock.h"
#include "call/call.h"

/* Where lines go: stderr, unless a test wants to see them. */
struct trace {
    gr_time start;
    gr_time now;
    void (*line)(void *user, const char *line); /* line ends in a newline; borrowed */
    void *user;
    unsigned connection; /* 1, 2 ... of those the program traces; 0: nothing was traced yet */
};

struct trace_setting {
    uint16_t id;
    uint32_t value;
};

struct trace_frame {
    bool sent;
    uint8_t type;
    uint8_t flags;
    int32_t stream;
    size_t len;                 /* of the payload */
    const struct field *fields; /* HEADERS */
    size_t field_count;
    const struct trace_setting *settings; /* SETTINGS */
    size_t setting_count;
    uint32_t code;      /* RST_STREAM, GOAWAY: the error code. WINDOW_UPDATE: the increment */
    int32_t last;       /* GOAWAY: the last stream */
    struct bytes debug; /* GOAWAY: the reason for people. PING: its 8 octets */
};

/* line: NULL for stderr. */
void trace_init(struct trace *trace, gr_time start, void (*line)(void *user, const char *line),
                void *user);
void trace_frame(struct trace *trace, const struct trace_frame *frame);

#endif
