/* SPDX-License-Identifier: MIT
 *
 * Small things on disk: a scratch folder for a proxy, its configuration from a template, and logs
 * that are kept. */
#ifndef INTEROP_SCRATCH_H
#define INTEROP_SCRATCH_H

#include "interop/words.h"

/* A new folder under $TMPDIR, else /tmp. given: free(); NULL with one sentence in why. */
MUST_USE char *scratch_make(char why[static 1024]);
/* Remove it with everything in it; NULL is nothing. */
void scratch_remove(const char *dir);
/* Write dir/template: the file folder/template with its words filled in. given: its path, free();
 * NULL with one sentence in why. */
MUST_USE char *scratch_fill(const char *dir, const char *folder, const char *template,
                            const struct words *words, char why[static 1024]);

/* Where a log of such an id is kept: dir/ID with dots for slashes, and the suffix. Makes dir when
 * it is not there; false: it cannot be made (errno). */
MUST_USE bool scratch_log_path(const char *dir, const char *id, const char *suffix,
                               char path[static 1200]);
/* Write `text` there.
 * returns false with one sentence in why */
MUST_USE bool scratch_keep_log(const char *dir, const char *id, struct bytes text,
                               char why[static 512]);

/* Append each line of `text` with `before` in front. */
void scratch_put_lines(struct bytes text, const char *before, struct buf *out);

#endif
