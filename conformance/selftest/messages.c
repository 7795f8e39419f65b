/* SPDX-License-Identifier: MIT
 *
 * Length-prefixed messages both ways, gzip and deflate, and base64 of -bin metadata. What a message means is in
 * test_service.c. */
#include "selftest/h2.h"
#include "wire/base64.h"

#include <stdlib.h>
#include <zlib.h>

#define PREFIX_LEN          5
#define MOST_UNREAD_REPLIES (64u << 10)

/* ---- compression: windowBits 31 is gzip, 15 is zlib, which gRPC calls deflate ---------------- */

static int window_bits(enum encoding encoding)
{
    if (encoding == ENCODING_DEFLATE && knob(KNOB_RAW_DEFLATE))
        return -15;
    return encoding == ENCODING_GZIP ? 31 : 15;
}

enum inflated { INFLATED, INFLATE_CORRUPT, INFLATE_TOO_LONG };

static enum inflated inflate_message(enum encoding encoding, struct bytes in, struct buf *out)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)in.data, .avail_in = (uInt)in.len};
    size_t most = knob(KNOB_INFLATES_EVERYTHING) ? SIZE_MAX : OUR_MAX_MESSAGE;
    int result = inflateInit2(&z, window_bits(encoding));
    while (result == Z_OK && out->len <= most) {
        uint8_t *at = buf_reserve(out, 65536);
        if (!at)
            break;
        z.next_out = at;
        z.avail_out = 65536;
        result = inflate(&z, Z_NO_FLUSH);
        out->len += 65536 - z.avail_out;
        if (z.avail_out == 65536 && z.avail_in == 0 && result == Z_OK)
            break;
    }
    bool whole = result == Z_STREAM_END && z.avail_in == 0;
    (void)inflateEnd(&z);
    if (out->len > most)
        return INFLATE_TOO_LONG;
    return whole ? INFLATED : INFLATE_CORRUPT;
}

static void deflate_message(enum encoding encoding, struct bytes in, struct buf *out)
{
    z_stream z = {0};
    if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, window_bits(encoding), 8, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        return;
    uLong bound = deflateBound(&z, (uLong)in.len);
    z.next_in = (Bytef *)(uintptr_t)in.data;
    z.avail_in = (uInt)in.len;
    z.next_out = buf_reserve(out, bound);
    z.avail_out = (uInt)bound;
    if (z.next_out && deflate(&z, Z_FINISH) == Z_STREAM_END)
        out->len += z.total_out;
    (void)deflateEnd(&z);
}

/* ---- in ---- */

static void give_message(struct h2 *h2, struct stream *stream, struct bytes payload,
                         bool compressed)
{
    struct buf plain = {0};
    if (!compressed) {
        service_message(h2, stream, payload, false);
        return;
    }
    if (knob(KNOB_KEEPS_COMPRESSION_CONTEXT) && stream->messages > 0) {
        respond_status(h2, stream, CODE_INTERNAL, "the message does not decompress");
        return;
    }
    enum inflated inflated = inflate_message(stream->request_encoding, payload, &plain);
    bool has_more = stream->request_encoding == ENCODING_GZIP && payload.len > 3 && payload.data[3];
    if (has_more && knob(KNOB_GZIP_HEADER_IS_FIXED))
        inflated = INFLATE_CORRUPT;
    note_passing(h2, plain.cap);
    switch (inflated) {
    case INFLATED:
        if (plain.len == 0 && knob(KNOB_EMPTY_COMPRESSED_KILLS))
            connection_error(h2, H2_INTERNAL_ERROR);
        else
            service_message(h2, stream, buf_view(&plain), true);
        break;
    case INFLATE_TOO_LONG:
        respond_status(h2, stream, CODE_RESOURCE_EXHAUSTED, "the message is larger than 4 MiB");
        break;
    case INFLATE_CORRUPT:
        if (knob(KNOB_CORRUPT_COMPRESSION_IS_EMPTY))
            service_message(h2, stream, NO_BYTES, true);
        else if (knob(KNOB_CORRUPT_COMPRESSION_KILLS))
            connection_error(h2, H2_INTERNAL_ERROR);
        else
            respond_status(h2, stream, CODE_INTERNAL, "the message does not decompress");
    }
    buf_clear(&plain);
}

static void refuse_encoding(struct h2 *h2, struct stream *stream)
{
    if (knob(KNOB_UNSUPPORTED_ENCODING_RESETS))
        stream_error(h2, stream, H2_PROTOCOL_ERROR);
    else if (knob(KNOB_UNSUPPORTED_ENCODING_INTERNAL))
        respond_status(h2, stream, CODE_INTERNAL, "cannot decompress");
    else
        respond_status(h2, stream, CODE_UNIMPLEMENTED, "the encoding is not supported");
}

static uint32_t most_octets(void)
{
    return knob(KNOB_LIMIT_OFF_BY_ONE) ? OUR_MAX_MESSAGE - 1 : OUR_MAX_MESSAGE;
}

/* Whether the five octets promise a message we can take; otherwise the call is over. */
static bool prefix_is_fine(struct h2 *h2, struct stream *stream, uint8_t flag, uint32_t length)
{
    if (flag > 1 && !knob(KNOB_ACCEPTS_FLAG_2) && !knob(KNOB_EMPTIES_FLAG_2)) {
        respond_status(h2, stream, CODE_INTERNAL, "the compressed flag is neither 0 nor 1");
    } else if (flag == 1 && stream->request_encoding == ENCODING_UNSUPPORTED) {
        refuse_encoding(h2, stream);
    } else if (flag == 1 && stream->request_encoding == ENCODING_IDENTITY &&
               !knob(stream->names_encoding ? KNOB_ACCEPTS_FLAG_WITH_IDENTITY
                                            : KNOB_ACCEPTS_FLAG_WITHOUT_ENCODING)) {
        respond_status(h2, stream, CODE_INTERNAL, "compressed, but nothing says how");
    } else if (length > most_octets() && !knob(KNOB_NO_MESSAGE_LIMIT)) {
        if (knob(KNOB_LARGE_MESSAGE_HANGS))
            h2->stuck = true;
        if (knob(KNOB_LIMIT_IS_INTERNAL))
            respond_status(h2, stream, CODE_INTERNAL, "too large");
        else if (!knob(KNOB_LIMIT_AFTER_BUFFERING) ||
                 stream->assembly.len >= PREFIX_LEN + (size_t)length)
            respond_status(h2, stream, CODE_RESOURCE_EXHAUSTED, "the message is larger than 4 MiB");
        else
            return true;
    } else {
        return true;
    }
    return false;
}

static uint32_t message_length(const uint8_t *prefix)
{
    if (knob(KNOB_LENGTH_LITTLE_ENDIAN))
        return (uint32_t)prefix[4] << 24 | (uint32_t)prefix[3] << 16 | (uint32_t)prefix[2] << 8 |
               prefix[1];
    return load_u32(prefix + 1);
}

/* Take one whole message from the front of the assembly; false when there is none, or the call is over. */
static bool take_message(struct h2 *h2, struct stream *stream)
{
    struct bytes have = buf_view(&stream->assembly);
    if (stream->finished || have.len < PREFIX_LEN)
        return false;
    uint8_t flag = have.data[0];
    uint32_t length = message_length(have.data);
    if (!prefix_is_fine(h2, stream, flag, length) || have.len - PREFIX_LEN < length)
        return false;
    bool compressed = flag == 1 && stream->request_encoding != ENCODING_IDENTITY;
    if (flag == 0 && knob(KNOB_DECOMPRESSES_FLAG_0) && stream->request_encoding == ENCODING_GZIP)
        compressed = true;
    if (length == 0 && knob(KNOB_EMPTY_MESSAGE_ENDS_REQUEST))
        stream->remote_closed = true;
    size_t given = flag > 1 && knob(KNOB_EMPTIES_FLAG_2) ? 0 : length;
    if (!(length == 0 && knob(KNOB_EMPTY_MESSAGE_IS_NONE)))
        give_message(h2, stream, bytes_of(have.data + PREFIX_LEN, given), compressed);
    if (stream->assembly.len >= PREFIX_LEN + (size_t)length)
        buf_consume(&stream->assembly, PREFIX_LEN + (size_t)length);
    return true;
}

static void drop_incomplete_prefix(struct stream *stream)
{
    if (stream->assembly.len > 0 && stream->assembly.len < PREFIX_LEN &&
        knob(KNOB_PREFIX_MUST_BE_WHOLE))
        buf_reset(&stream->assembly);
    if (stream->assembly.len >= PREFIX_LEN && knob(KNOB_MESSAGE_PER_FRAME))
        buf_reset(&stream->assembly);
}

void take_messages(struct h2 *h2, struct stream *stream)
{
    if (stream->raw.len == DEFAULT_MAX_FRAME_SIZE && !stream->remote_closed &&
        knob(KNOB_FULL_FRAMES_WAIT))
        return;
    bool full = stream->pending.len >= MOST_UNREAD_REPLIES && !knob(KNOB_BUFFERS_WITHOUT_LIMIT);
    if (full && !stream->finished && !stream->remote_closed)
        return;
    size_t octets = stream->raw.len;
    if (!stream->finished)
        buf_put(&stream->assembly, buf_view(&stream->raw));
    buf_reset(&stream->raw);
    if (!(stream->finished && knob(KNOB_NO_CREDIT_FOR_CLOSED)))
        credit(h2, stream, octets);
    while (take_message(h2, stream))
        continue;
    if (stream->assembly.len > 3 * DEFAULT_WINDOW && knob(KNOB_LONG_ASSEMBLY_HANGS))
        h2->stuck = true;
    drop_incomplete_prefix(stream);
    if (stream->finished || !stream->remote_closed)
        return;
    if (stream->assembly.len > 0 && knob(KNOB_ACCEPTS_TRUNCATED_MESSAGE)) {
        service_message(h2, stream, NO_BYTES, false);
        service_half_close(h2, stream);
        return;
    }
    if (stream->assembly.len > 0 && knob(KNOB_CUT_MESSAGES_NOT_CREDITED))
        h2->uncredited += stream->assembly.len;
    if (stream->assembly.len > 0)
        respond_status(h2, stream, CODE_INTERNAL, "the request ends inside a message");
    else
        service_half_close(h2, stream);
}

/* ---- out ---- */

void put_message(struct h2 *h2, struct stream *stream, struct bytes payload, bool compressed)
{
    struct buf squeezed = {0};
    bool squeeze = compressed && stream->response_encoding != ENCODING_IDENTITY;
    if (squeeze && !knob(KNOB_FLAG_ON_PLAIN_PAYLOAD)) {
        deflate_message(stream->response_encoding, payload, &squeezed);
        if (stream->sent_messages > 0 && squeezed.len > 2 && knob(KNOB_RESPONSES_SHARE_CONTEXT))
            buf_consume(&squeezed, 2);
        payload = buf_view(&squeezed);
    }
    respond_headers(h2, stream);
    if (stream->response_refused) {
        buf_clear(&squeezed);
        return;
    }
    uint8_t flag = squeeze;
    if (knob(KNOB_SENDS_FLAG_2))
        flag = 2;
    if (knob(KNOB_SENDS_FLAG_WITHOUT_ENCODING))
        flag = 1;
    buf_put_u8(&stream->pending, flag);
    buf_put_u32(&stream->pending,
                (uint32_t)payload.len + (knob(KNOB_SENDS_LENGTH_TOO_LONG) ? 3 : 0));
    buf_put(&stream->pending, payload);
    stream->sent_messages++;
    buf_clear(&squeezed);
    if (knob(KNOB_TALKS_ON_UNOPENED_STREAM))
        put_frame(h2, FRAME_DATA, 0, stream->id + 2000, BYTES("x"));
}

/* ---- base64 ---- */

static bool decode_base64(struct bytes text, struct buf *out)
{
    size_t digits = text.len;
    if (knob(KNOB_BASE64_DEMANDS_PADDING) && text.len % 4 != 0)
        return false;
    while (digits > 0 && text.data[digits - 1] == '=' && text.len - digits < 2)
        digits--;
    if (knob(KNOB_BASE64_REFUSES_PADDING) && digits < text.len)
        return false;
    if (digits % 4 == 1 || (digits < text.len && text.len % 4 != 0))
        return false;
    return base64_take(bytes_first(text, digits), out);
}

void encode_base64(struct bytes in, struct buf *out)
{
    base64_put(out, in, knob(KNOB_PADS_BASE64));
}

/* Values joined with commas are values of their own (PROTOCOL-HTTP2, Custom-Metadata). */
bool decode_base64_list(struct bytes text, struct buf *out_encoded)
{
    if (text.len > 0 && text.data[0] == '\0' && setup_here()->true_binary &&
        !knob(KNOB_TRUE_BINARY_IS_REFUSED)) {
        encode_base64(bytes_skip(text, 1), out_encoded);
        return true;
    }
    for (;;) {
        size_t comma = knob(KNOB_BINARY_NOT_SPLIT) ? text.len : bytes_find(text, ',');
        struct buf octets = {0};
        bool valid = decode_base64(bytes_first(text, comma), &octets);
        if (valid && knob(KNOB_BASE64_TWICE)) {
            buf_reset(&octets);
            buf_put(&octets, bytes_first(text, comma));
        }
        encode_base64(buf_view(&octets), out_encoded);
        buf_clear(&octets);
        if (!valid || comma == text.len)
            return valid;
        buf_put_u8(out_encoded, ',');
        text = bytes_skip(text, comma + 1);
    }
}
