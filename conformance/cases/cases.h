/* SPDX-License-Identifier: MIT
 *
 * The suite's table of contents: a file per idea, a list per file, all of them here. */
#ifndef CASES_H
#define CASES_H

#include "peer/test.h"

extern const struct case_list *const all_case_lists[]; /* ends with NULL */

/* http2/ */
extern const struct case_list preface_cases;
extern const struct case_list settings_cases;
extern const struct case_list frame_cases;
extern const struct case_list padding_cases;
extern const struct case_list continuation_cases;
extern const struct case_list frame_size_cases;
extern const struct case_list stream_identifier_cases;
extern const struct case_list stream_state_cases;
extern const struct case_list stream_concurrency_cases;
extern const struct case_list header_cases;
extern const struct case_list hpack_invalid_block_cases;
extern const struct case_list hpack_table_size_cases;
extern const struct case_list hpack_literal_cases;
extern const struct case_list hpack_dynamic_table_cases;
extern const struct case_list hpack_failed_call_cases;
extern const struct case_list hpack_static_table_cases;
extern const struct case_list hpack_many_calls_cases;
extern const struct case_list flow_control_cases;
extern const struct case_list flow_control_receiving_cases;
extern const struct case_list ping_cases;
extern const struct case_list goaway_cases;
extern const struct case_list limit_cases;
extern const struct case_list limit_block_cases;
extern const struct case_list limit_unread_answer_cases;
extern const struct case_list limit_unread_response_cases;
extern const struct case_list limit_window_cases;
extern const struct case_list limit_message_cases;
extern const struct case_list limit_handshake_cases;
extern const struct case_list memory_cases;
extern const struct case_list history_cases;
extern const struct case_list tls_cases;
/* grpc/ */
extern const struct case_list request_header_cases;
extern const struct case_list response_shape_cases;
extern const struct case_list request_path_cases;
extern const struct case_list message_framing_cases;
extern const struct case_list message_prefix_cases;
extern const struct case_list message_protobuf_cases;
extern const struct case_list compression_unknown_encoding_cases;
extern const struct case_list compression_request_cases;
extern const struct case_list compression_broken_data_cases;
extern const struct case_list compression_response_cases;
extern const struct case_list compression_expect_compressed_cases;
extern const struct case_list metadata_ascii_and_binary_cases;
extern const struct case_list metadata_list_cases;
extern const struct case_list metadata_range_cases;
extern const struct case_list metadata_edge_value_cases;
extern const struct case_list metadata_protocol_field_cases;
extern const struct case_list metadata_size_cases;
extern const struct case_list metadata_true_binary_cases;
extern const struct case_list status_once_cases;
extern const struct case_list status_message_cases;
extern const struct case_list status_of_application_cases;
extern const struct case_list status_of_library_cases;
extern const struct case_list deadline_cases;
extern const struct case_list cancellation_cases;
extern const struct case_list call_type_cases;
extern const struct case_list endurance_cases;
extern const struct case_list crowd_cases;
extern const struct case_list keepalive_cases;
extern const struct case_list shutdown_cases;
extern const struct case_list configured_cases;
extern const struct case_list health_cases;
extern const struct case_list reflection_cases;

#endif
