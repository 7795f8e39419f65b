/* SPDX-License-Identifier: MIT
 *
 * Does the fuzzer find what is there to be found? Servers, or clients, with one known defect each, for a bounded
 * time each. */
#ifndef FUZZ_PROOF_H
#define FUZZ_PROOF_H

struct fuzz_options;

/* One line for each knob that options->knobs matches, and their count. returns the exit status: 1 when the one
 * without a defect shows something, or when fewer than half of the defects were found */
int prove_by_knobs(const struct fuzz_options *options);

#endif
