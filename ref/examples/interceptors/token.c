/* SPDX-License-Identifier: MIT
 *
 * The token is in the metadata, where HTTP has it: "authorization: Bearer TOKEN" (RFC 6750 section 2.1). */
#include "token.h"

#include <stdio.h>

#define BEARER "Bearer "

static const int key; /* its address is what counts */

/* Takes as long for a wrong first octet as for a wrong last one, so that a clock gives nothing away. */
static bool same(struct bytes said, const char *secret)
{
    size_t len = strlen(secret);
    unsigned difference = said.len != len;

    for (size_t i = 0; i < said.len && i < len; i++)
        difference |= (unsigned)said.data[i] ^ (unsigned char)secret[i];
    return difference == 0;
}

static const char *user_of(const struct token *tokens, struct bytes said)
{
    const char *user = NULL;

    for (; tokens->token != NULL; tokens++)
        if (same(said, tokens->token))
            user = tokens->user;
    return user;
}

static enum gr_status refuse(struct gr_call *call, const char *why)
{
    (void)!gr_set_status_message(call, bytes_str(why)); /* without it, it is still refused */
    return GR_STATUS_UNAUTHENTICATED;
}

static enum gr_status check(struct gr_call *call, void *tokens)
{
    struct bytes value;

    if (!gr_metadata_find(gr_call_metadata(call), "authorization", &value) ||
        !bytes_starts_with(value, BYTES(BEARER)))
        return refuse(call, "no token");
    const char *user = user_of(tokens, bytes_skip(value, strlen(BEARER)));
    if (user == NULL)
        return refuse(call, "a token that is not known here");
    return gr_call_put(call, &key, (void *)(uintptr_t)user) == 0 ? GR_STATUS_OK
                                                                 : GR_STATUS_RESOURCE_EXHAUSTED;
}

struct gr_interceptor token_check(const struct token *tokens)
{
    return (struct gr_interceptor){.begin = check, .data = (void *)(uintptr_t)tokens};
}

const char *token_user(const struct gr_call *call)
{
    return gr_call_get(call, &key);
}

/* ---- The client's ---- */

static enum gr_status bring(struct gr_call *call, void *token)
{
    char value[256];
    int len = snprintf(value, sizeof(value), BEARER "%s", (const char *)token);

    if (len < 0 || (size_t)len >= sizeof(value) ||
        gr_add_header(call, "authorization", bytes_str(value)) != 0)
        return GR_STATUS_INTERNAL;
    return GR_STATUS_OK;
}

struct gr_interceptor token_bring(const char *token)
{
    return (struct gr_interceptor){.begin = bring, .data = (void *)(uintptr_t)token};
}
