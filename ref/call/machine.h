/* SPDX-License-Identifier: MIT
 *
 * What may come next on a stream that carries a gRPC call, as two tables: one for what the peer sends, one for what
 * we send. A state is named by what is awaited. The tables decide and change nothing; call/receive.c and
 * call/send.c do what they say.
 *
 *     request  = headers *message END_STREAM                  (PROTOCOL-HTTP2, Requests)
 *     response = (headers *message trailers) / trailers-only  (PROTOCOL-HTTP2, Responses)
 */
#ifndef CALL_MACHINE_H
#define CALL_MACHINE_H

enum role { ROLE_SERVER, ROLE_CLIENT, ROLES };

/* ---- What the peer sends --------------------------------------------------------------------- */

#define RECEIVING_STATES(X)                                                                        \
    X(AWAIT_HEADERS)  /* its first header block */                                                 \
    X(AWAIT_MESSAGES) /* messages, or the end of its stream */                                     \
    X(COMPLETE)       /* nothing: it has said everything */                                        \
    X(DEAF)           /* the call is over; what still arrives means nothing */

#define RECEIVING_INPUTS(X)                                                                        \
    X(HEADERS)       /* a header block that leaves the stream open */                              \
    X(FINAL_HEADERS) /* a header block with END_STREAM */                                          \
    X(DATA)                                                                                        \
    X(END)   /* END_STREAM on a DATA frame */                                                      \
    X(RESET) /* RST_STREAM */                                                                      \
    X(LOST)  /* the connection is gone */

#define RECEIVING_ACTIONS(X)                                                                       \
    X(VIOLATION) /* the peer broke the grammar above: the call fails with INTERNAL */              \
    X(BEGIN)     /* judge the first header block */                                                \
    X(DEFRAME)   /* messages */                                                                    \
    X(FINISH)    /* read the trailers */                                                           \
    X(CUT_OFF)   /* a response without trailers */                                                 \
    X(ABORT)     /* the call ends with what RST_STREAM said */                                     \
    X(LOSE)      /* the call ends with the connection */                                           \
    X(IGNORE)

/* ---- What we send ---------------------------------------------------------------------------- */

#define SENDING_STATES(X)                                                                          \
    X(UNSENT)   /* nothing has left or been queued */                                              \
    X(OPEN)     /* headers have; messages may follow */                                            \
    X(FINISHED) /* server: trailers have. client: half-closed */                                   \
    X(MUTE)     /* the call is over; nothing may be sent */

#define SENDING_INPUTS(X)                                                                          \
    X(HEADERS)                                                                                     \
    X(MESSAGE)                                                                                     \
    X(FINISH)

#define SENDING_ACTIONS(X)                                                                         \
    X(REFUSE) /* too late, or too early: the caller gets GR_CLOSED */                              \
    X(SEND_HEADERS)                                                                                \
    X(SEND_HEADERS_MESSAGE) /* headers leave with the first message */                             \
    X(SEND_MESSAGE)                                                                                \
    X(SEND_TRAILERS)                                                                               \
    X(SEND_TRAILERS_ONLY)                                                                          \
    X(SEND_END)                                                                                    \
    X(NOTHING)

#define RECEIVING_STATE(name)  name,
#define RECEIVING_INPUT(name)  IN_##name,
#define RECEIVING_ACTION(name) DO_##name,
#define SENDING_STATE(name)    name,
#define SENDING_INPUT(name)    OUT_##name,
#define SENDING_ACTION(name)   DO_##name,

enum receiving { RECEIVING_STATES(RECEIVING_STATE) RECEIVING_COUNT };
enum receiving_input { RECEIVING_INPUTS(RECEIVING_INPUT) RECEIVING_INPUT_COUNT };
enum receiving_action { RECEIVING_ACTIONS(RECEIVING_ACTION) RECEIVING_ACTION_COUNT };
enum sending { SENDING_STATES(SENDING_STATE) SENDING_COUNT };
enum sending_input { SENDING_INPUTS(SENDING_INPUT) SENDING_INPUT_COUNT };
enum sending_action { SENDING_ACTIONS(SENDING_ACTION) SENDING_ACTION_COUNT };

#undef RECEIVING_STATE
#undef RECEIVING_INPUT
#undef RECEIVING_ACTION
#undef SENDING_STATE
#undef SENDING_INPUT
#undef SENDING_ACTION

/* A cell that the tables do not list is all zeros: VIOLATION, or REFUSE, and the state is to be kept. */
struct receiving_step {
    enum receiving next;
    enum receiving_action action;
};

struct sending_step {
    enum sending next;
    enum sending_action action;
};

struct receiving_step receiving_step(enum role role, enum receiving state,
                                     enum receiving_input input);
struct sending_step sending_step(enum role role, enum sending state, enum sending_input input);

/* For tests and traces. Static. */
const char *receiving_name(enum receiving state);
const char *sending_name(enum sending state);

#endif
