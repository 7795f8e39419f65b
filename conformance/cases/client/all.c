/* SPDX-License-Identifier: MIT
 *
 * Every list of client cases, in the order in which a report shows them: HTTP/2 from the connection inwards, then
 * gRPC. */
#include "cases/client/client_cases.h"

const struct case_list *const all_client_case_lists[] = {
    &client_preface_cases,
    &client_settings_cases,
    &client_ignored_frame_cases,
    &client_padding_cases,
    &client_continuation_cases,
    &client_frame_error_cases,
    &client_frame_size_cases,
    &client_stream_cases,
    &client_header_cases,
    &client_hpack_cases,
    &client_flow_control_cases,
    &client_ping_cases,
    &client_goaway_cases,
    &client_limit_cases,
    &client_tls_cases,
    &client_request_cases,
    &client_call_cases,
    &client_message_cases,
    &client_compression_cases,
    &client_status_cases,
    &client_mapping_cases,
    &client_retry_cases,
    NULL,
};
