/* SPDX-License-Identifier: MIT
 *
 * Addresses as people write them: "HOST:PORT", "[::1]:PORT", ":PORT", "dns:HOST:PORT", "unix:PATH". No names are
 * resolved here. */
#ifndef LOOP_ADDRESS_H
#define LOOP_ADDRESS_H

#include "base/attr.h"

#include <stdbool.h>
#include <stddef.h>

#define ADDRESS_MAX 256 /* with the NUL */

struct address {
    bool is_unix;
    char host[ADDRESS_MAX]; /* or the path. "" in ":PORT" */
    char port[8];
};

/* default_port: when text has none; NULL: then it must have one. returns false when it cannot be parsed */
MUST_USE bool address_parse(struct address *address, const char *text, const char *default_port);

#endif
