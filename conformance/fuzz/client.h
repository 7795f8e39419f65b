/* SPDX-License-Identifier: MIT
 *
 * What generators against clients are written with: the tool is the server. The client's one plain call comes on
 * stream 1, as every client's first does; what is wrong, or remarkable, is in the answer. */
#ifndef FUZZ_CLIENT_H
#define FUZZ_CLIENT_H

#include "fuzz/common.h"

/* The client's connection, our SETTINGS, its call. */
void answer_begin(struct maker *m);
void answer_begin_with(struct maker *m, const struct setting *settings, size_t count);

/* ---- an answer on stream 1, in parts --------------------------------------------------------- */
void answer_fields(struct maker *m, const struct field *fields, size_t count, uint8_t flags);
void answer_headers(struct maker *m);     /* :status 200 and content-type */
void answer_put_block(struct buf *block); /* the same, coded without a table */
void answer_message(struct maker *m);     /* an empty one: any response of the test service */
void answer_trailers(struct maker *m, const char *status);
/* The rest of a good answer behind its headers; the call is OK, and the client can be used. */
void answer_well(struct maker *m);

/* One of `values`, which end with NULL. */
const char *answer_draw(struct maker *m, const char *const *values);

/* ---- what must come of it ---- */
void client_ends(struct maker *m, const struct outcome *outcomes);
void client_fails(struct maker *m); /* with any error; another call is made then, and is OK */
/* The connection is refused with `code`, and the call fails. */
void client_refuses(struct maker *m, uint32_t code);

/* The two fields of any answer. */
#define GOOD_STATUS FIELD(":status", "200")
#define GOOD_TYPE   FIELD("content-type", "application/grpc")

#define CLIENT_FAULT(name, clauses, wrong, make, arg)                                              \
    {                                                                                              \
        "client-" name, clauses, wrong, make, arg, false                                           \
    }

#endif
