/* SPDX-License-Identifier: MIT
 *
 * Everything that becomes a gRPC status: the text of grpc-status, an HTTP status, an HTTP/2
 * error code. Names of statuses and errors (gr_status_name, gr_error_text of grpcref.h) are
 * implemented here too. */
#ifndef CODEC_STATUS_H
#define CODEC_STATUS_H

#include "grpcref.h"

/* The value of grpc-status. What is not a decimal integer of 0 to 16 is UNKNOWN, never OK
 * (GRPC-STAT-010, GRPC-STAT-011): empty, a sign, a space, 17. Leading zeros are read over ("05"
 * is NOT_FOUND), as the grammar 1*DIGIT allows; they are never sent. */
enum gr_status gr_status_parse(struct bytes text);

/* The status of a response that is not gRPC's, by its :status (http-grpc-status-mapping.md, with
 * 431). Only for a response without grpc-status. 200 is UNKNOWN here: a gRPC answer that never
 * said how it ended (GRPC-STAT-013). */
enum gr_status gr_status_of_http(int http_status);

/* The status of a call that was reset before its trailers (PROTOCOL-HTTP2, Errors; GRPC-MAP-001
 * to -013). Codes that the table does not list, also STREAM_CLOSED and HTTP_1_1_REQUIRED, are
 * UNKNOWN. */
enum gr_status gr_status_of_h2_error(uint32_t h2_error);

#endif
