/* SPDX-License-Identifier: MIT
 *
 * Messages in responses, as the faulty client takes them: prefix, size, compression, and whether a payload is what the
 * method returns. (PROTOCOL-HTTP2, Length-Prefixed-Message; compression.md) */
#include "selftest/client/client.h"

#include "cases/zipped.h"
#include "peer/peer.h"
#include "wire/pb.h"

enum { PREFIX = 5 };

static size_t limit_of(const struct rpc *rpc)
{
    size_t limit = rpc->call->receive_limit ? rpc->call->receive_limit : OUR_MESSAGE_LIMIT;
    if (errs(CLIENT_NO_LIMIT) || (errs(CLIENT_NO_DEFAULT_LIMIT) && !rpc->call->receive_limit))
        return SIZE_MAX;
    return errs(CLIENT_LOW_LIMIT) ? limit / 2 : limit;
}

static bool fail(struct link *link, struct stream *stream, uint32_t status, const char *why)
{
    if (status == CODE_INTERNAL && errs(CLIENT_STATUS_OF_THE_STACK))
        status = CODE_DATA_LOSS;
    rpc_give_up(link, stream, status, why);
    return false;
}

/* ---- compression ---- */

enum decompressed { AS_IT_IS, INFLATED, REFUSED, TOO_LARGE };

static bool knows(const char *encoding)
{
    if (strcmp(encoding, "gzip") == 0)
        return !errs(CLIENT_REFUSES_GZIP);
    return strcmp(encoding, "deflate") == 0 && !errs(CLIENT_REFUSES_DEFLATE);
}

/* Flag 1, and nothing says how: a knob may overlook it. */
static enum decompressed without_encoding(const char *encoding)
{
    bool overlooked = errs(CLIENT_ACCEPTS_UNKNOWN_ENCODING);
    if (encoding[0] == '\0')
        overlooked = errs(CLIENT_ACCEPTS_FLAG_WITHOUT_ENCODING);
    else if (strcmp(encoding, "identity") == 0)
        overlooked = errs(CLIENT_ACCEPTS_FLAG_WITH_IDENTITY);
    return overlooked ? AS_IT_IS : REFUSED;
}

static enum decompressed decompress(struct stream *stream, uint8_t flag, struct bytes payload,
                                    size_t limit, struct buf *out)
{
    if (errs(CLIENT_REFUSES_IDENTITY) && strcmp(stream->encoding, "identity") == 0)
        return REFUSED;
    bool compressed = flag == 1 || (errs(CLIENT_ENCODING_MEANS_COMPRESSED) && stream->encoding[0]);
    if (!compressed || (errs(CLIENT_ONE_STREAM_FOR_ALL) && stream->inflated_one))
        return AS_IT_IS;
    if (!knows(stream->encoding))
        return without_encoding(stream->encoding);
    stream->inflated_one = true;
    bool whole = inflate_into(out, payload);
    if (out->len > limit && !errs(CLIENT_INFLATES_EVERYTHING))
        return TOO_LARGE;
    if (!whole && errs(CLIENT_ACCEPTS_DAMAGED))
        buf_reset(out);
    if (out->len == 0 && errs(CLIENT_EMPTY_GZIP_IS_ERROR))
        return REFUSED;
    if (errs(CLIENT_INFLATES_EVERYTHING) && out->len > limit)
        buf_reset(out); /* zeros, which no message consists of */
    return whole || errs(CLIENT_ACCEPTS_DAMAGED) || errs(CLIENT_INFLATES_EVERYTHING) ? INFLATED
                                                                                     : REFUSED;
}

/* ---- payloads ---- */

/* What the application gets of a message; false: it is none of its type. */
static bool read_payload(const char *path, struct bytes message, struct bytes *body)
{
    struct pb_field field;
    struct bytes rest = message;
    *body = NO_BYTES;
    while (pb_take(&rest, &field))
        continue;
    if (rest.len > 0)
        return errs(CLIENT_ACCEPTS_ANY_PAYLOAD);
    if (strstr(path, "ConformanceService")) {
        if (pb_find(message, 1, &field) && pb_find(field.bytes, 1, &field))
            *body = field.bytes;
        return true;
    }
    bool has_body = strcmp(path, EMPTY_CALL) != 0 && strcmp(path, STREAMING_INPUT_CALL) != 0;
    return !has_body || pb_response_body(message, body);
}

/* returns false when the call has ended by it */
static bool take_one(struct link *link, struct stream *stream, uint8_t flag, struct bytes payload)
{
    struct rpc *rpc = stream->rpc;
    struct buf inflated = {0};
    struct bytes body;
    bool goes_on = false;
    if (flag > 1 && !errs(CLIENT_ACCEPTS_FLAG_2))
        return fail(link, stream, CODE_INTERNAL, "a flag that is neither 0 nor 1");
    enum decompressed how = decompress(stream, flag, payload, limit_of(rpc), &inflated);
    if (how == INFLATED)
        payload = buf_view(&inflated);
    if (how == TOO_LARGE)
        (void)fail(link, stream, CODE_RESOURCE_EXHAUSTED, "a message that inflates too far");
    else if (how == REFUSED)
        (void)fail(link, stream, CODE_INTERNAL, "a message that cannot be decompressed");
    else if (!read_payload(rpc->call->path, payload, &body))
        (void)fail(link, stream, CODE_INTERNAL, "a message that is none of its type");
    else
        goes_on = true;
    if (goes_on)
        rpc_message(link, stream, body);
    buf_clear(&inflated);
    return goes_on;
}

/* One whole message from the front of what has come. returns false: none, or the call has ended */
static bool take_next(struct link *link, struct stream *stream, bool *goes_on)
{
    struct bytes all = buf_view(&stream->assembly);
    if (all.len < PREFIX)
        return false;
    size_t len = load_u32(all.data + 1);
    bool whole = len <= all.len - PREFIX;
    if (len > limit_of(stream->rpc) && (whole || !errs(CLIENT_BUFFERS_BEFORE_LIMIT))) {
        *goes_on = fail(link, stream, CODE_RESOURCE_EXHAUSTED, "a message above the limit");
        return false;
    }
    if (!whole)
        return false;
    *goes_on = take_one(link, stream, all.data[0], bytes_of(all.data + PREFIX, len));
    if (*goes_on && stream->rpc)
        buf_consume(&stream->assembly, PREFIX + len);
    if (errs(CLIENT_ONE_MESSAGE_A_FRAME))
        buf_reset(&stream->assembly);
    return *goes_on && stream->rpc;
}

bool stream_take_messages(struct link *link, struct stream *stream, struct bytes data)
{
    bool goes_on = true;
    bool starts = stream->assembly.len == 0;
    if (starts && data.len > 0 && data.len < PREFIX && errs(CLIENT_SPLIT_PREFIX_MISREAD))
        return true;
    if (starts && data.len > 0 && data.len <= PREFIX && errs(CLIENT_SPLIT_MESSAGES_ARE_ERRORS) &&
        (data.len < PREFIX || load_u32(data.data + 1) > 0))
        return fail(link, stream, CODE_INTERNAL, "a message in pieces");
    buf_put(&stream->assembly, data);
    while (stream->rpc && take_next(link, stream, &goes_on))
        continue;
    return goes_on && stream->rpc;
}
