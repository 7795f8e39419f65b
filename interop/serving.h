/* SPDX-License-Identifier: MIT
 *
 * A server peer that runs, with a proxy before it where one is asked for: started, ready, and ended
 * with everything that it started. Which cells it serves is not known here. */
#ifndef INTEROP_SERVING_H
#define INTEROP_SERVING_H

#include "interop/grid.h"

#include <stdatomic.h>

struct serving;

/* Start it and wait until it is ready.
 * traced  let the server print its frames, as its manifest says how
 * test_case  what is put in for {case}; NULL: nothing, it serves several
 * stop    not 0: give up (may be NULL)
 * returns NULL with why: what did not start, and its last words */
MUST_USE struct serving *serving_start(const struct grid_server *what, const struct places *places,
                                       bool traced, const char *test_case, atomic_int *stop,
                                       char why[static 1024]);
/* Where clients connect to, on WORDS_HOST. */
uint16_t serving_port(const struct serving *serving);
/* Has one of them ended by itself? Then a sentence is appended to *how. */
bool serving_has_died(struct serving *serving, struct buf *how);
/* Append the last lines that they printed, each with "server: " or "proxy: " before it. */
void serving_put_tail(struct serving *serving, size_t lines, struct buf *out);
/* End it; afterwards the whole output of the server can be appended. */
void serving_end(struct serving *serving, struct buf *output);
void serving_stop(struct serving *serving); /* ends, and frees; NULL is nothing */

#endif
