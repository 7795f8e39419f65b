/* SPDX-License-Identifier: MIT
 *
 * One rendering or the other; see render.h. */
#include "reports/render.h"

#include "reports/html.h"
#include "reports/json.h"
#include "reports/junit.h"
#include "reports/markdown.h"

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
    }
    return false;
}
