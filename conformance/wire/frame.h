/* SPDX-License-Identifier: MIT
 *
 * HTTP/2 frames as octets: a coder that can say anything, legal or not, and a reader that believes nothing.
 * What a frame means is not known here; see peer/ and lint/. (RFC 9113 section 4) */
#ifndef WIRE_FRAME_H
#define WIRE_FRAME_H

#include "base/buf.h"

#define FRAME_HEADER_LEN       9
#define DEFAULT_MAX_FRAME_SIZE 16384
#define DEFAULT_WINDOW         65535
#define MAX_WINDOW             INT64_C(2147483647)
#define CONNECTION_PREFACE     BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

#define FRAME_TYPES(X)                                                                             \
    X(DATA, 0)                                                                                     \
    X(HEADERS, 1)                                                                                  \
    X(PRIORITY, 2)                                                                                 \
    X(RST_STREAM, 3)                                                                               \
    X(SETTINGS, 4)                                                                                 \
    X(PUSH_PROMISE, 5)                                                                             \
    X(PING, 6)                                                                                     \
    X(GOAWAY, 7)                                                                                   \
    X(WINDOW_UPDATE, 8)                                                                            \
    X(CONTINUATION, 9)

enum frame_type {
#define FRAME_TYPE_ENUM(name, value) FRAME_##name = (value),
    FRAME_TYPES(FRAME_TYPE_ENUM)
#undef FRAME_TYPE_ENUM
};

enum frame_flag {
    FLAG_NONE = 0,
    FLAG_END_STREAM = 0x1,
    FLAG_ACK = 0x1,
    FLAG_END_HEADERS = 0x4,
    FLAG_PADDED = 0x8,
    FLAG_PRIORITY = 0x20,
};

#define H2_ERRORS(X)                                                                               \
    X(NO_ERROR, 0)                                                                                 \
    X(PROTOCOL_ERROR, 1)                                                                           \
    X(INTERNAL_ERROR, 2)                                                                           \
    X(FLOW_CONTROL_ERROR, 3)                                                                       \
    X(SETTINGS_TIMEOUT, 4)                                                                         \
    X(STREAM_CLOSED, 5)                                                                            \
    X(FRAME_SIZE_ERROR, 6)                                                                         \
    X(REFUSED_STREAM, 7)                                                                           \
    X(CANCEL, 8)                                                                                   \
    X(COMPRESSION_ERROR, 9)                                                                        \
    X(CONNECT_ERROR, 10)                                                                           \
    X(ENHANCE_YOUR_CALM, 11)                                                                       \
    X(INADEQUATE_SECURITY, 12)                                                                     \
    X(HTTP_1_1_REQUIRED, 13)

enum h2_error {
#define H2_ERROR_ENUM(name, value) H2_##name = (value),
    H2_ERRORS(H2_ERROR_ENUM)
#undef H2_ERROR_ENUM
};

#define SETTINGS_IDS(X)                                                                            \
    X(HEADER_TABLE_SIZE, 1)                                                                        \
    X(ENABLE_PUSH, 2)                                                                              \
    X(MAX_CONCURRENT_STREAMS, 3)                                                                   \
    X(INITIAL_WINDOW_SIZE, 4)                                                                      \
    X(MAX_FRAME_SIZE, 5)                                                                           \
    X(MAX_HEADER_LIST_SIZE, 6)

enum settings_id {
#define SETTINGS_ID_ENUM(name, value) SETTING_##name = (value),
    SETTINGS_IDS(SETTINGS_ID_ENUM)
#undef SETTINGS_ID_ENUM
};

struct setting {
    uint16_t id;
    uint32_t value;
};

struct frame {
    uint8_t type; /* enum frame_type, or any octet */
    uint8_t flags;
    bool reserved;   /* the high bit of the stream identifier */
    uint32_t stream; /* 31 bits */
    struct bytes payload;
};

/* "HEADERS", or "type 0x16". The buffer is used for the second form and must hold 16 octets. */
const char *frame_type_name(uint8_t type, char scratch[static 16]);
/* "PROTOCOL_ERROR", or "code 0xff". */
const char *h2_error_name(uint32_t code, char scratch[static 16]);
/* "INITIAL_WINDOW_SIZE", or "setting 0xf000". */
const char *setting_name(uint16_t id, char scratch[static 16]);

/* Append a frame; the length field is payload.len (asserted < 2^24). */
void frame_put(struct buf *out, const struct frame *frame);
/* Append only the nine octets, with any length and all 32 bits of stream: for frames that lie. */
void frame_put_header(struct buf *out, uint32_t length, uint8_t type, uint8_t flags,
                      uint32_t stream_bits);

void settings_put(struct buf *payload, const struct setting *settings, size_t count);

/* Take one whole frame from the front of *in, which advances behind it.
 * frame->payload views into *in.
 * returns true with a frame; false when *in does not hold a whole frame yet (unchanged) */
bool frame_take(struct bytes *in, struct frame *frame);

/* The payload without padding (and, for HEADERS, without the priority fields): what the flags promise.
 * pad_len: octets of padding including the length octet, 0 without PADDED (may be NULL).
 * returns false when the flags promise more than there is: *inner is then empty */
bool frame_inner(const struct frame *frame, struct bytes *inner, size_t *pad_len);

#endif
