/* SPDX-License-Identifier: MIT
 *
 * The verb `grpcspec interop`: real stacks' clients against real stacks' servers. */
#ifndef INTEROP_INTEROP_H
#define INTEROP_INTEROP_H

/* argv[0] is the verb's name; returns the program's exit status (verbs.h). */
int interop_verb(int argc, char **argv);

#endif
