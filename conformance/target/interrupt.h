/* SPDX-License-Identifier: MIT
 *
 * What a verb that starts programs does with signals: the first asks for an orderly end, the second
 * ends, and a crash of ours takes every child with it. */
#ifndef TARGET_INTERRUPT_H
#define TARGET_INTERRUPT_H

#include <stdatomic.h>

/* Not 0 once SIGINT, SIGTERM or SIGHUP came. */
extern atomic_int interrupt_asked;

/* From now on: the first of these signals sets interrupt_asked; the second kills every child and
 * exits with `status`; SIGPIPE is ignored. */
void interrupt_install(int status);

#endif
