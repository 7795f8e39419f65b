/* SPDX-License-Identifier: MIT
 *
 * The badge; see badge.h. It has no font of its own, so text is given a length to fit in. */
#include "reports/badge.h"

#include <stdio.h>

#define LABEL       "grpcspec"
#define LABEL_WIDTH 62
#define CHAR_WIDTH  6.4 /* of 11 pixel sans-serif, on average */

static void tally(const struct report *report, size_t *judged, size_t *fine)
{
    *judged = *fine = 0;
    for (size_t i = 0; i < report->result_count; i++) {
        const struct report_result *result = &report->results[i];
        if (result->is_rule || result->verdict == REPORT_SKIP)
            continue;
        ++*judged;
        *fine += report_result_is_expected(result);
    }
}

static void put_half(struct buf *out, int x, int width, const char *text)
{
    buf_printf(out,
               "<text x=\"%.1f\" y=\"14\" textLength=\"%d\" text-anchor=\"middle\">%s</text>\n",
               x + width / 2.0, width - 12, text);
}

bool report_put_badge(const struct report *report, struct buf *out)
{
    size_t judged, fine;
    tally(report, &judged, &fine);
    char text[64];
    if (judged == 0)
        snprintf(text, sizeof(text), "nothing judged");
    else if (report->interrupted)
        snprintf(text, sizeof(text), "interrupted");
    else if (fine == judged && !report_is_success(report))
        snprintf(text, sizeof(text), "not as expected"); /* a lint rule, or the run itself */
    else
        snprintf(text, sizeof(text), "%zu of %zu cases", fine, judged);
    const char *colour = judged == 0                 ? "#767e88"
                         : report_is_success(report) ? "#1f7a4d"
                                                     : "#c0282d";
    int width = (int)((double)strlen(text) * CHAR_WIDTH) + 12;
    buf_printf(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"20\" "
               "role=\"img\" aria-label=\"" LABEL ": %s\">\n<title>" LABEL ": %s</title>\n"
               "<clipPath id=\"r\"><rect width=\"%d\" height=\"20\" rx=\"3\"/></clipPath>\n"
               "<g clip-path=\"url(#r)\"><rect width=\"%d\" height=\"20\" fill=\"#3b424a\"/>"
               "<rect x=\"%d\" width=\"%d\" height=\"20\" fill=\"%s\"/></g>\n"
               "<g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" "
               "font-size=\"11\">\n",
               LABEL_WIDTH + width, text, text, LABEL_WIDTH + width, LABEL_WIDTH, LABEL_WIDTH,
               width, colour);
    put_half(out, 0, LABEL_WIDTH, LABEL);
    put_half(out, LABEL_WIDTH, width, text);
    buf_put_str(out, "</g>\n</svg>\n");
    return !out->failed;
}
