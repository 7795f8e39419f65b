/* SPDX-License-Identifier: MIT
 *
 * A frame as the row of a table has it, for cases that send one frame and see what becomes of the call. */
#ifndef CASES_CLIENT_FRAME_ROW_H
#define CASES_CLIENT_FRAME_ROW_H

#include "cases/client/common.h"

struct some_frame {
    uint8_t type, flags;
    enum where where;
    struct bytes payload;
    uint32_t code; /* of the connection error that is due */
};
#define A_FRAME(...) (&(const struct some_frame){__VA_ARGS__})
#define A_FIELD      "\x00\x06x-late\x01v" /* a literal that would be legal in any block */

/* A case: the frame in front of a good response ends the connection. The row is `t->arg`. */
void ends_the_connection(struct test *t);

#endif
