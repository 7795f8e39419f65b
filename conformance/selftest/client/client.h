/* SPDX-License-Identifier: MIT
 *
 * The faulty client, as its own files share it: a correct gRPC client by default, one thread for each channel, nothing
 * clever; each place where it can be told to err asks errs(). Written on wire/ only, like the faulty server.
 *
 * A channel has links (connections), a link has streams, a stream belongs to an rpc (a call that was asked for). */
#ifndef SELFTEST_CLIENT_CLIENT_H
#define SELFTEST_CLIENT_CLIENT_H

#include "base/clock.h"
#include "peer/drive.h"
#include "selftest/client/knobs.h"
#include "wire/frame.h"
#include "wire/hpack.h"
#include "wire/transport.h"

#define OUR_HEADER_LIST   16384
#define OUR_TABLE         4096
#define OUR_MESSAGE_LIMIT ((size_t)4 << 20)

enum code {
    CODE_OK,
    CODE_CANCELLED,
    CODE_UNKNOWN,
    CODE_DEADLINE_EXCEEDED = 4,
    CODE_PERMISSION_DENIED = 7,
    CODE_RESOURCE_EXHAUSTED = 8,
    CODE_UNIMPLEMENTED = 12,
    CODE_INTERNAL = 13,
    CODE_UNAVAILABLE = 14,
    CODE_DATA_LOSS = 15,
    CODE_UNAUTHENTICATED = 16,
};

/* Where calls come from, and who is told how they went: a drive, a command line, an adapter's input. */
struct call_source {
    const struct client_call *(*next)(void *arg, size_t *index); /* NULL: none now */
    bool (*is_over)(void *arg);
    void (*report)(void *arg, size_t index, struct client_result *result); /* takes *result */
    /* append request message `number` of the call; false: it is what the call's description says. NULL: always that */
    bool (*put_message)(void *arg, size_t index, unsigned number, struct buf *out);
    void *arg;
};

/* ---- a call (rpc.c) ---- */

struct rpc {
    struct rpc *next;
    size_t index;
    const struct client_call *call;
    struct stream *stream; /* NULL: it waits for one, or has ended */
    bool started, ended;   /* started: HEADERS went out once */
    bool half_closed;
    bool forgotten;       /* a knob: it waits for ever */
    unsigned attempts;    /* transparent retries */
    unsigned sent, taken; /* messages */
    gr_time begun, deadline, cancel_at;
    struct client_result result;
};

/* ---- a stream (streams.c) ---- */

struct stream {
    struct stream *next;
    uint32_t id;
    struct rpc *rpc; /* NULL: nobody waits for it any more */
    bool local_closed, remote_closed, we_reset, they_reset;
    int64_t send_window, receive_window, owed; /* owed: consumed and not yet given back */
    struct buf pending;                        /* DATA waiting for windows */
    bool end_due;                              /* END_STREAM behind it */
    size_t data_sent;

    /* the response */
    bool has_headers, is_page; /* is_page: not gRPC */
    int http_status;
    struct header_list trailers; /* of a reset that is not believed: a knob */
    int64_t content_length;      /* -1: not said */
    uint64_t body;
    char encoding[32];
    bool inflated_one;
    size_t payload_left, prefix_len; /* as windows count messages: a knob */
    uint8_t prefix[5];
    struct buf assembly; /* a message with its prefix, as far as it has come */
    gr_time held_until;  /* of knobs that wait for more; 0: not */
};

/* ---- a connection (link.c) ---- */

struct link {
    struct link *next;
    struct channel *channel;
    unsigned number;
    struct transport *transport;
    struct buf in, out;
    bool settings_seen, acknowledged; /* theirs came; ours were acknowledged */
    bool closing, dropped;            /* GOAWAY with an error is queued; gone */
    bool stuck;                       /* a knob: does not listen any more */
    bool goaway_sent, they_go_away, peer_closed;
    uint32_t goaway_last;
    gr_time idle_since; /* 0: it has calls */

    struct hpack_decoder *decoder;
    struct hpack_encoder *encoder;
    unsigned blocks_in, settings_in, frames_in, requests;
    uint32_t table_size, initial_window, max_frame_size, max_header_list, max_streams;
    unsigned pings_in;
    unsigned uncounted; /* streams that were open before the limit: a knob */
    int64_t send_window, receive_window, owed;

    struct stream *streams; /* oldest first */
    uint32_t next_id, highest_id;

    uint32_t block_stream; /* of the header block under way */
    bool in_block, block_ends;
    unsigned continuations;
    struct buf block;
};

/* ---- a channel (channel.c) ---- */

struct channel {
    const struct call_source *source;
    struct client_address address;
    enum client_knob knob;
    struct rpc *rpcs; /* oldest first */
    struct link *links;
    unsigned links_made;
    uint32_t last_frame_size;              /* MAX_FRAME_SIZE of any connection; 0: none yet */
    const struct client_call *last_called; /* of the last call with metadata */
    struct header_list last_trailers;      /* of all calls: a knob */
    struct buf last_message;               /* of the last status that had one */
    gr_time give_up_at;                    /* a knob; 0: never */
    bool dead;                             /* a knob: it died, and says nothing more */
    gr_time now;
};

/* Make the calls that come, until the source is over. */
void channel_run(const struct call_source *source, const struct client_address *address,
                 enum client_knob knob);
/* The process is gone, as far as anybody can see: a knob. */
void channel_die(struct channel *channel, struct rpc *rpc, const char *how);

/* ---- link.c ---- */
struct link *link_open(struct channel *channel);
/* Read what has come and think about it. */
void link_turn(struct link *link);
void link_flush(struct link *link);
bool link_is_usable(const struct link *link); /* for new streams */
/* GOAWAY, if nothing is wrong with it, and the end of it. */
void link_close(struct link *link);
void link_free(struct link *link);
void link_put_frame(struct link *link, uint8_t type, uint8_t flags, uint32_t stream,
                    struct bytes payload);
void link_put_goaway(struct link *link, uint32_t last, uint32_t code);
void link_put_reset(struct link *link, struct stream *stream, uint32_t code);
void link_put_window_update(struct link *link, uint32_t stream, uint32_t increment);
void link_error(struct link *link, uint32_t code);

/* ---- frames in: frames.c, settings.c, blocks.c ----------------------------------------------- */
void link_take_frames(struct link *link);
void link_take_settings(struct link *link, const struct frame *frame);
void link_begin_block(struct link *link, const struct frame *frame);
void link_continue_block(struct link *link, const struct frame *frame);
struct hpack_result link_decode(struct link *link, struct stream *stream, struct bytes block,
                                struct header_list *list);

/* ---- streams.c ---- */
struct stream *link_find_stream(struct link *link, uint32_t id);
size_t link_open_streams(const struct link *link);
bool link_start_stream(struct link *link, struct rpc *rpc);
void stream_fail(struct link *link, struct stream *stream, uint32_t code, const char *why);
void stream_forget(struct stream *stream); /* nobody waits for it any more */
void stream_free(struct stream *stream);
void stream_give_back(struct link *link, struct stream *stream, size_t octets);
void link_pump(struct link *link);

/* ---- request.c ---- */
/* false: it does not fit what the server takes */
bool stream_put_request(struct link *link, struct stream *stream);
void stream_put_messages(struct link *link, struct stream *stream);
struct transport_tls client_tls(const struct client_address *address);

/* ---- response.c, message.c, status.c --------------------------------------------------------- */
void take_response_block(struct link *link, struct stream *stream, struct header_list *list,
                         bool ends);
void take_response_data(struct link *link, struct stream *stream, struct bytes data, bool ends);
/* false: the call has ended by it */
bool stream_take_messages(struct link *link, struct stream *stream, struct bytes data);
bool response_is_malformed(const struct header_list *list, bool trailers);
bool base64_is_acceptable(struct bytes value);
void stream_trailers(struct link *link, struct stream *stream, const struct header_list *list);
uint32_t status_of_reset(uint32_t h2_code);
uint32_t status_of_http(int http_status);
uint32_t status_parse(struct bytes text);
/* false: an escape is none */
bool percent_decode(struct bytes text, struct buf *out);

/* ---- rpc.c ---- */
void rpc_end(struct rpc *rpc, uint32_t status, const char *message);
/* The call ended on this side: the stream is let go as well. */
void rpc_give_up(struct link *link, struct stream *stream, uint32_t status, const char *message);
/* Has its deadline passed? By the clock, which may be ahead of the channel's. */
bool rpc_is_late(const struct rpc *rpc);
/* It ends by its deadline. link: of its stream; NULL when it has none */
void rpc_expire(struct link *link, struct rpc *rpc);
/* It was not begun, as far as the server is concerned: once more, or UNAVAILABLE. */
void rpc_again(struct rpc *rpc);
/* Deadlines and cancellations. returns when it wants to be asked again */
gr_time rpc_turn(struct channel *channel, struct rpc *rpc);
void rpc_message(struct link *link, struct stream *stream, struct bytes payload);

#endif
