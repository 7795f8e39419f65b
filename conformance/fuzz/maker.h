/* SPDX-License-Identifier: MIT
 *
 * What generators are written with: whole legal calls, drawn at random in everything that does not matter (how a header
 * block is coded and cut, padding, noise between frames, where writes end), so that a generator says only the one thing
 * that is wrong, and what may come of it. Bytes and expectations go into a script; nothing is sent. */
#ifndef FUZZ_MAKER_H
#define FUZZ_MAKER_H

#include "fuzz/random.h"
#include "fuzz/script.h"
#include "wire/pb.h"

struct fault;

struct maker {
    struct draw draw;
    struct script *script;
    struct hpack_encoder *encoder; /* of the current connection */
    uint32_t next_stream;
    bool secure; /* the scheme is https */
    bool noise;  /* steps made now are beside the point */
    bool plain;  /* no noise, no padding, no odd coding: where a fault needs exact state */
};

/* ---- connections ---- */
void make_open(struct maker *m); /* open, preface, legal SETTINGS */
void make_open_with(struct maker *m, const struct setting *settings, size_t count);
void make_await_settings(struct maker *m);
void make_flush(struct maker *m);
/* Perhaps a frame that any endpoint must take without a word: of an unknown type, PRIORITY, SETTINGS ... */
void make_noise(struct maker *m);
/* Perhaps whole legal calls, answered, before what the case is about. */
void make_history(struct maker *m);

/* ---- frames: each is one SEND step ----------------------------------------------------------- */
struct step *make_octets(struct maker *m, struct bytes octets);
struct step *make_frame(struct maker *m, uint8_t type, uint8_t flags, uint32_t stream,
                        struct bytes payload);
void make_lying_frame(struct maker *m, uint32_t length, uint8_t type, uint8_t flags,
                      uint32_t stream_bits, struct bytes payload);
void make_u32_frame(struct maker *m, uint8_t type, uint32_t stream, uint32_t value);
struct setting draw_unknown_setting(struct maker *m);
void make_settings(struct maker *m, const struct setting *settings, size_t count);
/* HEADERS, and perhaps CONTINUATION, padding, priority fields. */
void make_block(struct maker *m, uint32_t stream, struct bytes block, uint8_t flags);

/* ---- calls ---- */
uint32_t make_stream(struct maker *m); /* takes the next identifier and notes a call on it */
#define MAX_FIELDS 40
/* The fields of a request for `path`, edited; values view into path and edits. */
size_t make_fields(const struct maker *m, const char *path, const struct edit *edits,
                   struct field fields[MAX_FIELDS]);
/* Coded in any legal way. */
void make_coded(struct maker *m, const struct field *fields, size_t count, struct buf *block);
/* Coded without the dynamic table. */
void put_plain_block(struct buf *block, const struct field *fields, size_t count);
void make_request(struct maker *m, uint32_t stream, const char *path, const struct edit *edits,
                  uint8_t flags);
/* Request headers on a new stream. */
uint32_t make_call(struct maker *m, const char *path);
/* DATA in frames cut and padded at random; FLAG_END_STREAM or 0. */
void make_data(struct maker *m, uint32_t stream, struct bytes data, uint8_t flags);
void make_message(struct maker *m, uint32_t stream, uint8_t flag, struct bytes payload,
                  uint8_t flags);
/* A whole EmptyCall on a new stream; its answer is not yet expected. */
uint32_t make_empty_call(struct maker *m);

/* ---- what must come ---- */
struct step *expect_step(struct maker *m, enum step_kind kind, uint32_t stream, int64_t number);
void may_end(struct maker *m, uint32_t stream, const struct outcome *outcomes);
void may_become(struct maker *m, const struct outcome *outcomes); /* of the connection */
void must_be_ok(struct maker *m, uint32_t stream);
void must_reset(struct maker *m, uint32_t stream, uint32_t code);
void must_goaway(struct maker *m, uint32_t code);
void must_serve(struct maker *m);
void must_have_field(struct maker *m, uint32_t stream, const char *name, struct bytes value);

/* After everything is said: where writes end. */
void make_cuts(struct maker *m);

#endif
