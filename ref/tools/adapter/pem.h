/* SPDX-License-Identifier: MIT
 *
 * Certificates and keys that came as octets, for options that take files. */
#ifndef TOOLS_ADAPTER_PEM_H
#define TOOLS_ADAPTER_PEM_H

#include "base/attr.h"
#include "base/bytes.h"

/* A temporary file that only we may read. */
struct pem {
    char path[64]; /* empty: no file */
};

/* Write pem's file; no octets: no file. returns false when it cannot be written (errno says more); there is none
 * then. */
MUST_USE bool pem_write(struct pem *pem, struct bytes octets);

/* Its path, for options; NULL when there is no file. */
const char *pem_path(const struct pem *pem);

/* The file is gone. No effect twice. */
void pem_remove(struct pem *pem);

#endif
