/* SPDX-License-Identifier: MIT
 *
 * What RFC 9113 numbers: frames (section 6), settings (section 6.5.2), errors (section 7). */
#ifndef H2_FRAME_H
#define H2_FRAME_H

#include <stddef.h>
#include <stdint.h>

/* The client connection preface begins so (section 3.4). */
#define MAGIC     "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define MAGIC_LEN (sizeof(MAGIC) - 1)

#define FRAME_HEADER   9
#define MAX_FRAME_SIZE 16384 /* SETTINGS_MAX_FRAME_SIZE at its default, both ways */
#define DEFAULT_WINDOW 65535 /* of a stream and of the connection, before anybody says otherwise */

enum frame_type {
    DATA = 0,
    HEADERS = 1,
    PRIORITY = 2,
    RST_STREAM = 3,
    SETTINGS = 4,
    PUSH_PROMISE = 5,
    PING = 6,
    GOAWAY = 7,
    WINDOW_UPDATE = 8,
    CONTINUATION = 9,
};

enum frame_flag {
    FLAG_ACK = 0x1, /* SETTINGS, PING */
    FLAG_END_STREAM = 0x1,
    FLAG_END_HEADERS = 0x4,
    FLAG_PADDED = 0x8,
    FLAG_PRIORITY = 0x20,
};

enum setting {
    HEADER_TABLE_SIZE = 1,
    ENABLE_PUSH = 2,
    MAX_CONCURRENT_STREAMS = 3,
    INITIAL_WINDOW_SIZE = 4,
    SETTING_MAX_FRAME_SIZE = 5,
    MAX_HEADER_LIST_SIZE = 6,
    ENABLE_CONNECT_PROTOCOL = 8, /* RFC 8441 */
    NO_RFC7540_PRIORITIES = 9,   /* RFC 9218 */
};

enum h2_error {
    H2_NO_ERROR = 0x0,
    H2_PROTOCOL_ERROR = 0x1,
    H2_INTERNAL_ERROR = 0x2,
    H2_FLOW_CONTROL_ERROR = 0x3,
    H2_STREAM_CLOSED = 0x5,
    H2_FRAME_SIZE_ERROR = 0x6,
    H2_REFUSED_STREAM = 0x7,
    H2_CANCEL = 0x8,
    H2_COMPRESSION_ERROR = 0x9,
    H2_ENHANCE_YOUR_CALM = 0xb,
};

/* A frame header. */
struct frame {
    size_t len; /* of the payload */
    uint8_t type;
    uint8_t flags;
    int32_t stream;
};

#endif
