/* SPDX-License-Identifier: MIT
 *
 * The two files that one .proto becomes. */
#ifndef GENERATE_WRITERS_H
#define GENERATE_WRITERS_H

#include "generate/model.h"

/* NAME.grpc.h */
void write_header(struct buf *out, struct pool *pool, const struct file *file);
/* NAME.grpc.c */
void write_source(struct buf *out, struct pool *pool, const struct file *file);

/* The arguments of the functions that both declare or define. Valid until the pool is cleared. */
struct signature {
    const char *head; /* "int helloworld_greeter_say_hello__recv" */
    const char *args[5];
    size_t count;
};

struct signature signature_unary(struct pool *pool, const struct method *method);
struct signature signature_start(struct pool *pool, const struct method *method);
struct signature signature_recv(struct pool *pool, const struct method *method);
struct signature signature_finish(struct pool *pool, const struct method *method);
struct signature signature_register(struct pool *pool, const struct service *service);

/* Does the request go with __start: the client sends exactly one? */
static inline bool starts_with_request(const struct method *method)
{
    return method->kind == UNARY || method->kind == SERVER_STREAM;
}

/* Does __finish bring the reply: the server sends exactly one? */
static inline bool finishes_with_reply(const struct method *method)
{
    return method->kind == UNARY || method->kind == CLIENT_STREAM;
}

#endif
