/* SPDX-License-Identifier: MIT
 *
 * See frame.h. */
#include "tools/adapter/frame.h"

#include "base/buf.h"

#include <errno.h>
#include <protobuf-c/protobuf-c.h>
#include <unistd.h>

#define LENGTH_SIZE 4

/* returns how many came before the end of input, or GR_IO */
static int64_t read_all(int fd, uint8_t *data, size_t len)
{
    size_t got = 0;

    while (got < len) {
        ssize_t n = read(fd, data + got, len - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return GR_IO;
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return (int64_t)got;
}

static int write_all(int fd, struct bytes octets)
{
    while (octets.len > 0) {
        ssize_t n = write(fd, octets.data, octets.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return GR_IO;
        octets = bytes_skip(octets, (size_t)n);
    }
    return 0;
}

static int read_body(int fd, size_t len, struct buf *body)
{
    uint8_t *to = buf_reserve(body, len);

    if (to == NULL)
        return GR_NOMEM;
    int64_t got = read_all(fd, to, len);
    if (got < 0)
        return (int)got;
    if ((size_t)got < len)
        return GR_CLOSED;
    body->len += len;
    return 0;
}

int frame_read(int fd, const struct ProtobufCMessageDescriptor *descriptor, void **message)
{
    uint8_t length[LENGTH_SIZE];
    struct buf body = {0};

    *message = NULL;
    int64_t got = read_all(fd, length, sizeof(length));
    if (got <= 0)
        return (int)got;
    if (got < LENGTH_SIZE)
        return GR_CLOSED;
    if (load_u32(length) > FRAME_MAX)
        return GR_TOO_LARGE;
    int error = read_body(fd, load_u32(length), &body);
    if (error == 0)
        *message = protobuf_c_message_unpack(descriptor, NULL, body.len, body.data);
    buf_clear(&body);
    if (error != 0)
        return error;
    return *message != NULL ? 1 : GR_INVALID;
}

void frame_free(void *message)
{
    if (message != NULL)
        protobuf_c_message_free_unpacked(message, NULL);
}

int frame_write(int fd, const void *message)
{
    struct buf out = {0};
    size_t len = protobuf_c_message_get_packed_size(message);

    buf_put_u32(&out, (uint32_t)len);
    uint8_t *to = buf_reserve(&out, len);
    int error = GR_NOMEM;
    if (to != NULL) {
        out.len += protobuf_c_message_pack(message, to);
        error = write_all(fd, buf_view(&out));
    }
    buf_clear(&out);
    return error;
}
