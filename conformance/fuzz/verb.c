/* SPDX-License-Identifier: MIT
 *
 * The verb `grpcspec fuzz`: find the target, run the campaign, say what came out; or say one finding again. */
#include "fuzz/verb.h"

#include "fuzz/fuzz_options.h"
#include "fuzz/minimise.h"
#include "fuzz/proof.h"
#include "fuzz/show.h"
#include "reports/output.h"
#include "reports/render.h"
#include "run/client_probe.h"
#include "run/drive_command.h"
#include "run/probe.h"
#include "run/text_match.h"
#include "target/interrupt.h"
#include "target/spawn.h"
#include "verbs.h"
#include "version.h"
#include "wire/certificates.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

struct fuzzing {
    struct fuzz_options options;
    struct spawned *spawned;
    struct command_drive *command; /* of a client */
    struct certificates certificates;
    struct spawn_tls spawn_tls;
    struct target_info target;
    char name[400]; /* of the target, as --replay is to be given it */
    struct script script;
};

static enum fuzz_role role_of(const struct fuzz_options *options)
{
    return options->client ? FUZZ_CLIENTS : options->use_tls ? FUZZ_TLS_SERVERS : FUZZ_SERVERS;
}

/* ---- the target ---- */

/* A client is told whom to trust, the bundled server is given what it shows. */
static bool make_certificates(struct fuzzing *self)
{
    struct certificates *made = &self->certificates;
    struct transport_tls *tls = &self->options.tls;
    bool for_client = self->options.client;
    char why[256];
    if (!certificates_make(made, why)) {
        complain("%s", why);
        return false;
    }
    if (for_client) {
        tls->cert_file = made->server_cert_file;
        tls->key_file = made->server_key_file;
        self->target.trusted_ca = made->ca_file;
        self->target.tls_name = "localhost";
        self->target.certificates = made;
    } else {
        tls->ca_file = made->ca_file;
        tls->server_name = "localhost";
        self->spawn_tls.certificates = made;
    }
    return true;
}

static bool prepare_tls(struct fuzzing *self)
{
    struct fuzz_options *options = &self->options;
    if (!options->use_tls)
        return true;
    self->target.tls = &options->tls;
    if (!options->target && !options->spawn)
        return make_certificates(self);
    if (!options->tls.server_name && options->endpoint.host[0])
        options->tls.server_name = options->endpoint.host;
    return true;
}

/* What --replay is to be given besides. */
static void put_tls_words(struct fuzzing *self)
{
    const struct fuzz_options *options = &self->options;
    size_t len = strlen(self->name);
    const char *ca = options->target || options->spawn ? options->tls.ca_file : NULL;
    (void)snprintf(self->name + len, sizeof self->name - len, " --tls%s%s%s", ca ? " --ca " : "",
                   ca ? ca : "", options->insecure ? " --insecure" : "");
}

static bool start(struct fuzzing *self)
{
    struct fuzz_options *options = &self->options;
    char why[1024];
    self->target.endpoint = options->endpoint;
    if (options->spawn)
        self->spawned = spawn_command(options->spawn, &self->target.endpoint, self->target.tls,
                                      why);
    else if (!options->target)
        self->spawned = spawn_bundled(&self->target.endpoint, self->target.tls,
                                      options->use_tls ? &self->spawn_tls : NULL, why);
    if (!options->target && !self->spawned) {
        complain("%s", why);
        return false;
    }
    return true;
}

static bool find_target(struct fuzzing *self)
{
    const struct fuzz_options *options = &self->options;
    interrupt_install(EXIT_INTERRUPTED);
    if (!prepare_tls(self) || !start(self))
        return false;
    if (options->spawn)
        (void)snprintf(self->name, sizeof self->name, "--spawn '%.360s'", options->spawn);
    else
        (void)snprintf(self->name, sizeof self->name, "%.390s",
                       options->target ? options->target : "");
    if (options->use_tls)
        put_tls_words(self);
    self->target.authority = "localhost";
    self->target.stop = &interrupt_asked;
    struct probe probe = probe_target(&self->target,
                                      options->target ? options->target : "the server",
                                      options->patience_ns, NULL);
    if (!probe.speaks_http2)
        complain("%s", probe.failure);
    return probe.speaks_http2;
}

/* A client: does it make its plain call at all? */
static bool find_client(struct fuzzing *self)
{
    char why[1024];
    const struct run_options run = {.patience_ns = 10 * NS_PER_S};
    interrupt_install(EXIT_INTERRUPTED);
    self->command = prepare_tls(self) ? command_drive_new(self->options.client_command, why) : NULL;
    if (!self->command) {
        complain("%s", why);
        return false;
    }
    (void)snprintf(self->name, sizeof self->name, "--client -- %.360s",
                   command_drive_name(self->command));
    self->target.drive = command_drive(self->command);
    self->target.stop = &interrupt_asked;
    self->target.has_test_service = self->target.answers_requests = true;
    struct report unused;
    report_init(&unused);
    bool found = probe_client(&self->target, &run, &unused, why);
    report_clear(&unused);
    if (!found)
        complain("%s", why);
    return found;
}

/* ---- the campaign ---- */

static struct campaign_options campaign_options_of(struct fuzzing *self, struct show *show)
{
    const struct fuzz_options *options = &self->options;
    struct campaign_options campaign = {
        .role = role_of(options),
        .layers = options->layers,
        .seed = options->seed,
        .first = options->first,
        .cases = options->cases,
        .span_ns = options->span_ns,
        .jobs = options->jobs,
        .rate = options->rate,
        .patience_ns = options->patience_ns,
        .pid = options->pid,
        .no_minimising = options->no_minimising,
        .stop = &interrupt_asked,
        .found = show_found,
        .tick = show_tick,
        .arg = show,
    };
    if (self->spawned) {
        campaign.revival = (struct run_revival){spawn_has_died, spawn_restart, self->spawned};
        campaign.pid = spawn_pid(self->spawned);
        campaign.pid_is_group = true;
    }
    return campaign;
}

static bool write_json(struct fuzzing *self, const struct campaign *campaign, struct output *output)
{
    struct report report;
    struct buf text = {0};
    char why[512] = "out of memory";
    if (output->fd < 0)
        return true;
    report_init(&report);
    report.tool = report_string(&report, version_tool());
    report.nghttp2 = report_string(&report, version_nghttp2());
    show_report(campaign, self->name, &report);
    bool written = report_render(&report, OUTPUT_JSON, NULL, &text) &&
                   output_commit(output, buf_view(&text), why);
    if (!written)
        complain("%s", why);
    buf_clear(&text);
    report_clear(&report);
    return written;
}

/* The folder is there, or can be made when there is something to put into it. */
static bool can_keep_in(const char *folder)
{
    char parent[1024];
    if (access(folder, W_OK | X_OK) == 0)
        return true;
    if (errno != ENOENT)
        return false;
    snprintf(parent, sizeof(parent), "%s", folder);
    char *slash = strrchr(parent, '/');
    if (slash)
        slash[slash == parent] = '\0';
    return access(slash ? parent : ".", W_OK | X_OK) == 0;
}

/* Before the campaign, so that what is found can be kept. */
static bool can_write(const struct fuzz_options *options, struct output *json)
{
    char why[512];
    *json = OUTPUT_CLOSED;
    if (options->json && !output_open(json, options->json, why)) {
        complain("%s", why);
        return false;
    }
    if (options->findings && !can_keep_in(options->findings)) {
        complain("cannot write to %s: %s", options->findings, strerror(errno));
        output_abandon(json);
        return false;
    }
    return true;
}

static int run_campaign(struct fuzzing *self)
{
    struct campaign campaign;
    struct output json;
    if (!can_write(&self->options, &json))
        return EXIT_USAGE;
    struct show show = {
        .out = stdout,
        .live = isatty(STDOUT_FILENO) != 0,
        .quiet = self->options.quiet,
        .folder = self->options.findings,
        .target = self->name,
    };
    struct campaign_options options = campaign_options_of(self, &show);
    bool ran = campaign_run(&campaign, &options, &self->target);
    if (!ran)
        complain("out of memory, or of threads");
    show_summary(&show, &campaign);
    bool written = write_json(self, &campaign, &json) && !show.cannot_write;
    if (show.cannot_write)
        complain("cannot write to %s", self->options.findings);
    int status = campaign_settled(&campaign) > 0 ? EXIT_NOT_AS_EXPECTED : EXIT_AS_EXPECTED;
    if (campaign.interrupted)
        status = EXIT_INTERRUPTED;
    campaign_clear(&campaign);
    return ran && written ? status : EXIT_USAGE;
}

/* ---- one finding ---- */

static bool read_script(struct fuzzing *self, const char *path)
{
    struct buf text = {0};
    char why[256] = "it cannot be read";
    size_t got = 0;
    FILE *file = fopen(path, "r");
    do {
        uint8_t *at = file ? buf_reserve(&text, 4096) : NULL;
        got = at ? fread(at, 1, 4096, file) : 0;
        text.len += got;
    } while (got > 0 && text.len < (64u << 20));
    if (file)
        (void)fclose(file);
    bool ok = file && script_parse(buf_view(&text), &self->script, why);
    if (!ok)
        complain("%s is no finding: %s", path, why);
    buf_clear(&text);
    return ok;
}

static void print_transcript(const struct test *t)
{
    struct buf line = {0};
    for (size_t i = 0; i < t->transcript.count; i++) {
        buf_reset(&line);
        transcript_format_line(&t->transcript.entries[i], &line);
        printf("%s\n", buf_str(&line));
    }
    buf_clear(&line);
}

static const char *seen_word(enum seen_kind kind)
{
    static const char *const words[] = {"PASS", "LENIENT", "DEFENDED", "FAIL", "FAIL", "BROKEN"};
    return words[kind];
}

static int replay(struct fuzzing *self)
{
    struct execute_options options = {&self->target, self->options.patience_ns};
    struct test t;
    struct observed observed;
    size_t decided = script_execute(&self->script, &options, &t);
    script_observe(&self->script, &t, decided, &observed);
    if (!self->options.quiet)
        print_transcript(&t);
    test_clear(&t);
    struct buf how = {0};
    bool died = self->spawned && spawn_has_died(self->spawned, &how);
    printf("%s  %s (%s)\n", died ? "CRASH" : seen_word(observed.kind), self->script.fault,
           observed.kind == SEEN_FINE ? self->script.clauses : observed.clauses);
    if (died)
        printf("  seen       %s\n", buf_str(&how));
    else if (observed.kind != SEEN_FINE)
        printf("  expected   %s\n  seen       %s\n", observed.expected, observed.seen);
    buf_clear(&how);
    if (observed.kind == SEEN_NO_CONNECTION && !died)
        return EXIT_UNREACHABLE;
    bool bad = died || observed.kind == SEEN_FAILURE || observed.kind == SEEN_LINT;
    return finish_printing(bad ? EXIT_NOT_AS_EXPECTED : EXIT_AS_EXPECTED);
}

struct known {
    struct execute_options options;
    struct observed observed;
};

static bool shows(void *arg, const struct script *script)
{
    const struct known *known = arg;
    struct observed again = script_try(script, &known->options);
    return again.kind == known->observed.kind && strcmp(again.key, known->observed.key) == 0;
}

static int minimise(struct fuzzing *self)
{
    struct known known = {.options = {&self->target, self->options.patience_ns}};
    known.observed = script_try(&self->script, &known.options);
    if (known.observed.kind != SEEN_FAILURE && known.observed.kind != SEEN_LINT) {
        complain("it shows nothing here");
        return EXIT_AS_EXPECTED;
    }
    const struct minimise_options options = {shows, &known, known.observed.kind == SEEN_LINT, 1000};
    struct buf text = {0};
    script_minimise(&self->script, &options);
    script_put(&self->script, &text);
    printf("%s", buf_str(&text));
    buf_clear(&text);
    return finish_printing(EXIT_NOT_AS_EXPECTED);
}

/* ---- what needs no target ---- */

static int list_generators(enum fuzz_role role)
{
    for (size_t i = 0; i < fault_count(role); i++) {
        const struct fault *fault = fault_at(role, i);
        printf("%-34s %s (%s)\n", fault->id, fault->wrong, fault->clauses);
    }
    return finish_printing(EXIT_AS_EXPECTED);
}

static int show_case(const struct fuzz_options *options)
{
    struct script script;
    struct buf text = {0};
    script_make(role_of(options), options->seed, options->shown_case, &script);
    script_put(&script, &text);
    printf("%s", buf_str(&text));
    buf_clear(&text);
    script_clear(&script);
    return finish_printing(EXIT_AS_EXPECTED);
}

static bool some_are_chosen(const struct fuzz_options *options)
{
    enum fuzz_role role = role_of(options);
    for (size_t i = 0; i < fault_count(role); i++)
        if (!options->layers || glob_matches(options->layers, fault_at(role, i)->id))
            return true;
    complain("--layer %s matches no generator; --list shows them", options->layers);
    return false;
}

static int fuzz(struct fuzzing *self)
{
    const struct fuzz_options *options = &self->options;
    const char *file = options->replay ? options->replay : options->minimise;
    if (options->list)
        return list_generators(role_of(options));
    if (options->show_case)
        return show_case(options);
    if (!some_are_chosen(options) || (file && !read_script(self, file)))
        return EXIT_USAGE;
    if (options->knobs)
        return prove_by_knobs(options);
    if (!(options->client ? find_client(self) : find_target(self)))
        return atomic_load(&interrupt_asked) ? EXIT_INTERRUPTED : EXIT_UNREACHABLE;
    if (options->replay)
        return replay(self);
    return options->minimise ? minimise(self) : run_campaign(self);
}

int fuzz_verb(int argc, char **argv)
{
    struct fuzzing self = {0};
    char why[256];
    enum options_result result = fuzz_options_parse(&self.options, argc, argv, why);
    int status = result == OPTIONS_OK ? fuzz(&self) : print_usage(&fuzz_command, result, why);
    script_clear(&self.script);
    spawn_stop(self.spawned);
    command_drive_free(self.command);
    certificates_remove(&self.certificates);
    return status;
}
