/* SPDX-License-Identifier: MIT
 *
 * The responses a streaming call of TestService still owes: when each may go (interval_us, and only
 * while the call is writable), how large it is and whether it is compressed. It knows nothing of
 * requests or statuses. */
#ifndef SERVICES_TEST_RESPONSES_H
#define SERVICES_TEST_RESPONSES_H

#include "grpcref.h"

#include "grpc/testing/messages.pb-c.h"

/* The most responses one call may owe at a time. */
#define TEST_MAX_OWED 65536

struct test_response {
    int32_t size;        /* of the payload body; 0 to TEST_MAX_PAYLOAD */
    int32_t interval_us; /* to wait before it, counted from the response before; >= 0 */
    bool compressed;
};

/* All zeros is "nothing owed". */
struct test_responses {
    struct test_response *list; /* owned */
    size_t count;
    size_t next;   /* the first that has not been sent; <= count */
    bool sleeping; /* the call's timer runs for list[next] */
    bool slept;    /* it has fired */
};

/* Owe what `request` asks for. why: set to a static sentence when the status is not OK.
 * returns OK, INVALID_ARGUMENT (a negative size or interval, a type of payload we do not have) or
 *         RESOURCE_EXHAUSTED (a payload over TEST_MAX_PAYLOAD, more than TEST_MAX_OWED, or no
 * memory) */
enum gr_status test_responses_add(struct test_responses *owed,
                                  const Grpc__Testing__StreamingOutputCallRequest *request,
                                  const char **why);

/* The call's timer has fired. */
void test_responses_wake(struct test_responses *owed);

/* Send what may go now. Returns true when nothing is owed any more. */
bool test_responses_send(struct test_responses *owed, struct gr_call *call);

/* Forget and free. */
void test_responses_clear(struct test_responses *owed);

#endif
