/* SPDX-License-Identifier: MIT
 *
 * One call as the runner wants it made: its messages with their delays, its cancellation at the
 * moment named, and all that came back. */
#ifndef TOOLS_ADAPTER_ATTEMPT_H
#define TOOLS_ADAPTER_ATTEMPT_H

#include "tools/adapter/channels.h"

/* Make the call and answer the runner through write, once. Waits by turning the channels' loop.
 * response: borrowed by write until it returns */
void attempt(struct channels *channels, const CC(ClientCompatRequest) * request,
             void (*write)(void *to, const CC(ClientCompatResponse) * response), void *to);

#endif
