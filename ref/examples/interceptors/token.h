/* SPDX-License-Identifier: MIT
 *
 * Two interceptors: a client brings a token with each call, and a server lets in only who has brought one that it
 * knows. A token is a secret, and cleartext has no secrets: use TLS where the network is not your own. */
#ifndef TOKEN_H
#define TOKEN_H

#include <grpcref/grpcref.h>

struct token {
    const char *token; /* NULL behind the last */
    const char *user;
};

/* server. tokens: borrowed as long as the server. */
struct gr_interceptor token_check(const struct token *tokens);
/* For its handlers: who calls. */
const char *token_user(const struct gr_call *call);

/* client. token: borrowed as long as the channel. */
struct gr_interceptor token_bring(const char *token);

#endif
