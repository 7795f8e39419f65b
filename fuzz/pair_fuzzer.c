/* SPDX-License-Identifier: MIT
 *
 * The reference's client and server back to back, in memory, with a pipe between them that the input controls.
 * Input: a program of pairs of octets, an operation and its operand (see run). Oracles: on both sides O2 to O5 and
 * O8; as long as nothing was damaged on the way, neither side finds fault with the other, and when all is carried
 * every call whose client has finished has ended, those that nobody disturbed with the status they must have, and
 * messages as many. */
#include "side.h"

#include "services/test_service.h"

#define MOST_STEPS  200
#define MOST_CARRY  ((size_t)1 << 20)
#define MOST_PIECES 200 /* of what is carried at once */

struct pair {
    struct side client, server;
    bool damaged; /* an octet was changed on the way */
    bool shut;    /* the server wants no more calls */
    size_t piece; /* octets fed at a time */
    size_t carried;
};

static bool carry(struct pair *pair, struct side *from, struct side *to, size_t most)
{
    size_t n = from->out.len < most ? from->out.len : most;
    size_t piece = n / MOST_PIECES < pair->piece ? pair->piece : n / MOST_PIECES;
    struct buf moved = {0};
    buf_put(&moved, bytes_first(buf_view(&from->out), n));
    buf_consume(&from->out, n);
    for (struct bytes left = buf_view(&moved); left.len > 0; left = bytes_skip(left, piece))
        side_feed(to, bytes_first(left, piece));
    buf_clear(&moved);
    side_turn(from);
    pair->carried += n;
    return n > 0;
}

/* Until both are silent. */
static void carry_all(struct pair *pair)
{
    struct progress progress = {.limit = 20000};
    for (bool more = true; more && pair->carried < MOST_CARRY;) {
        must_progress(&progress);
        side_turn(&pair->client);
        side_turn(&pair->server);
        more = carry(pair, &pair->client, &pair->server, SIZE_MAX);
        more = carry(pair, &pair->server, &pair->client, SIZE_MAX) || more;
    }
}

static void damage(struct pair *pair, struct side *from, uint8_t how)
{
    side_turn(from);
    if (from->out.len == 0)
        return;
    /* Near the front, where frame headers are, or anywhere. */
    size_t at = how < 128 ? how % (from->out.len < 64 ? from->out.len : 64)
                          : how * 37u % from->out.len;
    from->out.data[at] ^= (uint8_t)(1u << how % 8);
    pair->damaged = true;
    reach("damaged");
}

static void pass_time(struct pair *pair, int64_t ns)
{
    side_pass_time(&pair->client, ns);
    side_pass_time(&pair->server, ns);
}

enum operation {
    START,
    START_WITH_DEADLINE,
    SEND,
    SEND_LARGE,
    HALF_CLOSE,
    CANCEL,
    TO_SERVER,
    TO_CLIENT,
    ALL,
    TIME,
    PIECES,
    SHUT,
    DAMAGE_REQUESTS,
    DAMAGE_RESPONSES,
    OPERATIONS
};

static void run(struct pair *pair, uint8_t operation, uint8_t operand)
{
    switch (operation % OPERATIONS) {
    case START:
        if (side_start(&pair->client, operand, 0))
            reach("started");
        break;
    case START_WITH_DEADLINE:
        (void)side_start(&pair->client, operand, operand * NS_PER_MS);
        break;
    case SEND:
        side_send(&pair->client, operand, operand >> 3);
        break;
    case SEND_LARGE:
        side_send(&pair->client, operand, (size_t)(operand >> 3) * 600);
        break;
    case HALF_CLOSE:
        side_half_close(&pair->client, operand);
        break;
    case CANCEL:
        side_cancel(&pair->client, operand);
        reach("cancelled");
        break;
    case TO_SERVER:
        side_turn(&pair->client);
        (void)carry(pair, &pair->client, &pair->server, operand * 5u);
        break;
    case TO_CLIENT:
        side_turn(&pair->server);
        (void)carry(pair, &pair->server, &pair->client, operand * 5u);
        break;
    case ALL:
        carry_all(pair);
        break;
    case TIME:
        pass_time(pair, operand * NS_PER_MS);
        break;
    case PIECES:
        pair->piece = operand ? operand : SIZE_MAX;
        break;
    case SHUT:
        if (operand < 200)
            return; /* rare: little happens behind it */
        conn_shutdown(pair->server.conn, "");
        pair->shut = true;
        reach("shut down");
        break;
    case DAMAGE_REQUESTS:
        damage(pair, &pair->client, operand);
        break;
    default:
        damage(pair, &pair->server, operand);
        break;
    }
}

/* Nobody disturbed it and its client has finished: it has ended as it must. */
static void check_call(const struct side_call *call)
{
    must(call->order.ended, "O2: a call has not ended though all is said and carried");
    enum gr_status status = call->call.result.status;
    if (call->method == TEST_UNIMPLEMENTED_CALL) {
        must(status == GR_STATUS_UNIMPLEMENTED, "a method without a handler gives another status");
        return;
    }
    bool streams = call->call.method->client_streams;
    if (!streams && call->sent != 1)
        return; /* EmptyCall here, or no or two requests: an error, which one is for the suite */
    must(status == GR_STATUS_OK, "an undisturbed call does not end OK");
    bool many = call->call.method->server_streams;
    bool empty_half_duplex = call->method == TEST_HALF_DUPLEX_CALL ||
                             call->method == TEST_FULL_DUPLEX_CALL;
    unsigned expected = !many ? 1 : empty_half_duplex ? call->sent : 1;
    must(call->received == expected, "an undisturbed call has another number of messages");
    must(!planted(call->sent == 1), "planted: a call with one message");
    reach("undisturbed call checked");
}

static void check_calls(struct pair *pair)
{
    carry_all(pair);
    if (pair->damaged || pair->carried >= MOST_CARRY)
        return;
    must(!watch_failed(pair->client.watch), "the client finds fault with the server");
    must(!watch_failed(pair->server.watch), "the server finds fault with the client");
    for (size_t i = 0; i < SIDE_CALLS; i++) {
        const struct side_call *call = &pair->client.calls[i];
        if (call->open && call->half_closed && !call->disturbed && !call->refused && !pair->shut)
            check_call(call);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes program = bytes_of(data, size);
    struct pair pair = {.piece = SIZE_MAX};
    work_begin();
    side_open(&pair.client, ROLE_CLIENT);
    side_open(&pair.server, ROLE_SERVER);
    carry_all(&pair);
    for (size_t i = 0; i < MOST_STEPS && program.len > 0; i++) {
        uint8_t operation = take_octet(&program);
        run(&pair, operation, take_octet(&program));
    }
    check_calls(&pair);
    side_close(&pair.client);
    side_close(&pair.server);
    return 0;
}
