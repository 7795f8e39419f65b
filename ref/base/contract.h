/* SPDX-License-Identifier: MIT
 *
 * What a caller has promised, checked in every build: where breaking the promise would harm memory, the program ends
 * with a sentence that says which. What harms only ourselves is an assert. */
#ifndef BASE_CONTRACT_H
#define BASE_CONTRACT_H

/* rule: one sentence, for who called the function it stands in */
#define CONTRACT(kept, rule) ((kept) ? (void)0 : contract_broken(__func__, rule))

_Noreturn void contract_broken(const char *function, const char *rule);

#endif
