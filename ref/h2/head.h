/* SPDX-License-Identifier: MIT
 *
 * Is a header block a request's, a response's, or trailers, as HTTP has them? Field by field; the rules of RFC 9113
 * section 8, and nothing of gRPC. What breaks them is malformed: an error of its stream (section 8.1.1). */
#ifndef H2_HEAD_H
#define H2_HEAD_H

#include "base/bytes.h"

enum head_kind { HEAD_REQUEST, HEAD_RESPONSE, HEAD_TRAILERS };

struct head {
    enum head_kind kind;
    unsigned seen; /* which fields there were, that must or may be there once */
    bool regular;  /* one of those that come after the pseudo-header fields */
    bool malformed;
    int status;             /* response: three digits; 0: none yet */
    int64_t content_length; /* -1: none */
};

void head_init(struct head *head, enum head_kind kind);
/* The next field. Views, looked at only now. */
void head_field(struct head *head, struct bytes name, struct bytes value);
/* That was all. end_stream: of the whole message. returns whether it is well-formed */
bool head_is_complete(const struct head *head, bool end_stream);

/* 1xx: another head follows. */
static inline bool head_is_interim(const struct head *head)
{
    return head->kind == HEAD_RESPONSE && head->status >= 100 && head->status < 200;
}

#endif
