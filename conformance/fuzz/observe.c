/* SPDX-License-Identifier: MIT
 *
 * What a finished test shows, and the class it is of: sentences without their numbers, so that two sightings of one
 * defect have one name. */
#include "fuzz/execute.h"

#include <stdio.h>

static void copy(char *into, size_t size, const char *from)
{
    (void)snprintf(into, size, "%s", from ? from : "");
}

/* Digits become one '#'; what is in quotes is left out. */
static void generalise(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        bool digit = *from >= '0' && *from <= '9';
        if (digit && to > text && to[-1] == '#')
            continue;
        *to++ = digit ? '#' : *from;
    }
    *to = '\0';
}

static bool calls_abuse(const struct test *t)
{
    for (const struct conn *conn = t->conns; conn; conn = conn->next) {
        if (conn->goaways > 0 && conn->goaway.code == H2_ENHANCE_YOUR_CALM)
            return true;
        for (const struct call *call = conn->calls; call; call = call->next)
            if (call->reset && call->reset_code == H2_ENHANCE_YOUR_CALM)
                return true;
    }
    return false;
}

/* Where offences and RST_STREAMs of ours are mixed at random, a RST_STREAM of the target may be the answer to either. */
static bool is_ambiguous(const struct script *script, const struct lint_rule *rule)
{
    bool mixed = strncmp(script->fault, "octets/", 7) == 0 ||
                 strcmp(script->fault, "order/any-order") == 0;
    return mixed && (strcmp(rule->id, "lint/stream/reset-answered") == 0 ||
                     strcmp(rule->id, "lint/stream/after-reset") == 0);
}

static const struct lint_finding *worst_finding(const struct script *script, const struct test *t)
{
    for (size_t i = 0; i < t->finding_count; i++) {
        const struct lint_rule *rule = &lint_rules[t->findings[i].rule];
        if (rule->level == LINT_MUST && !is_ambiguous(script, rule))
            return &t->findings[i];
    }
    return NULL;
}

static void observe_failure(const struct script *script, const struct test *t,
                            struct observed *observed)
{
    struct test *text = (struct test *)(uintptr_t)t; /* buf_str puts a NUL behind, no more */
    copy(observed->rule, sizeof observed->rule, script->fault);
    copy(observed->clauses, sizeof observed->clauses, script->clauses);
    copy(observed->expected, sizeof observed->expected, buf_str(&text->expected));
    copy(observed->seen, sizeof observed->seen, buf_str(&text->seen));
    char words[160];
    (void)snprintf(words, sizeof words, "%.100s", observed->seen);
    generalise(words);
    const char *how = t->verdict == VERDICT_CRASH  ? "crash: "
                      : t->verdict == VERDICT_HANG ? "hang: "
                                                   : "";
    (void)snprintf(observed->key, sizeof observed->key, "%s: %s%s", script->fault, how, words);
}

static void observe_lint(const struct lint_finding *finding, struct observed *observed)
{
    const struct lint_rule *rule = &lint_rules[finding->rule];
    copy(observed->rule, sizeof observed->rule, rule->id);
    copy(observed->clauses, sizeof observed->clauses, rule->clauses);
    copy(observed->expected, sizeof observed->expected, rule->title);
    copy(observed->seen, sizeof observed->seen, finding->what);
    copy(observed->key, sizeof observed->key, rule->id);
}

void script_observe(const struct script *script, const struct test *t, struct observed *observed)
{
    const struct lint_finding *finding = worst_finding(script, t);
    *observed = (struct observed){.kind = SEEN_FINE};
    bool dead = t->verdict == VERDICT_CRASH || t->verdict == VERDICT_HANG;
    bool failed = t->verdict == VERDICT_FAIL || dead;
    if (t->verdict == VERDICT_BROKEN)
        observed->kind = SEEN_NO_CONNECTION;
    else if (failed && calls_abuse(t))
        observed->kind = SEEN_DEFENDED;
    else if (finding)
        observed->kind = SEEN_LINT;
    else if (failed)
        observed->kind = SEEN_FAILURE;
    else if (t->verdict == VERDICT_LENIENT)
        observed->kind = SEEN_LENIENT;
    if (observed->kind == SEEN_LINT)
        observe_lint(finding, observed);
    else if (observed->kind != SEEN_FINE)
        observe_failure(script, t, observed);
}

struct observed script_try(const struct script *script, const struct execute_options *options)
{
    struct test t;
    struct observed observed;
    script_execute(script, options, &t);
    script_observe(script, &t, &observed);
    test_clear(&t);
    return observed;
}
