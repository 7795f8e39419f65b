/* SPDX-License-Identifier: MIT
 *
 * Every rule of the linter in one list, in the order of the table lint_rules[]: name, id, clauses, subject, level,
 * sentence. The subject is whom the rule binds: reports on servers show the rules for servers, reports on clients
 * those for clients. VALUE_TRIMMED is a MUST of RFC 9113 that PROTOCOL-HTTP2 contradicts (grpc-message may hold
 * blanks anywhere, ASCII metadata may be stripped or not), so it is held as a SHOULD.
 *
 * How a rule is judged is not here; see frame_rules.c, stream_rules.c, flow_rules.c, header_rules.c, grpc_rules.c. */
#ifndef LINT_RULES_H
#define LINT_RULES_H

#include "lint/lint.h"

/* clang-format off */
#define LINT_RULES(X)                                                                                                  \
    X(SETTINGS_FIRST, "lint/preface/settings-first", "H2-PREFACE-001 H2-PREFACE-003", BOTH, MUST,                      \
      "The first frame is a SETTINGS frame without ACK")                                                               \
    X(SETTINGS_VALUES, "lint/settings/values", "H2-SET-021 H2-SET-007", BOTH, MUST,                                    \
      "Settings have values their definition allows")                                                                  \
    X(SETTINGS_ACKS, "lint/settings/acks", "H2-SET-001", BOTH, MUST,                                                   \
      "There is never an ACK without a SETTINGS frame that waits for one")                                             \
    X(FRAME_SIZE, "lint/frame/max-size", "H2-SET-016", BOTH, MUST,                                                     \
      "No payload is longer than the receiver's MAX_FRAME_SIZE")                                                       \
    X(FRAME_LENGTH, "lint/frame/length", "H2-FRAME-008", BOTH, MUST,                                                   \
      "Frames whose type fixes their length have that length")                                                         \
    X(FRAME_STREAM, "lint/frame/stream", "H2-FRAME-026 H2-FRAME-028 H2-SET-003 H2-PING-003 H2-GOAWAY-001", BOTH, MUST, \
      "Connection frames are on stream 0, stream frames are not")                                                      \
    X(FRAME_FLAGS, "lint/frame/flags", "H2-FRAME-004", BOTH, MUST,                                                     \
      "Flags that the frame's type does not define are zero")                                                          \
    X(FRAME_RESERVED, "lint/frame/reserved-bits", "H2-FRAME-004", BOTH, MUST,                                          \
      "Reserved bits are zero")                                                                                        \
    X(PADDING_FITS, "lint/frame/padding", "H2-FRAME-029 H2-FRAME-027", BOTH, MUST,                                     \
      "The pad length fits the payload")                                                                               \
    X(PADDING_ZERO, "lint/frame/padding-zero", "H2-FRAME-033", BOTH, MUST,                                             \
      "Padding octets are zero")                                                                                       \
    X(CONTINUATION, "lint/frame/continuation", "H2-FRAME-024 H2-FRAME-021 H2-FRAME-023", BOTH, MUST,                   \
      "A header block is contiguous: HEADERS, then only its own CONTINUATION frames")                                  \
    X(STREAM_IDLE, "lint/stream/idle", "H2-STREAM-008", BOTH, MUST,                                                    \
      "Nothing but PRIORITY is sent on a stream nobody has opened")                                                    \
    X(STREAM_IDS, "lint/stream/ids", "H2-STREAM-004", CLIENTS, MUST,                                                   \
      "Identifiers of new streams have the opener's parity and only grow")                                             \
    X(AFTER_END, "lint/stream/after-end", "H2-STREAM-017", BOTH, MUST,                                                 \
      "After END_STREAM only WINDOW_UPDATE, PRIORITY and RST_STREAM follow")                                           \
    X(AFTER_OWN_RESET, "lint/stream/after-own-reset", "H2-STREAM-018", BOTH, MUST,                                     \
      "After its own RST_STREAM the sender sends nothing but PRIORITY on the stream")                                  \
    X(AFTER_RESET, "lint/stream/after-reset", "H2-STREAM-018 GRPC-CANCEL-004", BOTH, MUST,                             \
      "Once a later PING is answered, no HEADERS or DATA come on a stream that was reset")                             \
    X(ONE_RESET, "lint/stream/one-reset", "H2-STREAM-019", BOTH, SHOULD,                                               \
      "A stream is reset once")                                                                                        \
    X(RESET_ANSWERED, "lint/stream/reset-answered", "H2-FRAME-018", BOTH, MUST,                                        \
      "RST_STREAM is not answered with RST_STREAM")                                                                    \
    X(PUSH, "lint/stream/push", "H2-FRAME-020 H2-FRAME-019", BOTH, MUST,                                               \
      "PUSH_PROMISE only comes from a server whose client allows push")                                                \
    X(STREAM_WINDOW, "lint/window/stream", "H2-FLOW-002 H2-FLOW-006 H2-FLOW-007", BOTH, MUST,                          \
      "DATA stays within the stream's window")                                                                         \
    X(CONNECTION_WINDOW, "lint/window/connection", "H2-FLOW-003 H2-FLOW-004", BOTH, MUST,                              \
      "DATA stays within the connection's window")                                                                     \
    X(INCREMENT_ZERO, "lint/window/increment", "H2-FLOW-009 H2-FLOW-010", BOTH, MUST,                                  \
      "WINDOW_UPDATE increments are not 0")                                                                            \
    X(WINDOW_OVERFLOW, "lint/window/overflow", "H2-FLOW-012 H2-FLOW-013", BOTH, MUST,                                  \
      "WINDOW_UPDATE never lifts a window above 2^31-1")                                                               \
    X(HPACK_DECODES, "lint/hpack/decodes", "HPACK-021", BOTH, MUST,                                                    \
      "Header blocks decode")                                                                                          \
    X(HPACK_UPDATE_OWED, "lint/hpack/update-owed", "HPACK-008", BOTH, MUST,                                            \
      "After acknowledging a smaller HEADER_TABLE_SIZE the next block begins with a size update")                      \
    X(HPACK_TABLE_LIMIT, "lint/hpack/table-limit", "HPACK-008 HPACK-005", BOTH, MUST,                                  \
      "Size updates stay within the receiver's HEADER_TABLE_SIZE")                                                     \
    X(NAME_LOWER_CASE, "lint/headers/lower-case", "H2-HDR-006", BOTH, MUST,                                            \
      "Field names are lower case")                                                                                    \
    X(NAME_LEGAL, "lint/headers/name", "H2-HDR-003", BOTH, MUST,                                                       \
      "Field names are not empty and hold only octets a name may hold")                                                \
    X(VALUE_LEGAL, "lint/headers/value", "H2-HDR-004", BOTH, MUST,                                                     \
      "Field values hold no NUL, CR or LF")                                                                            \
    X(VALUE_TRIMMED, "lint/headers/value-whitespace", "H2-HDR-005", BOTH, SHOULD,                                      \
      "Field values neither begin nor end with whitespace")                                                            \
    X(PSEUDO_FIRST, "lint/headers/pseudo-first", "H2-HDR-013 GRPC-REQ-HDR-007", BOTH, MUST,                            \
      "Pseudo-header fields come before all others")                                                                   \
    X(PSEUDO_ONCE, "lint/headers/pseudo-once", "H2-HDR-014", BOTH, MUST,                                               \
      "No pseudo-header field comes twice in a block")                                                                 \
    X(PSEUDO_KNOWN, "lint/headers/pseudo-known", "H2-HDR-012 H2-HDR-010 H2-HDR-011", BOTH, MUST,                       \
      "Only the pseudo-header fields defined for the message are used")                                                \
    X(PSEUDO_COMPLETE, "lint/headers/pseudo-complete", "H2-HDR-019 H2-HDR-015 H2-HDR-016 H2-HDR-017", BOTH, MUST,      \
      "The pseudo-header fields a message must have are there, and valid")                                             \
    X(PSEUDO_TRAILERS, "lint/headers/pseudo-in-trailers", "H2-HDR-018", BOTH, MUST,                                    \
      "Trailers hold no pseudo-header fields")                                                                         \
    X(CONNECTION_FIELDS, "lint/headers/connection-specific", "H2-HDR-008 H2-HDR-007", BOTH, MUST,                      \
      "No connection-specific fields are sent")                                                                        \
    X(TE, "lint/headers/te", "H2-HDR-009", BOTH, MUST,                                                                 \
      "te has no value but \"trailers\"")                                                                              \
    X(CONTENT_LENGTH, "lint/headers/content-length", "H2-HDR-023 H2-HDR-022", BOTH, MUST,                              \
      "content-length agrees with the octets of DATA")                                                                 \
    X(INFORMATIONAL, "lint/headers/informational", "H2-HDR-021", SERVERS, MUST,                                        \
      "1xx responses do not end the stream and are not 101")                                                           \
    X(DATA_FIRST, "lint/headers/data-first", "H2-HDR-030", SERVERS, MUST,                                              \
      "DATA does not come before the header block of the response")                                                    \
    X(MIDDLE_BLOCK, "lint/headers/middle-block", "H2-HDR-025 H2-HDR-024 GRPC-REQ-HDR-024", BOTH, MUST,                 \
      "A second header block ends the stream")                                                                         \
    X(PING_ACKS, "lint/ping/acks", "H2-PING-001 H2-PING-002", BOTH, MUST,                                              \
      "A PING ACK answers a PING that was sent, with the same octets")                                                 \
    X(GOAWAY_ORDER, "lint/goaway/order", "H2-GOAWAY-003", BOTH, MUST,                                                  \
      "The last-stream-id of successive GOAWAY frames never increases")                                                \
    X(GOAWAY_KNOWN, "lint/goaway/known-stream", "H2-ERR-001", SERVERS, MUST,                                           \
      "GOAWAY names no stream that was never opened, except 2^31-1")                                                   \
    X(GOAWAY_PROCESSED, "lint/goaway/processed", "H2-GOAWAY-006", SERVERS, MUST,                                       \
      "GOAWAY does not disown a stream that was answered")                                                             \
    X(HTTP_STATUS, "lint/grpc/http-status", "GRPC-REQ-HDR-023 GRPC-STAT-015", SERVERS, MUST,                           \
      "A gRPC response to a well-formed request has :status 200")                                                      \
    X(END_ON_DATA, "lint/grpc/end-on-data", "GRPC-REQ-HDR-025 GRPC-STAT-001", SERVERS, MUST,                           \
      "A gRPC response ends with trailers, not with DATA")                                                             \
    X(STATUS_ONCE, "lint/grpc/status", "GRPC-STAT-001", SERVERS, MUST,                                                 \
      "The last header block holds grpc-status exactly once")                                                          \
    X(STATUS_EARLY, "lint/grpc/status-early", "GRPC-REQ-HDR-024 GRPC-STAT-022", SERVERS, MUST,                         \
      "grpc-status comes in no block but the last")                                                                    \
    X(STATUS_VALUE, "lint/grpc/status-value", "GRPC-STAT-002", SERVERS, MUST,                                          \
      "grpc-status is a decimal number from 0 to 16 without leading zeros")                                            \
    X(MESSAGE_ENCODED, "lint/grpc/message-encoding", "GRPC-STAT-003", SERVERS, MUST,                                   \
      "grpc-message is percent-encoded")                                                                               \
    X(MESSAGE_UPPER_CASE, "lint/grpc/message-hex", "GRPC-STAT-004", SERVERS, MUST,                                     \
      "Percent-encoding uses upper-case digits")                                                                       \
    X(BIN_VALID, "lint/grpc/bin", "GRPC-MD-002 GRPC-MD-018", BOTH, MUST,                                               \
      "-bin values are base64")                                                                                        \
    X(BIN_UNPADDED, "lint/grpc/bin-padding", "GRPC-MD-004", BOTH, SHOULD,                                              \
      "-bin values are not padded")                                                                                    \
    X(TRAILERS_ONLY, "lint/grpc/trailers-only", "GRPC-REQ-HDR-026", SERVERS, MUST,                                     \
      "A Trailers-Only response has content-type and grpc-status")                                                     \
    X(MESSAGE_WHOLE, "lint/grpc/message-whole", "GRPC-MSG-001", SERVERS, MUST,                                         \
      "A call that ends with OK ends between two messages")                                                            \
    X(MESSAGE_FLAG, "lint/grpc/message-flag", "GRPC-MSG-001", BOTH, MUST,                                              \
      "The compressed flag of a message is 0 or 1")                                                                    \
    X(FLAG_DECLARED, "lint/grpc/compression-declared", "GRPC-COMP-020", BOTH, MUST,                                    \
      "Compressed messages come after a grpc-encoding that says how")                                                  \
    X(ENCODING_OFFERED, "lint/grpc/compression-offered", "GRPC-COMP-010 GRPC-COMP-011", SERVERS, MUST,                 \
      "Compressed messages use an encoding the client accepts")                                                        \
    X(REQUEST_FORM, "lint/grpc/request", "GRPC-REQ-HDR-001 GRPC-REQ-HDR-004 GRPC-REQ-HDR-005", CLIENTS, MUST,          \
      "A gRPC request is a POST with te: trailers and content-type application/grpc")                                  \
    X(TIMEOUT_FORM, "lint/grpc/timeout", "GRPC-DL-001", CLIENTS, MUST,                                                 \
      "grpc-timeout is 1 to 8 digits and a unit")                                                                      \
    X(PREFACE_MAGIC, "lint/preface/magic", "H2-PREFACE-002", CLIENTS, MUST,                                            \
      "The first octets of a client are the connection preface")                                                       \
    X(AFTER_GOAWAY, "lint/stream/after-goaway", "H2-GOAWAY-002", CLIENTS, MUST,                                        \
      "Once a PING behind our GOAWAY is answered, no new stream is opened")                                            \
    X(CONCURRENT, "lint/stream/concurrent", "H2-SET-017", CLIENTS, MUST,                                               \
      "No more streams are open at once than MAX_CONCURRENT_STREAMS allows")                                           \
    X(TRUE_BINARY, "lint/settings/true-binary", "GRPC-MD-020", BOTH, SHOULD,                                           \
      "Setting 0xfe03 comes at most once, in the first SETTINGS")                                                      \
    X(SCHEME, "lint/request/scheme", "GRPC-REQ-HDR-002", CLIENTS, MUST,                                                \
      ":scheme is \"https\" with TLS and \"http\" without")                                                            \
    X(PATH_FORM, "lint/request/path", "GRPC-REQ-HDR-003", CLIENTS, MUST,                                               \
      ":path is \"/\" service \"/\" method")                                                                           \
    X(AUTHORITY, "lint/request/authority", "H2-HDR-027", CLIENTS, MUST,                                                \
      "The authority is in :authority, without userinfo, and no host field differs from it")                           \
    X(TIMEOUT_POSITIVE, "lint/request/timeout-positive", "GRPC-DL-002", CLIENTS, MUST,                                 \
      "grpc-timeout is more than 0")                                                                                   \
    X(DEFINITION_FIRST, "lint/request/order", "GRPC-REQ-HDR-008", CLIENTS, SHOULD,                                     \
      "grpc-timeout follows the pseudo-header fields, and the fields that define the call come before metadata")       \
    X(USER_AGENT, "lint/request/user-agent", "GRPC-REQ-HDR-009", CLIENTS, SHOULD,                                      \
      "user-agent names \"grpc-\" language, perhaps a variant, \"/\" and a version")                                   \
    X(METADATA_OCTETS, "lint/request/metadata", "GRPC-MD-009", CLIENTS, MUST,                                          \
      "Names hold 0-9 a-z _ - . and values, but those of -bin names, 0x20 to 0x7e")                                    \
    X(REQUEST_END, "lint/request/end", "GRPC-REQ-HDR-021", CLIENTS, MUST,                                              \
      "A request ends with END_STREAM on DATA, not on HEADERS")                                                        \
    X(REQUEST_WHOLE, "lint/request/message-whole", "GRPC-MSG-001", CLIENTS, MUST,                                      \
      "A request that ends does so between two messages")                                                              \
    X(GOAWAY_LAST, "lint/goaway/before-close", "H2-GOAWAY-011", CLIENTS, SHOULD,                                       \
      "A client that closes a healthy connection sends GOAWAY first")
/* clang-format on */

enum lint_rule_name {
#define LINT_RULE_ENUM(name, id, clauses, subject, level, title) RULE_##name,
    LINT_RULES(LINT_RULE_ENUM)
#undef LINT_RULE_ENUM
        LINT_RULE_COUNT
};

/* A run keeps the rules it saw as bits (struct lint_bits). */
_Static_assert(LINT_RULE_COUNT <= 64 * LINT_WORDS, "a bit for each lint rule");

#endif
