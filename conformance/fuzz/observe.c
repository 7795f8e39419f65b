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

/* Where offences and RST_STREAMs of ours are mixed at random, a RST_STREAM of the target may be the answer to
 * either. */
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

/* Steps before anything is expected of an offence. */
static size_t legal_steps(const struct script *script)
{
    size_t i = 0;
    for (; i < script->count; i++) {
        const struct step *step = &script->steps[i];
        bool of_offence = step->kind == STEP_EXPECT_CONNECTION ||
                          step->kind == STEP_EXPECT_CONNECTION_ERROR ||
                          step->kind == STEP_EXPECT_STREAM_ERROR;
        bool of_call = step->kind == STEP_EXPECT_CALL || step->kind == STEP_EXPECT_CLIENT;
        const struct outcome *first = &step->outcomes[0];
        if (of_offence || (of_call && (first->kind != OUTCOME_STATUS || first->code != GRPC_OK)))
            break;
    }
    return i;
}

static void observe_failure(const struct script *script, const struct test *t, size_t decided,
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
    /* What is legal and is refused is one class whichever generator said it: the cause is what they have in common. */
    bool legal = decided < legal_steps(script);
    (void)snprintf(observed->key, sizeof observed->key, "%s: %s%s",
                   legal ? "what is legal" : script->fault, how, words);
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

void script_observe(const struct script *script, const struct test *t, size_t decided,
                    struct observed *observed)
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
        observe_failure(script, t, decided, observed);
}

struct observed script_try(const struct script *script, const struct execute_options *options)
{
    struct test t;
    struct observed observed;
    size_t decided = script_execute(script, options, &t);
    script_observe(script, &t, decided, &observed);
    test_clear(&t);
    return observed;
}
