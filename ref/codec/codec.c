/* SPDX-License-Identifier: MIT
 *
 * The registry of codecs, and the choice among them; see codec.h. protobuf itself is in pb.c. */
#include "codec/codec.h"

#include "codec/pb.h"

#define CODECS_MAX 16

/* Filled before any server or channel is made, then only read. */
static const struct gr_codec *codecs[CODECS_MAX];
static size_t codec_count;

static bool is_good_name(const char *name)
{
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-");

    return len > 0 && len <= 32 && name[len] == '\0' && strcmp(name, "proto") != 0;
}

static const struct gr_codec *named(struct bytes name)
{
    for (size_t i = 0; i < codec_count; i++)
        if (bytes_equal_str(name, codecs[i]->name))
            return codecs[i];
    return NULL;
}

int gr_register_codec(const struct gr_codec *codec)
{
    if (!is_good_name(codec->name) || !codec->encode || !codec->decode ||
        named(bytes_str(codec->name)) || codec_count == CODECS_MAX)
        return GR_INVALID;
    codecs[codec_count++] = codec;
    return 0;
}

static struct bytes name_in(struct bytes content_type)
{
    struct bytes name = bytes_skip(content_type, bytes_find(content_type, '+') + 1);

    return bytes_first(name, bytes_find(name, ';'));
}

const struct gr_codec *gr_codec_of_content_type(struct bytes content_type)
{
    return codec_count ? named(name_in(content_type)) : NULL;
}

bool gr_codec_is_unknown(struct bytes content_type)
{
    struct bytes name = name_in(content_type);

    return name.len > 0 && !bytes_equal(name, BYTES("proto")) && !named(name);
}

/* ---- Octets as they are ---------------------------------------------------------------------- */

static int put_raw(struct bytes octets, struct buf *out)
{
    buf_put(out, octets);
    return out->failed ? GR_NOMEM : 0;
}

static int take_raw(struct bytes in, struct gr_arena *arena, void **message)
{
    struct bytes *octets = gr_arena_alloc(arena, sizeof(*octets));

    if (!octets || !gr_arena_copy(arena, in, octets))
        return GR_NOMEM;
    *message = octets;
    return 0;
}

/* ---- The choice ------------------------------------------------------------------------------ */

int gr_encoded_size(const struct gr_codec *codec, const struct ProtobufCMessageDescriptor *type,
                    const void *message, size_t *len)
{
    *len = 0;
    if (!message)
        return GR_ENCODE;
    if (!type)
        *len = ((const struct bytes *)message)->len;
    return type && !codec ? gr_pb_size(type, message, len) : 0;
}

int gr_encode_sized(const struct gr_codec *codec, const struct ProtobufCMessageDescriptor *type,
                    const void *message, size_t len, struct buf *out)
{
    if (!type)
        return put_raw(*(const struct bytes *)message, out);
    return codec ? codec->encode(message, type, (struct gr_out *)out)
                 : gr_pb_put(message, len, out);
}

int gr_encode(const struct gr_codec *codec, const struct ProtobufCMessageDescriptor *type,
              const void *message, struct buf *out)
{
    size_t len;
    int error = gr_encoded_size(codec, type, message, &len);

    return error ? error : gr_encode_sized(codec, type, message, len, out);
}

int gr_decode(const struct gr_codec *codec, const struct ProtobufCMessageDescriptor *type,
              struct bytes in, struct gr_arena *arena, void **message)
{
    *message = NULL;
    if (!type)
        return take_raw(in, arena, message);
    return codec ? codec->decode(in, type, arena, message) : gr_pb_unpack(type, in, arena, message);
}

void *gr_message_new(const struct ProtobufCMessageDescriptor *type, struct gr_arena *arena)
{
    struct bytes *octets;

    if (type)
        return gr_pb_new(type, arena);
    octets = gr_arena_alloc(arena, sizeof(*octets));
    if (octets)
        *octets = NO_BYTES;
    return octets;
}

int gr_out_put(struct gr_out *out, struct bytes octets)
{
    return put_raw(octets, (struct buf *)out);
}
