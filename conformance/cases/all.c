/* SPDX-License-Identifier: MIT
 *
 * Every list of cases, in the order in which a report shows them: HTTP/2 from the connection inwards, then gRPC. */
#include "cases/cases.h"

const struct case_list *const all_case_lists[] = {
    &preface_cases,
    &settings_cases,
    &frame_cases,
    &frame_size_cases,
    &stream_cases,
    &header_cases,
    &hpack_cases,
    &flow_control_cases,
    &ping_cases,
    &goaway_cases,
    &tls_cases,
    &limit_cases,
    &limit_block_cases,
    &limit_reading_cases,
    &memory_cases,
    &history_cases,
    &request_cases,
    &message_cases,
    &compression_cases,
    &metadata_cases,
    &status_cases,
    &deadline_cases,
    &cancellation_cases,
    &call_type_cases,
    &endurance_cases,
    &keepalive_cases,
    &shutdown_cases,
    &configured_cases,
    &health_cases,
    &reflection_cases,
    NULL,
};
