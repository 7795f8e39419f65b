/* SPDX-License-Identifier: MIT
 *
 * Output in pieces: octets put into a buffer, and between them octets that lie elsewhere and are only referred to. What
 * writes them takes a list of pieces, as writev does, and no large message is copied on its way out. */
#ifndef H2_GATHER_H
#define H2_GATHER_H

#include "base/spare.h"

/* Octets of somebody else. */
struct gather_piece {
    size_t at; /* they come when so many of `own` have */
    struct bytes octets;
    struct shared *holder; /* held until they are sent */
};

/* All zeros is empty. */
struct gather {
    struct buf own; /* put here whatever is to be copied */
    size_t own_sent;
    struct gather_piece *pieces; /* from `first` on: not yet sent */
    size_t first, count, cap;
    size_t referred; /* octets in them */
};

/* octets: of holder, which is taken. On failure own.failed is set. */
void gather_refer(struct gather *gather, struct bytes octets, struct shared *holder);

/* Octets not yet sent. */
static inline size_t gather_waiting(const struct gather *gather)
{
    return gather->own.len - gather->own_sent + gather->referred;
}

/* What is next, at most `max` pieces. Views, valid until anything is put, or sent. returns how many */
size_t gather_list(const struct gather *gather, struct bytes *pieces, size_t max);
/* n of those octets have been sent. */
void gather_sent(struct gather *gather, size_t n);
/* Forget everything, keep the memory. */
void gather_reset(struct gather *gather);
void gather_clear(struct gather *gather);

#endif
