/* SPDX-License-Identifier: MIT
 *
 * fuzz-seeds REPORT.json FOLDER: seeds from what was said in each case of a report of `grpcspec test --json`. What a
 * client said becomes a seed of the server's harness, what the server answered one of the client's; both of those
 * that read frames. A seed is named like its case: what no seed reaches is a case that is missing. */
#include "reports/read.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#define LARGEST_SEED 4096

static size_t written;

static bool save(const char *folder, const char *harness, const char *name, const struct buf *seed)
{
    struct buf path = {0};
    buf_printf(&path, "%s/%s", folder, harness);
    (void)mkdir(buf_str(&path), 0777);
    buf_printf(&path, "/%s", name);
    FILE *file = fopen(buf_str(&path), "wb");
    bool ok = file && fwrite(seed->data, 1, seed->len, file) == seed->len;
    ok = file && fclose(file) == 0 && ok;
    if (!ok)
        fprintf(stderr, "fuzz-seeds: %s: %s\n", buf_str(&path), strerror(errno));
    written += ok;
    buf_clear(&path);
    return ok;
}

/* All frames of the case's first connection in one direction; false: a part of them is not in the report. */
static bool collect(const struct report_result *result, char direction, struct buf *seed)
{
    bool whole = result->frames_dropped == 0;
    for (size_t i = 0; whole && i < result->frame_count; i++) {
        const struct report_frame *frame = &result->frames[i];
        if (frame->direction != direction || frame->connection != 1 || frame->octets.len == 0)
            continue;
        struct bytes octets = buf_view(&frame->octets);
        if (bytes_starts_with(octets, BYTES("PRI * HTTP/2.0")))
            octets = bytes_skip(octets, 24); /* harnesses bring the preface */
        buf_put(seed, octets);
        size_t told = frame->length + (frame->is_frame ? 9 : 0);
        whole = frame->octets.len == told && seed->len <= LARGEST_SEED;
    }
    return whole && seed->len > 0;
}

static bool save_all(const char *folder, const char *name, struct buf *seed, bool to_server)
{
    bool ok = save(folder, "frame_fuzzer", name, seed);
    if (to_server)
        ok = save(folder, "agree_fuzzer", name, seed) && ok;
    buf_put_u8(seed, 0); /* no schedule */
    if (to_server)
        return save(folder, "server_fuzzer", name, seed) && ok;
    buf_put_u8(seed, 0x20); /* one call, and the SETTINGS are the seed's */
    return save(folder, "client_fuzzer", name, seed) && ok;
}

static bool write_seeds(const struct report_result *result, const char *folder)
{
    struct buf name = {0}, seed = {0};
    bool ok = true;
    for (int sent = 0; sent < 2; sent++) {
        buf_reset(&name);
        buf_reset(&seed);
        buf_printf(&name, "%s-%s", sent ? "sent" : "received", result->id);
        for (size_t i = 0; i < name.len; i++)
            name.data[i] = name.data[i] == '/' ? '-' : name.data[i];
        if (collect(result, sent ? '>' : '<', &seed))
            ok = save_all(folder, buf_str(&name), &seed, sent) && ok;
    }
    buf_clear(&name);
    buf_clear(&seed);
    return ok;
}

int main(int argc, char **argv)
{
    struct report report;
    char why[256];
    if (argc != 3) {
        fprintf(stderr, "usage: fuzz-seeds REPORT.json FOLDER\n");
        return 2;
    }
    report_init(&report);
    bool ok = report_read_file(&report, argv[1], why);
    if (!ok)
        fprintf(stderr, "fuzz-seeds: %s\n", why);
    (void)mkdir(argv[2], 0777);
    for (size_t i = 0; i < report.result_count; i++)
        if (!report.results[i].is_rule)
            ok = write_seeds(&report.results[i], argv[2]) && ok;
    printf("fuzz-seeds: %zu seeds from %zu results\n", written, report.result_count);
    report_clear(&report);
    return ok && written ? 0 : 1;
}
