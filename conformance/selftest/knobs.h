/* SPDX-License-Identifier: MIT
 *
 * The knobs of the faulty server: one defect each, with the clauses that it breaks. At most one is turned. A knob
 * is asked at the one place where the defect sits: if (knob(KNOB_ACCEPTS_FLAG_2)) ... */
#ifndef SELFTEST_KNOBS_H
#define SELFTEST_KNOBS_H

#include <stdbool.h>
#include <stddef.h>

/* X(symbol, effect, name, defects of the catalogue, clauses, what the server then does) */
/* clang-format off */
#define KNOBS(X)                                                                                                       \
    X(NONE, FAILS, "none", "", "", "errs nowhere") \
    /* the connection as a whole */                                                                                    \
    X(REFUSES_CONNECTIONS, FAILS, "refuses-connections", "", "H2-PREFACE-001",                                         \
      "closes every connection at once")                                                                               \
    X(DROPS_AFTER_HANDSHAKE, FAILS, "drops-after-handshake", "", "H2-PREFACE-008 H2-PING-001",                         \
      "shakes hands, then drops every connection")                                                                     \
    X(DROPS_ON_REQUEST, FAILS, "drops-on-request", "", "H2-PREFACE-008 H2-FLOW-020 GRPC-CALL-001 GRPC-MD-020 GRPC-CALL-019",\
      "drops the connection at the first request")                                                                     \
    X(DIES, FAILS, "dies", "", "GRPC-CALL-001",                                                                        \
      "dies of the first request")                                                                                     \
    X(HANGS, FAILS, "hangs", "", "GRPC-CALL-001 H2-SET-015 GRPC-STAT-019",                                             \
      "stops answering at the first request")                                                                          \
    X(IGNORES_CONNECTION_ERRORS, FAILS, "ignores-connection-errors", "", "H2-ERR-001 H2-ERR-002 H2-PREFACE-005 H2-SET-014",\
      "goes on as if no connection error had happened")                                                                \
    X(CLOSES_WITHOUT_GOAWAY, LENIENT, "closes-without-goaway", "", "H2-ERR-001",                                       \
      "closes without GOAWAY")                                                                                         \
    X(KEEPS_CONNECTION_AFTER_ERROR, FAILS, "keeps-connection-after-error", "", "H2-ERR-002",                           \
      "keeps the connection open after GOAWAY with an error")                                                          \
    X(WRONG_ERROR_CODE, LENIENT, "wrong-error-code", "", "H2-ERR-001 H2-FRAME-024 H2-FRAME-028 H2-SET-004",            \
      "every GOAWAY names INTERNAL_ERROR")                                                                             \
    X(WRONG_RESET_CODE, LENIENT, "wrong-reset-code", "", "H2-ERR-003",                                                 \
      "every RST_STREAM for an error names INTERNAL_ERROR")                                                            \
    X(STREAM_ERRORS_KILL, LENIENT, "stream-errors-kill", "S133", "H2-STREAM-021 H2-ERR-003",                                 \
      "treats every stream error as a connection error")                                                               \
    X(STREAM_ERRORS_SPREAD, FAILS, "stream-errors-spread", "", "H2-STREAM-021 H2-ERR-003",                             \
      "resets every stream of the connection for the error of one")                                                    \
    X(IGNORES_STREAM_ERRORS, FAILS, "ignores-stream-errors", "", "H2-ERR-003 H2-HDR-005 H2-HDR-007 H2-HDR-009 H2-HDR-022 H2-FRAME-011",\
      "never sends RST_STREAM for a stream error")                                                                     \
    X(ERRORS_CLOSE_CONNECTION, FAILS, "errors-close-connection", "S135", "GRPC-CALL-012 GRPC-CALL-011 GRPC-STAT-008 GRPC-REQ-HDR-010 GRPC-REQ-HDR-012 GRPC-REQ-HDR-015 GRPC-REQ-HDR-022 GRPC-CALL-007 GRPC-CALL-013 GRPC-CALL-021 GRPC-MSG-004 GRPC-MSG-005 GRPC-MSG-008 SEC-024 GRPC-MSG-010 GRPC-COMP-017 GRPC-MD-013",\
      "a call that fails takes the connection down")                                                                   \
    /* preface */                                                                                                      \
    X(WITHHOLDS_SETTINGS, FAILS, "withholds-settings", "S002", "H2-PREFACE-001",                                           \
      "never sends its SETTINGS")                                                                                      \
    X(PING_BEFORE_SETTINGS, FAILS, "ping-before-settings", "", "H2-PREFACE-001",                                       \
      "sends PING before SETTINGS")                                                                                    \
    X(ACK_BEFORE_SETTINGS, FAILS, "ack-before-settings", "", "H2-PREFACE-001",                                         \
      "its first SETTINGS frame is an ACK")                                                                            \
    X(ACCEPTS_ANY_PREFACE, FAILS, "accepts-any-preface", "", "H2-PREFACE-005",                                         \
      "accepts any 24 octets as the preface")                                                                          \
    X(HANGS_ON_BAD_PREFACE, FAILS, "hangs-on-bad-preface", "", "H2-PREFACE-005 H2-PREFACE-011",                        \
      "waits for ever after a wrong preface")                                                                          \
    X(ACCEPTS_FRAMES_BEFORE_SETTINGS, FAILS, "accepts-frames-before-settings", "", "H2-PREFACE-006",                   \
      "accepts a client whose first frame is not SETTINGS")                                                            \
    X(LOSES_SPLIT_FRAME_HEADER, FAILS, "loses-split-frame-header", "S030", "H2-PREFACE-010",                               \
      "forgets a frame header that arrives in pieces")                                                                 \
    X(MAGIC_MUST_BE_WHOLE, FAILS, "magic-must-be-whole", "", "H2-PREFACE-010",                                         \
      "refuses a magic that comes in pieces")                                                                          \
    /* settings */                                                                                                     \
    X(NEVER_ACKS_SETTINGS, FAILS, "never-acks-settings", "S003", "H2-SET-001 H2-PREFACE-004",                              \
      "never acknowledges SETTINGS")                                                                                   \
    X(ACKS_SETTINGS_TWICE, FAILS, "acks-settings-twice", "", "H2-SET-001",                                             \
      "acknowledges every SETTINGS twice")                                                                             \
    X(UNASKED_SETTINGS_ACK, FAILS, "unasked-settings-ack", "", "H2-SET-001",                                           \
      "sends an ACK that nobody asked for")                                                                            \
    X(ACKS_SETTINGS_ACK, FAILS, "acks-settings-ack", "S004", "H2-SET-001 H2-SET-014",                                      \
      "answers an ACK with an ACK")                                                                                    \
    X(ACKS_WITH_PAYLOAD, FAILS, "acks-with-payload", "", "H2-SET-001 H2-SET-002 H2-FRAME-008",                         \
      "its ACKs have a payload")                                                                                       \
    X(APPLIES_SETTINGS_LATE, FAILS, "applies-settings-late", "S005", "H2-SET-001 H2-FLOW-006 H2-SET-012 H2-FLOW-002",      \
      "acknowledges settings before it applies them")                                                                  \
    X(FIRST_SETTING_WINS, FAILS, "first-setting-wins", "S007", "H2-SET-012",                                               \
      "the first of a repeated setting wins")                                                                          \
    X(REFUSES_UNKNOWN_SETTINGS, FAILS, "refuses-unknown-settings", "S008", "H2-SET-011",                                   \
      "an unknown setting is a connection error")                                                                      \
    X(ACCEPTS_ENABLE_PUSH_2, FAILS, "accepts-enable-push-2", "S009", "H2-SET-005",                                         \
      "accepts ENABLE_PUSH 2")                                                                                         \
    X(ACCEPTS_HUGE_INITIAL_WINDOW, FAILS, "accepts-huge-initial-window", "", "H2-SET-008",                             \
      "accepts INITIAL_WINDOW_SIZE above 2^31-1")                                                                      \
    X(ACCEPTS_SMALL_MAX_FRAME_SIZE, FAILS, "accepts-small-max-frame-size", "", "H2-SET-009",                           \
      "accepts MAX_FRAME_SIZE below 16384")                                                                            \
    X(ACCEPTS_HUGE_MAX_FRAME_SIZE, FAILS, "accepts-huge-max-frame-size", "", "H2-SET-010",                             \
      "accepts MAX_FRAME_SIZE above 2^24-1")                                                                           \
    X(ACCEPTS_SETTINGS_LENGTH, FAILS, "accepts-settings-length", "S012", "H2-SET-004",                                     \
      "accepts SETTINGS whose length is no multiple of 6")                                                             \
    X(ACCEPTS_SETTINGS_ACK_WITH_PAYLOAD, FAILS, "accepts-settings-ack-with-payload", "S013", "H2-SET-002",                 \
      "accepts a SETTINGS ACK with a payload")                                                                         \
    X(ACCEPTS_SETTINGS_ON_STREAM, FAILS, "accepts-settings-on-stream", "", "H2-SET-003",                               \
      "accepts SETTINGS on a stream")                                                                                  \
    X(ACCEPTS_SETTINGS_WINDOW_OVERFLOW, FAILS, "accepts-settings-window-overflow", "", "H2-FLOW-008",                  \
      "accepts an INITIAL_WINDOW_SIZE that overflows a stream's window")                                               \
    X(SETTINGS_END_STREAMS, FAILS, "settings-end-streams", "", "H2-SET-013",                                           \
      "SETTINGS in mid-connection end the streams")                                                                    \
    X(SETTINGS_CHANGE_CONNECTION_WINDOW, FAILS, "settings-change-connection-window", "", "H2-FLOW-004",                \
      "INITIAL_WINDOW_SIZE changes the connection's window too")                                                       \
    X(IGNORES_INITIAL_WINDOW, FAILS, "ignores-initial-window", "", "H2-FLOW-006 H2-FLOW-002 H2-SET-012",               \
      "ignores INITIAL_WINDOW_SIZE")                                                                                   \
    X(INITIAL_WINDOW_NEW_STREAMS_ONLY, FAILS, "initial-window-new-streams-only", "S016", "H2-FLOW-006 H2-FLOW-007",        \
      "INITIAL_WINDOW_SIZE changes new streams only")                                                                  \
    X(NEW_STREAMS_HAVE_DEFAULT_WINDOW, FAILS, "new-streams-have-default-window", "", "H2-FLOW-002 H2-FLOW-006",        \
      "INITIAL_WINDOW_SIZE changes open streams only")                                                                 \
    X(CLAMPS_NEGATIVE_WINDOW, FAILS, "clamps-negative-window", "S017", "H2-FLOW-007",                                      \
      "a window that SETTINGS drive negative becomes 0")                                                               \
    X(IGNORES_TABLE_SIZE, FAILS, "ignores-table-size", "", "HPACK-008",                                                \
      "ignores HEADER_TABLE_SIZE")                                                                                     \
    X(IGNORES_MAX_FRAME_SIZE, FAILS, "ignores-max-frame-size", "", "H2-SET-016",                                       \
      "sends frames longer than MAX_FRAME_SIZE")                                                                       \
    X(SETTINGS_OUT_OF_RANGE, FAILS, "settings-out-of-range", "", "H2-SET-021",                                         \
      "advertises MAX_FRAME_SIZE 100")                                                                                 \
    X(OFFERS_PUSH, FAILS, "offers-push", "", "H2-SET-007",                                                             \
      "advertises ENABLE_PUSH 1")                                                                                      \
    X(SETTINGS_LENGTH_WRONG, FAILS, "settings-length-wrong", "", "H2-FRAME-008",                                       \
      "its SETTINGS have an octet too many")                                                                           \
    X(SETTINGS_ON_STREAM, FAILS, "settings-on-stream", "", "H2-SET-003 H2-PREFACE-001",                                \
      "its SETTINGS are on stream 1")                                                                                  \
    X(WAITS_FOR_SETTINGS_ACK, FAILS, "waits-for-settings-ack", "", "H2-SET-015 H2-PREFACE-008",                        \
      "answers no request that comes before its SETTINGS were acknowledged")                                           \
    X(REFUSES_ENABLE_PUSH_1, FAILS, "refuses-enable-push-1", "", "H2-SET-005",                                         \
      "ENABLE_PUSH 1 from a client is a connection error")                                                             \
    X(REFUSES_LARGEST_SETTINGS, FAILS, "refuses-largest-settings", "", "H2-SET-008 H2-SET-010",                        \
      "the largest legal values are connection errors")                                                                \
    X(ANNOUNCES_NO_STREAMS, FAILS, "announces-no-streams", "", "SEC-031 H2-SET-022",                                           \
      "advertises MAX_CONCURRENT_STREAMS 0")                                                                           \
    X(LONG_RESPONSE_LIST_KILLS, FAILS, "long-response-list-kills", "", "H2-SET-020",                                   \
      "a response list above the client's MAX_HEADER_LIST_SIZE kills the connection")                                  \
    /* frames */                                                                                                       \
    X(ACCEPTS_LONG_FRAMES, FAILS, "accepts-long-frames", "S019", "H2-FRAME-006 H2-FRAME-007",                              \
      "accepts frames longer than it advertised")                                                                      \
    X(ACCEPTS_LONG_CONTINUATION, LENIENT, "accepts-long-continuation", "", "H2-FRAME-007",                             \
      "accepts CONTINUATION longer than it advertised")                                                                \
    X(LONG_FRAMES_HANG, FAILS, "long-frames-hang", "S201", "H2-FRAME-005",                                                 \
      "waits for ever on a frame near its MAX_FRAME_SIZE")                                                             \
    X(RESERVED_BIT_NOT_MASKED, FAILS, "reserved-bit-not-masked", "S023", "H2-FRAME-003",                                   \
      "takes the reserved bit for a part of the stream identifier")                                                    \
    X(ANY_FLAG_ENDS_STREAM, FAILS, "any-flag-ends-stream", "S024", "H2-FRAME-002",                                         \
      "takes any flag of DATA for END_STREAM")                                                                         \
    X(UNKNOWN_FRAME_KILLS, FAILS, "unknown-frame-kills", "", "H2-FRAME-001",                                           \
      "an unknown frame type is a connection error")                                                                   \
    X(ALTSVC_KILLS, FAILS, "altsvc-kills", "S194", "H2-FRAME-001",                                                         \
      "an ALTSVC frame ends it")                                                                                       \
    X(ACCEPTS_DATA_ON_0, FAILS, "accepts-data-on-0", "", "H2-FRAME-028",                                               \
      "accepts DATA on stream 0")                                                                                      \
    X(ACCEPTS_HEADERS_ON_0, FAILS, "accepts-headers-on-0", "", "H2-FRAME-026",                                         \
      "accepts HEADERS on stream 0")                                                                                   \
    X(ACCEPTS_PRIORITY_ON_0, FAILS, "accepts-priority-on-0", "", "H2-FRAME-010",                                       \
      "accepts PRIORITY on stream 0")                                                                                  \
    X(ACCEPTS_PRIORITY_LENGTH, LENIENT, "accepts-priority-length", "", "H2-FRAME-011",                                 \
      "accepts PRIORITY of any length")                                                                                \
    X(PRIORITY_KILLS, FAILS, "priority-kills", "S037", "H2-FRAME-012",                                                     \
      "PRIORITY on an idle or closed stream kills the connection")                                                     \
    X(PRIORITY_NOT_STRIPPED, FAILS, "priority-not-stripped", "S035", "H2-FRAME-032",                                       \
      "takes the priority octets of HEADERS for a part of the block")                                                  \
    X(ACCEPTS_RST_STREAM_ON_0, FAILS, "accepts-rst-stream-on-0", "", "H2-FRAME-014",                                   \
      "accepts RST_STREAM on stream 0")                                                                                \
    X(ACCEPTS_RST_STREAM_ON_IDLE, FAILS, "accepts-rst-stream-on-idle", "S072", "H2-FRAME-015",                             \
      "accepts RST_STREAM on an idle stream")                                                                          \
    X(ACCEPTS_RST_STREAM_LENGTH, FAILS, "accepts-rst-stream-length", "S026", "H2-FRAME-016",                               \
      "accepts RST_STREAM of any length")                                                                              \
    X(UNKNOWN_CODE_KILLS, FAILS, "unknown-code-kills", "", "H2-FRAME-017 H2-GOAWAY-009",                               \
      "an unknown error code drops the connection")                                                                    \
    X(ACCEPTS_PUSH_PROMISE, FAILS, "accepts-push-promise", "", "H2-FRAME-019",                                         \
      "accepts PUSH_PROMISE from a client")                                                                            \
    X(ACCEPTS_GOAWAY_ON_STREAM, FAILS, "accepts-goaway-on-stream", "S027", "H2-GOAWAY-001",                                \
      "accepts GOAWAY on a stream")                                                                                    \
    X(ACCEPTS_GOAWAY_LENGTH, FAILS, "accepts-goaway-length", "", "H2-FRAME-008",                                       \
      "accepts GOAWAY of any length")                                                                                  \
    X(CLOSES_ON_GOAWAY, FAILS, "closes-on-goaway", "", "H2-GOAWAY-010 H2-GOAWAY-009",                                  \
      "closes when the client sends GOAWAY")                                                                           \
    X(ACCEPTS_PING_ON_STREAM, FAILS, "accepts-ping-on-stream", "", "H2-PING-003",                                      \
      "accepts PING on a stream")                                                                                      \
    X(ACCEPTS_PING_LENGTH, FAILS, "accepts-ping-length", "", "H2-PING-004",                                            \
      "accepts PING of any length")                                                                                    \
    X(ZEROES_PING, FAILS, "zeroes-ping", "S032", "H2-PING-001",                                                            \
      "answers PING with zeros")                                                                                       \
    X(ANSWERS_PING_ACK, FAILS, "answers-ping-ack", "S033", "H2-PING-002",                                                  \
      "answers a PING ACK")                                                                                            \
    X(NEVER_ANSWERS_PING, FAILS, "never-answers-ping", "", "H2-PING-001",                                              \
      "never answers PING")                                                                                            \
    X(ANSWERS_PING_WITHOUT_ACK, FAILS, "answers-ping-without-ack", "", "H2-PING-001",                                  \
      "answers PING with PING, without ACK")                                                                           \
    X(PINGS_ARE_ABUSE, FAILS, "pings-are-abuse", "S191", "GRPC-KA-002 GRPC-KA-003 H2-PING-001",                            \
      "any PING is met with ENHANCE_YOUR_CALM")                                                                        \
    X(ACCEPTS_PADDING_TOO_LONG, FAILS, "accepts-padding-too-long", "S039", "H2-FRAME-029",                                 \
      "accepts DATA whose padding is longer than its payload")                                                         \
    X(ACCEPTS_HEADERS_PADDING_TOO_LONG, FAILS, "accepts-headers-padding-too-long", "", "H2-FRAME-027",                 \
      "accepts HEADERS whose padding is longer than its payload")                                                      \
    X(PADDING_IS_DATA, FAILS, "padding-is-data", "S040", "H2-FRAME-031 H2-FRAME-033",                                      \
      "hands padding to the message parser")                                                                           \
    X(PADDING_255_OVERFLOWS, FAILS, "padding-255-overflows", "S043", "H2-FRAME-031",                                       \
      "loses the data of a frame with 255 octets of padding")                                                          \
    X(PADDING_ONLY_HANGS, FAILS, "padding-only-hangs", "S044", "H2-FRAME-031",                                             \
      "stops at a DATA frame that is only padding")                                                                    \
    X(PADDED_HEADERS_NOT_STRIPPED, FAILS, "padded-headers-not-stripped", "", "H2-FRAME-030",                           \
      "takes the padding of HEADERS for a part of the block")                                                          \
    X(ACCEPTS_LONE_CONTINUATION, FAILS, "accepts-lone-continuation", "", "H2-FRAME-021 H2-FRAME-022",                  \
      "accepts CONTINUATION with no header block open")                                                                \
    X(ACCEPTS_FOREIGN_CONTINUATION, FAILS, "accepts-foreign-continuation", "S045", "H2-FRAME-023 H2-FRAME-022",            \
      "accepts CONTINUATION for another stream")                                                                       \
    X(ACCEPTS_INTERLEAVED_FRAMES, FAILS, "accepts-interleaved-frames", "", "H2-FRAME-024 H2-FRAME-025",                \
      "accepts other frames inside a header block")                                                                    \
    X(ACCEPTS_UNKNOWN_FRAME_IN_BLOCK, FAILS, "accepts-unknown-frame-in-block", "", "H2-FRAME-009",                     \
      "accepts an unknown frame inside a header block")                                                                \
    X(DROPS_CONTINUATION_AFTER_PADDING, FAILS, "drops-continuation-after-padding", "S047", "H2-FRAME-034",                 \
      "drops CONTINUATION after a padded HEADERS frame")                                                               \
    X(NO_CONTINUATION, FAILS, "no-continuation", "", "H2-FRAME-034",                                                   \
      "cannot take header blocks in several frames")                                                                   \
    X(COUNTS_CONTINUATIONS, FAILS, "counts-continuations", "S048 S051", "H2-FRAME-034",                                         \
      "refuses more than two CONTINUATION frames")                                                                     \
    X(UNDEFINED_FLAGS_KILL, FAILS, "undefined-flags-kill", "", "H2-FRAME-002",                                         \
      "an undefined flag is a connection error")                                                                       \
    X(PRIORITY_RESETS, FAILS, "priority-resets", "", "H2-FRAME-012 H2-FRAME-013",                                      \
      "PRIORITY resets its stream")                                                                                    \
    X(REFUSES_NONZERO_PADDING, FAILS, "refuses-nonzero-padding", "", "H2-FRAME-033",                                   \
      "padding that is not zero is INTERNAL_ERROR")                                                                    \
    X(CUT_OFF_DATA_IS_WHOLE, FAILS, "cut-off-data-is-whole", "", "H2-FRAME-035",                                       \
      "a DATA frame that the end of the connection cuts off counts as whole")                                          \
    X(ACCEPTS_EMPTY_PADDED, FAILS, "accepts-empty-padded", "", "H2-FRAME-008",                                         \
      "takes PADDED on an empty frame for no padding")                                                                 \
    X(ACCEPTS_SHORT_PRIORITY_FIELDS, FAILS, "accepts-short-priority-fields", "", "H2-FRAME-008",                       \
      "accepts HEADERS too short for its priority fields")                                                             \
    X(NO_ANSWER_AFTER_GOAWAY, FAILS, "no-answer-after-goaway", "S195", "H2-GOAWAY-010",                                    \
      "does not answer a stream that comes after the client's GOAWAY")                                                 \
    /* HPACK */                                                                                                        \
    X(ACCEPTS_INDEX_0, FAILS, "accepts-index-0", "S062", "HPACK-001",                                                      \
      "accepts index 0")                                                                                               \
    X(ACCEPTS_INDEX_BEYOND, FAILS, "accepts-index-beyond", "S063", "HPACK-002",                                            \
      "accepts an index beyond the table")                                                                             \
    X(ACCEPTS_NAME_INDEX_BEYOND, FAILS, "accepts-name-index-beyond", "", "HPACK-003",                                  \
      "accepts a name index beyond the table")                                                                         \
    X(ACCEPTS_LATE_UPDATE, FAILS, "accepts-late-update", "", "HPACK-004",                                              \
      "accepts a size update in the middle of a block")                                                                \
    X(ACCEPTS_LARGE_UPDATE, FAILS, "accepts-large-update", "S055", "HPACK-005",                                            \
      "accepts a size update above its limit")                                                                         \
    X(REFUSES_UPDATES, FAILS, "refuses-updates", "", "HPACK-006",                                                      \
      "refuses every size update")                                                                                     \
    X(ACCEPTS_LONG_HUFFMAN_PADDING, FAILS, "accepts-long-huffman-padding", "", "HPACK-009",                            \
      "accepts a whole octet of Huffman padding")                                                                      \
    X(ACCEPTS_WRONG_HUFFMAN_PADDING, FAILS, "accepts-wrong-huffman-padding", "", "HPACK-010",                          \
      "accepts Huffman padding of zeros")                                                                              \
    X(ACCEPTS_HUFFMAN_EOS, FAILS, "accepts-huffman-eos", "", "HPACK-011",                                              \
      "accepts the EOS symbol in a Huffman string")                                                                    \
    X(ACCEPTS_INTEGER_OVERFLOW, FAILS, "accepts-integer-overflow", "S060", "HPACK-012",                                    \
      "lets an integer overflow")                                                                                      \
    X(ACCEPTS_LONG_INTEGER, LENIENT, "accepts-long-integer", "S061", "SEC-017 HPACK-012",                                  \
      "accepts integers with any number of continuation octets")                                                       \
    X(ACCEPTS_TRUNCATED_BLOCK, FAILS, "accepts-truncated-block", "", "HPACK-013 SEC-018",                              \
      "accepts a block that ends inside a field")                                                                      \
    X(TABLE_PER_BLOCK, FAILS, "table-per-block", "S052", "HPACK-015 HPACK-019",                                            \
      "forgets the dynamic table after each block")                                                                    \
    X(EMPTY_TABLE_CLEARS_FIELDS, FAILS, "empty-table-clears-fields", "S064", "HPACK-006 HPACK-017 HPACK-018",              \
      "emptying the table clears the fields already decoded")                                                          \
    X(NEVER_INDEXED_IS_INDEXED, FAILS, "never-indexed-is-indexed", "S065", "HPACK-014 HPACK-015",                          \
      "inserts never-indexed literals into the table")                                                                 \
    X(LONG_STRINGS_CUT, FAILS, "long-strings-cut", "S066", "HPACK-014 HPACK-017 HPACK-013 GRPC-MD-001",                    \
      "keeps the length of a string in 8 bits")                                                                        \
    X(HUFFMAN_IS_RAW, FAILS, "huffman-is-raw", "", "HPACK-014",                                                        \
      "takes Huffman strings for raw ones")                                                                            \
    X(LARGE_ENTRY_IS_ERROR, FAILS, "large-entry-is-error", "", "HPACK-017",                                            \
      "an entry larger than the table is an error")                                                                    \
    X(LARGER_TABLE, FAILS, "larger-table", "", "HPACK-016 HPACK-018",                                                  \
      "never evicts")                                                                                                  \
    X(SKIPS_DEAD_BLOCKS, FAILS, "skips-dead-blocks", "", "HPACK-019 H2-STREAM-013",                                    \
      "does not decode blocks of streams it has reset")                                                                \
    X(STATIC_TABLE_SHIFTED, FAILS, "static-table-shifted", "", "HPACK-020",                                            \
      "the second half of the static table is off by one")                                                             \
    X(REFUSED_REQUEST_FORGETS_TABLE, FAILS, "refused-request-forgets-table", "S067", "HPACK-023 HPACK-019",                \
      "a request that is refused empties the table")                                                                   \
    X(UPDATES_TABLE_TOO_HIGH, FAILS, "updates-table-too-high", "", "HPACK-005 HPACK-008",                              \
      "announces a table larger than it may have")                                                                     \
    X(SENDS_INDEX_0, FAILS, "sends-index-0", "", "HPACK-021",                                                          \
      "its header blocks do not decode")                                                                               \
    X(LONG_INTEGER_HANGS, FAILS, "long-integer-hangs", "", "HPACK-012 SEC-017",                                                \
      "an integer with needless octets ends all work")                                                                 \
    X(SMALLER_TABLE, FAILS, "smaller-table", "", "HPACK-016",                                                          \
      "evicts entries too early")                                                                                      \
    X(SIZE_UPDATES_DO_NOTHING, FAILS, "size-updates-do-nothing", "", "HPACK-006 HPACK-016",                            \
      "accepts size updates and does not evict")                                                                       \
    /* streams */                                                                                                      \
    X(ACCEPTS_EVEN_STREAM, FAILS, "accepts-even-stream", "S069", "H2-STREAM-001",                                          \
      "accepts a stream with an even identifier")                                                                      \
    X(ACCEPTS_LOWER_STREAM, FAILS, "accepts-lower-stream", "", "H2-STREAM-002",                                        \
      "accepts a stream identifier lower than an earlier one")                                                         \
    X(CLOSED_STREAM_REOPENS, FAILS, "closed-stream-reopens", "", "H2-STREAM-003",                                      \
      "HEADERS on a closed stream start a second call")                                                                \
    X(GAPS_KILL, FAILS, "gaps-kill", "", "H2-STREAM-005",                                                              \
      "a gap between stream identifiers is a connection error")                                                        \
    X(ACCEPTS_DATA_ON_IDLE, FAILS, "accepts-data-on-idle", "S071", "H2-STREAM-006",                                        \
      "ignores DATA on an idle stream")                                                                                \
    X(ACCEPTS_WINDOW_UPDATE_ON_IDLE, FAILS, "accepts-window-update-on-idle", "", "H2-STREAM-007",                      \
      "ignores WINDOW_UPDATE on an idle stream")                                                                       \
    X(ACCEPTS_DATA_AFTER_END, FAILS, "accepts-data-after-end", "", "H2-STREAM-009",                                    \
      "ignores DATA after END_STREAM")                                                                                 \
    X(ACCEPTS_HEADERS_AFTER_END, FAILS, "accepts-headers-after-end", "", "H2-STREAM-010",                              \
      "ignores HEADERS after END_STREAM")                                                                              \
    X(HALF_CLOSED_TAKES_NOTHING, FAILS, "half-closed-takes-nothing", "", "H2-STREAM-011",                              \
      "WINDOW_UPDATE, PRIORITY or RST_STREAM after END_STREAM kills the connection")                                   \
    X(SECOND_RESET_KILLS, FAILS, "second-reset-kills", "S073", "H2-STREAM-014",                                            \
      "a second RST_STREAM kills the connection")                                                                      \
    X(WINDOW_UPDATE_AFTER_CLOSE_KILLS, FAILS, "window-update-after-close-kills", "S074", "H2-STREAM-014",                  \
      "WINDOW_UPDATE after the end of a stream kills the connection")                                                  \
    X(RESET_AFTER_CLOSE_KILLS, FAILS, "reset-after-close-kills", "S075", "H2-STREAM-014 GRPC-CANCEL-004",                  \
      "RST_STREAM after the end of a stream kills the connection")                                                     \
    X(NO_STREAM_LIMIT, FAILS, "no-stream-limit", "S077", "H2-STREAM-015",                                                  \
      "does not enforce its MAX_CONCURRENT_STREAMS")                                                                   \
    X(EXCESS_STREAM_KILLS, LENIENT, "excess-stream-kills", "S078", "H2-STREAM-015",                                          \
      "a stream above the limit kills the connection")                                                                 \
    X(CLOSED_STREAMS_COUNT, FAILS, "closed-streams-count", "", "H2-STREAM-016",                                        \
      "closed streams count against the limit")                                                                        \
    X(RESET_LEAKS_SLOT, FAILS, "reset-leaks-slot", "", "H2-STREAM-016 GRPC-CANCEL-004",                                \
      "a stream that was reset takes two places for ever")                                                             \
    X(IGNORES_RESET, FAILS, "ignores-reset", "", "GRPC-CANCEL-004 H2-STREAM-018 H2-STREAM-012",                        \
      "goes on sending on a stream that was reset")                                                                    \
    X(ANSWERS_RESET, FAILS, "answers-reset", "", "H2-FRAME-018",                                                       \
      "answers RST_STREAM with RST_STREAM")                                                                            \
    X(RESETS_TWICE, FAILS, "resets-twice", "", "H2-STREAM-019",                                                        \
      "sends RST_STREAM twice")                                                                                        \
    X(SENDS_SHORT_RST_STREAM, FAILS, "sends-short-rst-stream", "", "H2-FRAME-008",                                     \
      "its RST_STREAM has three octets")                                                                               \
    X(MIXES_STREAMS, FAILS, "mixes-streams", "", "H2-STREAM-020",                                                      \
      "mixes up the messages of interleaved streams")                                                                  \
    X(TALKS_ON_IDLE_STREAM, FAILS, "talks-on-idle-stream", "", "H2-STREAM-008",                                        \
      "sends WINDOW_UPDATE on an idle stream")                                                                         \
    X(TALKS_ON_UNOPENED_STREAM, FAILS, "talks-on-unopened-stream", "", "H2-STREAM-008",                                \
      "sends DATA on a stream nobody opened")                                                                          \
    X(ANSWERS_ON_EVEN_STREAM, FAILS, "answers-on-even-stream", "", "H2-STREAM-008",                                    \
      "sends WINDOW_UPDATE on an even stream")                                                                         \
    X(DATA_ON_STREAM_0, FAILS, "data-on-stream-0", "", "H2-FRAME-028",                                                 \
      "sends DATA on stream 0")                                                                                        \
    X(PUSHES, FAILS, "pushes", "", "H2-FRAME-020",                                                                     \
      "sends PUSH_PROMISE though ENABLE_PUSH is 0")                                                                    \
    X(DATA_AFTER_TRAILERS, FAILS, "data-after-trailers", "S172", "H2-STREAM-017",                                          \
      "sends DATA after its trailers")                                                                                 \
    X(RESETS_AFTER_TRAILERS_AND_TALKS, FAILS, "resets-after-trailers-and-talks", "", "H2-STREAM-018",                  \
      "sends DATA after its RST_STREAM")                                                                               \
    X(RESET_KILLS, FAILS, "reset-kills", "", "H2-STREAM-021 GRPC-CANCEL-004",                                          \
      "RST_STREAM kills the connection")                                                                               \
    X(DATA_ON_ENDED_STREAM_KILLS, FAILS, "data-on-ended-stream-kills", "", "H2-STREAM-021 H2-STREAM-013",              \
      "DATA on a stream that it has ended itself kills the connection")                                                \
    X(ANSWERS_ON_CLOSED_STREAM, FAILS, "answers-on-closed-stream", "", "H2-STREAM-017",                                \
      "answers WINDOW_UPDATE on a closed stream with DATA")                                                            \
    X(SIX_STREAMS, FAILS, "six-streams", "", "H2-STREAM-020 GRPC-CALL-019",                                            \
      "refuses more than six streams and does not say so")                                                             \
    /* flow control */                                                                                                 \
    X(IGNORES_STREAM_WINDOW, FAILS, "ignores-stream-window", "S081", "H2-FLOW-002",                                        \
      "ignores the stream's window")                                                                                   \
    X(IGNORES_CONNECTION_WINDOW, FAILS, "ignores-connection-window", "S082", "H2-FLOW-003",                                \
      "ignores the connection's window")                                                                               \
    X(IGNORES_STREAM_WINDOW_UPDATE, FAILS, "ignores-stream-window-update", "", "H2-FLOW-018 H2-FLOW-007 H2-FLOW-002 GRPC-CALL-002",\
      "ignores WINDOW_UPDATE on streams")                                                                              \
    X(IGNORES_CONNECTION_WINDOW_UPDATE, FAILS, "ignores-connection-window-update", "S093", "H2-FLOW-003 H2-FLOW-004 GRPC-CALL-002 H2-FLOW-018",\
      "ignores WINDOW_UPDATE on stream 0")                                                                             \
    X(ACCEPTS_WINDOW_OVERFLOW, FAILS, "accepts-window-overflow", "S084", "H2-FLOW-012 H2-FLOW-013",                        \
      "accepts a window above 2^31-1")                                                                                 \
    X(WINDOW_OVERFLOW_HANGS, FAILS, "window-overflow-hangs", "S085", "H2-FLOW-012 H2-FLOW-013",                            \
      "a window above 2^31-1 ends all work")                                                                           \
    X(ACCEPTS_WINDOW_UPDATE_LENGTH, FAILS, "accepts-window-update-length", "S028", "H2-FLOW-011",                          \
      "accepts WINDOW_UPDATE of any length")                                                                           \
    X(ACCEPTS_INCREMENT_ZERO, FAILS, "accepts-increment-zero", "", "H2-FLOW-009 H2-FLOW-010",                          \
      "accepts an increment of 0")                                                                                     \
    X(INCREMENT_ZERO_KILLS, LENIENT, "increment-zero-kills", "", "H2-FLOW-010",                                        \
      "an increment of 0 on a stream kills the connection")                                                            \
    X(INCREMENT_RESERVED_BIT, FAILS, "increment-reserved-bit", "", "H2-FLOW-021",                                      \
      "takes the reserved bit for a part of the increment")                                                            \
    X(TRAILERS_WAIT_FOR_WINDOW, FAILS, "trailers-wait-for-window", "S091", "H2-FLOW-001 H2-FLOW-005",                      \
      "holds trailers back while the window is 0")                                                                     \
    X(HEADERS_WAIT_FOR_WINDOW, FAILS, "headers-wait-for-window", "S092", "H2-FLOW-001",                                    \
      "holds response headers back while the window is 0")                                                             \
    X(SENDS_INCREMENT_ZERO, FAILS, "sends-increment-zero", "S095", "H2-FLOW-009",                                          \
      "sends WINDOW_UPDATE with an increment of 0")                                                                    \
    X(WINDOW_OVERFLOW_SENT, FAILS, "window-overflow-sent", "", "H2-FLOW-012",                                          \
      "lifts the client's window above 2^31-1")                                                                        \
    X(NEVER_CREDITS_CONNECTION, FAILS, "never-credits-connection", "", "H2-FLOW-018",                                  \
      "never gives connection window back")                                                                            \
    X(NEVER_CREDITS_STREAM, FAILS, "never-credits-stream", "", "H2-FLOW-018",                                          \
      "never gives stream window back")                                                                                \
    X(PADDING_NOT_CREDITED, FAILS, "padding-not-credited", "S042", "H2-FLOW-016",                                          \
      "gives no window back for padding")                                                                              \
    X(NO_CREDIT_FOR_CLOSED, FAILS, "no-credit-for-closed", "", "H2-FLOW-017 H2-STREAM-013",                            \
      "gives no window back for DATA on closed streams")                                                               \
    X(BUFFERS_WITHOUT_LIMIT, LENIENT, "buffers-without-limit", "", "H2-FLOW-020",                                      \
      "reads on though nobody takes its replies")                                                                      \
    X(PINGS_WAIT_FOR_WINDOW, FAILS, "pings-wait-for-window", "", "H2-PING-005",                                        \
      "answers no PING while DATA waits for a window")                                                                 \
    X(STARVES_STREAMS, FAILS, "starves-streams", "", "H2-FLOW-019",                                                    \
      "a stream that waits for its window holds all later ones up")                                                    \
    X(LARGEST_WINDOW_OVERFLOWS, FAILS, "largest-window-overflows", "", "H2-FLOW-012 H2-FLOW-013",                      \
      "a window of exactly 2^31-1 is an overflow")                                                                     \
    X(EMPTY_DATA_KILLS, FAILS, "empty-data-kills", "", "H2-FLOW-005",                                                  \
      "an empty DATA frame is a connection error")                                                                     \
    X(LONG_ASSEMBLY_HANGS, FAILS, "long-assembly-hangs", "", "H2-FLOW-014 H2-FLOW-015",                                \
      "a message of which three windows have come ends all work")                                                      \
    /* requests, HTTP/2 */                                                                                             \
    X(ACCEPTS_UPPER_CASE, FAILS, "accepts-upper-case", "", "H2-HDR-001",                                               \
      "accepts upper-case field names")                                                                                \
    X(ACCEPTS_EMPTY_NAME, LENIENT, "accepts-empty-name", "", "H2-HDR-003 SEC-009",                                       \
      "accepts an empty field name")                                                                                   \
    X(ACCEPTS_NAME_OCTETS, FAILS, "accepts-name-octets", "", "H2-HDR-003",                                             \
      "accepts any octet in a field name")                                                                             \
    X(ACCEPTS_VALUE_OCTETS, FAILS, "accepts-value-octets", "S113", "H2-HDR-004",                                           \
      "accepts NUL, CR and LF in field values")                                                                        \
    X(ACCEPTS_CONNECTION_FIELDS, FAILS, "accepts-connection-fields", "S110", "H2-HDR-007",                                 \
      "accepts connection-specific fields")                                                                            \
    X(ACCEPTS_TE_GZIP, LENIENT, "accepts-te-gzip", "S111", "H2-HDR-009",                                                   \
      "accepts te: gzip")                                                                                              \
    X(ACCEPTS_UNKNOWN_PSEUDO, FAILS, "accepts-unknown-pseudo", "", "H2-HDR-010",                                       \
      "accepts unknown pseudo-header fields")                                                                          \
    X(ACCEPTS_STATUS_IN_REQUEST, FAILS, "accepts-status-in-request", "", "H2-HDR-011",                                 \
      "accepts :status in a request")                                                                                  \
    X(ACCEPTS_PSEUDO_LATE, FAILS, "accepts-pseudo-late", "S107", "H2-HDR-013",                                             \
      "accepts pseudo-header fields after regular ones")                                                               \
    X(ACCEPTS_DUPLICATE_PSEUDO, FAILS, "accepts-duplicate-pseudo", "S108", "H2-HDR-014 H2-HDR-029",                        \
      "accepts a pseudo-header field twice")                                                                           \
    X(ACCEPTS_NO_METHOD, FAILS, "accepts-no-method", "", "H2-HDR-015",                                                 \
      "accepts a request without :method")                                                                             \
    X(ACCEPTS_NO_SCHEME, FAILS, "accepts-no-scheme", "S106", "H2-HDR-016",                                                 \
      "accepts a request without :scheme")                                                                             \
    X(ACCEPTS_NO_PATH, FAILS, "accepts-no-path", "S105", "H2-HDR-017",                                                     \
      "accepts a request without :path")                                                                               \
    X(ACCEPTS_PSEUDO_IN_TRAILERS, FAILS, "accepts-pseudo-in-trailers", "", "H2-HDR-018",                               \
      "accepts pseudo-header fields in trailers")                                                                      \
    X(ACCEPTS_CONTENT_LENGTH, LENIENT, "accepts-content-length", "", "H2-HDR-022",                                     \
      "does not compare content-length with DATA")                                                                     \
    X(ACCEPTS_MIDDLE_BLOCK, FAILS, "accepts-middle-block", "", "H2-HDR-024",                                           \
      "accepts a second header block without END_STREAM")                                                              \
    X(TRAILERS_KILL, FAILS, "trailers-kill", "S116", "H2-HDR-026",                                                         \
      "request trailers kill the connection")                                                                          \
    X(ACCEPTS_TWO_HOSTS, FAILS, "accepts-two-hosts", "", "H2-HDR-029",                                                 \
      "accepts two host fields")                                                                                       \
    X(MALFORMED_KILLS, FAILS, "malformed-kills", "", "SEC-020 H2-ERR-003 H2-STREAM-021 GRPC-MD-012",                           \
      "a malformed request kills the connection")                                                                      \
    X(REFUSES_CONTENT_LENGTH, FAILS, "refuses-content-length", "", "H2-HDR-022",                                       \
      "refuses any content-length")                                                                                    \
    X(REFUSES_EMPTY_VALUE, FAILS, "refuses-empty-value", "", "H2-HDR-004",                                             \
      "refuses empty field values")                                                                                    \
    X(REFUSES_PUNCTUATION, FAILS, "refuses-punctuation", "", "H2-HDR-003 H2-HDR-004",                                  \
      "refuses punctuation in names and values")                                                                       \
    X(REFUSES_MANY_FIELDS, FAILS, "refuses-many-fields", "", "H2-HDR-003",                                             \
      "refuses more than fifty fields")                                                                                \
    X(HOST_HANGS, FAILS, "host-hangs", "", "H2-HDR-028",                                                               \
      "does not answer requests with a host field")                                                                    \
    /* requests, gRPC */                                                                                               \
    X(ROUTES_SLASHES, LENIENT, "routes-slashes", "S098", "GRPC-CALL-013",                                                  \
      "overlooks doubled and trailing slashes in :path")                                                               \
    X(ROUTES_ANY_SERVICE, FAILS, "routes-any-service", "", "GRPC-CALL-012 GRPC-CALL-014",                              \
      "looks at the method's name only")                                                                               \
    X(ROUTES_ANY_CASE, FAILS, "routes-any-case", "", "GRPC-CALL-014",                                                  \
      "matches :path without regard to case")                                                                          \
    X(ROUTES_EVERYTHING, FAILS, "routes-everything", "", "GRPC-CALL-011 GRPC-CALL-012 GRPC-CALL-013",                  \
      "answers OK to every :path")                                                                                     \
    X(ACCEPTS_PATH_WITHOUT_SLASH, FAILS, "accepts-path-without-slash", "", "SEC-029",                                  \
      "accepts a :path without its leading slash")                                                                     \
    X(UNKNOWN_PATH_IS_404, LENIENT, "unknown-path-is-404", "", "GRPC-CALL-011 GRPC-CALL-012",                            \
      "answers an unknown method with HTTP 404")                                                                       \
    X(UNIMPLEMENTED_IS_INTERNAL, FAILS, "unimplemented-is-internal", "S101", "GRPC-CALL-011 GRPC-CALL-012",                \
      "says INTERNAL for UNIMPLEMENTED")                                                                               \
    X(REJECTS_PLUS_PROTO, LENIENT, "rejects-plus-proto", "S103", "GRPC-REQ-HDR-011",                                       \
      "refuses application/grpc+proto")                                                                                \
    X(ACCEPTS_ANY_CONTENT_TYPE, LENIENT, "accepts-any-content-type", "", "GRPC-REQ-HDR-010",                           \
      "serves any content-type")                                                                                       \
    X(ACCEPTS_CONTENT_TYPE_PREFIX, LENIENT, "accepts-content-type-prefix", "", "GRPC-REQ-HDR-012",                     \
      "serves every content-type that begins with application/grpc")                                                   \
    X(EXECUTES_GET, LENIENT, "executes-get", "S104", "GRPC-REQ-HDR-015",                                                   \
      "runs handlers for any :method")                                                                                 \
    X(DEMANDS_AUTHORITY, FAILS, "demands-authority", "", "GRPC-REQ-HDR-016 H2-HDR-028",                                \
      "a request without :authority kills the connection")                                                             \
    X(DEMANDS_TE, FAILS, "demands-te", "", "GRPC-REQ-HDR-014",                                                         \
      "a request without te kills the connection")                                                                     \
    X(REFUSES_UNKNOWN_GRPC_FIELDS, FAILS, "refuses-unknown-grpc-fields", "", "GRPC-REQ-HDR-018",                       \
      "refuses unknown grpc- fields")                                                                                  \
    X(NO_HEADER_LIMIT, LENIENT, "no-header-limit", "", "SEC-016 SEC-019 SEC-020",                                      \
      "takes header lists of any size")                                                                                \
    X(HEADER_LIMIT_TINY, FAILS, "header-limit-tiny", "", "SEC-021 H2-HDR-004",                                         \
      "refuses header lists above 2 KiB")                                                                              \
    X(HEADER_LIMIT_KILLS, FAILS, "header-limit-kills", "S135", "SEC-020",                                                  \
      "a header list that is too large kills the connection")                                                          \
    X(REFUSES_UNKNOWN_FORMAT, FAILS, "refuses-unknown-format", "", "GRPC-REQ-HDR-013",                                 \
      "an unknown sub-format is a malformed request")                                                                  \
    X(FIELD_ORDER_MATTERS, FAILS, "field-order-matters", "", "GRPC-REQ-HDR-017",                                       \
      "refuses fields in an unusual order")                                                                            \
    X(END_ON_HEADERS_IGNORED, LENIENT, "end-on-headers-ignored", "", "GRPC-REQ-HDR-022",                               \
      "overlooks END_STREAM on HEADERS")                                                                               \
    X(ANSWERS_EMPTY_STREAM, FAILS, "answers-empty-stream", "", "GRPC-REQ-HDR-022 GRPC-CALL-006",                       \
      "answers a stream without requests with a message")                                                              \
    /* deadlines */                                                                                                    \
    X(TIMEOUT_OVERFLOWS, FAILS, "timeout-overflows", "S120", "GRPC-DL-013",                                                \
      "a very long timeout expires at once")                                                                           \
    X(IGNORES_TIMEOUT, FAILS, "ignores-timeout", "S122", "GRPC-DL-011 GRPC-DL-007 GRPC-DL-004",                            \
      "ignores grpc-timeout")                                                                                          \
    X(EXPIRY_IS_CANCELLED, LENIENT, "expiry-is-cancelled", "S123", "GRPC-DL-011 GRPC-DL-007",                              \
      "says CANCELLED when a deadline passes")                                                                         \
    X(EXPIRY_RESETS_INTERNAL, FAILS, "expiry-resets-internal", "", "GRPC-DL-011 GRPC-DL-007",                          \
      "resets with INTERNAL_ERROR when a deadline passes")                                                             \
    X(EXPIRY_WAITS_FOR_HANDLER, FAILS, "expiry-waits-for-handler", "S124", "GRPC-DL-007 GRPC-DL-011 GRPC-DL-015",          \
      "a deadline waits for the handler")                                                                              \
    X(ZERO_TIMEOUT_IS_FOREVER, LENIENT, "zero-timeout-is-forever", "", "GRPC-DL-014",                                  \
      "a timeout of 0 never passes")                                                                                   \
    X(BAD_TIMEOUT_KILLS, FAILS, "bad-timeout-kills", "", "GRPC-DL-005 GRPC-DL-014",                                    \
      "a malformed grpc-timeout kills the connection")                                                                 \
    X(BAD_TIMEOUT_HANGS, FAILS, "bad-timeout-hangs", "", "GRPC-DL-005",                                                \
      "a malformed grpc-timeout ends all work")                                                                        \
    X(UNITS_ARE_MILLISECONDS, FAILS, "units-are-milliseconds", "", "GRPC-DL-004",                                      \
      "reads H, M and S as milliseconds")                                                                              \
    X(TIMEOUT_EXPIRES_AT_ONCE, FAILS, "timeout-expires-at-once", "", "GRPC-DL-004",                                    \
      "any timeout passes at once")                                                                                    \
    X(EXPIRY_IS_OK, FAILS, "expiry-is-ok", "", "GRPC-DL-011 GRPC-DL-007",                                              \
      "says OK when a deadline passes")                                                                                \
    X(IDLE_CALLS_STALL, FAILS, "idle-calls-stall", "", "GRPC-DL-006",                                                  \
      "sends nothing more on a call that was idle for a second")                                                       \
    /* messages */                                                                                                     \
    X(PREFIX_MUST_BE_WHOLE, FAILS, "prefix-must-be-whole", "S137", "GRPC-MSG-002",                                         \
      "loses a message prefix that arrives in pieces")                                                                 \
    X(MESSAGE_PER_FRAME, FAILS, "message-per-frame", "", "GRPC-MSG-002",                                               \
      "takes each DATA frame for whole messages")                                                                      \
    X(LENGTH_LITTLE_ENDIAN, FAILS, "length-little-endian", "S138", "GRPC-MSG-001",                                         \
      "reads the length with the wrong end first")                                                                     \
    X(EMPTY_MESSAGE_IS_NONE, FAILS, "empty-message-is-none", "", "GRPC-MSG-003",                                       \
      "takes an empty message for none")                                                                               \
    X(ACCEPTS_FLAG_2, LENIENT, "accepts-flag-2", "S143", "GRPC-MSG-004",                                                   \
      "takes a compressed flag of 2 for 0")                                                                            \
    X(EMPTIES_FLAG_2, FAILS, "empties-flag-2", "", "GRPC-MSG-004",                                                         \
      "gives the handler an empty message where the compressed flag is 2")                                             \
    X(ACCEPTS_TRUNCATED_MESSAGE, FAILS, "accepts-truncated-message", "", "GRPC-MSG-005",                               \
      "overlooks that the request ends inside a message")                                                              \
    X(EMPTY_DATA_ENDS_STREAM, FAILS, "empty-data-ends-stream", "", "GRPC-MSG-006",                                     \
      "takes an empty DATA frame for the end of the request")                                                          \
    X(EMPTY_END_STREAM_IGNORED, FAILS, "empty-end-stream-ignored", "S179", "GRPC-MSG-007",                                 \
      "overlooks END_STREAM on an empty DATA frame")                                                                   \
    X(ACCEPTS_BAD_PROTOBUF, FAILS, "accepts-bad-protobuf", "", "GRPC-MSG-010",                                         \
      "overlooks that a message does not parse")                                                                       \
    X(SHUFFLES_MESSAGES, FAILS, "shuffles-messages", "", "GRPC-MSG-012",                                               \
      "sends planned messages in reverse order")                                                                       \
    X(LIMIT_AFTER_BUFFERING, LENIENT, "limit-after-buffering", "S147", "SEC-024 GRPC-MSG-008",                             \
      "waits for all of a message that is too large")                                                                  \
    X(NO_MESSAGE_LIMIT, LENIENT, "no-message-limit", "", "SEC-025 SEC-024 GRPC-MSG-008",                               \
      "takes messages of any size")                                                                                    \
    X(LIMIT_IS_INTERNAL, LENIENT, "limit-is-internal", "", "GRPC-MSG-008 SEC-024",                                     \
      "says INTERNAL where a message is too large")                                                                    \
    X(LARGE_MESSAGE_HANGS, FAILS, "large-message-hangs", "", "SEC-024 GRPC-MSG-008 H2-FLOW-014",                       \
      "a message that is too large ends all work")                                                                     \
    X(EMPTY_MESSAGE_ENDS_REQUEST, FAILS, "empty-message-ends-request", "", "GRPC-MSG-003",                             \
      "takes an empty message for the end of the request")                                                             \
    X(END_STREAM_WITH_DATA_IGNORED, FAILS, "end-stream-with-data-ignored", "", "GRPC-MSG-007",                         \
      "overlooks END_STREAM on DATA that is not empty")                                                                \
    /* compression */                                                                                                  \
    X(ACCEPTS_FLAG_WITHOUT_ENCODING, FAILS, "accepts-flag-without-encoding", "S144", "GRPC-COMP-006",                      \
      "takes a compressed message without grpc-encoding")                                                              \
    X(ACCEPTS_FLAG_WITH_IDENTITY, FAILS, "accepts-flag-with-identity", "", "GRPC-COMP-007",                            \
      "takes a compressed message with grpc-encoding identity")                                                        \
    X(UNSUPPORTED_ENCODING_RESETS, FAILS, "unsupported-encoding-resets", "S145", "GRPC-COMP-001 GRPC-COMP-024",            \
      "resets where the encoding is not supported")                                                                    \
    X(UNSUPPORTED_ENCODING_INTERNAL, FAILS, "unsupported-encoding-internal", "", "GRPC-COMP-001",                      \
      "says INTERNAL where the encoding is not supported")                                                             \
    X(NO_ACCEPT_ENCODING, FAILS, "no-accept-encoding", "", "GRPC-COMP-002",                                            \
      "never sends grpc-accept-encoding")                                                                              \
    X(LISTS_REJECTED_ENCODING, FAILS, "lists-rejected-encoding", "", "GRPC-COMP-003",                                  \
      "lists encodings that it refuses")                                                                               \
    X(ACCEPT_LIST_INCOMPLETE, FAILS, "accept-list-incomplete", "", "GRPC-COMP-004",                                    \
      "does not list the encodings it takes")                                                                          \
    X(REFUSES_IDENTITY, FAILS, "refuses-identity", "S146", "GRPC-COMP-012 GRPC-COMP-008",                                  \
      "refuses grpc-encoding identity")                                                                                \
    X(DECOMPRESSES_FLAG_0, FAILS, "decompresses-flag-0", "", "GRPC-COMP-008",                                          \
      "decompresses messages whose flag is 0")                                                                         \
    X(KEEPS_COMPRESSION_CONTEXT, FAILS, "keeps-compression-context", "", "GRPC-COMP-009",                              \
      "expects a compressed message to go on from the one before")                                                     \
    X(COMPRESSES_UNASKED, FAILS, "compresses-unasked", "S151", "GRPC-COMP-010 GRPC-COMP-011",                              \
      "compresses for a client that cannot decompress")                                                                \
    X(COMPRESSION_INVERTED, FAILS, "compression-inverted", "", "GRPC-COMP-018 GRPC-COMP-019 GRPC-COMP-015 GRPC-COMP-020",\
      "compresses what should not be, and does not what should")                                                       \
    X(CORRUPT_COMPRESSION_IS_EMPTY, FAILS, "corrupt-compression-is-empty", "", "GRPC-COMP-016",                        \
      "takes corrupt data for an empty message")                                                                       \
    X(CORRUPT_COMPRESSION_KILLS, FAILS, "corrupt-compression-kills", "", "GRPC-COMP-016",                              \
      "corrupt data kills the connection")                                                                             \
    X(FLAG_ON_PLAIN_PAYLOAD, FAILS, "flag-on-plain-payload", "S153", "GRPC-COMP-018 GRPC-COMP-019 GRPC-COMP-020 GRPC-COMP-022 GRPC-COMP-011",\
      "sets the flag on what it did not compress")                                                                     \
    X(SENDS_FLAG_WITHOUT_ENCODING, FAILS, "sends-flag-without-encoding", "", "GRPC-COMP-020",                          \
      "sets the flag and names no encoding")                                                                           \
    X(SENDS_FLAG_2, FAILS, "sends-flag-2", "", "GRPC-MSG-001",                                                         \
      "its messages have flag 2")                                                                                      \
    X(SENDS_LENGTH_TOO_LONG, FAILS, "sends-length-too-long", "", "GRPC-MSG-001",                                       \
      "its messages promise more octets than there are")                                                               \
    X(RAW_DEFLATE, LENIENT, "raw-deflate", "", "GRPC-COMP-023",                                                        \
      "deflate without the zlib wrapping")                                                                             \
    X(EXPECTED_COMPRESSION_FAILS, FAILS, "expected-compression-fails", "", "GRPC-COMP-017",                            \
      "fails whatever sets expect_compressed")                                                                         \
    X(EMPTY_COMPRESSED_KILLS, FAILS, "empty-compressed-kills", "", "GRPC-COMP-025",                                    \
      "a compressed message that is empty kills the connection")                                                       \
    X(DEMANDS_ACCEPT_ENCODING, FAILS, "demands-accept-encoding", "", "GRPC-COMP-011",                                  \
      "fails a response that it cannot compress")                                                                      \
    /* metadata */                                                                                                     \
    X(NO_INITIAL_METADATA, FAILS, "no-initial-metadata", "", "GRPC-MD-001 GRPC-MD-007",                                \
      "drops initial metadata")                                                                                        \
    X(NO_TRAILING_METADATA, FAILS, "no-trailing-metadata", "", "GRPC-MD-002 GRPC-STAT-022 GRPC-MD-007",                \
      "drops trailing metadata")                                                                                       \
    X(TRUNCATES_TEXT, FAILS, "truncates-text", "", "GRPC-MD-001",                                                      \
      "cuts values to four octets")                                                                                    \
    X(RAW_BINARY, FAILS, "raw-binary", "", "GRPC-MD-002 GRPC-MD-003 GRPC-MD-018",                                      \
      "sends -bin values as raw octets")                                                                               \
    X(BASE64_TWICE, FAILS, "base64-twice", "S129", "GRPC-MD-002 GRPC-STAT-022",                                            \
      "encodes -bin values twice")                                                                                     \
    X(BASE64_DEMANDS_PADDING, FAILS, "base64-demands-padding", "S125", "GRPC-MD-003",                                      \
      "demands padding in base64")                                                                                     \
    X(BASE64_REFUSES_PADDING, FAILS, "base64-refuses-padding", "", "GRPC-MD-003",                                      \
      "refuses padding in base64")                                                                                     \
    X(PADS_BASE64, FAILS, "pads-base64", "", "GRPC-MD-004",                                                            \
      "pads its base64")                                                                                               \
    X(BINARY_NOT_SPLIT, FAILS, "binary-not-split", "", "GRPC-MD-005",                                                  \
      "does not split -bin values at commas")                                                                          \
    X(REVERSES_METADATA, FAILS, "reverses-metadata", "", "GRPC-MD-006",                                                \
      "reverses the values of a repeated key")                                                                         \
    X(SPLITS_TEXT_AT_COMMA, FAILS, "splits-text-at-comma", "S128", "GRPC-MD-001",                                          \
      "splits text values at commas")                                                                                  \
    X(REFUSES_HIGH_OCTETS, FAILS, "refuses-high-octets", "", "GRPC-MD-010 GRPC-MD-011 GRPC-MD-012",                    \
      "refuses values with octets above 0x7f")                                                                         \
    X(BAD_BINARY_KILLS, FAILS, "bad-binary-kills", "S133", "GRPC-MD-013 SEC-028",                                          \
      "a -bin value that is not base64 kills the connection")                                                          \
    X(BAD_BINARY_POISONS, FAILS, "bad-binary-poisons", "S067", "HPACK-023 GRPC-MD-013 SEC-028",                            \
      "after a -bin value that is not base64 every call fails")                                                        \
    X(DROPS_EMPTY_VALUES, LENIENT, "drops-empty-values", "", "GRPC-MD-014",                                            \
      "drops empty values")                                                                                            \
    X(UPPER_CASE_ECHO, FAILS, "upper-case-echo", "S132", "H2-HDR-006",                                                     \
      "echoes metadata with upper-case keys")                                                                          \
    X(APPLICATION_SETS_RESERVED, FAILS, "application-sets-reserved", "S134", "GRPC-REQ-HDR-023 GRPC-MD-016",               \
      "sends a second content-type")                                                                                   \
    X(REFUSES_EMPTY_METADATA, FAILS, "refuses-empty-metadata", "", "GRPC-MD-014",                                      \
      "fails calls with empty metadata values")                                                                        \
    X(REFUSES_REPEATED_KEYS, FAILS, "refuses-repeated-keys", "", "GRPC-MD-006 GRPC-MD-007",                            \
      "metadata with a repeated key kills the connection")                                                             \
    /* responses */                                                                                                    \
    X(SENDS_UNDEFINED_FLAGS, FAILS, "sends-undefined-flags", "", "H2-FRAME-004",                                       \
      "sets a flag that HEADERS does not have")                                                                        \
    X(SENDS_RESERVED_BIT, FAILS, "sends-reserved-bit", "", "H2-FRAME-004",                                             \
      "sets the reserved bit")                                                                                         \
    X(PADS_WITH_LETTERS, FAILS, "pads-with-letters", "", "H2-FRAME-033",                                               \
      "its padding is not zero")                                                                                       \
    X(SENDS_TOO_MUCH_PADDING, FAILS, "sends-too-much-padding", "", "H2-FRAME-029",                                     \
      "its pad length is larger than the payload")                                                                     \
    X(INTERLEAVES_BLOCKS, FAILS, "interleaves-blocks", "", "H2-FRAME-024",                                             \
      "sends PING inside a header block")                                                                              \
    X(SENDS_UPPER_CASE, FAILS, "sends-upper-case", "", "H2-HDR-006",                                                   \
      "sends an upper-case field name")                                                                                \
    X(SENDS_BAD_NAME, FAILS, "sends-bad-name", "", "H2-HDR-003",                                                       \
      "sends a field name with a space")                                                                               \
    X(SENDS_BAD_VALUE, FAILS, "sends-bad-value", "", "H2-HDR-004",                                                     \
      "sends a field value with LF")                                                                                   \
    X(SENDS_UNTRIMMED_VALUE, FAILS, "sends-untrimmed-value", "", "H2-HDR-005",                                         \
      "sends a field value that ends with a space")                                                                    \
    X(SENDS_CONNECTION_FIELD, FAILS, "sends-connection-field", "", "H2-HDR-008",                                       \
      "sends a connection field")                                                                                      \
    X(SENDS_TE, FAILS, "sends-te", "", "H2-HDR-009",                                                                   \
      "sends te: gzip")                                                                                                \
    X(SENDS_CONTENT_LENGTH, FAILS, "sends-content-length", "", "H2-HDR-023",                                           \
      "sends a content-length that is wrong")                                                                          \
    X(SENDS_UNKNOWN_PSEUDO, FAILS, "sends-unknown-pseudo", "", "H2-HDR-012",                                           \
      "sends an unknown pseudo-header field")                                                                          \
    X(SENDS_PSEUDO_LATE, FAILS, "sends-pseudo-late", "", "H2-HDR-013 GRPC-REQ-HDR-007",                                \
      "sends :status after regular fields")                                                                            \
    X(PSEUDO_IN_TRAILERS, FAILS, "pseudo-in-trailers", "S169", "H2-HDR-018",                                               \
      "sends :status in trailers")                                                                                     \
    X(NO_HTTP_STATUS, FAILS, "no-http-status", "", "H2-HDR-019 GRPC-REQ-HDR-023",                                      \
      "sends no :status")                                                                                              \
    X(BAD_HTTP_STATUS, FAILS, "bad-http-status", "", "H2-HDR-019 GRPC-REQ-HDR-023",                                    \
      "sends a :status that is no number")                                                                             \
    X(DOUBLE_HTTP_STATUS, FAILS, "double-http-status", "", "H2-HDR-014",                                               \
      "sends :status twice")                                                                                           \
    X(SENDS_101, FAILS, "sends-101", "", "H2-HDR-021",                                                                 \
      "sends a response with :status 101 first")                                                                       \
    X(SENDS_MIDDLE_BLOCK, FAILS, "sends-middle-block", "", "H2-HDR-025 GRPC-REQ-HDR-024",                              \
      "sends a header block in the middle")                                                                            \
    X(NO_RESPONSE_HEADERS, FAILS, "no-response-headers", "", "H2-HDR-030",                                             \
      "sends DATA without response headers")                                                                           \
    X(NO_CONTENT_TYPE, FAILS, "no-content-type", "", "GRPC-REQ-HDR-023 GRPC-REQ-HDR-026",                              \
      "sends no content-type")                                                                                         \
    X(WRONG_CONTENT_TYPE, FAILS, "wrong-content-type", "", "GRPC-REQ-HDR-023",                                         \
      "sends another content-type")                                                                                    \
    X(HTTP_STATUS_FROM_GRPC, FAILS, "http-status-from-grpc", "S162", "GRPC-STAT-015 GRPC-REQ-HDR-023",                     \
      "sends :status 500 for errors")                                                                                  \
    X(HEADERS_AT_ONCE, LENIENT, "headers-at-once", "", "GRPC-REQ-HDR-028",                                             \
      "sends response headers before there is a message")                                                              \
    X(TRAILERS_ONLY_ENDS_BY_DATA, FAILS, "trailers-only-ends-by-data", "S159", "GRPC-REQ-HDR-026 GRPC-REQ-HDR-025",        \
      "ends a Trailers-Only response with an empty DATA frame")                                                        \
    X(TRAILERS_ONLY_WITHOUT_STATUS, FAILS, "trailers-only-without-status", "", "GRPC-REQ-HDR-026",                     \
      "sends Trailers-Only without grpc-status")                                                                       \
    X(NEVER_TRAILERS_ONLY, LENIENT, "never-trailers-only", "", "GRPC-REQ-HDR-027 GRPC-REQ-HDR-026",                    \
      "sends headers and trailers for immediate errors")                                                               \
    X(ENDS_ON_DATA, FAILS, "ends-on-data", "S155", "GRPC-REQ-HDR-025 GRPC-STAT-001",                                       \
      "ends with DATA, without trailers")                                                                              \
    X(TRAILERS_WITHOUT_END_STREAM, FAILS, "trailers-without-end-stream", "S156", "GRPC-REQ-HDR-025 GRPC-REQ-HDR-024",      \
      "sends trailers without END_STREAM")                                                                             \
    X(RESETS_INSTEAD_OF_TRAILERS, FAILS, "resets-instead-of-trailers", "S177", "GRPC-STAT-001 GRPC-CANCEL-007",            \
      "resets the stream where trailers are due")                                                                      \
    X(NO_RESET_AFTER_EARLY_END, LENIENT, "no-reset-after-early-end", "", "GRPC-CALL-015",                              \
      "sends no RST_STREAM(NO_ERROR) when it ends first")                                                              \
    X(NO_STATUS, FAILS, "no-status", "", "GRPC-STAT-001",                                                              \
      "sends no grpc-status")                                                                                          \
    X(STATUS_TWICE, FAILS, "status-twice", "", "GRPC-STAT-001",                                                        \
      "sends grpc-status twice")                                                                                       \
    X(SENDS_STATUS_EARLY, FAILS, "sends-status-early", "", "GRPC-REQ-HDR-024",                                         \
      "sends grpc-status in the response headers too")                                                                 \
    X(STATUS_LEADING_ZERO, FAILS, "status-leading-zero", "S160", "GRPC-STAT-002",                                          \
      "writes grpc-status with a leading zero")                                                                        \
    X(STATUS_OUT_OF_RANGE, FAILS, "status-out-of-range", "", "GRPC-STAT-002 GRPC-STAT-009 GRPC-STAT-008 GRPC-REQ-HDR-027",\
      "adds 100 to every status")                                                                                      \
    X(CODES_ABOVE_12_UNKNOWN, FAILS, "codes-above-12-unknown", "", "GRPC-STAT-009",                                    \
      "says UNKNOWN for every status above 12")                                                                        \
    X(ALWAYS_OK, FAILS, "always-ok", "", "GRPC-STAT-008 GRPC-STAT-009",                                                \
      "says OK always")                                                                                                \
    X(NO_STATUS_MESSAGE, FAILS, "no-status-message", "", "GRPC-STAT-008",                                              \
      "drops the status message")                                                                                      \
    X(MESSAGE_NOT_ENCODED, FAILS, "message-not-encoded", "S163", "GRPC-STAT-003",                                          \
      "does not percent-encode grpc-message")                                                                          \
    X(PERCENT_NOT_ENCODED, FAILS, "percent-not-encoded", "", "GRPC-STAT-003",                                          \
      "does not percent-encode the percent sign")                                                                      \
    X(LOWER_CASE_HEX, FAILS, "lower-case-hex", "", "GRPC-STAT-004",                                                    \
      "percent-encodes with lower-case digits")                                                                        \
    X(TRAILING_METADATA_EARLY, FAILS, "trailing-metadata-early", "S167", "GRPC-STAT-022 GRPC-MD-002",                      \
      "sends trailing metadata in the headers")                                                                        \
    X(GOAWAY_NAMES_UNKNOWN_STREAM, FAILS, "goaway-names-unknown-stream", "", "H2-ERR-001",                             \
      "its GOAWAY names a stream that was never opened")                                                               \
    X(GOAWAY_DISOWNS_STREAMS, FAILS, "goaway-disowns-streams", "S186", "H2-GOAWAY-006",                                    \
      "its GOAWAY names stream 0 though it has answered")                                                              \
    X(GOAWAY_RAISES_LAST_STREAM, FAILS, "goaway-raises-last-stream", "S188", "H2-GOAWAY-003",                              \
      "a second GOAWAY raises the last-stream-id")                                                                     \
    X(REFUSED_CALLS_HANG, FAILS, "refused-calls-hang", "", "GRPC-STAT-019 GRPC-CALL-013 GRPC-CALL-012",                \
      "a call that is refused at its headers ends all work")                                                           \
    X(FORM_ENCODED_MESSAGE, FAILS, "form-encoded-message", "", "GRPC-STAT-003",                                        \
      "writes spaces in grpc-message as plus signs")                                                                   \
    X(OWN_CODES_ARE_INVALID_ARGUMENT, FAILS, "own-codes-are-invalid-argument", "", "GRPC-STAT-019",                    \
      "says INVALID_ARGUMENT for its own failures")                                                                    \
    /* calls */                                                                                                        \
    X(NO_REPLY, FAILS, "no-reply", "S174", "GRPC-CALL-001 GRPC-CALL-002",                                                  \
      "says OK without a reply")                                                                                       \
    X(REPLIES_TWICE, FAILS, "replies-twice", "S173", "GRPC-CALL-001 GRPC-CALL-002 GRPC-CALL-003",                          \
      "sends the reply twice")                                                                                         \
    X(WRONG_RESPONSE_SIZE, FAILS, "wrong-response-size", "", "GRPC-CALL-002 GRPC-CALL-004 GRPC-CALL-020",              \
      "sends an octet more than it was asked for")                                                                     \
    X(STATUS_DROPS_MESSAGES, FAILS, "status-drops-messages", "S171", "GRPC-CALL-004 GRPC-CALL-001",                        \
      "the status overtakes messages that wait")                                                                       \
    X(FULL_DUPLEX_SERIALISED, FAILS, "full-duplex-serialised", "S178 S168", "GRPC-CALL-005 GRPC-CALL-022",                      \
      "answers only after the client has half-closed")                                                                 \
    X(EXTRA_MESSAGE_IGNORED, FAILS, "extra-message-ignored", "S181", "GRPC-CALL-008",                                      \
      "ignores a second message of a unary request")                                                                   \
    X(NO_MESSAGE_IS_EMPTY, FAILS, "no-message-is-empty", "", "GRPC-CALL-007",                                          \
      "takes no message for an empty one")                                                                             \
    X(ACCEPTS_ANY_RESPONSE_TYPE, LENIENT, "accepts-any-response-type", "", "GRPC-CALL-021",                            \
      "accepts any response_type")                                                                                     \
    X(FIRST_OF_MANY_ONLY, FAILS, "first-of-many-only", "", "GRPC-CALL-019 H2-STREAM-020",                              \
      "serves one call at a time and refuses the others")                                                              \
    X(COUNTS_ONE_REQUEST, FAILS, "counts-one-request", "", "GRPC-CALL-003",                                            \
      "counts only the first request of a client stream")                                                              \
    X(EMPTY_STREAM_IS_ERROR, FAILS, "empty-stream-is-error", "", "GRPC-CALL-018 GRPC-CALL-006 GRPC-REQ-HDR-028",       \
      "refuses a stream without messages")                                                                            \
    /* abuse, stopping, health, reflection */                                                                          \
    X(BEARS_ANY_PINGS, LENIENT, "bears-any-pings", "S193", "GRPC-KA-001 GRPC-KA-004",                                      \
      "bears any number of pings")                                                                                     \
    X(NO_STRIKE_IS_FORGIVEN, FAILS, "no-strike-is-forgiven", "", "GRPC-KA-001 GRPC-KA-002 GRPC-KA-004",                \
      "the second ping is one too many")                                                                               \
    X(ACKS_ARE_STRIKES, FAILS, "acks-are-strikes", "", "GRPC-KA-002",                                                  \
      "counts answers to PING as pings")                                                                               \
    X(STRIKES_ARE_KEPT, FAILS, "strikes-are-kept", "", "GRPC-KA-003",                                                  \
      "pings count on when responses are sent between them")                                                           \
    X(READS_WHILE_IT_WRITES, LENIENT, "reads-while-it-writes", "S196", "SEC-006",                                          \
      "queues answers without end for a client that does not read")                                                    \
    X(FLOODS_STOP_ALL, FAILS, "floods-stop-all", "", "SEC-001 SEC-002 SEC-003 SEC-004 SEC-005 SEC-006 SEC-007 SEC-008 SEC-010 SEC-011 SEC-012 SEC-013 SEC-014 SEC-015 SEC-023 SEC-025 SEC-026 SEC-030",\
      "one flood, and nobody is served any more")                                                                      \
    X(HEADER_LISTS_STOP_ALL, FAILS, "header-lists-stop-all", "", "SEC-009 SEC-016 SEC-018 SEC-019",                    \
      "a header list above the limit, and nobody is served any more")                                                  \
    X(RESPONSES_OUTLIVE_DEADLINE, LENIENT, "responses-outlive-deadline", "", "SEC-026",                                \
      "responses that wait for a window are kept when the deadline has passed")                                        \
    X(EMPTY_DATA_STOPS_ALL, FAILS, "empty-data-stops-all", "S198", "SEC-011",                                          \
      "fifty empty DATA frames, and nobody is served any more")                                                        \
    X(STOPS_WITHOUT_GOAWAY, FAILS, "stops-without-goaway", "", "GRPC-GOAWAY-001 H2-GOAWAY-004 GRPC-GOAWAY-010",        \
      "closes without GOAWAY when it stops")                                                                           \
    X(STOPS_IN_ONE_STEP, LENIENT, "stops-in-one-step", "S185", "H2-GOAWAY-004",                                            \
      "names its last stream at once when it stops")                                                                   \
    X(STOP_DISOWNS_CALLS, FAILS, "stop-disowns-calls", "", "H2-GOAWAY-004 H2-GOAWAY-005 H2-GOAWAY-006",                \
      "its last GOAWAY names stream 0, whatever is being served")                                                      \
    X(STOP_REFUSES_OPEN_CALLS, FAILS, "stop-refuses-open-calls", "", "H2-GOAWAY-007 GRPC-GOAWAY-010 H2-GOAWAY-005",    \
      "refuses calls that have had a response when it stops")                                                          \
    X(STOP_ENDS_CALLS, FAILS, "stop-ends-calls", "S189", "GRPC-GOAWAY-010 H2-GOAWAY-005",                                  \
      "ends open calls when it stops")                                                                                 \
    X(STOP_LOSES_CALLS_BETWEEN, FAILS, "stop-loses-calls-between", "", "H2-GOAWAY-005",                                \
      "never answers a call that comes between the two GOAWAYs")                                                       \
    X(STOP_SERVES_ON, FAILS, "stop-serves-on", "", "GRPC-STAT-021",                                                    \
      "goes on serving what is new when it stops")                                                                     \
    X(STOP_KEEPS_WINDOW, FAILS, "stop-keeps-window", "", "H2-GOAWAY-008",                                              \
      "does not give back the window that ignored streams took")                                                       \
    X(STOP_NEVER_CLOSES, FAILS, "stop-never-closes", "", "GRPC-GOAWAY-010 GRPC-GOAWAY-001",                            \
      "keeps a connection open when its last call is over and it stops")                                               \
    X(HEALTH_IS_NEVER_KNOWN, FAILS, "health-is-never-known", "", "GRPC-HEALTH-001 GRPC-HEALTH-003",                    \
      "Check answers UNKNOWN")                                                                                         \
    X(CHECK_SAYS_SERVICE_UNKNOWN, FAILS, "check-says-service-unknown", "", "GRPC-HEALTH-002 GRPC-HEALTH-004",          \
      "Check of an unknown service is OK, with SERVICE_UNKNOWN")                                                       \
    X(WATCH_ENDS, FAILS, "watch-ends", "", "GRPC-HEALTH-005 GRPC-HEALTH-006",                                          \
      "Watch ends behind its first message")                                                                           \
    X(WATCH_TELLS_ONCE, FAILS, "watch-tells-once", "", "GRPC-HEALTH-007",                                              \
      "Watch tells the first status and no other")                                                                     \
    X(HEALTH_LIST_FAILS, FAILS, "health-list-fails", "", "GRPC-HEALTH-008",                                            \
      "List fails with INTERNAL")                                                                                      \
    X(REFLECTION_LISTS_NOTHING, FAILS, "reflection-lists-nothing", "", "GRPC-REFL-002",                                \
      "lists no services")                                                                                             \
    X(REFLECTION_ECHOES_NOTHING, FAILS, "reflection-echoes-nothing", "", "GRPC-REFL-005",                              \
      "does not echo the original request")                                                                            \
    X(REFLECTION_LOSES_IMPORTS, FAILS, "reflection-loses-imports", "", "GRPC-REFL-003",                                \
      "does not find a file that another imports")                                                                     \
    X(REFLECTION_CHANGES_ITS_MIND, FAILS, "reflection-changes-its-mind", "", "GRPC-REFL-006",                          \
      "sends another file the second time")                                                                            \
    X(REFLECTION_ERRORS_END_IT, FAILS, "reflection-errors-end-it", "", "GRPC-REFL-004",                                \
      "ends the stream when a symbol is not found")                                                                    \
    X(REFLECTION_FAILS_ON_EXTENSIONS, FAILS, "reflection-fails-on-extensions", "", "GRPC-REFL-007",                    \
      "ends the stream when it is asked about extensions")                                                             \
    X(REFLECTION_ENDS_BADLY, FAILS, "reflection-ends-badly", "", "GRPC-REFL-008 GRPC-REFL-001",                        \
      "ends a half-closed stream with INTERNAL")                                                                       \
    /* TLS */                                                                                                          \
    X(TLS_SELECTS_NOTHING, FAILS, "tls-selects-nothing", "", "H2-TLS-001",                                             \
      "selects no ALPN protocol")                                                                                      \
    X(TLS_PREFERS_HTTP_1, FAILS, "tls-prefers-http-1", "", "H2-TLS-001",                                               \
      "selects http/1.1 where it is offered")                                                                          \
    X(TLS_ENDS_BEHIND_HANDSHAKE, FAILS, "tls-ends-behind-handshake", "", "H2-TLS-001 H2-TLS-004 H2-TLS-009 H2-TLS-011",\
      "closes every TLS connection behind its handshake")                                                              \
    X(TLS_1_0_IS_SPOKEN, FAILS, "tls-1-0-is-spoken", "", "H2-TLS-004",                                                 \
      "speaks TLS 1.0")                                                                                                \
    X(TLS_1_1_IS_SPOKEN, FAILS, "tls-1-1-is-spoken", "", "H2-TLS-004",                                                 \
      "speaks TLS 1.1")                                                                                                \
    X(TLS_WEAK_CIPHERS, LENIENT, "tls-weak-ciphers", "", "H2-TLS-008",                                                 \
      "negotiates prohibited cipher suites")                                                                           \
    X(TLS_LACKS_MANDATORY_CIPHER, FAILS, "tls-lacks-mandatory-cipher", "", "H2-TLS-009",                               \
      "speaks TLS 1.2 with AES-256 only")                                                                              \
    X(TLS_COMPRESSES, FAILS, "tls-compresses", "", "H2-TLS-006",                                                       \
      "selects TLS compression where it is offered")                                                                   \
    X(TLS_RENEGOTIATES, FAILS, "tls-renegotiates", "", "H2-TLS-007",                                                   \
      "renegotiates TLS 1.2")                                                                                          \
    X(TLS_ASKS_LATE, FAILS, "tls-asks-late", "", "H2-TLS-011",                                                         \
      "asks for a certificate behind the handshake")                                                                   \
    X(TLS_DEMANDS_NO_CERTIFICATE, FAILS, "tls-demands-no-certificate", "", "H2-TLS-012",                               \
      "serves clients without a certificate")                                                                          \
    X(TLS_FAILURES_STOP_ALL, FAILS, "tls-failures-stop-all", "", "H2-TLS-004 H2-TLS-008 H2-TLS-012",                   \
      "a handshake that fails, and nobody is served any more")                                                         \
    /* time */                                                                                                         \
    X(HANDSHAKES_LAST_FOR_EVER, FAILS, "handshakes-last-for-ever", "", "SEC-027",                                      \
      "waits for a preface for ever")                                                                                  \
    X(IDLE_IS_NEVER_OVER, FAILS, "idle-is-never-over", "", "GRPC-GOAWAY-006",                                          \
      "keeps idle connections")                                                                                        \
    X(AGE_IS_NO_MATTER, FAILS, "age-is-no-matter", "", "GRPC-GOAWAY-007 GRPC-GOAWAY-008",                              \
      "keeps old connections")                                                                                         \
    X(GRACE_IS_ENDLESS, FAILS, "grace-is-endless", "", "GRPC-GOAWAY-008",                                              \
      "lets calls go on beyond the grace of an old connection")                                                        \
    X(NEVER_PINGS, FAILS, "never-pings", "", "GRPC-KA-014",                                                            \
      "never pings an idle connection")                                                                                \
    X(UNANSWERED_PINGS_DO_NOT_MATTER, FAILS, "unanswered-pings-do-not-matter", "", "GRPC-KA-014",                      \
      "keeps a connection whose PING is not answered")                                                                 \
    X(PERMITTED_PINGS_ARE_STRIKES, FAILS, "permitted-pings-are-strikes", "", "GRPC-KA-005",                            \
      "takes permitted pings for strikes")                                                                             \
    /* memory, small tables and windows */                                                                             \
    X(CONNECTIONS_ARE_NEVER_FREED, FAILS, "connections-are-never-freed", "S184", "SEC-001 SEC-003 SEC-004 SEC-009 SEC-014",\
      "keeps the memory of connections that are over")                                                                 \
    X(MAKES_ALL_AT_ONCE, LENIENT, "makes-all-at-once", "", "SEC-010",                                                  \
      "makes all responses of a stream at once, whether they can be sent or not")                                      \
    X(INFLATES_EVERYTHING, FAILS, "inflates-everything", "S148", "SEC-023",                                            \
      "applies its message limit to the compressed size only")                                                         \
    X(LIMIT_OFF_BY_ONE, LENIENT, "limit-off-by-one", "S149", "SEC-025",                                                \
      "refuses a message of exactly its limit")                                                                        \
    X(LOWER_WINDOW_AT_ONCE, FAILS, "lower-window-at-once", "S096", "H2-FLOW-022",                                      \
      "holds a client to a smaller window before it can know it")                                                      \
    X(LOWER_WINDOW_STALLS, FAILS, "lower-window-stalls", "S090", "H2-FLOW-022 H2-FLOW-018",                            \
      "gives no window back to streams older than its smaller window")                                                 \
    X(OVERLOOKS_DUE_UPDATE, FAILS, "overlooks-due-update", "", "HPACK-007",                                            \
      "overlooks that a size update is missing")                                                                       \
    X(TRUE_BINARY_IS_REFUSED, FAILS, "true-binary-is-refused", "", "GRPC-MD-019",                                      \
      "announces true binary metadata and refuses it")                                                                 \
    X(TRUE_BINARY_TWICE, LENIENT, "true-binary-twice", "", "GRPC-MD-020",                                              \
      "announces true binary metadata twice")                                                                          \
    X(DETAILS_DISAGREE, LENIENT, "details-disagree", "", "GRPC-STAT-018",                                              \
      "names another code in its status details")                                                                      \
    X(THROWING_IS_INTERNAL, FAILS, "throwing-is-internal", "", "GRPC-STAT-020",                                        \
      "says INTERNAL for a handler that throws")                                                                       \
    /* what goes wrong after a while */                                                                                \
    X(TABLE_LOST_AFTER_100_BLOCKS, FAILS, "table-lost-after-100-blocks", "", "HPACK-015",                              \
      "forgets the dynamic table once, at the 101st block")                                                            \
    X(ENCODES_TWICE, FAILS, "encodes-twice", "", "HPACK-015",                                                    \
      "encodes the 101st list twice and sends it once")                                                      \
    X(SECOND_CONNECTION_HAS_NO_TABLE, FAILS, "second-connection-has-no-table", "", "HPACK-015",                        \
      "has no dynamic table on a connection beside another")                                                           \
    X(FIFTY_CONNECTIONS, FAILS, "fifty-connections", "", "H2-PREFACE-008",                                             \
      "serves fifty connections and no more")                                                                          \
    X(RESET_LOSES_SEND_WINDOW, FAILS, "reset-loses-send-window", "", "H2-FLOW-004",                                    \
      "takes from the connection's window what a reset kept it from sending")                                          \
    X(SMALL_DATA_NOT_CREDITED, FAILS, "small-data-not-credited", "", "H2-FLOW-018",                                    \
      "gives no connection window back for less than 1024 octets")                                                     \
    X(TEN_SETTINGS_COUNT, FAILS, "ten-settings-count", "", "H2-SET-013 H2-FLOW-006 H2-FLOW-002",                       \
      "acknowledges the eleventh SETTINGS, and all later ones, without applying it")                                   \
    X(SIZES_CHANGE_UNDER_LOAD, FAILS, "sizes-change-under-load", "", "GRPC-CALL-019",                                  \
      "answers wrongly while more than thirty calls are open")                                                         \
    X(SHUFFLES_UNDER_LOAD, FAILS, "shuffles-under-load", "", "GRPC-MSG-012",                                           \
      "sends messages out of order while more than eight calls are open")                                              \
    X(DEAF_WHILE_BUSY, FAILS, "deaf-while-busy", "", "GRPC-MSG-012",                                                   \
      "loses the requests of a stream that come while it waits to answer an earlier one")                              \
    X(LONG_CALLS_TIRE, FAILS, "long-calls-tire", "", "GRPC-CALL-005 GRPC-MSG-012",                                     \
      "sends five hundred messages on a call and no more")                                                             \
    X(ERRORS_ARE_REMEMBERED, FAILS, "errors-are-remembered", "", "GRPC-STAT-022",                                      \
      "sends the message of the last failed call with the next success")                                               \
    X(REFUSED_CALLS_LEAK_SLOT, FAILS, "refused-calls-leak-slot", "", "H2-STREAM-016",                                  \
      "a call that failed takes a stream's place for ever")                                                            \
    X(STOPS_AFTER_150_CALLS, FAILS, "stops-after-150-calls", "", "HPACK-015 HPACK-016",                                \
      "answers nothing behind 150 calls on a connection")                                                              \
    X(SPLIT_PAYLOADS_LOSE_AN_OCTET, FAILS, "split-payloads-lose-an-octet", "", "H2-PREFACE-010",                       \
      "loses an octet of a frame that does not come at once")                                                          \
    /* what belongs to one call, and touches others */                                                                 \
    X(OLDEST_DEADLINE_RULES, FAILS, "oldest-deadline-rules", "", "GRPC-DL-011",                                        \
      "looks at the deadline of the oldest call only")                                                                 \
    X(RESET_MUTES_NEIGHBOUR, FAILS, "reset-mutes-neighbour", "", "GRPC-CANCEL-004 GRPC-CALL-019",                      \
      "when a call is reset among many, loses what the next one was about to send")                                    \
    X(CROWD_SHARES_METADATA, FAILS, "crowd-shares-metadata", "", "GRPC-STAT-022 GRPC-MD-002",                          \
      "while more than four calls are open, ends each with the metadata of the newest")                               \
    X(LAST_TABLE_SIZE_COUNTS, FAILS, "last-table-size-counts", "", "HPACK-008",                                        \
      "obeys only the last of the table sizes that come between two of its blocks")                                    \
    X(RESET_IS_CREDITED, FAILS, "reset-is-credited", "", "H2-STREAM-018 H2-FLOW-014",                                  \
      "resets a stream beyond its first window, and then gives it window")                                             \
    /* what no single call shows */                                                                                    \
    X(IDENTIFIERS_IN_16_BITS, FAILS, "identifiers-in-16-bits", "", "H2-STREAM-020 H2-STREAM-005",                      \
      "knows streams by the last 16 bits of their identifier")                                                         \
    X(RESETS_IN_16_BITS, FAILS, "resets-in-16-bits", "", "H2-STREAM-020 H2-STREAM-005",                                \
      "resets the stream of the last 16 bits that RST_STREAM names")                                                   \
    X(CUT_MESSAGES_NOT_CREDITED, FAILS, "cut-messages-not-credited", "", "H2-FLOW-017",                                \
      "gives no connection window back for messages that never become whole")                                          \
    X(WRONG_LENGTH_NOT_CREDITED, FAILS, "wrong-length-not-credited", "", "H2-FLOW-017",                                \
      "gives no connection window back for DATA that makes a request malformed")                                       \
    X(LATE_PADDING_NOT_CREDITED, FAILS, "late-padding-not-credited", "", "H2-FLOW-017 H2-FLOW-016",                    \
      "gives no connection window back for padding on closed streams")                                                 \
    X(TABLE_STAYS_SMALL, FAILS, "table-stays-small", "", "HPACK-006 HPACK-016",                                        \
      "lets no size update make its table larger again")                                                               \
    X(SECOND_UPDATE_IGNORED, FAILS, "second-update-ignored", "", "HPACK-006 HPACK-016",                                \
      "overlooks the second of two size updates")                                                                      \
    X(HUNDRED_ENTRIES, FAILS, "hundred-entries", "", "HPACK-016",                                                      \
      "keeps no more than a hundred entries in its table")                                                             \
    X(LARGE_TABLE_SIZE_KILLS, FAILS, "large-table-size-kills", "", "H2-SET-001",                                       \
      "a HEADER_TABLE_SIZE above 2^31-1 is a connection error")                                                        \
    X(LARGE_TABLE_IS_SILENT, FAILS, "large-table-is-silent", "", "HPACK-008 HPACK-021",                                \
      "makes its table larger and sends no size update")                                                               \
    X(NEWER_SETTINGS_KILL, FAILS, "newer-settings-kill", "", "H2-SET-011",                                             \
      "the settings of RFC 8441 and RFC 9218 are connection errors")                                                   \
    X(NEWER_FRAMES_KILL, FAILS, "newer-frames-kill", "", "H2-FRAME-001",                                               \
      "ends at a frame type just above ALTSVC")                                                                        \
    X(CONTINUATION_FLAG_ENDS_STREAM, FAILS, "continuation-flag-ends-stream", "", "H2-FRAME-002",                       \
      "takes the undefined flag 0x1 of CONTINUATION for END_STREAM")                                                   \
    X(LONG_BLOCK_LOSES_END_STREAM, FAILS, "long-block-loses-end-stream", "", "H2-FRAME-034",                           \
      "forgets END_STREAM of HEADERS that CONTINUATION follows")                                                       \
    X(ANSWERS_LAST_PING_ONLY, FAILS, "answers-last-ping-only", "", "H2-PING-001",                                      \
      "answers the last of the PINGs that come together")                                                              \
    X(NO_CREDIT_AFTER_GOAWAY, FAILS, "no-credit-after-goaway", "", "H2-GOAWAY-010",                                    \
      "gives no window back after the client's GOAWAY")                                                                \
    X(NO_PONG_AFTER_GOAWAY, FAILS, "no-pong-after-goaway", "", "H2-GOAWAY-010 H2-PING-001",                            \
      "answers no PING after the client's GOAWAY")                                                                     \
    X(RESTING_STREAMS_KEEP_WINDOW, FAILS, "resting-streams-keep-window", "", "H2-FLOW-006",                            \
      "INITIAL_WINDOW_SIZE does not change streams that have nothing to send")                                         \
    X(REPEATED_SETTING_ADDS_UP, FAILS, "repeated-setting-adds-up", "", "H2-SET-012 H2-FLOW-006",                       \
      "adds the differences up when INITIAL_WINDOW_SIZE comes twice in a frame")                                       \
    X(FRAME_LENGTH_IN_16_BITS, FAILS, "frame-length-in-16-bits", "", "H2-SET-016 GRPC-MSG-001",                        \
      "loses what is beyond 65535 octets in a frame that it sends")                                                    \
    X(RESETS_LEAK_SLOT, FAILS, "resets-leak-slot", "", "H2-STREAM-016",                                                \
      "a malformed request takes a stream's place for ever")                                                           \
    X(HTTP_REFUSALS_LEAK_SLOT, FAILS, "http-refusals-leak-slot", "", "H2-STREAM-016",                                  \
      "a call refused with an HTTP status takes a stream's place for ever")                                            \
    X(EXPIRED_CALLS_LEAK_SLOT, FAILS, "expired-calls-leak-slot", "", "H2-STREAM-016",                                  \
      "a call whose deadline passed takes a stream's place for ever")                                                  \
    X(EXCESS_STREAMS_LEAK_SLOT, FAILS, "excess-streams-leak-slot", "", "H2-STREAM-016",                                \
      "a stream above the limit takes a place for ever")                                                               \
    X(WINDOW_UPDATE_AFTER_REFUSAL_KILLS, LENIENT, "window-update-after-refusal-kills", "", "H2-STREAM-013",              \
      "WINDOW_UPDATE on a stream that it has reset is a connection error")                                             \
    X(TRAILERS_AFTER_REFUSAL_KILL, LENIENT, "trailers-after-refusal-kill", "", "H2-STREAM-013",                        \
      "HEADERS on a stream that it has reset are a connection error")                                                  \
    X(DEADLINE_WAITS_FOR_REQUEST, FAILS, "deadline-waits-for-request", "", "GRPC-DL-011",                              \
      "looks at the deadline of a call when it has its one request")                                                   \
    X(DEADLINE_WAITS_FOR_MESSAGE, FAILS, "deadline-waits-for-message", "", "GRPC-DL-011",                              \
      "looks at no deadline while half a message is there")                                                            \
    X(REQUESTS_PUT_DEADLINE_OFF, FAILS, "requests-put-deadline-off", "", "GRPC-DL-011",                                \
      "begins the timeout anew with each request message")                                                             \
    X(TIMER_OUTLIVES_CALL, FAILS, "timer-outlives-call", "", "H2-STREAM-017 H2-FRAME-018",                             \
      "resets the stream when the deadline of a call passes that is over")                                             \
    X(ENCODING_IS_REMEMBERED, FAILS, "encoding-is-remembered", "", "GRPC-COMP-006",                                    \
      "reads a call that names no encoding by that of the call before")                                                \
    X(ACCEPT_LIST_IS_REMEMBERED, FAILS, "accept-list-is-remembered", "", "GRPC-COMP-010",                              \
      "compresses for a client that accepted it in the call before")                                                   \
    X(SUMS_GO_ON, FAILS, "sums-go-on", "", "GRPC-CALL-003",                                                            \
      "adds to what the client stream before has sent")                                                                \
    X(METADATA_IS_REMEMBERED, FAILS, "metadata-is-remembered", "", "GRPC-MD-001",                                      \
      "echoes metadata of the call before")                                                                            \
    X(RESPONSES_SHARE_CONTEXT, FAILS, "responses-share-context", "", "GRPC-COMP-009",                                  \
      "compresses only the first message of a stream as a stream of its own")                                          \
    X(GZIP_HEADER_IS_FIXED, FAILS, "gzip-header-is-fixed", "", "GRPC-COMP-009",                                        \
      "takes no gzip header but the shortest")                                                                         \
    X(UNKNOWN_FIELDS_ARE_REFUSED, FAILS, "unknown-fields-are-refused", "", "GRPC-MSG-015",                             \
      "refuses messages with fields that it does not know")                                                            \
    X(LONG_LISTS_IN_ONE_FRAME, FAILS, "long-lists-in-one-frame", "", "H2-SET-016",                                     \
      "never sends CONTINUATION")                                                                                      \
    X(FULL_FRAME_HIDES_END, FAILS, "full-frame-hides-end", "", "GRPC-MSG-002 GRPC-REQ-HDR-025",                        \
      "waits with trailers behind a frame that is full")                                                               \
    X(FULL_FRAMES_WAIT, FAILS, "full-frames-wait", "", "GRPC-MSG-002",                                                 \
      "does not look into a full DATA frame before the next comes")
/* clang-format on */

enum knob_name {
#define KNOB_ENUM(symbol, effect, name, defects, clauses, sentence) KNOB_##symbol,
    KNOBS(KNOB_ENUM)
#undef KNOB_ENUM
        KNOB_COUNT
};

/* What documents say of the defect: some are forgiven, and a case then says LENIENT. */
enum knob_effect { KNOB_FAILS, KNOB_LENIENT };

struct knob_row {
    enum knob_effect effect;
    const char *name;    /* as given to --knob */
    const char *defects; /* where the defect was met before; may be "" */
    const char
        *clauses; /* space separated; a case or lint rule that kills the knob names one of them */
    const char *sentence; /* what the server then does */
};
extern const struct knob_row knob_table[];
extern const size_t knob_count;

/* For this thread's connection; KNOB_NONE at first. */
void knob_turn(enum knob_name name);
bool knob(enum knob_name name);
/* KNOB_NONE when there is none of that name. */
enum knob_name knob_find(const char *name);

#endif
