/* SPDX-License-Identifier: MIT
 *
 * The fuzzer against the faulty servers, or clients, of selftest/; see proof.h. */
#include "fuzz/proof.h"

#include "fuzz/campaign.h"
#include "fuzz/fuzz_options.h"
#include "run/drive_function.h"
#include "run/text_match.h"
#include "selftest/client/function.h"
#include "selftest/victim.h"
#include "target/interrupt.h"
#include "verbs.h"

#include <stdio.h>

/* Defects that no octets of a single connection in cleartext show, or that are no failure: what other tool sees
 * them. */
static const struct beyond {
    const char *glob, *why;
} beyond_servers[] = {
    {"tls-*", "TLS"},
    {"stop-*", "shutting down"},
    {"stops-*", "shutting down, or endurance"},
    {"reflection-*", "another service"},
    {"health-*", "another service"},
    {"watch-*", "another service"},
    {"check-says-*", "another service"},
    {"*-handshakes-*", "time"},
    {"handshakes-*", "time"},
    {"idle-*", "time"},
    {"age-*", "time"},
    {"grace-*", "time"},
    {"never-pings", "time"},
    {"unanswered-pings-*", "time"},
    {"permitted-pings-*", "time"},
    {"connections-are-never-freed", "memory of another process"},
    {"limit-*", "large messages"},
    {"no-message-limit", "large messages"},
    {"inflates-everything", "large messages"},
    {"makes-all-at-once", "large messages"},
    {"large-message-hangs", "large messages"},
    {"buffers-without-limit", "large messages"},
    {"lower-window-*", "another setup"},
    {"overlooks-due-update", "another setup"},
    {"true-binary-*", "another setup"},
    {"details-*", "another setup"},
    {"throwing-*", "a method of the server's own"},
    {"*-under-load", "load"},
    {"floods-*", "floods"},
    {"empty-data-stops-all", "floods"},
    {"header-lists-*", "floods"},
    {"bears-any-pings", "strikes, over time"},
    {"no-strike-*", "strikes, over time"},
    {"acks-are-strikes", "strikes, over time"},
    {"strikes-*", "strikes, over time"},
    {NULL, NULL},
};

/* The same of clients, which make one plain call, and are answered. */
static const struct beyond beyond_clients[] = {
    {"tls-*", "TLS"},
    {"never-connects", "no octets reach it"},
    {"impatient", "a connection that is late"},
    {"*-connecting-*", "a connection that is refused"},
    {"waits-for-ever", "a connection that is refused"},
    {"waits-for-server", "a server that waits"},
    {"waits-for-settings-ack", "a server that waits"},
    {"*timeout*", "deadlines"},
    {"deadline-*", "deadlines"},
    {"expiry-*", "deadlines"},
    {"calls-outlive-*", "a connection that is lost"},
    {"lost-connection-*", "a connection that is lost"},
    {"no-reset", "cancellation"},
    {"cancel-is-unknown", "cancellation"},
    {"cancel-kills-*", "cancellation"},
    {"waits-for-trailers", "cancellation"},
    {"*max-streams*", "several calls at once"},
    {"open-streams-*", "several calls at once"},
    {"first-limit-*", "several calls at once"},
    {"lowered-limit-*", "several calls at once"},
    {"raised-limit-*", "several calls at once"},
    {"queued-calls-*", "several calls at once"},
    {"identifiers-*", "several calls at once"},
    {"even-identifiers", "several calls at once"},
    {"mixes-streams", "several calls at once"},
    {"one-stream-for-all", "several calls at once"},
    {"uncovered-*", "several calls at once"},
    {"goaway-of-all-*", "several calls at once"},
    {"opens-after-goaway", "several calls at once"},
    {"*retries*", "retries"},
    {"refused-is-internal", "retries"},
    {"*-window", "large requests"},
    {"ignores-max-frame-size", "large requests"},
    {"stalls-after-a-frame", "large requests"},
    {"new-streams-only", "large requests"},
    {"negative-window-*", "large requests"},
    {"own-window-*", "large requests"},
    {"headers-in-one-frame", "large requests"},
    {"pings-wait-for-window", "large requests"},
    {"sends-after-their-reset", "large requests"},
    {"sends-inside-block", "large requests"},
    {"never-credits-*", "large responses"},
    {"padding-not-credited", "large responses"},
    {"reset-streams-not-*", "large responses"},
    {"refuses-longest-frame", "large responses"},
    {"buffers-before-*", "large responses"},
    {"*-limit", "large responses"},
    {"inflates-everything", "large responses"},
    {"stuck-on-overrun", "large responses"},
    {"refuses-large-metadata", "large responses"},
    {"takes-any-list", "large responses"},
    {"drowns-in-frames", "floods"},
    {"dies-of-long-settings", "floods"},
    {"endless-blocks", "floods"},
    {"loses-metadata", "metadata that is asked for"},
    {"loses-large-metadata", "metadata that is asked for"},
    {"reverses-metadata", "metadata that is asked for"},
    {"*bin-*", "metadata that is asked for"},
    {"*bin", "metadata that is asked for"},
    {"true-binary-*", "metadata that is asked for"},
    {"reserved-metadata", "metadata that is asked for"},
    {"upper-case", "metadata that is asked for"},
    {"name-with-*", "metadata that is asked for"},
    {"value-with-*", "metadata that is asked for"},
    {"trailers-are-initial", "what the application sees"},
    {"*status-message", "what the application sees"},
    {"message-not-decoded", "what the application sees"},
    {"plus-is-a-space", "what the application sees"},
    {"decodes-any-digits", "what the application sees"},
    {"upper-case-hex-only", "what the application sees"},
    {"bad-escape-ends-message", "what the application sees"},
    {"loses-messages", "what the application sees"},
    {"swaps-messages", "what the application sees"},
    {"errors-cost-messages", "what the application sees"},
    {"empty-messages-lost", "what the application sees"},
    {"loses-a-message", "several messages"},
    {"cuts-last-message", "several messages"},
    {"all-at-once", "several messages"},
    {"one-message-a-frame", "several messages"},
    {"refuses-gzip", "compression"},
    {"refuses-deflate", "compression"},
    {"never-compresses", "compression"},
    {"compresses-*", "compression"},
    {"sends-flag-2", "compression"},
    {"empty-gzip-*", "compression"},
    {"encoding-means-*", "compression"},
    {"flag-without-encoding", "compression"},
    {NULL, NULL},
};

/* Faulty servers, or faulty clients. */
struct half {
    enum fuzz_role role;
    const struct knob_row *knobs;
    size_t count;
    const struct beyond *beyond;
    /* Start the one with this knob, run, stop it. returns false when it cannot be started */
    bool (*run)(size_t knob, struct campaign *campaign, struct campaign_options *options);
};

static bool run_server(size_t knob, struct campaign *campaign, struct campaign_options *options)
{
    struct victim victim;
    const struct faulty_options faulty = {.knob = (enum knob_name)knob};
    if (!victim_start(&victim, &faulty))
        return false;
    options->revival = victim_revival(&victim);
    struct target_info target = victim_target(&victim);
    target.stop = &interrupt_asked;
    bool ran = campaign_run(campaign, options, &target);
    victim_stop(&victim);
    return ran;
}

static bool run_client(size_t knob, struct campaign *campaign, struct campaign_options *options)
{
    enum client_knob turned = (enum client_knob)knob;
    const struct client_function function = {faulty_client_run, &turned};
    struct drive drive;
    drive_function_init(&drive, &function, SHOWS_RESULT);
    const struct target_info target = {.drive = &drive,
                                       .authority = "localhost",
                                       .has_test_service = true,
                                       .answers_requests = true,
                                       .stop = &interrupt_asked};
    return campaign_run(campaign, options, &target);
}

static const char *why_beyond(const struct half *half, const struct knob_row *knob)
{
    if (knob->effect == KNOB_LENIENT)
        return "lenient: no failure";
    for (const struct beyond *each = half->beyond; each->glob; each++)
        if (glob_matches(each->glob, knob->name))
            return each->why;
    return NULL;
}

static void show_run(const struct campaign *campaign, const char *name)
{
    printf("%-5s %-40s %6.2f s %8llu cases", campaign_settled(campaign) ? "found" : "-", name,
           (double)campaign->took_ns / 1e9, (unsigned long long)atomic_load(&campaign->executed));
    for (size_t i = 0; i < campaign->finding_count; i++)
        if (campaign->findings[i]->settled)
            printf("  %s", campaign->findings[i]->observed.key);
    printf("\n");
    fflush(stdout);
}

/* returns the findings; -1: it did not start */
static int fuzz_knob(const struct fuzz_options *options, const struct half *half, size_t knob)
{
    struct campaign campaign;
    struct campaign_options run = {
        .role = half->role,
        .layers = options->layers,
        .seed = options->seed,
        .span_ns = options->span_ns,
        .cases = options->cases,
        .jobs = options->jobs,
        .patience_ns = options->patience_ns,
        .stop_at_first = knob != KNOB_NONE,
        .no_minimising = true,
        .stop = &interrupt_asked,
    };
    if (!half->run(knob, &campaign, &run))
        return -1;
    int found = (int)campaign_settled(&campaign);
    show_run(&campaign, half->knobs[knob].name);
    campaign_clear(&campaign);
    return found;
}

static int prove(const struct fuzz_options *options, const struct half *half)
{
    size_t found = 0, tried = 0, out_of_reach = 0;
    bool sound = true;
    for (size_t i = KNOB_NONE; i < half->count && !atomic_load(&interrupt_asked); i++) {
        if (!glob_matches(options->knobs, half->knobs[i].name))
            continue;
        const char *why = why_beyond(half, &half->knobs[i]);
        if (why) {
            printf("n/a   %-40s %s\n", half->knobs[i].name, why);
            out_of_reach++;
            continue;
        }
        int findings = fuzz_knob(options, half, i);
        if (i == KNOB_NONE) {
            sound = findings == 0;
            continue;
        }
        tried++;
        found += findings > 0;
    }
    printf("%zu of %zu defects were found, %zu are out of reach%s\n", found, tried, out_of_reach,
           sound ? "" : "; and something was found where nothing is wrong");
    return finish_printing(sound && 2 * found >= tried ? EXIT_AS_EXPECTED : EXIT_NOT_AS_EXPECTED);
}

int prove_by_knobs(const struct fuzz_options *options)
{
    const struct half servers = {FUZZ_SERVERS, knob_table, KNOB_COUNT, beyond_servers, run_server};
    const struct half clients = {FUZZ_CLIENTS, client_knob_table, CLIENT_KNOB_COUNT, beyond_clients,
                                 run_client};
    interrupt_install(EXIT_INTERRUPTED);
    return prove(options, options->client ? &clients : &servers);
}
