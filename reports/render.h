/* SPDX-License-Identifier: MIT
 *
 * The forms a report can be written in, as one list: whoever offers them as options makes its rows
 * from it. */
#ifndef REPORTS_RENDER_H
#define REPORTS_RENDER_H

#include "reports/model.h"

/* Symbol, the option's name, its help. */
#define REPORT_FORMS(X)                                                                            \
    X(JSON, "json", "write the report as JSON (- is standard output)")                             \
    X(JUNIT, "junit", "write the report as JUnit XML")                                             \
    X(HTML, "html", "write the report as one page for a browser")                                  \
    X(MARKDOWN, "markdown", "write a summary as Markdown, for a CI job")                           \
    X(SARIF, "sarif", "write what is not as expected as SARIF 2.1.0, for code scanning")           \
    X(TAP, "tap", "write the report in the Test Anything Protocol, version 13")                    \
    X(ANNOTATIONS, "annotations", "write what is not as expected as GitHub's workflow commands")   \
    X(BADGE, "badge", "write a badge, an SVG picture for a README")

enum output_format {
#define REPORT_FORM_ENUM(symbol, name, help) OUTPUT_##symbol,
    REPORT_FORMS(REPORT_FORM_ENUM)
#undef REPORT_FORM_ENUM
        OUTPUT_FORM_COUNT
};

/* Append the report in that form.
 * against    an earlier report, for the forms that compare (HTML, Markdown); NULL: none
 * returns false when out of memory */
MUST_USE bool report_render(const struct report *report, enum output_format format,
                            const struct report *against, struct buf *out);

#endif
