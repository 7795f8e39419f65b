/* SPDX-License-Identifier: MIT
 *
 * Protocol buffers by hand: enough of the encoding to say what grpc.testing, health and reflection messages say,
 * and to say it wrongly. The suite does not use the reference's codec, so that neither hides the other's bug. */
#ifndef WIRE_PB_H
#define WIRE_PB_H

#include "base/buf.h"

enum pb_wire_type { PB_VARINT = 0, PB_FIXED64 = 1, PB_LEN = 2, PB_FIXED32 = 5 };

void pb_put_varint(struct buf *out, uint32_t field, uint64_t value);
void pb_put_bytes(struct buf *out, uint32_t field,
                  struct bytes value); /* string, bytes, or a sub-message */

struct pb_field {
    uint32_t number;
    enum pb_wire_type type;
    uint64_t value;     /* VARINT, FIXED32, FIXED64 */
    struct bytes bytes; /* LEN: views into the message */
};
/* Take the next field from the front of *message. false at the end; at malformed input too, and *message is
 * then not empty. */
bool pb_take(struct bytes *message, struct pb_field *field);
/* The last occurrence of a field; false when absent or the message is malformed. */
bool pb_find(struct bytes message, uint32_t number, struct pb_field *field);

/* ---- grpc.testing, from Debian's grpc-proto -------------------------------------------------- */

/* What a SimpleRequest or StreamingOutputCallRequest asks for; zeros and -1 leave a field out. */
struct testing_request {
    size_t response_size; /* SimpleRequest.response_size */
    size_t payload_size;  /* octets of zeros in payload.body */
    int status_code;      /* response_status.code when has_status */
    const char *status_message;
    bool has_status;
    int response_compressed; /* BoolValue: -1 absent, 0, 1 */
    int expect_compressed;   /* BoolValue: -1 absent, 0, 1 */
};
/* Names over defaults: the later initializer is meant to win. */
#ifdef __clang__
#pragma clang diagnostic ignored "-Winitializer-overrides"
#else
#pragma GCC diagnostic ignored "-Woverride-init"
#endif
#define TESTING_REQUEST(...)                                                                       \
    ((struct testing_request){.response_compressed = -1, .expect_compressed = -1, __VA_ARGS__})
void pb_put_simple_request(struct buf *out, struct testing_request request);

struct response_parameters {
    size_t size;
    uint32_t interval_us;
    int compressed; /* BoolValue: -1 absent, 0, 1 */
};
/* StreamingOutputCallRequest: payload and status from request, one ResponseParameters each. */
void pb_put_streaming_request(struct buf *out, struct testing_request request,
                              const struct response_parameters *parameters, size_t count);
/* StreamingInputCallRequest. */
void pb_put_input_request(struct buf *out, size_t payload_size, int expect_compressed);
/* payload.body of a SimpleResponse or StreamingOutputCallResponse. false: malformed. Absent: empty. */
bool pb_response_body(struct bytes message, struct bytes *body);
/* StreamingInputCallResponse.aggregated_payload_size; -1: malformed. */
int64_t pb_aggregated_size(struct bytes message);

#endif
