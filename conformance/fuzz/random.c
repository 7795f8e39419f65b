/* SPDX-License-Identifier: MIT
 *
 * splitmix64; see random.h. */
#include "fuzz/random.h"

uint64_t draw_u64(struct draw *draw)
{
    uint64_t z = draw->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

struct draw draw_for(uint64_t seed, uint64_t index)
{
    struct draw draw = {seed};
    draw.state = draw_u64(&draw) ^ (index * UINT64_C(0xd1342543de82ef95));
    (void)draw_u64(&draw);
    return draw;
}

uint32_t draw_below(struct draw *draw, uint32_t n)
{
    return (uint32_t)(draw_u64(draw) % n);
}

uint32_t draw_between(struct draw *draw, uint32_t low, uint32_t high)
{
    return low + draw_below(draw, high - low + 1);
}

bool draw_chance(struct draw *draw, unsigned percent)
{
    return draw_below(draw, 100) < percent;
}

void draw_octets(struct draw *draw, struct buf *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_put_u8(out, (uint8_t)draw_u64(draw));
}
