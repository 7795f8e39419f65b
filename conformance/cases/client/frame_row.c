/* SPDX-License-Identifier: MIT
 *
 * The case that several tables of frames have; see frame_row.h. */
#include "cases/client/frame_row.h"

/* What follows makes the response good, so that a client which lets the frame pass succeeds. */
void ends_the_connection(struct test *t)
{
    const struct some_frame *row = t->arg;
    struct call *call = first_call(t, &empty_unary);

    send_frame(call->conn, row->type, row->flags, stream_at(call, row->where), row->payload);
    finish_ok(call);
    expect_connection_lost(call, row->code);
}
