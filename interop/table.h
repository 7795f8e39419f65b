/* SPDX-License-Identifier: MIT
 *
 * The matrix as people read it: servers down, clients across, in each cell how many of the test
 * cases passed. Made from a report alone, by the ids of its results. */
#ifndef INTEROP_TABLE_H
#define INTEROP_TABLE_H

#include "reports/model.h"

/* An id taken apart: "interop/go/ruby/ping_pong/tls/via/nginx". */
struct cell_name {
    char client[64], server[160] /* "ruby tls via nginx" */, test_case[64];
};
bool cell_name_parse(const char *id, struct cell_name *name); /* false: no cell's id */

/* Append the table and its legend. */
void table_put_text(const struct report *report, bool colour, struct buf *out);
/* The same as Markdown. */
void table_put_markdown(const struct report *report, struct buf *out);

#endif
