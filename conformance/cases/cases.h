/* SPDX-License-Identifier: MIT
 *
 * The suite's table of contents: a file per area, a list per file, all of them here. */
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
extern const struct case_list stream_cases;
extern const struct case_list header_cases;
extern const struct case_list hpack_cases;
extern const struct case_list flow_control_cases;
extern const struct case_list flow_control_receiving_cases;
extern const struct case_list ping_cases;
extern const struct case_list goaway_cases;
extern const struct case_list limit_cases;
extern const struct case_list limit_block_cases;
extern const struct case_list limit_reading_cases;
extern const struct case_list memory_cases;
extern const struct case_list history_cases;
extern const struct case_list tls_cases;
/* grpc/ */
extern const struct case_list request_cases;
extern const struct case_list message_cases;
extern const struct case_list compression_cases;
extern const struct case_list metadata_cases;
extern const struct case_list status_cases;
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
