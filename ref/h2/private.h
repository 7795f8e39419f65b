/* SPDX-License-Identifier: MIT
 *
 * struct h2, for the files of h2/ alone. Octets come in by input.c, frame by frame; frames.c and block.c say what they
 * mean; streams.c, windows.c keep count; output.c writes. */
#ifndef H2_PRIVATE_H
#define H2_PRIVATE_H

#include "h2/h2.h"
#include "h2/head.h"
#include "h2/hpack.h"
#include "h2/memory.h"
#include "h2/trace.h"

#define FIELD_OVERHEAD 32  /* RFC 9113 section 6.5.2 */
#define CLOSED_KEPT    256 /* streams whose end is remembered */

/* Where the octets that come next belong. */
struct input {
    size_t magic; /* server: octets of the client connection preface that are here */
    enum { AT_HEADER, AT_DATA, AT_PAYLOAD } state;
    struct frame frame;
    uint8_t held[FRAME_HEADER + 1]; /* a frame header that came in pieces, with DATA's pad length */
    size_t held_len;
    size_t left;              /* octets of the payload that are not here yet */
    size_t padding;           /* DATA: those of them at its end */
    struct h2_stream *stream; /* DATA: whose; NULL: nobody's any more */
    struct buf whole;         /* AT_PAYLOAD: the payload, when it came in pieces */
    bool settings;            /* the peer's first SETTINGS has been seen */
    uint32_t busywork;        /* frames lately that moved nothing; paid back over time */
    gr_time busywork_at;      /* when that was counted */
    gr_time now;
};

/* A header block while it arrives. */
struct block {
    bool open;                /* CONTINUATION is to follow */
    struct frame frame;       /* its HEADERS */
    struct h2_stream *stream; /* NULL: it is decoded for HPACK's sake alone */
    struct head head;
    size_t octets; /* as they came */
    size_t size;   /* as SETTINGS_MAX_HEADER_LIST_SIZE counts */
    bool too_large;
    size_t first; /* of h2.turn.fields */
};

/* Streams that want to send DATA, in the order of their turns. */
struct h2_queue {
    struct h2_stream *first, *last;
};

/* How a stream was closed. */
struct h2_end {
    unsigned id : 30; /* without its lowest bit: all are the client's, odd */
    unsigned how : 2; /* enum h2_closed */
};

struct h2 {
    enum role role;
    struct trace *trace;
    struct h2_memory *memory, *own_memory;
    struct hpack *hpack;
    size_t max_metadata;
    struct h2_turn turn;
    struct input input;
    struct block block;

    /* Streams. */
    struct h2_stream **places; /* by id; NULL until there is one */
    size_t place_count;        /* a power of two */
    size_t open_count;
    struct h2_stream *streams; /* not yet released */
    struct h2_stream *recent;  /* found last; NULL: none. Frames of a stream come in runs */
    struct h2_end *ends;       /* of streams closed lately: a ring, that grows to CLOSED_KEPT */
    size_t end_cap, end_count;
    int32_t newest;      /* the highest id the peer has opened */
    int32_t last_stream; /* and that was looked at: GOAWAY says it */
    uint32_t next_id;    /* client: of the next request; beyond 2^31-1: there are none left */

    /* Windows. */
    int32_t send_window;             /* of the connection */
    int32_t peer_window;             /* SETTINGS_INITIAL_WINDOW_SIZE, the peer's */
    struct h2_window receive;        /* of the connection */
    int32_t receive_size;            /* what it is to be */
    int32_t stream_window;           /* ours, as far as the peer has acknowledged it */
    int32_t stream_window_announced; /* in our SETTINGS */
    struct h2_queue ready, stalled;  /* stalled: by the connection's window */
    bool settings_acknowledged;

    /* Output. */
    struct gather out;
    bool copies;              /* everything: the output is one piece */
    uint32_t acks, acks_lent; /* for SETTINGS and PING: in `out`, and taken from it */

    uint32_t peer_max_streams, peer_max_metadata;
    int32_t peer_last_stream; /* client: what the server's GOAWAY has said last */
    bool goaway_sent;         /* the last one */
    bool goaway_received;
    bool sent; /* HEADERS or DATA, since h2_take_sent */
    bool failed;
    bool done;
};

/* ---- streams.c ------------------------------------------------------------------------------- */

/* Append an event; NULL and h2->failed when out of memory. */
struct h2_event *h2_push(struct h2 *h2, enum h2_event_kind kind, struct h2_stream *stream);
/* A field more for the block in progress; NULL and h2->failed when out of memory. */
struct field *h2_new_field(struct h2 *h2);
/* NULL and h2->failed when out of memory. given: h2_release, after h2_close */
struct h2_stream *h2_open(struct h2 *h2, int32_t id);
/* The stream is over, both ways: it can no longer be found, and its CLOSED event is appended. */
void h2_close(struct h2 *h2, struct h2_stream *stream, uint32_t code);
/* The peer has sent its END_STREAM; we have. The second of the two closes the stream. */
void h2_end_remote(struct h2 *h2, struct h2_stream *stream);
void h2_end_local(struct h2 *h2, struct h2_stream *stream);
/* We answer for a stream that is closed already. */
void h2_mark_reset(struct h2 *h2, int32_t id);
void h2_clear_streams(struct h2 *h2);

/* ---- windows.c ------------------------------------------------------------------------------- */

void h2_init_windows(struct h2 *h2, const struct gr_limits *limits);
/* DATA of len octets, padding and all, begins. returns false, with the error said, when a window has no room for it:
 * then the connection is over, or *stream is reset and NULL */
bool h2_receive(struct h2 *h2, struct h2_stream **stream, size_t len);
/* Our SETTINGS are acknowledged. */
void h2_use_stream_window(struct h2 *h2);
/* The peer gives: WINDOW_UPDATE on the connection or a stream; SETTINGS_INITIAL_WINDOW_SIZE. returns false on overflow */
bool h2_widen(struct h2 *h2, struct h2_stream *stream, uint32_t increment);
bool h2_set_peer_window(struct h2 *h2, uint32_t size);

/* Take a turn for DATA, and no turn. */
void h2_enqueue(struct h2 *h2, struct h2_stream *stream);
void h2_dequeue(struct h2 *h2, struct h2_stream *stream);
void h2_stall(struct h2 *h2, struct h2_stream *stream);

/* ---- block.c --------------------------------------------------------------------------------- */

/* HEADERS, CONTINUATION: payload without padding and priority. stream: NULL as in struct block. false: the session is
 * over */
bool h2_begin_block(struct h2 *h2, const struct frame *frame, struct h2_stream *stream,
                    struct bytes fragment);
bool h2_continue_block(struct h2 *h2, const struct frame *frame, struct bytes fragment);

/* ---- frames.c -------------------------------------------------------------------------------- */

/* A frame begins: may it, now and so long? false: no, and the session is over */
bool h2_admit(struct h2 *h2, const struct frame *frame);
/* Its payload is here. Not for DATA. */
void h2_handle(struct h2 *h2, const struct frame *frame, struct bytes payload);
/* Is there as much DATA as content-length has promised, or may there still be? (RFC 9113 section 8.1.1) */
bool h2_keeps_length(const struct h2_stream *stream, bool end);
/* DATA begins: the stream that it is for. NULL: none, and its octets are to be skipped */
struct h2_stream *h2_begin_data(struct h2 *h2, const struct frame *frame);

/* ---- output.c -------------------------------------------------------------------------------- */

void h2_put_magic(struct h2 *h2);
/* For SETTINGS, PING. */
void h2_put_ack(struct h2 *h2, uint8_t type, struct bytes payload);
void h2_put_goaway(struct h2 *h2, int32_t last_stream, enum h2_error code, struct bytes debug);
void h2_put_window_update(struct h2 *h2, int32_t stream, int32_t increment);
void h2_put_settings(struct h2 *h2, const struct trace_setting *settings, size_t count);
/* RST_STREAM on a stream that is closed already. */
void h2_reset_id(struct h2 *h2, int32_t id, enum h2_error code);
/* For traces of frames without more to say than their code. */
void h2_trace(struct h2 *h2, bool sent, const struct frame *frame, uint32_t code);

#endif
