/* SPDX-License-Identifier: MIT
 *
 * One message in, one out. */
#include "echo.h"

#include "grpc/testing/messages.pb-c.h"

bool echo(struct bytes request, struct buf *reply)
{
    static uint8_t zeros[65536];
    Grpc__Testing__SimpleResponse response = GRPC__TESTING__SIMPLE_RESPONSE__INIT;
    Grpc__Testing__Payload payload = GRPC__TESTING__PAYLOAD__INIT;
    Grpc__Testing__SimpleRequest *wanted;
    struct bytes message = bytes_skip(request, 5);
    size_t len;
    uint8_t *to;

    wanted = grpc__testing__simple_request__unpack(NULL, message.len, message.data);
    if (!wanted || wanted->response_size < 0 || wanted->response_size > 65536)
        return false;
    payload.body = (ProtobufCBinaryData){(size_t)wanted->response_size, zeros};
    response.payload = &payload;
    len = grpc__testing__simple_response__get_packed_size(&response);
    buf_put_u8(reply, 0);
    buf_put_u32(reply, (uint32_t)len);
    to = buf_reserve(reply, len);
    if (to)
        reply->len += grpc__testing__simple_response__pack(&response, to);
    grpc__testing__simple_request__free_unpacked(wanted, NULL);
    return to != NULL;
}
