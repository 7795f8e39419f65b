/* SPDX-License-Identifier: MIT
 *
 * Requests that use the target's dynamic table; see hpack_indexing.h. No case is here. */
#include "cases/http2/hpack_indexing.h"

struct call *request_with_index(struct conn *conn, const char *path, const uint32_t *update,
                                uint64_t index)
{
    struct call *call = new_call_on(conn, path);
    struct buf block = {0};

    if (update != NULL) {
        hpack_put_size_update(&block, *update);
        hpack_put_size_update(&block, table_limit(conn));
    }
    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    hpack_put_indexed(&block, index);
    send_request_block(call, &block);
    return call;
}

struct call *request_with_insert(struct conn *conn, const char *path, struct bytes name,
                                 struct bytes value)
{
    struct call *call = new_call_on(conn, path);
    struct buf block = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    hpack_put_literal(&block, LITERAL_INDEXED, name, value);
    send_request_block(call, &block);
    return call;
}

void expect_echo(struct call *call, const char *value)
{
    expect_header(call, ECHO, value);
    expect_status(call, GRPC_OK);
}
