/* SPDX-License-Identifier: MIT
 *
 * The files that grpcspec itself reads: baselines (--expect), manifests of peers, and results (JSON). Input: one octet,
 * which of them; then the text. Oracles: O6 a report that is read, written and read again is written the same; O2 what
 * is refused is refused with a sentence; a baseline's entries are on the lines they are said to be on, in order, and a
 * comment is none; a manifest that is taken has a name and something to start. */
#include "fuzz.h"

#include "interop/manifest.h"
#include "reports/json.h"
#include "reports/read.h"
#include "run/baseline.h"

/* An exact copy: neither reader may look behind its end. */
static void check_baseline(struct bytes text)
{
    struct baseline baseline = {0};
    char why[256] = "";
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++)
        lines += text.data[i] == '\n';
    bool ok = baseline_parse(&baseline, text, why);
    must(ok || why[0], "O2: a baseline is refused without a reason");
    for (size_t i = 0; ok && i < baseline.count; i++) {
        const struct baseline_entry *entry = &baseline.entries[i];
        must(entry->glob && entry->glob[0] && entry->glob[0] != '#',
             "a comment is taken for a baseline's entry");
        must(entry->reason != NULL, "a baseline's entry has no reason");
        must((unsigned)entry->verdict < REPORT_VERDICT_COUNT, "a verdict is none");
        must(entry->line >= 1 && entry->line <= lines, "an entry is on a line that is not there");
        must(i == 0 || entry->line > entry[-1].line, "entries are not in the order of their lines");
        must(!planted(entry->verdict == REPORT_HANG), "planted: a baseline's HANG");
        reach("baseline entry");
    }
    baseline_clear(&baseline);
}

static void check_manifest(struct bytes text)
{
    struct manifest manifest = {0};
    char why[512] = "";
    bool ok = manifest_parse(&manifest, "manifest", text, why);
    must(ok || why[0], "O2: a manifest is refused without a reason");
    if (ok) {
        must(manifest.name && manifest.name[0], "a manifest without a name is taken");
        bool starts = manifest.kind == KIND_PEER ? manifest.client || manifest.server
                                                 : manifest.proxy || manifest.proxy_tls;
        must(starts, "a manifest that starts nothing is taken");
        reach("manifest");
    }
    manifest_clear(&manifest);
}

static bool read_and_write(struct bytes text, struct buf *out)
{
    struct report report;
    char why[256] = "";
    report_init(&report);
    bool ok = report_read_json(&report, text, why);
    must(ok || why[0], "O2: a report is refused without a reason");
    if (ok)
        must(report_put_json(&report, out), "what was read cannot be written");
    report_clear(&report);
    return ok;
}

static void check_report(struct bytes text)
{
    struct buf once = {0}, twice = {0};
    if (read_and_write(text, &once)) {
        must(read_and_write(buf_view(&once), &twice), "O6: what was written is refused");
        must_be_same(buf_view(&once), buf_view(&twice), "O6: writing again gives another text");
        reach("report");
    }
    buf_clear(&once);
    buf_clear(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const checks[])(struct bytes) = {check_baseline, check_manifest, check_report};
    struct bytes input = bytes_of(data, size);
    struct buf exact = {0}; /* no NUL behind it */
    uint8_t which = take_octet(&input);
    buf_put(&exact, input);
    checks[which % ARRAY_LEN(checks)](buf_view(&exact));
    buf_clear(&exact);
    return 0;
}
