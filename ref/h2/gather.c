/* SPDX-License-Identifier: MIT
 *
 * See gather.h. */
#include "h2/gather.h"

#include <assert.h>
#include <stdlib.h>

static bool has_room(struct gather *gather)
{
    if (gather->count < gather->cap)
        return true;
    size_t cap = gather->cap ? 2 * gather->cap : 32;
    struct gather_piece *pieces = realloc(gather->pieces, cap * sizeof(*pieces));
    if (!pieces)
        return false;
    gather->pieces = pieces;
    gather->cap = cap;
    return true;
}

void gather_refer(struct gather *gather, struct bytes octets, struct shared *holder)
{
    if (gather->own.failed || !has_room(gather)) {
        gather->own.failed = true;
        shared_drop(holder);
        return;
    }
    gather->pieces[gather->count++] = (struct gather_piece){gather->own.len, octets, holder};
    gather->referred += octets.len;
}

/* Own octets before the piece, or before the end. */
static struct bytes own_before(const struct gather *gather, size_t from, size_t piece)
{
    size_t to = piece < gather->count ? gather->pieces[piece].at : gather->own.len;

    return bytes_first(bytes_skip(buf_view(&gather->own), from), to - from);
}

size_t gather_list(const struct gather *gather, struct bytes *pieces, size_t max)
{
    size_t from = gather->own_sent, listed = 0;

    for (size_t i = gather->first; listed < max; i++) {
        struct bytes own = own_before(gather, from, i);
        from += own.len;
        if (own.len)
            pieces[listed++] = own;
        if (i >= gather->count)
            break;
        if (listed < max)
            pieces[listed++] = gather->pieces[i].octets;
    }
    return listed;
}

static size_t send_piece(struct gather *gather, size_t n)
{
    struct gather_piece *piece = &gather->pieces[gather->first];
    size_t some = n < piece->octets.len ? n : piece->octets.len;

    piece->octets = bytes_skip(piece->octets, some);
    gather->referred -= some;
    if (piece->octets.len == 0) {
        shared_drop(piece->holder);
        gather->first++;
    }
    return some;
}

void gather_sent(struct gather *gather, size_t n)
{
    assert(n <= gather_waiting(gather));
    while (n > 0) {
        size_t own = own_before(gather, gather->own_sent, gather->first).len;
        size_t some = n < own ? n : own;
        gather->own_sent += some;
        n -= some;
        if (n > 0)
            n -= send_piece(gather, n);
    }
}

void gather_reset(struct gather *gather)
{
    for (size_t i = gather->first; i < gather->count; i++)
        shared_drop(gather->pieces[i].holder);
    buf_reset(&gather->own);
    gather->own_sent = gather->first = gather->count = gather->referred = 0;
}

void gather_clear(struct gather *gather)
{
    gather_reset(gather);
    buf_clear(&gather->own);
    free(gather->pieces);
    *gather = (struct gather){0};
}
