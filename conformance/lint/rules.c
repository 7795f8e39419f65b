/* SPDX-License-Identifier: MIT
 *
 * The table of lint rules, from the list in rules.h. */
#include "lint/rules.h"
#include "lint/lint.h"

const struct lint_rule lint_rules[] = {
#define LINT_RULE_ROW(name, id, clauses, subject, level, title)                                    \
    {id, clauses, LINT_OF_##subject, LINT_##level, title},
    LINT_RULES(LINT_RULE_ROW)
#undef LINT_RULE_ROW
};
const size_t lint_rule_count = LINT_RULE_COUNT;

bool lint_rule_binds(const struct lint_rule *rule, enum lint_role role)
{
    enum lint_subject subject = role == LINT_SERVER ? LINT_OF_SERVERS : LINT_OF_CLIENTS;
    return (rule->subject & subject) != 0;
}

void lint_bits_add(struct lint_bits *bits, size_t rule)
{
    if (rule / 64 < LINT_WORDS)
        bits->words[rule / 64] |= UINT64_C(1) << (rule % 64);
}

bool lint_bits_have(const struct lint_bits *bits, size_t rule)
{
    return rule / 64 < LINT_WORDS && (bits->words[rule / 64] >> (rule % 64) & 1);
}
