/* SPDX-License-Identifier: MIT
 *
 * Names of a .proto as names in C. Two kinds: protoc-c's, which must match what protoc-c writes octet for octet
 * (names_test.c says how, testdata/ compiles against protoc-c itself), and ours.
 *
 * Ours: single underscores join the names of the .proto, in lower case as protoc-c makes it; two underscores come
 * before a word of ours (helloworld_greeter_say_hello__start), so that no method can have that name. */
#ifndef GENERATE_NAMES_H
#define GENERATE_NAMES_H

#include "generate/pool.h"

/* ---- protoc-c's ---- */

/* "helloworld.HelloRequest" -> "Helloworld__HelloRequest": the struct. */
const char *name_pbc_type(struct pool *pool, const char *dotted);
/* "helloworld.HelloRequest" -> "helloworld__hello_request": what its functions and descriptor begin with. */
const char *name_pbc_lower(struct pool *pool, const char *dotted);
/* "a/b.proto" -> "a/b": what .pb-c.h and .grpc.h are added to. */
const char *name_stem(struct pool *pool, const char *path);
/* Is this word, as protoc-c would write it into a struct, a keyword of C11? */
bool name_is_c_keyword(const char *word);

/* ---- ours ---- */

/* "helloworld.Greeter" -> "helloworld_greeter". */
const char *name_snake(struct pool *pool, const char *dotted);
/* The same in upper case. */
const char *name_upper(struct pool *pool, const char *dotted);
/* `word`, or word_ if it means something to C, to C++, or to a macro of the C library. */
const char *name_safe(struct pool *pool, const char *word);
/* "a-b/c.proto" -> "a_b_c": a C identifier, not always a different one for a different file. */
const char *name_file(struct pool *pool, const char *path);
/* "a/b.proto" -> "a_2fb_2eproto": a different one for each file. */
const char *name_guard(struct pool *pool, const char *path);

#endif
