/* SPDX-License-Identifier: MIT
 *
 * What HTTP/2 says of one field, whoever sends it (RFC 9113 section 8.2). Whole lists are judged elsewhere. */
#ifndef WIRE_FIELD_H
#define WIRE_FIELD_H

#include "base/bytes.h"

/* A field of one connection of HTTP/1, that no message of HTTP/2 has (8.2.2). Of "te" the value counts, too: not here. */
bool field_is_connection_specific(struct bytes name);
/* No space or tab at either end (8.2.1). */
bool field_value_is_trimmed(struct bytes value);

#endif
