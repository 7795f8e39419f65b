/* SPDX-License-Identifier: MIT
 *
 * Outcomes as data: what happened is a short list of facts, what may happen is a list of outcomes,
 * and the first that match decide, strict before lenient. */
#include "peer/inside.h"

#define MAX_FACTS      6
#define RESPONSE_GRACE (100 * NS_PER_MS)
#define FAILURE_GRACE  (250 * NS_PER_MS)
#define LENIENT_GRACE  (1000 * NS_PER_MS) /* where an answer is better than none */

/* What happened, in terms of outcomes: kind is STATUS, HTTP, RESET, GOAWAY or CLOSE. */
struct fact {
    enum outcome_kind kind;
    uint32_t code;
};

struct facts {
    struct fact at[MAX_FACTS];
    size_t count;
};

/* What is asked. call: NULL when it is about the connection alone. */
struct question {
    struct conn *conn;
    struct call *call;
    const struct outcome *outcomes;
    size_t facts_before; /* when the verb began */
    bool over_before;
};

/* ---- facts ---- */

static void add_fact(struct facts *facts, enum outcome_kind kind, uint32_t code)
{
    facts->at[facts->count++] = (struct fact){kind, code};
}

static void add_call_facts(struct facts *facts, const struct call *call)
{
    int http = http_status(call);
    if (http >= 0 && http != 200)
        add_fact(facts, OUTCOME_HTTP, (uint32_t)http);
    if (call->remote_closed && call_status(call) >= 0)
        add_fact(facts, OUTCOME_STATUS, (uint32_t)call_status(call));
    /* NO_ERROR behind a whole response asks for no more of the request (RFC 9113 8.1): the response is what
     * happened. */
    bool early_closure = call->remote_closed && call->reset_code == H2_NO_ERROR;
    if (call->reset && !early_closure)
        add_fact(facts, OUTCOME_RESET, call->reset_code);
}

static struct facts find_facts(const struct question *question)
{
    const struct conn *conn = question->conn;
    struct facts facts = {.count = 0};
    if (question->call)
        add_call_facts(&facts, question->call);
    if (conn->goaways > 0)
        add_fact(&facts, OUTCOME_GOAWAY, conn->goaway.code);
    if (conn->closed != NOT_CLOSED && !conn_has_error(conn))
        add_fact(&facts, OUTCOME_CLOSE, 0);
    return facts;
}

/* ---- matching ---- */

static bool matches_one(const struct outcome *outcome, const struct fact *fact)
{
    if (outcome->kind == OUTCOME_ANY_ERROR)
        return fact->kind == OUTCOME_STATUS && fact->code != GRPC_OK;
    if (outcome->kind == OUTCOME_ANY_RESET)
        return fact->kind == OUTCOME_RESET;
    if (outcome->kind == OUTCOME_CLOSE)
        return fact->kind == OUTCOME_CLOSE;
    return outcome->kind == fact->kind && outcome->code == fact->code;
}

static bool matches(const struct outcome *outcome, const struct facts *facts)
{
    for (size_t i = 0; i < facts->count; i++)
        if (matches_one(outcome, &facts->at[i]))
            return true;
    return false;
}

static const struct outcome *find_match(const struct question *question, bool ignored)
{
    struct facts facts = find_facts(question);
    const struct outcome *lenient = NULL;
    for (const struct outcome *each = question->outcomes; each->kind != OUTCOME_END; each++) {
        bool holds = each->kind == OUTCOME_IGNORED ? ignored : matches(each, &facts);
        if (holds && !each->lenient)
            return each;
        if (holds && !lenient)
            lenient = each;
    }
    return lenient;
}

static bool is_matched(const struct conn *conn, const void *arg)
{
    (void)conn;
    return find_match(arg, false) != NULL;
}

/* Something new happened, expected or not. */
static bool has_happened(const struct conn *conn, const void *arg)
{
    const struct question *question = arg;
    bool over = question->call ? call_is_over(question->call) : conn_is_over(conn);
    struct facts facts = find_facts(question);
    bool error = conn_has_error(conn) || (!question->call && conn->goaways > 0);
    bool http = facts.count > 0 && facts.at[0].kind == OUTCOME_HTTP;
    bool anything = over || error || http;
    bool news = facts.count > question->facts_before || over != question->over_before;
    return is_matched(conn, arg) || (anything && news);
}

/* That nothing happens is what the target should do, not only what it may. */
static bool may_ignore_strictly(const struct outcome *outcomes)
{
    while (outcomes->kind != OUTCOME_END &&
           (outcomes->kind != OUTCOME_IGNORED || outcomes->lenient))
        outcomes++;
    return outcomes->kind == OUTCOME_IGNORED;
}

static bool lists(const struct outcome *outcomes, enum outcome_kind kind)
{
    while (outcomes->kind != OUTCOME_END && outcomes->kind != kind)
        outcomes++;
    return outcomes->kind == kind;
}

/* What only an application behind the target can say; it may take longer than the answer to a PING.
 */
static bool lists_response(const struct outcome *outcomes)
{
    return lists(outcomes, OUTCOME_STATUS) || lists(outcomes, OUTCOME_ANY_ERROR) ||
           lists(outcomes, OUTCOME_HTTP);
}

/* Whether a PING can decide, and how long to wait after its answer; -1: it cannot, patience must.
 */
static int64_t grace_for(const struct question *question)
{
    bool response = lists_response(question->outcomes);
    if (lists(question->outcomes, OUTCOME_IGNORED) && response)
        return may_ignore_strictly(question->outcomes) ? RESPONSE_GRACE : LENIENT_GRACE;
    if (lists(question->outcomes, OUTCOME_IGNORED))
        return 0;
    return response && !question->over_before ? -1 : FAILURE_GRACE;
}

/* ---- sentences ---- */

static void put_outcome(struct buf *out, const struct outcome *outcome)
{
    switch (outcome->kind) {
    case OUTCOME_STATUS:
        put_status(out, outcome->code);
        return;
    case OUTCOME_ANY_ERROR:
        buf_put_str(out, "any grpc-status but 0");
        return;
    case OUTCOME_HTTP:
        buf_printf(out, "HTTP status %u", (unsigned)outcome->code);
        return;
    case OUTCOME_RESET:
        put_error(out, "RST_STREAM", outcome->code);
        return;
    case OUTCOME_ANY_RESET:
        buf_put_str(out, "RST_STREAM");
        return;
    case OUTCOME_GOAWAY:
        put_error(out, "GOAWAY", outcome->code);
        return;
    case OUTCOME_CLOSE:
        buf_put_str(out, "the connection closed");
        return;
    case OUTCOME_IGNORED:
        buf_put_str(out, "no reaction");
        return;
    case OUTCOME_END:
        return;
    }
}

/* The strict ones; the lenient ones only where there are no others. */
static void put_expected(struct buf *out, const struct outcome *outcomes)
{
    bool any_strict = false;
    for (const struct outcome *each = outcomes; each->kind != OUTCOME_END; each++)
        any_strict = any_strict || !each->lenient;
    for (const struct outcome *each = outcomes; each->kind != OUTCOME_END; each++) {
        if (any_strict && each->lenient)
            continue;
        buf_put_str(out, out->len ? ", or " : "");
        put_outcome(out, each);
    }
}

/* ---- judging ---- */

static void fail(const struct question *question, struct source_line where, const char *expected)
{
    if (question->call)
        fail_call(question->call, where, expected);
    else
        fail_conn(question->conn, where, expected);
}

static void lenient(const struct question *question, struct source_line where, const char *expected,
                    const char *remark)
{
    if (question->call)
        lenient_call(question->call, where, expected, remark);
    else
        lenient_conn(question->conn, where, expected, remark);
}

static void fail_ignored(const struct question *question, struct source_line where,
                         const char *expected)
{
    struct buf seen = {0};
    buf_put_str(&seen, "no reaction (a PING sent after it was answered): ");
    if (question->call)
        describe_call(question->call, &seen);
    else
        describe_conn(question->conn, &seen);
    test_fail(question->conn->t, where, expected, "%s", buf_str(&seen));
    buf_clear(&seen);
}

static void judge_match(const struct question *question, const struct outcome *match,
                        struct source_line where, const char *expected)
{
    struct test *t = question->conn->t;
    if (match->kind == OUTCOME_CLOSE || match->kind == OUTCOME_GOAWAY)
        question->conn->inside->end_accepted = true;
    if (match->kind == OUTCOME_CLOSE && !t->target->answers_requests)
        test_fail(t, where, expected,
                  "the connection closed, which says nothing of a target that answered no request");
    else if (match->lenient && match->kind == OUTCOME_IGNORED)
        test_lenient(t, where, expected, "no reaction%s%s", match->why ? ": " : "",
                     match->why ? match->why : "");
    else if (match->lenient)
        lenient(question, where, expected, match->why);
}

static void judge(const struct question *question, enum settled settled, struct source_line where,
                  gr_time since)
{
    struct facts facts = find_facts(question);
    bool ignored = settled == SETTLED_IGNORED && facts.count <= question->facts_before;
    const struct outcome *match = find_match(question, ignored);
    struct buf expected = {0};
    put_expected(&expected, question->outcomes);
    if (match)
        judge_match(question, match, where, buf_str(&expected));
    else if (ignored)
        fail_ignored(question, where, buf_str(&expected));
    else if (settled != SETTLED_SILENT || facts.count > question->facts_before)
        fail(question, where, buf_str(&expected));
    else if (question->call)
        fail_call_silent(question->call, where, buf_str(&expected), since);
    else
        fail_conn_silent(question->conn, where, buf_str(&expected), since);
    buf_clear(&expected);
}

static void expect_any(struct question question, struct source_line where)
{
    struct conn *conn = question.conn;
    gr_time since = clock_now_ns();
    if (test_is_over(conn->t))
        return;
    question.facts_before = find_facts(&question).count;
    question.over_before = question.call ? call_is_over(question.call) : conn_is_over(conn);

    enum settled settled = SETTLED_SILENT;
    int64_t grace = grace_for(&question);
    if (grace >= 0)
        settled = settle(conn, has_happened, &question, grace);
    else if (wait_until(conn, has_happened, &question))
        settled = SETTLED_DECIDED;
    /* Something else came: what is awaited may be right behind it. */
    if (settled == SETTLED_DECIDED && !is_matched(conn, &question))
        (void)settle(conn, is_matched, &question, 0);
    judge(&question, settled, where, since);
}

void expect_outcome_at(struct call *call, const struct outcome *outcomes, struct source_line where)
{
    struct question question = {.conn = call->conn, .call = call, .outcomes = outcomes};
    expect_any(question, where);
}

void expect_connection_outcome_at(struct conn *conn, const struct outcome *outcomes,
                                  struct source_line where)
{
    struct question question = {.conn = conn, .outcomes = outcomes};
    expect_any(question, where);
}
