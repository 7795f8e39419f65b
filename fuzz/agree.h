/* SPDX-License-Identifier: MIT
 *
 * How conformance/ reads octets, for a harness that knows how ref/ reads them. The two halves name some things alike,
 * so none of their types pass here: octets, numbers, and text. */
#ifndef FUZZ_AGREE_H
#define FUZZ_AGREE_H

#include "base/buf.h"

/* What one frame meant. */
struct suite_reading {
    enum {
        READ_NOTHING,
        READ_HEADERS,
        READ_DATA,
        READ_SETTINGS,
        READ_PING,
        READ_PING_ACK,
        READ_GOAWAY
    } kind;
    uint32_t stream, code;
    bool end_stream;
    struct buf
        text; /* HEADERS: name, TAB, value, newline, for each field; DATA: the octets without padding */
};

struct suite_reader;
struct suite_reader *suite_reader_new(void);
void suite_reader_free(struct suite_reader *reader);
/* One whole frame. reading: overwritten, its text kept until the next. */
void suite_read_frame(struct suite_reader *reader, struct bytes frame,
                      struct suite_reading *reading);

bool suite_timeout_is_valid(struct bytes text);
bool suite_base64_is_valid(struct bytes text);

#endif
