/* SPDX-License-Identifier: MIT
 *
 * What several layers of generators begin and end with. */
#ifndef FUZZ_COMMON_H
#define FUZZ_COMMON_H

#include "fuzz/faults.h"

#define ROW(fault, type) ((const struct type *)(fault)->arg)
#define ROWS(list)                                                                                 \
    {                                                                                              \
        (list), ARRAY_LEN(list)                                                                    \
    }

/* A connection, perhaps some calls on it before, perhaps noise. */
void begin_case(struct maker *m);
/* A call that was opened before the offence and must still end well: 0 when there is none this time. */
uint32_t begin_sibling(struct maker *m);
void end_sibling(struct maker *m, uint32_t sibling);
/* A request whose headers are sent and whose message is not. */
uint32_t begin_call(struct maker *m);
/* The rest of it: the message and END_STREAM, and it must be OK. */
void end_call(struct maker *m, uint32_t stream);
/* Octets of this connection are refused with `code`; afterwards the target still serves. */
void end_with_goaway(struct maker *m, uint32_t code);
/* The stream is refused with `code`; sibling and connection are not. */
void end_with_reset(struct maker *m, uint32_t stream, uint32_t code, uint32_t sibling);

/* A setting whose value, from low to high, is an error for whoever gets it (RFC 9113 section 6.5.2). */
struct bad_setting {
    uint16_t id;
    uint32_t low, high;
    uint32_t code;
};
extern const struct bad_setting push_above_1, window_above_31_bits, frame_size_too_small,
    frame_size_too_large;

/* A whole unary call with edited headers. Its answer is not yet expected. */
uint32_t make_edited_call(struct maker *m, const char *path, const struct edit *edits);
/* The same from whole fields. */
uint32_t make_call_of(struct maker *m, const struct field *fields, size_t count);

/* A malformed request (RFC 9113 8.1.1): the stream's error, or an HTTP status. */
#define MALFORMED                                                                                  \
    ONE_OF(RESET(H2_PROTOCOL_ERROR), HTTP(400), LENIENT_ANY_RESET(NULL),                           \
           LENIENT_GOAWAY(H2_PROTOCOL_ERROR, NULL), LENIENT_ANY_ERROR(NULL),                       \
           LENIENT_HTTP(404, NULL), LENIENT_HTTP(405, NULL), LENIENT_HTTP(415, NULL),              \
           LENIENT_HTTP(431, NULL), LENIENT_HTTP(501, NULL),                                       \
           LENIENT_GOAWAY(H2_COMPRESSION_ERROR, NULL), LENIENT_GOAWAY(H2_INTERNAL_ERROR, NULL),    \
           LENIENT_CLOSE)

#endif
