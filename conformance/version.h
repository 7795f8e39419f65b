/* SPDX-License-Identifier: MIT
 *
 * Versions: of the program, and of the libraries that take part in what it says and hears. */
#ifndef VERSION_H
#define VERSION_H

#include "base/buf.h"

const char *version_tool(void);    /* "0.1.0" */
const char *version_nghttp2(void); /* of the library that runs, not of its headers */
void version_put(struct buf *out); /* a line each */

#endif
