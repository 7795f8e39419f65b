/* SPDX-License-Identifier: MIT
 *
 * One side of a connection in memory, the reference's: a server with grpc.testing.TestService, or a
 * client with a few calls. No socket, and a clock that the harness moves. Every oracle that concerns
 * a connection is asked here. */
#ifndef FUZZ_SIDE_H
#define FUZZ_SIDE_H

#include "conn/conn.h"
#include "fuzz.h"
#include "server/server.h"
#include "watch.h"

#define SIDE_CALLS 8

/* A client's call, and what it was told. */
struct side_call {
    struct gr_call call; /* first, so that one is the other */
    bool open;           /* call is in use */
    struct one_end order;
    unsigned method;
    unsigned sent, received; /* messages */
    bool half_closed;
    bool disturbed; /* cancelled, or with a deadline: its status is anybody's guess */
    bool refused;
};

struct side {
    struct conn *conn;
    enum role role;
    bool traced; /* client: frames become lines for people, too; set before side_open */
    gr_time now;
    struct watch *watch;
    struct buf told; /* every event, a line each */
    struct buf out;  /* what it wrote and nobody has taken: side_open's user takes it */
    size_t fed, written, events;

    struct served *served; /* server */

    struct call_host host; /* client: */
    struct timers timers;
    struct gr_codec_state codec;
    struct buf scratch;
    struct gr_limits limits;
    struct side_call calls[SIDE_CALLS];
};

/* All zeros before, but for `traced`. */
void side_open(struct side *side, enum role role);
/* One read, and all that follows from it. */
void side_feed(struct side *side, struct bytes piece);
void side_pass_time(struct side *side, int64_t ns);
/* Tell what is due and collect what is to be written. */
void side_turn(struct side *side);
/* The transport is gone; everything must end, and nothing be left. */
void side_close(struct side *side);

/* ---- client ---- */

/* Start a call in a free place; false when there is none, or no room for one more. method: of test_service. */
bool side_start(struct side *side, unsigned method, int64_t timeout_ns);
/* A message of so many octets, in request number i, if that is open. */
void side_send(struct side *side, unsigned i, size_t octets);
void side_half_close(struct side *side, unsigned i);
void side_cancel(struct side *side, unsigned i);

#endif
