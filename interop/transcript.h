/* SPDX-License-Identifier: MIT
 *
 * A program's trace as the structured transcript of a result, so that every rendering shows it. */
#ifndef INTEROP_TRANSCRIPT_H
#define INTEROP_TRANSCRIPT_H

#include "base/bytes.h"
#include "reports/model.h"

/* Append the frames of `trace` to the result; lines that are no frames are passed over. Beyond the
 * first 200 they are only counted, in frames_dropped.
 * by_client  the client printed it, not the server: "sent" is from client to server in either case
 * name       the peer that did, for the remark that comes first */
void transcript_put(struct report *report, struct report_result *result, struct bytes trace,
                    bool by_client, const char *name);

#endif
