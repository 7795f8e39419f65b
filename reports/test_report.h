/* SPDX-License-Identifier: MIT
 *
 * A report with one of everything, hostile text included, for the renderings' tests. */
#ifndef REPORTS_TEST_REPORT_H
#define REPORTS_TEST_REPORT_H

#include "reports/model.h"

#include <stdio.h>

/* Quotes, markup, a NUL-free control character, an escape sequence, an octet that is no UTF-8,
 * U+FFFF, a CDATA end. */
#define HOSTILE "<&\"'> \x01 \x1b[31m \xff \xc3\xa9 \xef\xbf\xbf ]]>\nnext\tline"

static void add_frame_row(struct report *report, struct report_result *result, char direction,
                          const char *line, bool offending)
{
    struct report_frame *frame = report_add_frame(report, result);
    if (!frame)
        return;
    frame->direction = direction;
    frame->connection = 1;
    frame->is_frame = direction != '*';
    frame->type = 6;
    frame->length = 8;
    frame->offending = offending;
    frame->line = report_string(report, line);
    if (frame->is_frame)
        buf_put(&frame->octets, BYTES("\x00\x00\x08\x06"));
}

static void add_result_row(struct report *report, const char *id, const char *area,
                           enum report_verdict verdict)
{
    struct report_result *result = report_add_result(report);
    if (!result)
        return;
    result->id = report_string(report, id);
    result->area = report_string(report, area);
    result->title = report_string(report, "a rule");
    result->level = report_string(report, "MUST");
    result->verdict = verdict;
    result->duration_ns = 1500000;
    if (verdict == REPORT_PASS)
        return;
    report_add_clause(report, result, "H2-PING-001", "MUST", "A PING is answered.",
                      "RFC 9113 s6.7");
    result->file = report_string(report, "conformance/cases/http2/ping.c");
    result->line = 42;
    result->expected = report_string(report, "PING ACK");
    result->seen = report_string(report, HOSTILE);
    result->notes = report_string(report, "one\ntwo\n");
    result->repeat = report_string(report, "grpcspec test :1 --case x");
    result->output = report_string(report, "it printed " HOSTILE);
    add_frame_row(report, result, '>', "  0.1 ms  > PING stream 0 len 8", false);
    add_frame_row(report, result, '<', "  0.2 ms  < " HOSTILE, true);
    add_frame_row(report, result, '*', "  0.3 ms  * closed", false);
}

static void make_report(struct report *report)
{
    report_init(report);
    report->tool = report_string(report, "0.1.0");
    report->nghttp2 = report_string(report, "1.52.0");
    report->target = report_string(report, "127.0.0.1:1 \x1b]0;title\x07");
    report->started = report_string(report, "2025-01-02T03:04:05Z");
    report->segmentation = report_string(report, "whole");
    report->seed = UINT64_MAX;
    report->duration_ns = 900000000;
    report_add_fact(report, "grpc", "yes");
    report_add_unjudged(report, "GRPC-X-001", "SHOULD", "unseen", "A54", "server: " HOSTILE);
    add_result_row(report, "http2/ping/pass", "http2/ping", REPORT_PASS);
    add_result_row(report, "http2/ping/fail", "http2/ping", REPORT_FAIL);
    add_result_row(report, "grpc/x/lenient", "grpc/x", REPORT_LENIENT);
    add_result_row(report, "grpc/x/crash", "grpc/x", REPORT_CRASH);
    add_result_row(report, "http2/ping/hang", "http2/ping", REPORT_HANG);
    add_result_row(report, "http2/ping/skip", "http2/ping", REPORT_SKIP);
    add_result_row(report, "http2/ping/broken", "http2/ping", REPORT_BROKEN);
}

#endif
