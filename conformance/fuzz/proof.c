/* SPDX-License-Identifier: MIT
 *
 * The fuzzer against the faulty servers of selftest/; see proof.h. */
#include "fuzz/proof.h"

#include "fuzz/campaign.h"
#include "fuzz/fuzz_options.h"
#include "run/text_match.h"
#include "selftest/victim.h"
#include "target/interrupt.h"
#include "verbs.h"

#include <stdio.h>

/* Defects that no octets of a single connection in cleartext show, or that are no failure: what other tool sees them. */
static const struct {
    const char *glob, *why;
} beyond[] = {
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
};

static const char *why_beyond(const struct knob_row *knob)
{
    if (knob->effect == KNOB_LENIENT)
        return "lenient: no failure";
    for (size_t i = 0; i < ARRAY_LEN(beyond); i++)
        if (glob_matches(beyond[i].glob, knob->name))
            return beyond[i].why;
    return NULL;
}

/* returns the findings; -1: it did not start */
static int fuzz_knob(const struct fuzz_options *options, enum knob_name knob)
{
    struct victim victim;
    if (!victim_start(&victim, &(struct faulty_options){.knob = knob}))
        return -1;
    struct target_info target = victim_target(&victim);
    target.stop = &interrupt_asked;
    const struct campaign_options run = {
        .layers = options->layers,
        .seed = options->seed,
        .span_ns = options->span_ns,
        .cases = options->cases,
        .jobs = options->jobs,
        .patience_ns = options->patience_ns,
        .stop_at_first = knob != KNOB_NONE,
        .no_minimising = true,
        .revival = victim_revival(&victim),
        .stop = &interrupt_asked,
    };
    struct campaign campaign;
    (void)campaign_run(&campaign, &run, &target);
    int found = (int)campaign_settled(&campaign);
    printf("%-5s %-40s %6.2f s %8llu cases", found ? "found" : "-", knob_table[knob].name,
           (double)campaign.took_ns / 1e9, (unsigned long long)atomic_load(&campaign.executed));
    for (size_t i = 0; i < campaign.finding_count; i++)
        if (campaign.findings[i]->settled)
            printf("  %s", campaign.findings[i]->observed.key);
    printf("\n");
    fflush(stdout);
    campaign_clear(&campaign);
    victim_stop(&victim);
    return found;
}

int prove_by_knobs(const struct fuzz_options *options)
{
    size_t found = 0, tried = 0, out_of_reach = 0;
    bool sound = true;
    interrupt_install(EXIT_INTERRUPTED);
    for (size_t i = KNOB_NONE; i < KNOB_COUNT && !atomic_load(&interrupt_asked); i++) {
        if (!glob_matches(options->knobs, knob_table[i].name))
            continue;
        const char *why = why_beyond(&knob_table[i]);
        if (why) {
            printf("n/a   %-40s %s\n", knob_table[i].name, why);
            out_of_reach++;
            continue;
        }
        int findings = fuzz_knob(options, (enum knob_name)i);
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
