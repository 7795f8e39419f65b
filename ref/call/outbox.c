/* SPDX-License-Identifier: MIT
 *
 * See outbox.h. */
#include "call/outbox.h"

#include "codec/message.h"

#include <assert.h>

#define TOGETHER ((size_t)64 << 10) /* octets of small messages that lie together */
#define KEEP     ((size_t)4096)     /* octets of memory that outlive their content */

/* Make room in `last` for a message of `len` octets more. Not when somebody sends from there: they would move. */
static bool has_room(struct shared *last, size_t len)
{
    if (!last || last->holders > 1)
        return false;
    if (last->buf.len > 0)
        return last->buf.len + len <= TOGETHER;
    if (len >= SPARE_SMALLEST && last->buf.cap < len) {
        buf_clear(&last->buf);
        spare_take(last->home, &last->buf, len);
    }
    return true;
}

struct buf *outbox_open(struct outbox *outbox, struct spare *home, size_t len)
{
    if (has_room(outbox->last, len))
        return &outbox->last->buf;
    struct shared *more = shared_new(home, len);
    if (!more)
        return NULL;
    *(outbox->last ? &outbox->last->next : &outbox->first) = more;
    outbox->last = more;
    outbox->at = outbox->at ? outbox->at : more;
    return &more->buf;
}

/* What is next does not lie behind the end of `at`. */
static void advance(struct outbox *outbox)
{
    while (outbox->read == outbox->at->buf.len && outbox->at->next) {
        outbox->at = outbox->at->next;
        outbox->read = 0;
    }
}

void outbox_close(struct outbox *outbox, size_t len)
{
    outbox->waiting += len;
    advance(outbox);
}

struct bytes outbox_peek(const struct outbox *outbox, size_t most)
{
    if (outbox->waiting == 0)
        return NO_BYTES;
    return bytes_first(bytes_skip(buf_view(&outbox->at->buf), outbox->read), most);
}

static void drop_first(struct outbox *outbox)
{
    struct shared *first = outbox->first;

    outbox->first = first->next;
    if (!outbox->first)
        outbox->last = outbox->at = NULL;
    shared_drop(first);
}

static void forget_taken(struct outbox *outbox)
{
    while (outbox->first != outbox->at)
        drop_first(outbox);
    if (outbox->waiting == 0)
        outbox_reset(outbox);
}

void outbox_take(struct outbox *outbox, size_t n, bool keep)
{
    assert(n <= outbox->waiting);
    outbox->read += n;
    outbox->waiting -= n;
    advance(outbox);
    if (!keep)
        forget_taken(outbox);
}

void outbox_rewind(struct outbox *outbox)
{
    outbox->at = outbox->first;
    outbox->read = 0;
    outbox->waiting = outbox_size(outbox);
    if (outbox->at)
        advance(outbox);
}

bool outbox_at_boundary(const struct outbox *outbox)
{
    size_t at = 0;

    while (at < outbox->read)
        at += GR_PREFIX_LEN + load_u32(outbox->at->buf.data + at + 1);
    return at == outbox->read;
}

size_t outbox_size(const struct outbox *outbox)
{
    size_t size = 0;

    for (const struct shared *some = outbox->first; some; some = some->next)
        size += some->buf.len;
    return size;
}

void outbox_reset(struct outbox *outbox)
{
    while (outbox->first != outbox->last || (outbox->first && outbox->first->holders > 1))
        drop_first(outbox);
    if (outbox->first && outbox->first->buf.cap > KEEP)
        spare_give(outbox->first->home, &outbox->first->buf);
    else if (outbox->first)
        buf_reset(&outbox->first->buf);
    outbox->at = outbox->first;
    outbox->read = outbox->waiting = 0;
}

void outbox_clear(struct outbox *outbox)
{
    while (outbox->first)
        drop_first(outbox);
    *outbox = (struct outbox){0};
}
