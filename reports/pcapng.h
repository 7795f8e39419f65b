/* SPDX-License-Identifier: MIT
 *
 * A case's transcript as a capture file that Wireshark opens: frames as they went over the wire, in
 * TCP segments that are made up around them. Also what went through TLS is in the clear there. */
#ifndef REPORTS_PCAPNG_H
#define REPORTS_PCAPNG_H

#include "reports/model.h"

/* Append one pcapng file. grpcspec is 10.0.0.1, with a port of its own for each connection; the
 * target is 10.0.0.2, port 80. Time begins with the case. Each packet has its transcript line
 * as a comment; of a frame that was kept in part the packet is cut, and the comment says so.
 * returns false when out of memory */
MUST_USE bool report_put_pcapng(const struct report_result *result, struct buf *out);

/* Make the folder unless it is there.
 * returns false with one sentence in why */
MUST_USE bool pcapng_folder_make(const char *folder, char why[static 512]);

/* Write a file into the folder for each result with a transcript that is not as expected, or with
 * `all` for each with a transcript: "http2.ping.same-octets.pcapng".
 * returns false with one sentence in why */
MUST_USE bool pcapng_folder_fill(const char *folder, const struct report *report, bool all,
                                 char why[static 512]);

#endif
