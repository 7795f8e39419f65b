/* SPDX-License-Identifier: MIT
 *
 * One rendering or the other; see render.h. */
#include "reports/render.h"

#include "reports/annotations.h"
#include "reports/badge.h"
#include "reports/html.h"
#include "reports/json.h"
#include "reports/junit.h"
#include "reports/markdown.h"
#include "reports/sarif.h"
#include "reports/tap.h"

bool report_render(const struct report *report, enum output_format format,
                   const struct report *against, struct buf *out)
{
    switch (format) {
    case OUTPUT_JSON:
        return report_put_json(report, out);
    case OUTPUT_JUNIT:
        return report_put_junit(report, out);
    case OUTPUT_HTML:
        return report_put_html(report, against, out);
    case OUTPUT_MARKDOWN:
        return report_put_markdown(report, against, out);
    case OUTPUT_SARIF:
        return report_put_sarif(report, out);
    case OUTPUT_TAP:
        return report_put_tap(report, out);
    case OUTPUT_ANNOTATIONS:
        return report_put_annotations(report, out);
    case OUTPUT_BADGE:
        return report_put_badge(report, out);
    case OUTPUT_FORM_COUNT:
        break;
    }
    return false;
}
