/* SPDX-License-Identifier: MIT
 *
 * The functions that are declared in NAME.grpc.h and defined in NAME.grpc.c. */
#include "generate/writers.h"

#define CHANNEL "struct gr_channel *channel"
#define CALL    "struct gr_call *call"
#define OPTIONS "const struct gr_call_options *options"

static const char *request(struct pool *pool, const struct method *method)
{
    return pool_printf(pool, "const %s *request", method->request->c_type);
}

static const char *reply_out(struct pool *pool, const struct method *method)
{
    return pool_printf(pool, "const %s **reply", method->reply->c_type);
}

struct signature signature_unary(struct pool *pool, const struct method *method)
{
    return (struct signature){
        .head = pool_printf(pool, "enum gr_status %s", method->prefix),
        .args = {CHANNEL, request(pool, method), OPTIONS, reply_out(pool, method),
                 "struct gr_call **call"},
        .count = 5,
    };
}

struct signature signature_start(struct pool *pool, const struct method *method)
{
    const char *head = pool_printf(pool, "struct gr_call *%s__start", method->prefix);

    if (!starts_with_request(method))
        return (struct signature){head, {CHANNEL, OPTIONS}, 2};
    return (struct signature){head, {CHANNEL, request(pool, method), OPTIONS}, 3};
}

struct signature signature_recv(struct pool *pool, const struct method *method)
{
    const char *head = pool_printf(pool, "int %s__recv", method->prefix);
    return (struct signature){head, {CALL, reply_out(pool, method)}, 2};
}

struct signature signature_finish(struct pool *pool, const struct method *method)
{
    const char *head = pool_printf(pool, "enum gr_status %s__finish", method->prefix);
    return (struct signature){head, {CALL, reply_out(pool, method)}, 2};
}

struct signature signature_register(struct pool *pool, const struct service *service)
{
    const char *head = pool_printf(pool, "int %s__register", service->prefix);
    const char *table = pool_printf(pool, "const struct %s *handlers", service->table);
    return (struct signature){head, {"struct gr_server *server", table}, 2};
}
