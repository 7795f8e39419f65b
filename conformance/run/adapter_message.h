/* SPDX-License-Identifier: MIT
 *
 * The two messages of the connectconformance adapter protocol, by field number: what a client is asked for, and what it
 * answers. (connectrpc/conformance/v1/client_compat.proto, service.proto, config.proto) */
#ifndef RUN_ADAPTER_MESSAGE_H
#define RUN_ADAPTER_MESSAGE_H

#include "peer/drive.h"

/* A ClientCompatRequest, without the length in front. name: test_name, by which the answer is known. ca_pem: what to
 * trust; empty: cleartext. */
void put_adapter_request(struct buf *out, const char *name, const struct client_call *call,
                         const struct client_address *address, struct bytes ca_pem);
/* The test_name of a ClientCompatResponse; empty when it has none. */
struct bytes adapter_response_name(struct bytes response);
/* The rest of it, into *result (empty before): RESULT_REPORTED, or RESULT_FAILED when the adapter could not begin the
 * call. returns false when the message is malformed */
bool read_adapter_response(struct bytes response, struct client_result *result);

#endif
