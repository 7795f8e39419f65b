/* SPDX-License-Identifier: MIT
 *
 * Between the library's terms and adapter.proto's: metadata and Header, status and Error, messages
 * and Any. All that is made lives in the memory of a call (gr_call_alloc). NULL and false mean: out
 * of memory, unless another reason is named. */
#ifndef TOOLS_ADAPTER_CONVERT_H
#define TOOLS_ADAPTER_CONVERT_H

#include "tools/adapter/adapter.h"

#include "base/buf.h"

/* A list as protobuf-c has it. */
struct headers {
    CC(Header) * *list; /* NULL when there are none */
    size_t count;
};

struct anys {
    Google__Protobuf__Any **list;
    size_t count;
    size_t capacity;
};

/* Of several entries with one key, one Header: the runner overwrites a name that comes twice. metadata: NULL for
 * none. */
MUST_USE bool convert_metadata(struct gr_call *call, const struct gr_metadata *metadata,
                               struct headers *headers);

/* The value to send under `name` for `text` of a Header: that of a -bin key is decoded, unless it is no base64; then,
 * and for any other key, it is `text` itself. Valid as long as text, and until scratch changes. */
struct bytes convert_value(const char *name, const char *text, struct buf *scratch);

/* `message`, borrowed, encoded, with its type. */
Google__Protobuf__Any *convert_to_any(struct gr_call *call, const void *message);

/* What `any` holds, if it is of this type; NULL also when it is not. */
void *convert_from_any(struct gr_call *call, const Google__Protobuf__Any *any,
                       const ProtobufCMessageDescriptor *type);

/* Append; any: NULL is out of memory, too. */
MUST_USE bool convert_append(struct gr_call *call, struct anys *anys, Google__Protobuf__Any *any);

/* A deep copy. */
void *convert_copy(struct gr_call *call, const void *message);

/* How a call ended, as an Error: code, message, and the details of grpc-status-details-bin (none when they are
 * malformed). */
CC(Error) * convert_result(struct gr_call *call, const struct gr_result *result);

/* Have the call end with `error`, details and one more detail (NULL: none more).
 * returns the status to end it with; RESOURCE_EXHAUSTED when out of memory, UNKNOWN for a code that is no status */
enum gr_status convert_to_status(struct gr_call *call, const CC(Error) * error,
                                 Google__Protobuf__Any *more);

#endif
