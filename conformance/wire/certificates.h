/* SPDX-License-Identifier: MIT
 *
 * Certificates that the tool makes itself, so that TLS can be tested without preparation: a CA of its own, a server's
 * for localhost, and a client's. They are worth nothing to anybody else: the CA's key is never written down. */
#ifndef WIRE_CERTIFICATES_H
#define WIRE_CERTIFICATES_H

#include "base/attr.h"

#include <stdbool.h>

struct certificates {
    char folder[80]; /* "": not made */
    char ca_file[112];
    char server_cert_file[112], server_key_file[112]; /* RSA; localhost, 127.0.0.1, ::1 */
    /* What no client may accept, all with the server's key: for another name, expired yesterday, signed by nobody */
    char wrong_name_cert_file[112], expired_cert_file[112], untrusted_cert_file[112];
    char client_cert_file[112], client_key_file[112]; /* ECDSA P-256 */
};

/* Write PEM files into a new folder below $TMPDIR or /tmp. They are valid from yesterday for a week,
 * but for the expired one.
 * returns false with one sentence in why; nothing is left then */
MUST_USE bool certificates_make(struct certificates *made, char why[static 256]);
/* Remove the files and the folder. Nothing when they were not made. */
void certificates_remove(struct certificates *made);

#endif
