/* SPDX-License-Identifier: MIT
 *
 * The client suite's table of contents: a file per idea, a list per file, all of them here and in all.c. */
#ifndef CASES_CLIENT_CASES_H
#define CASES_CLIENT_CASES_H

#include "peer/test.h"

extern const struct case_list *const all_client_case_lists[]; /* ends with NULL */

/* http2/ */
extern const struct case_list client_preface_cases;
extern const struct case_list client_settings_cases;
extern const struct case_list client_ignored_frame_cases;
extern const struct case_list client_padding_cases;
extern const struct case_list client_continuation_cases;
extern const struct case_list client_frame_error_cases;
extern const struct case_list client_frame_size_cases;
extern const struct case_list client_stream_cases;
extern const struct case_list client_header_cases;
extern const struct case_list client_hpack_cases;
extern const struct case_list client_flow_control_cases;
extern const struct case_list client_ping_cases;
extern const struct case_list client_goaway_cases;
extern const struct case_list client_limit_cases;
extern const struct case_list client_tls_cases;
/* grpc/ */
extern const struct case_list client_request_cases;
extern const struct case_list client_call_cases;
extern const struct case_list client_message_cases;
extern const struct case_list client_compression_cases;
extern const struct case_list client_status_cases;
extern const struct case_list client_mapping_cases;
extern const struct case_list client_retry_cases;

#endif
