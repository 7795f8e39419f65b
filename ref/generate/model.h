/* SPDX-License-Identifier: MIT
 *
 * What one .proto becomes in C: every name that the two writers (header.c, source.c) print is made here, once, and
 * what cannot be said in C is found here and told as an error, so that the writers cannot fail. */
#ifndef GENERATE_MODEL_H
#define GENERATE_MODEL_H

#include "generate/pool.h"
#include "generate/proto.h"

/* A message as protoc-c calls it. */
struct type {
    const char *name;      /* ".helloworld.HelloRequest", as descriptors refer to it */
    const char *c_type;    /* "Helloworld__HelloRequest" */
    const char *c_lower;   /* "helloworld__hello_request" */
    const FileProto *file; /* where it is declared */
};

/* All messages of a request, nested ones too. */
struct types {
    struct type *list;
    size_t count;
    size_t cap;
};

enum method_kind { UNARY, CLIENT_STREAM, SERVER_STREAM, BIDI_STREAM };

struct method {
    const MethodProto *proto;
    const char *comment; /* lines of the .proto, "" when there are none */
    const char *path;    /* "/helloworld.Greeter/SayHello" */
    const char *member;  /* "say_hello": of the table of handlers */
    const char *prefix;  /* "helloworld_greeter_say_hello": what its functions begin with */
    const char *index;   /* "HELLOWORLD_GREETER__SAY_HELLO": its row in the table of methods */
    const struct type *request;
    const struct type *reply;
    enum method_kind kind;
    bool deprecated; /* it, its service, or its file */
};

struct service {
    const char *comment;
    const char *name;   /* "helloworld.Greeter" */
    const char *prefix; /* "helloworld_greeter": what its functions begin with */
    const char
        *table; /* "helloworld_greeter", or helloworld_greeter_: the struct of its handlers */
    struct method *methods;
    size_t method_count;
};

struct file {
    const FileProto *proto;
    const char *stem;   /* "a/b" of a/b.proto */
    const char *prefix; /* "a_b" */
    const char *guard;
    struct service *services;
    size_t service_count;
};

/* What went wrong: a line for each. */
struct problems {
    struct buf text;
};

/* "a.proto:12:3: WHY\n"; path is that of a Location in file's source_code_info. */
void problem(struct problems *problems, const FileProto *file, const int32_t *path, size_t len,
             const char *fmt, ...) PRINTF_LIKE(5, 6);

/* Every message of every file of the request. */
void types_collect(struct types *types, struct pool *pool, const Request *request);

struct model_options {
    bool messages_only; /* protoc-c is fed with what --messages wrote: it sees no services */
};

/* Everything of `proto`. It and `types` are borrowed as long as the file is used. What is wrong is added to `problems`;
 * then the file must not be written. */
struct file *model_file(struct pool *pool, const FileProto *proto, const struct types *types,
                        const struct model_options *options, struct problems *problems);

#endif
