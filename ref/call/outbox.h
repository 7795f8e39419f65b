/* SPDX-License-Identifier: MIT
 *
 * What a call has queued to be sent: messages, framed, in order. They lie in shared octets, each of which holds whole
 * messages: small ones together, a large one alone, so that a connection can send a large one from where it lies. */
#ifndef CALL_OUTBOX_H
#define CALL_OUTBOX_H

#include "base/spare.h"

/* All zeros is empty. */
struct outbox {
    struct shared *first, *last; /* oldest first; without keep, `first` is `at` */
    struct shared *at;           /* whose octets are next; NULL when first is */
    size_t read;                 /* octets of `at` that have been taken */
    size_t waiting;              /* octets that have not been taken */
};

/* Where a message of about `len` octets is to be put, prefix and all; len 0: its size is not known. Nothing else may
 * be done with the outbox until outbox_close. home: for new memory; NULL: none. returns NULL when out of memory */
struct buf *outbox_open(struct outbox *outbox, struct spare *home, size_t len);
/* `len` octets have been put there. */
void outbox_close(struct outbox *outbox, size_t len);

/* The octets to be sent next, `most` of them or as many as lie in one piece. A view: valid until they are taken; and
 * after that as long as somebody holds outbox->at. */
struct bytes outbox_peek(const struct outbox *outbox, size_t most);
/* n of those have been taken. keep: do not forget them, outbox_rewind may come. */
void outbox_take(struct outbox *outbox, size_t n, bool keep);
/* All that was kept is to be sent again. */
void outbox_rewind(struct outbox *outbox);

/* Is what has been taken a whole number of messages? */
bool outbox_at_boundary(const struct outbox *outbox);
/* Octets queued, also those taken and kept. */
size_t outbox_size(const struct outbox *outbox);

/* Forget everything; small memory stays for the next message. */
void outbox_reset(struct outbox *outbox);
/* And free that too. */
void outbox_clear(struct outbox *outbox);

#endif
