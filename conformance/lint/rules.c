/* SPDX-License-Identifier: MIT
 *
 * The table of lint rules, from the list in rules.h. */
#include "lint/rules.h"
#include "lint/lint.h"

const struct lint_rule lint_rules[] = {
#define LINT_RULE_ROW(name, id, clauses, level, title) {id, clauses, LINT_##level, title},
    LINT_RULES(LINT_RULE_ROW)
#undef LINT_RULE_ROW
};
const size_t lint_rule_count = LINT_RULE_COUNT;
