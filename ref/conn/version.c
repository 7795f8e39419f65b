/* SPDX-License-Identifier: MIT
 *
 * gr_version: ours and nghttp2's, whose verdicts move with its version. */
#include "h2/hpack.h"

#include <stdio.h>

#ifndef GRPCREF_VERSION
#define GRPCREF_VERSION "unknown"
#endif

const char *gr_version(void)
{
    static _Thread_local char text[64];

    snprintf(text, sizeof(text), "grpcref/" GRPCREF_VERSION " nghttp2/%s", hpack_library_version());
    return text;
}
