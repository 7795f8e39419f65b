/* SPDX-License-Identifier: MIT
 *
 * What the linter remembers of one connection, shared by its rule files and by nobody else.
 * "Theirs" is what the endpoint under test does, "ours" what grpcspec does. */
#ifndef LINT_STATE_H
#define LINT_STATE_H

#include "lint/lint.h"
#include "lint/rules.h"

#define PINGS_REMEMBERED   64
#define BATCHES_REMEMBERED 64

/* One SETTINGS frame of ours that waits for its ACK; a limit we did not mention is -1. */
struct settings_batch {
    int64_t table_size, enable_push, initial_window, max_frame_size, max_streams;
};

/* What they may rely on: acknowledged, or sent and not yet acknowledged (they may have applied it already). */
struct our_settings {
    struct settings_batch acked; /* no -1 here */
    struct settings_batch pending[BATCHES_REMEMBERED];
    size_t pending_count;
    bool lost_count; /* more than that were pending: rules about settings fall silent */
};

/* The message deframer of one response: only shapes, no content. */
struct message_shape {
    uint8_t prefix[5];
    size_t prefix_len;
    uint64_t left; /* octets of the current payload still to come */
};

struct lint_stream {
    struct lint_stream *next;
    uint32_t id;
    bool touched; /* we sent a frame on it, not PRIORITY: they may answer, whatever it was */
    bool opened;  /* HEADERS by whoever opens streams */
    bool our_end, our_reset, their_end, their_reset;
    bool provoked; /* we sent something on it that we must not: answers to that are not judged */
    uint32_t our_reset_code;
    uint64_t our_reset_ping;     /* pings we had sent before our RST_STREAM */
    bool ours_after_their_reset; /* we sent on after their RST_STREAM had come */
    int64_t their_credit;        /* our WINDOW_UPDATEs - their DATA */
    int64_t our_credit;          /* their WINDOW_UPDATEs - our DATA */

    /* the request, as its header list said it */
    bool request_known;
    bool request_plain; /* a gRPC request that nobody may find fault with */
    char *accepts;      /* grpc-accept-encoding and grpc-encoding, ",gzip,identity," */

    /* their message */
    unsigned blocks;   /* final header blocks (not 1xx) */
    bool block_judged; /* the first one was decoded */
    bool is_grpc;      /* content-type application/grpc */
    bool has_encoding; /* grpc-encoding, not identity */
    char encoding[32];
    int64_t content_length; /* -1: none */
    uint64_t data_octets;   /* without padding */
    struct message_shape shape;
    bool unreadable; /* a flag or length made the rest meaningless */
};

struct lint {
    enum lint_role role; /* of the endpoint under test */
    struct lint_sink sink;
    bool tls;
    bool failed;      /* out of memory, or nothing can be known any more: silent from here on */
    bool frames_seen; /* from them */

    struct our_settings ours;
    struct settings_batch theirs; /* the last values they announced */
    int64_t
        their_lowest_window; /* the smallest INITIAL_WINDOW_SIZE they ever announced, or the default */

    /* PINGs of ours that were not answered, and how far answers have come */
    struct sent_ping {
        uint8_t opaque[8];
        uint64_t number;
    } pings[PINGS_REMEMBERED];
    size_t ping_count;
    bool pings_lost; /* more were waiting than remembered: answers are not judged */
    uint64_t pings_sent, pings_answered; /* answered: the number behind the newest answered one */

    int64_t their_connection_credit, our_connection_credit; /* both start at 65535 */
    bool our_connection_spoiled; /* an increment of ours broke the window: not counted any more */

    /* the header block under way, one for each direction */
    uint32_t block_stream[2]; /* 0: none */
    bool block_ends[2];       /* its HEADERS had END_STREAM */
    bool block_pushes[2];     /* it began with PUSH_PROMISE */
    struct buf sent_block;    /* our fragments, kept for decoding when the caller did not decode */
    struct hpack_decoder *sent_decoder;

    int64_t encoder_size; /* what their HPACK encoder's table is at most, by updates and settings */
    int64_t update_owed;  /* -1: none; else the size their next block must announce or go below */

    uint32_t highest_touched;  /* stream of ours */
    uint32_t highest_answered; /* stream on which they sent HEADERS */
    uint32_t their_highest;    /* stream they opened */
    uint32_t goaway_last;
    bool our_goaway;
    uint64_t our_goaway_ping; /* pings we had sent before our first GOAWAY */
    unsigned settings_seen;   /* of theirs, without ACKs */
    bool true_binary_seen;    /* setting 0xfe03 */
    bool goaway_seen;

    struct lint_stream *streams;
};

/* Reports the rule as broken unless `holds`; as exercised otherwise. Returns holds. */
bool judge(struct lint *lint, enum lint_rule_name rule, bool holds, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

struct lint_stream *lint_find(struct lint *lint, uint32_t id);
/* The same, made when it is not there; NULL and lint->failed when out of memory. */
struct lint_stream *lint_stream_of(struct lint *lint, uint32_t id);

/* The largest value of a limit they may rely on: acknowledged or still pending. */
#define most_allowed(lint, member)                                                                 \
    lint_most_allowed((lint), offsetof(struct settings_batch, member))
int64_t lint_most_allowed(const struct lint *lint, size_t member);

/* ---- what is remembered of frames we send (sent.c) ------------------------------------------- */
void note_sent(struct lint *lint, const struct frame *frame, const struct header_list *headers);

/* ---- the rules: each is shown every frame they send, in this order --------------------------- */
bool judge_frame_shape(struct lint *lint,
                       const struct frame *frame); /* false: too broken to go on */
bool judge_header_sequence(struct lint *lint, const struct frame *frame);
void judge_settings(struct lint *lint, const struct frame *frame);
void judge_ping(struct lint *lint, const struct frame *frame);
void judge_goaway(struct lint *lint, const struct frame *frame);
/* false: the stream cannot be reasoned about; *stream is NULL for PRIORITY and frames without a stream. */
bool judge_stream_state(struct lint *lint, const struct frame *frame, struct lint_stream **stream);
void judge_windows(struct lint *lint, const struct frame *frame, struct lint_stream *stream);
bool judge_hpack(struct lint *lint, const struct hpack_result *hpack); /* true: the list is whole */
void judge_block(struct lint *lint, struct lint_stream *stream, const struct header_list *headers,
                 bool ends);
void judge_body(struct lint *lint, const struct frame *frame, struct lint_stream *stream);
void judge_content_length(struct lint *lint, const struct lint_stream *stream);

/* gRPC, called by the above where a message is known to be gRPC */
bool content_type_is_grpc(struct bytes value);
bool grpc_timeout_is_valid(struct bytes value);
bool base64_is_valid(struct bytes value,
                     bool *padded); /* a comma list, as metadata may be joined */
/* Of a server's header block, trailers too: nobody may find fault with it, however strict. */
bool response_is_plain(const struct header_list *headers);
void read_request(struct lint_stream *stream, const struct header_list *headers, struct lint *lint);
void read_encoding(struct lint_stream *stream, const struct header_list *headers);
void judge_grpc_block(struct lint *lint, struct lint_stream *stream,
                      const struct header_list *headers, bool ends);
/* The request of a client under test: what it says is remembered in the stream. */
void judge_grpc_request(struct lint *lint, struct lint_stream *stream,
                        const struct header_list *headers, bool ends);
void judge_grpc_data(struct lint *lint, struct lint_stream *stream, struct bytes data, bool ends);

#endif
