/* SPDX-License-Identifier: MIT
 *
 * What the files of peer/ share and cases do not see. Life of the bytes: send.c and call.c say what
 * goes out, sent.c takes note of it, turn.c moves octets, received.c takes note of what comes,
 * describe.c puts it into words, and expect*.c, outcome.c and probe.c judge. */
#ifndef PEER_INSIDE_H
#define PEER_INSIDE_H

#include "lint/lint.h"
#include "peer/block.h"
#include "peer/framing.h"
#include "peer/peer.h"

#define MAX_CALL_DATA    ((size_t)64 << 20)
#define MAX_DEBUG_DATA   ((size_t)4 << 10)
#define MAX_SETTINGS_OUT 256 /* of ours that await acknowledgement */
#define INITIAL_TABLE    4096
#define NO_ENTRY         SIZE_MAX

/* A SETTINGS of ours on its way. */
struct settings_out {
    bool probe; /* a proof's, not the case's */
    bool has_table_size;
    uint32_t table_size;
};

enum probe_state {
    PROBE_NONE,
    PROBE_PING_SENT,
    PROBE_PING_ANSWERED,
    PROBE_SETTINGS_SENT,
    PROBE_DONE
};

struct inside {
    bool preface_wrong; /* of a client: nothing behind it has a meaning */

    /* sending */
    struct framing framing;
    size_t *boundaries; /* offsets in conn->queue at which a frame ends */
    size_t boundary_count, boundary_cap;
    bool write_shut; /* FIN sent */
    struct header_block sent_block;
    struct hpack_decoder
        *sent_decoder; /* reads our own blocks, for the transcript and the linter */
    struct settings_out settings_out[MAX_SETTINGS_OUT]; /* a ring */
    size_t settings_out_first, settings_out_count;
    bool next_settings_is_probe;

    /* receiving */
    struct header_block block;
    struct buf goaway_debug;
    size_t entry; /* the frame being looked at, in the transcript */
    size_t goaway_entry;
    size_t close_entry;
    const char *undecoded; /* why a header block of the target did not decode; NULL: all did */
    bool lint_ended;
    bool end_accepted; /* a verb judged that the target might end this connection */

    /* proofs */
    enum probe_state probe;
    uint64_t probe_number;
    uint8_t awaited_ping[8];
    bool awaited_ping_answered;
};

/* A payload handed out by next_message; lives as long as the test. */
struct kept {
    struct kept *next;
    uint8_t octets[];
};

/* calloc(1, size) that ends the program when there is no memory: a verdict could not be trusted
 * then. */
void *new_zeroed(size_t size);

/* ---- conn.c ---- */
/* A connection of the test's, with no transport yet: as its target is a server or a client. */
struct conn *conn_new(struct test *t);
void conn_free(struct conn *conn);
void conn_end_lint(struct conn *conn, bool orderly);
struct call *conn_find_call(const struct conn *conn, uint32_t stream);
/* Nothing can be read any more: closed by either side. */
bool conn_is_over(const struct conn *conn);
/* Every call on it has ended. */
bool conn_is_idle(const struct conn *conn);

/* ---- call.c ---- */
/* A call on `stream`, nothing sent. */
struct call *call_new(struct conn *conn, const char *path, uint32_t stream);
/* The usual fields, edited: into fields, at most max. */
size_t edit_fields(const struct field *usual, size_t count, const struct edit *edits,
                   struct field *fields, size_t max);
size_t count_edits(const struct edit *edits);

/* ---- client.c: the client under test, as the case sees it ------------------------------------ */
#define MAX_ASKED 128
struct client {
    int listener; /* -1: closed */
    uint16_t port;
    void *handle;         /* the drive's */
    unsigned connections; /* accepted so far */
    bool called;          /* a call of its was handed out */
    struct asked *asked[MAX_ASKED];
    size_t asked_count;
    bool ended;
};
/* How the call went, as far as the drive knows. */
enum result_kind poll_asked(struct asked *asked);
/* Serve every connection once, waiting at most a moment for something to come. with_listener: also until somebody
 * connects. returns whether somebody waits to be accepted (with_listener) */
bool client_turn(struct test *t, bool with_listener, gr_time deadline);
/* The connection that waits, if one does, before `deadline`; -1: none. Other connections are served meanwhile. */
int next_connection(struct test *t, gr_time deadline);
/* The client has ended, or reported, in a way that decides a case in which `expected` is still awaited. returns true
 * when it did; the verdict is made then */
bool judge_early_end(struct test *t, struct source_line where, const char *expected);
/* What became of it: "the client exited with status 1", "reported grpc-status 14 (UNAVAILABLE), ..." */
void put_client_state(struct test *t, struct buf *out);
void put_result(const struct asked *asked, struct buf *out);

void client_end(struct test *t);  /* closes the listener, waits for the client's end, judges it */
void client_free(struct test *t); /* after client_end() */

/* ---- send.c ---- */
/* The target's MAX_FRAME_SIZE; the initial one where it announced nonsense. */
size_t max_payload(const struct conn *conn);

/* ---- sent.c ---- */
/* Queue octets and take note of them. is_frame: they are one whole frame, as the case sees it. */
void queue_octets(struct conn *conn, struct bytes octets, bool is_frame);

/* ---- received.c ---- */
/* Take the whole frames from conn->received. */
void take_frames(struct conn *conn);
void note_closed(struct conn *conn, enum closed how);

/* ---- turn.c ---- */
enum turn { TURN_READ, TURN_TIMEOUT, TURN_OVER };
void write_queue(struct conn *conn);
/* Write what is queued, then read once. */
enum turn conn_turn(struct conn *conn, gr_time deadline);
/* min(now + span, the case's deadline) */
gr_time deadline_in(const struct test *t, int64_t span);
/* Turn until done, over or the deadline. Flushes first, also when `done` holds at once. returns
 * done() at the end. */
bool turn_until(struct conn *conn, bool (*done)(const struct conn *conn, const void *arg),
                const void *arg, gr_time deadline);
/* The same for a call, within patience. */
bool call_until(struct call *call, bool (*done)(const struct call *call));

/* ---- probe.c ---- */
enum settled {
    SETTLED_DECIDED, /* `decided` holds */
    SETTLED_OVER,    /* the connection is closed, and it does not */
    SETTLED_IGNORED, /* everything sent was read, answered to, and nothing decided */
    SETTLED_SILENT,  /* no answer within patience, or no way to ask */
};
/* Wait until `decided`, or until it is proved that nothing will decide. grace_ns: how much longer
 * to wait after the proof, for what an application behind the target may still say; not 0 and where
 * the proof itself took its time, up to patience. */
enum settled settle(struct conn *conn, bool (*decided)(const struct conn *conn, const void *arg),
                    const void *arg, int64_t grace_ns);
/* Whether a PING is answered, within `span`; for sentences. -1: could not ask. */
int probe_alive(struct conn *conn, int64_t span);
/* Queue a PING with octets of its own, whose answer sets awaited_ping_answered. */
void send_awaited_ping(struct conn *conn);

/* ---- describe.c ---- */
/* What has become of the call or connection, as a sentence that continues "seen: ". */
void describe_call(const struct call *call, struct buf *out);
void describe_conn(const struct conn *conn, struct buf *out);
void put_status(struct buf *out, uint32_t code);                   /* grpc-status 13 (INTERNAL) */
void put_error(struct buf *out, const char *frame, uint32_t code); /* RST_STREAM(CANCEL) */

/* ---- judging, in describe.c ---- */
/* Fail with what became of the call or connection as `seen`, and mark the entry that says so. */
void fail_call(struct call *call, struct source_line where, const char *expected);
void fail_conn(struct conn *conn, struct source_line where, const char *expected);
/* Lenient with `seen`: what became of it, and the remark (NULL: none). */
void lenient_call(struct call *call, struct source_line where, const char *expected,
                  const char *remark);
void lenient_conn(struct conn *conn, struct source_line where, const char *expected,
                  const char *remark);
/* After a timeout: says for how long, and whether a PING is answered. */
void fail_call_silent(struct call *call, struct source_line where, const char *expected,
                      gr_time since);
void fail_conn_silent(struct conn *conn, struct source_line where, const char *expected,
                      gr_time since);
void mark_entry(struct test *t, size_t entry);

/* ---- questions, in question.c ---- */
bool call_is_over(const struct call *call);   /* nothing more can come of it, in either direction */
int http_status(const struct call *call);     /* -1: none, or not a number */
bool conn_has_error(const struct conn *conn); /* GOAWAY with an error code */

#endif
