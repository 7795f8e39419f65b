/* SPDX-License-Identifier: MIT
 *
 * What was said, read from the lines that grpcref-server and grpcref-client print with --trace: a
 * frame each. A client's exit status can be vacuous, the frames cannot. Judges one test case at a
 * time; knows nothing of processes. */
#ifndef INTEROP_WIRE_H
#define INTEROP_WIRE_H

#include "base/attr.h"
#include "base/buf.h"

/* Whose trace it is. */
enum wire_view {
    SEEN_BY_SERVER,
    SEEN_BY_CLIENT,
    /* By a server behind a proxy: whose connections these are, and how a call is given up towards
     * the server, is the proxy's own choice. */
    SEEN_BEHIND_PROXY
};

/* One call, as far as the trace shows it. Octets are those of DATA frames, padding included. */
struct wire_call {
    unsigned connection;
    int stream;
    char path[128];
    size_t request_octets, response_octets;
    unsigned turns;                         /* how often DATA changed its direction */
    bool cancelled;                         /* the client sent RST_STREAM CANCEL */
    bool was_reset;                         /* the server sent RST_STREAM NO_ERROR */
    bool padded;                            /* response DATA had padding */
    bool over;                              /* the server ended it, or either side reset it */
    bool answering;                         /* private: the last DATA was the server's */
    struct buf request, response, trailers; /* "  name=value name=value" */
};

struct wire {
    struct wire_call *calls;
    size_t count;
    enum wire_view view;
    unsigned connections;    /* with calls */
    unsigned most_at_once;   /* calls of a connection that were not over */
    unsigned pings, replies; /* PING by the server, and those that the client acknowledged */
    bool goes_away;          /* the server sent GOAWAY */
    size_t frames;
    bool failed; /* out of memory */
};

/* Read a trace; lines that are no frames are passed over. wire: all zeros before. */
void wire_read(struct wire *wire, struct bytes trace, enum wire_view view);
void wire_clear(struct wire *wire);

/* The value of a field in a call's headers, appended with its percent-encoding undone; false: it is
 * not there. Values beyond 80 octets are cut in a trace. */
bool wire_find_field(struct buf *fields, const char *name, struct buf *value);

enum wire_verdict {
    WIRE_AS_EXPECTED,
    WIRE_WRONG,   /* why */
    WIRE_SILENT,  /* rightly, it may be that nothing reached the wire: nothing can be told */
    WIRE_UNKNOWN, /* no rule is known for this case */
};
/* Was the test case carried out? A sentence is appended to *why, unless it is as expected. */
enum wire_verdict wire_judge(const struct wire *wire, const char *test_case, struct buf *why);

#endif
