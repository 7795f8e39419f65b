/* SPDX-License-Identifier: MIT
 *
 * The verb `grpcspec fuzz`. */
#ifndef FUZZ_VERB_H
#define FUZZ_VERB_H

/* argv[0] is the verb's name; returns the exit status. */
int fuzz_verb(int argc, char **argv);

#endif
