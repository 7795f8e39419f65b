/* SPDX-License-Identifier: MIT
 *
 * Wrong padding; see padding.h. */
#include "selftest/padding.h"

#include "wire/frame.h"

void put_badly_padded(struct buf *out, uint8_t flags, uint32_t stream, struct bytes payload,
                      bool too_much)
{
    struct buf padded = {0};
    buf_put_u8(&padded, too_much ? 255 : 4);
    buf_put(&padded, payload);
    if (!too_much)
        buf_put_str(&padded, "ABCD");
    struct frame frame = {FRAME_DATA, flags | FLAG_PADDED, false, stream, buf_view(&padded)};
    frame_put(out, &frame);
    buf_clear(&padded);
}
