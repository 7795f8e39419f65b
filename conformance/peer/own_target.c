/* SPDX-License-Identifier: MIT
 *
 * The case's own server, and what is said of the target's configuration; see own_target.h. */
#include "peer/own_target.h"

#include "peer/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define POLL_NS (10 * NS_PER_MS)

struct own_target {
    struct target_info info; /* what the case now takes for its target */
    const struct starter *starter;
    void *server;
};

/* ---- a server of the case's own -------------------------------------------------------------- */

void start_own_target(struct test *t)
{
    if (test_is_over(t))
        return;
    const struct starter *starter = t->target->starter;
    if (!starter) {
        test_skip(t, "the case needs a server of its own: --spawn CMD with {port} in it, or the "
                     "bundled server");
        return;
    }
    gr_time began = clock_now_ns();
    char why[256] = "";
    struct own_target *own = new_zeroed(sizeof *own);
    own->info = *t->target;
    own->starter = starter;
    own->server = starter->start(starter->arg, &own->info.endpoint, why);
    t->own = own;
    t->target = &own->info;
    t->deadline = clock_add(t->deadline, clock_now_ns() - began);
    if (!own->server)
        test_broken(t, HERE, "the case's own server did not start: %s", why);
}

void stop_own_target(struct test *t)
{
    if (test_is_over(t) || !t->own)
        return;
    if (!t->own->starter->stops_gracefully && !server_is_said_to_have(t, HAS_GRACEFUL_STOP)) {
        (void)server_has(t, HAS_GRACEFUL_STOP); /* says why it is skipped */
        return;
    }
    transcript_add_remark(&t->transcript, 0, clock_now_ns(),
                          "grpcspec asked the server to stop (SIGTERM)");
    t->own->starter->stop_gracefully(t->own->server);
}

bool own_target_has_ended(struct test *t, int64_t span_ns)
{
    gr_time deadline = deadline_in(t, span_ns);
    if (test_is_over(t) || !t->own)
        return false;
    while (!t->own->starter->has_ended(t->own->server)) {
        if (clock_now_ns() >= deadline)
            return false;
        nanosleep(&(struct timespec){.tv_nsec = POLL_NS}, NULL);
    }
    return true;
}

void own_target_end(struct test *t)
{
    struct own_target *own = t->own;
    if (!own || !own->server)
        return;
    own->starter->end(own->server);
    own->server = NULL;
}

struct memory target_memory(const struct test *t)
{
    if (t->own && t->own->server)
        return t->own->starter->memory(t->own->server);
    if (t->target->pid > 0)
        return process_memory(t->target->pid, false);
    return (struct memory){-1, -1};
}

/* ---- properties ---- */

static const struct property_row {
    const char *key;
    enum property_value takes;
    const char *sentence;
} property_rows[] = {
#define PROPERTY_ROW(symbol, key, takes, sentence) {key, takes, sentence},
    SERVER_PROPERTIES(PROPERTY_ROW)
#undef PROPERTY_ROW
};

static const struct property_row *find_row(const char *key)
{
    for (size_t i = 0; i < ARRAY_LEN(property_rows); i++)
        if (strcmp(property_rows[i].key, key) == 0)
            return &property_rows[i];
    return NULL;
}

static bool parse_seconds(const char *text, int64_t *ns)
{
    char *end;
    double seconds = strtod(text, &end);
    bool ok = end != text && *end == '\0' && seconds > 0 && seconds < 86400;
    *ns = ok ? (int64_t)(seconds * (double)NS_PER_S) : 0;
    return ok;
}

bool server_property_parse(const char *text, char storage[static 128],
                           struct server_property *property, char why[static 256])
{
    if (strlen(text) >= 128) {
        snprintf(why, 256, "--server-has: '%.60s...' is too long", text);
        return false;
    }
    strcpy(storage, text);
    char *equals = strchr(storage, '=');
    if (equals)
        *equals++ = '\0';
    *property = (struct server_property){storage, equals ? equals : ""};
    const struct property_row *row = find_row(storage);
    int64_t span;
    if (!row)
        snprintf(why, 256, "--server-has: nothing is called '%.60s'; see --help", storage);
    else if ((row->takes != NOTHING) != (*property->value != '\0'))
        snprintf(why, 256, "--server-has %s takes %s value", row->key,
                 row->takes == NOTHING ? "no" : "a");
    else if (row->takes == SECONDS && !parse_seconds(property->value, &span))
        snprintf(why, 256, "--server-has %s takes a number of seconds, not '%.60s'", row->key,
                 property->value);
    else
        return true;
    return false;
}

static const struct server_property *find_property(const struct test *t, enum property property)
{
    const struct target_info *target = t->target;
    for (size_t i = 0; i < target->property_count; i++)
        if (strcmp(target->properties[i].key, property_rows[property].key) == 0)
            return &target->properties[i];
    return NULL;
}

bool server_is_said_to_have(const struct test *t, enum property property)
{
    return find_property(t, property) != NULL;
}

const char *server_has(struct test *t, enum property property)
{
    const struct property_row *row = &property_rows[property];
    const struct server_property *found = find_property(t, property);
    if (!found)
        test_skip(t, "needs a server of which --server-has %s%s is true: %s", row->key,
                  row->takes == NOTHING ? "" : "=...", row->sentence);
    return found ? found->value : "";
}

int64_t server_has_seconds(struct test *t, enum property property)
{
    const char *value = server_has(t, property);
    if (test_is_over(t))
        return 0;
    int64_t span;
    if (parse_seconds(value, &span))
        return span;
    test_broken(t, HERE, "--server-has %s=%s is not a number of seconds",
                property_rows[property].key, value);
    return 0;
}
