/* SPDX-License-Identifier: MIT
 *
 * A report read back from its JSON, to compare, to merge or to render again. Everything that the
 * JSON holds comes back. */
#ifndef REPORTS_READ_H
#define REPORTS_READ_H

#include "reports/model.h"

/* Fill `report`, freshly made by report_init().
 * returns false with one sentence in why: no JSON, another schema, a later version, out of memory */
MUST_USE bool report_read_json(struct report *report, struct bytes text, char why[static 256]);

/* The same for a file; sentences name it. */
MUST_USE bool report_read_file(struct report *report, const char *path, char why[static 256]);

#endif
