/* SPDX-License-Identifier: MIT
 *
 * Versions; see version.h. */
#include "version.h"

#include <nghttp2/nghttp2.h>
#include <openssl/crypto.h>

const char *version_tool(void)
{
    return GRPCSPEC_VERSION;
}

const char *version_nghttp2(void)
{
    return nghttp2_version(0)->version_str;
}

void version_put(struct buf *out)
{
    buf_printf(out, "grpcspec %s\n", version_tool());
    buf_printf(out, "nghttp2 %s (HPACK)\n", version_nghttp2());
    buf_printf(out, "%s (TLS)\n", OpenSSL_version(OPENSSL_VERSION));
}
