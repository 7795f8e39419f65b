/* SPDX-License-Identifier: MIT
 *
 * The knobs of the faulty client: one defect each, with the clauses that it breaks. At most one is turned. Rows and
 * rules are those of the faulty server's (selftest/knobs.h); a knob is asked at the one place where the defect sits:
 * if (errs(CLIENT_ACCEPTS_FLAG_2)) ...
 *
 * Three defects of the catalogue have none, because no drive could make them show, as clauses/reasons.tsv says of their
 * clauses: C027, windows given back before the application has read (H2-FLOW-019); C041 and C042, keepalive without
 * calls, and at the same rate after too_many_pings (GRPC-KA-008, GRPC-KA-012). */
#ifndef SELFTEST_CLIENT_KNOBS_H
#define SELFTEST_CLIENT_KNOBS_H

#include "selftest/knobs.h"

/* X(symbol, effect, name, defects of the catalogue, clauses, what the client then does) */
/* clang-format off */
#define CLIENT_KNOBS(X) \
    X(NONE, FAILS, "none", "", "", "errs nowhere") \
    /* the client as a whole */ \
    X(NEVER_CONNECTS, FAILS, "never-connects", "", "GRPC-CALL-001 H2-PREFACE-002", "never connects, and reports UNAVAILABLE") \
    X(DROPS_AFTER_HANDSHAKE, FAILS, "drops-after-handshake", "", "GRPC-CALL-001 H2-PREFACE-002 H2-PING-001", \
      "shakes hands, then drops every connection, and reports UNAVAILABLE") \
    X(DIES, FAILS, "dies", "", "GRPC-CALL-001", "dies when it is asked for a call") \
    X(HANGS, FAILS, "hangs", "", "GRPC-CALL-001 SEC-032", "makes its calls and never says how they ended") \
    X(ALWAYS_OK, FAILS, "always-ok", "", "GRPC-STAT-008 GRPC-MAP-023 H2-FRAME-017 GRPC-MAP-006 GRPC-MAP-013 H2-ERR-004 GRPC-STAT-010 GRPC-STAT-011 H2-FRAME-033 SEC-009 SEC-016 SEC-022", \
      "reports OK whatever happened") \
    X(NEVER_OK, FAILS, "never-ok", "", "GRPC-CALL-001 GRPC-CALL-002 GRPC-CALL-004 GRPC-CALL-005 GRPC-CALL-006 GRPC-STAT-008 GRPC-MD-001 GRPC-MD-010 H2-FLOW-018 H2-FRAME-005 GRPC-COMP-008 GRPC-REQ-HDR-001 GRPC-REQ-HDR-003 GRPC-REQ-HDR-004", \
      "reports INTERNAL for every call that ended with OK") \
    X(IGNORES_CONNECTION_ERRORS, FAILS, "ignores-connection-errors", "", "H2-ERR-001 H2-ERR-002", \
      "goes on as if no connection error had happened") \
    X(WRONG_ERROR_CODE, LENIENT, "wrong-error-code", "", "H2-ERR-001 H2-FRAME-024 H2-FRAME-028 H2-SET-004", \
      "every GOAWAY for an error names INTERNAL_ERROR") \
    X(STREAM_ERRORS_KILL, FAILS, "stream-errors-kill", "", "H2-STREAM-021 H2-ERR-003", "closes the connection for the error of one stream") \
    X(RESETS_KILL, FAILS, "resets-kill", "", "H2-STREAM-021", "closes the connection when one stream is reset") \
    /* preface */ \
    X(WRONG_MAGIC, FAILS, "wrong-magic", "", "H2-PREFACE-002", "begins with another magic") \
    X(GOAWAY_BEFORE_MAGIC, FAILS, "goaway-before-magic", "C002", "H2-PREFACE-002", "sends GOAWAY before its magic") \
    X(PING_BEFORE_SETTINGS, FAILS, "ping-before-settings", "", "H2-PREFACE-003 H2-PREFACE-001", "sends PING before SETTINGS") \
    X(WAITS_FOR_SERVER, FAILS, "waits-for-server", "", "H2-PREFACE-002", "says nothing until the server has spoken") \
    X(LOSES_SPLIT_FRAME_HEADER, FAILS, "loses-split-frame-header", "", "H2-PREFACE-010", "forgets a frame header that arrives in pieces") \
    X(ACCEPTS_ANY_GREETING, FAILS, "accepts-any-greeting", "", "H2-PREFACE-007", "waits for SETTINGS whatever frame comes first") \
    X(WAITS_FOR_EVER, FAILS, "waits-for-ever", "", "GRPC-MAP-024 H2-PREFACE-007 H2-PREFACE-012", \
      "a call whose connection was no HTTP/2 never ends") \
    X(IMPATIENT, FAILS, "impatient", "", "GRPC-LB-006", "ends a call whose connection is not there at once") \
    X(CONNECTION_FOR_EACH, LENIENT, "connection-for-each", "", "GRPC-LB-029", "makes a connection for each call") \
    X(FAILS_CONNECTING_WITH_OK, FAILS, "fails-connecting-with-ok", "", "GRPC-MAP-024 H2-PREFACE-012", "reports OK when it could not connect") \
    /* settings */ \
    X(NEVER_ACKS_SETTINGS, FAILS, "never-acks-settings", "", "H2-SET-001 H2-PREFACE-004", "never acknowledges SETTINGS") \
    X(ACKS_FIRST_SETTINGS_ONLY, FAILS, "acks-first-settings-only", "", "H2-SET-001 H2-SET-011 H2-SET-013", "acknowledges only the first SETTINGS") \
    X(ACKS_SETTINGS_TWICE, FAILS, "acks-settings-twice", "", "H2-SET-001", "acknowledges every SETTINGS twice") \
    X(ACCEPTS_SETTINGS_ACK_PAYLOAD, FAILS, "accepts-settings-ack-payload", "", "H2-SET-002", "accepts an ACK with a payload") \
    X(ACCEPTS_SETTINGS_ON_STREAM, FAILS, "accepts-settings-on-stream", "", "H2-SET-003", "accepts SETTINGS on a stream") \
    X(ACCEPTS_SETTINGS_LENGTH, FAILS, "accepts-settings-length", "", "H2-SET-004", "accepts SETTINGS of any length") \
    X(ACCEPTS_ENABLE_PUSH_2, FAILS, "accepts-enable-push-2", "", "H2-SET-005", "accepts ENABLE_PUSH 2") \
    X(ACCEPTS_PUSH_FROM_SERVER, FAILS, "accepts-push-from-server", "C008", "H2-SET-006", "accepts ENABLE_PUSH 1 of a server") \
    X(ACCEPTS_HUGE_WINDOW, FAILS, "accepts-huge-window", "", "H2-SET-008", "accepts INITIAL_WINDOW_SIZE above 2^31-1") \
    X(ACCEPTS_SMALL_FRAME_SIZE, FAILS, "accepts-small-frame-size", "", "H2-SET-009", "accepts MAX_FRAME_SIZE below 16384") \
    X(ACCEPTS_LARGE_FRAME_SIZE, FAILS, "accepts-large-frame-size", "", "H2-SET-010", "accepts MAX_FRAME_SIZE above 2^24-1") \
    X(REFUSES_UNKNOWN_SETTINGS, FAILS, "refuses-unknown-settings", "", "H2-SET-011", "an unknown setting is a connection error") \
    X(FIRST_SETTING_WINS, FAILS, "first-setting-wins", "", "H2-SET-012", "the first of a repeated setting wins") \
    X(SETTINGS_END_CALLS, FAILS, "settings-end-calls", "", "H2-SET-013", "SETTINGS in the middle of a call end it") \
    X(REFUSES_UNSOLICITED_ACK, LENIENT, "refuses-unsolicited-ack", "", "H2-SET-014", "an ACK nobody asked for is a connection error") \
    X(HANGS_ON_UNSOLICITED_ACK, FAILS, "hangs-on-unsolicited-ack", "", "H2-SET-014", "stops listening at an ACK nobody asked for") \
    X(WAITS_FOR_SETTINGS_ACK, FAILS, "waits-for-settings-ack", "", "H2-SET-015", "makes no call before its SETTINGS are acknowledged") \
    X(IGNORES_MAX_FRAME_SIZE, FAILS, "ignores-max-frame-size", "", "H2-SET-016", "sends frames of 20000 octets") \
    X(STALLS_AFTER_A_FRAME, FAILS, "stalls-after-a-frame", "", "H2-SET-016 GRPC-CALL-002", "sends 16384 octets of a request and no more") \
    X(SENDS_BAD_SETTINGS, FAILS, "sends-bad-settings", "", "H2-SET-021", "announces ENABLE_PUSH 2") \
    X(TRUE_BINARY_TWICE, FAILS, "true-binary-twice", "", "GRPC-MD-020", "announces setting 0xfe03 twice") \
    X(HEADER_LIST_LIMIT_STOPS_ALL, FAILS, "header-list-limit-stops-all", "", "H2-SET-020", \
      "sends no headers at all when MAX_HEADER_LIST_SIZE is announced") \
    X(REFUSES_LARGEST_SETTINGS, FAILS, "refuses-largest-settings", "", "H2-SET-008 H2-SET-010", \
      "refuses INITIAL_WINDOW_SIZE and MAX_FRAME_SIZE at their largest") \
    X(SETTINGS_RESTORE_DEFAULTS, FAILS, "settings-restore-defaults", "", "H2-SET-013 H2-FLOW-006 HPACK-008", \
      "SETTINGS restore the defaults of what they do not mention") \
    X(FRAME_SIZE_NEVER_LOWERED, FAILS, "frame-size-never-lowered", "", "H2-SET-016", \
      "lets MAX_FRAME_SIZE grow, and never shrink") \
    X(SETTINGS_OUTLIVE_CONNECTION, FAILS, "settings-outlive-connection", "", "H2-SET-016", \
      "begins a connection with the MAX_FRAME_SIZE of the last") \
    X(IGNORES_TABLE_SIZE, FAILS, "ignores-table-size", "C013", "HPACK-008 HPACK-021", "its encoder never heeds HEADER_TABLE_SIZE") \
    X(TABLE_SIZE_TOO_LARGE, FAILS, "table-size-too-large", "", "HPACK-008 HPACK-005 HPACK-021", \
      "announces a table one octet larger than HEADER_TABLE_SIZE") \
    X(STALE_INDEX, FAILS, "stale-index", "C031", "HPACK-021", "names an evicted entry of its table") \
    X(LAST_TABLE_SIZE_COUNTS, FAILS, "last-table-size-counts", "", "HPACK-008", \
      "tells nothing of a HEADER_TABLE_SIZE that was small only in between") \
    /* streams at once, and their identifiers */ \
    X(IGNORES_MAX_STREAMS, FAILS, "ignores-max-streams", "", "H2-SET-017 H2-SET-018 H2-SET-019 H2-STREAM-016", "opens streams without counting") \
    X(FIRST_LIMIT_OVERWRITTEN, FAILS, "first-limit-overwritten", "C019", "H2-SET-017", \
      "overwrites the MAX_CONCURRENT_STREAMS of the first SETTINGS with its default") \
    X(OPEN_STREAMS_NOT_COUNTED, FAILS, "open-streams-not-counted", "C015", "H2-SET-019 H2-SET-017", \
      "does not count streams that were open when the limit came") \
    X(LOWERED_LIMIT_RESETS, FAILS, "lowered-limit-resets", "", "H2-SET-019", "resets open streams when MAX_CONCURRENT_STREAMS falls below them") \
    X(RAISED_LIMIT_STARTS_NOTHING, FAILS, "raised-limit-starts-nothing", "C016", "H2-SET-018", \
      "forgets queued calls when MAX_CONCURRENT_STREAMS is raised") \
    X(QUEUED_CALLS_FORGOTTEN, FAILS, "queued-calls-forgotten", "", "H2-SET-017", "forgets calls that had to wait for a stream") \
    X(RESETS_KEEP_THEIR_PLACE, FAILS, "resets-keep-their-place", "", "H2-STREAM-016 H2-SET-017", \
      "counts streams that the server reset as open") \
    X(GOAWAY_ENDS_WAITING, FAILS, "goaway-ends-waiting", "", "GRPC-GOAWAY-004 H2-SET-017", \
      "ends calls that wait for a stream at GOAWAY") \
    X(EVEN_IDENTIFIERS, FAILS, "even-identifiers", "", "H2-STREAM-004", "opens stream 2") \
    X(IDENTIFIERS_OUT_OF_ORDER, FAILS, "identifiers-out-of-order", "C020", "H2-STREAM-004", "opens stream 7 before stream 3") \
    X(IDENTIFIERS_WRAP, FAILS, "identifiers-wrap", "C021", "H2-STREAM-004", "begins again at stream 1 after stream 2^31-1") \
    /* flow control */ \
    X(IGNORES_INITIAL_WINDOW, FAILS, "ignores-initial-window", "C009", "H2-FLOW-002 H2-FLOW-006 H2-FLOW-007 H2-SET-013", \
      "takes every stream's window for 65535 octets") \
    X(IGNORES_STREAM_WINDOW, FAILS, "ignores-stream-window", "", "H2-FLOW-002", "never looks at a stream's window") \
    X(OWN_WINDOW_IS_THEIRS, FAILS, "own-window-is-theirs", "C010", "H2-FLOW-003 H2-FLOW-004", \
      "takes its own receive window for the server's") \
    X(IGNORES_CONNECTION_WINDOW, FAILS, "ignores-connection-window", "", "H2-FLOW-003", "never looks at the connection's window") \
    X(NEW_STREAMS_ONLY, FAILS, "new-streams-only", "C011", "H2-FLOW-006 H2-SET-013", "a changed INITIAL_WINDOW_SIZE counts for new streams only") \
    X(NEGATIVE_WINDOW_IS_ZERO, FAILS, "negative-window-is-zero", "C012", "H2-FLOW-007", "a window never falls below 0") \
    X(HEADERS_WAIT_FOR_WINDOW, FAILS, "headers-wait-for-window", "", "H2-FLOW-001", "HEADERS wait for a window") \
    X(END_WAITS_FOR_WINDOW, FAILS, "end-waits-for-window", "", "H2-FLOW-005", "an empty DATA frame waits for a window") \
    X(BLOCKED_STREAM_BLOCKS_ALL, FAILS, "blocked-stream-blocks-all", "", "GRPC-CALL-019", \
      "sends nothing while the oldest request waits for a window") \
    X(UPDATE_LOST_WHILE_BLOCKED, FAILS, "update-lost-while-blocked", "", "H2-FLOW-002 H2-FLOW-003", \
      "forgets a stream's WINDOW_UPDATE while the connection's window is 0") \
    X(REFUSES_LARGEST_WINDOW, FAILS, "refuses-largest-window", "", "H2-FLOW-012 H2-FLOW-013", \
      "takes a window of 2^31-1 for one too large") \
    X(ACCEPTS_INCREMENT_ZERO, FAILS, "accepts-increment-zero", "C030", "H2-FLOW-009 H2-FLOW-010", "accepts WINDOW_UPDATE of 0") \
    X(ACCEPTS_UPDATE_LENGTH, FAILS, "accepts-update-length", "", "H2-FLOW-011", "accepts WINDOW_UPDATE of any length") \
    X(ACCEPTS_CONNECTION_OVERFLOW, FAILS, "accepts-connection-overflow", "", "H2-FLOW-012", "lets the connection's window grow above 2^31-1") \
    X(ACCEPTS_STREAM_OVERFLOW, FAILS, "accepts-stream-overflow", "", "H2-FLOW-013", "lets a stream's window grow above 2^31-1") \
    X(ACCEPTS_SETTING_OVERFLOW, FAILS, "accepts-setting-overflow", "", "H2-FLOW-008", "lets INITIAL_WINDOW_SIZE lift a window above 2^31-1") \
    X(NEVER_CREDITS_CONNECTION, FAILS, "never-credits-connection", "C022", "H2-FLOW-018", "never gives back the connection's window") \
    X(NEVER_CREDITS_STREAM, FAILS, "never-credits-stream", "C023", "H2-FLOW-018 H2-FRAME-005", "never gives back a stream's window") \
    X(PADDING_NOT_CREDITED, FAILS, "padding-not-credited", "C024", "H2-FLOW-016", "gives back the window for payload, not for padding") \
    X(RESET_STREAMS_NOT_CREDITED, FAILS, "reset-streams-not-credited", "", "H2-FLOW-017 H2-STREAM-013", \
      "gives back nothing for DATA of streams that it has reset") \
    X(PREFIXES_NOT_CREDITED, FAILS, "prefixes-not-credited", "", "H2-FLOW-018", \
      "gives back the window for messages, not for their prefixes") \
    X(REFUSED_NOT_CREDITED, FAILS, "refused-not-credited", "", "H2-FLOW-017", \
      "gives back nothing for DATA whose message it refuses") \
    X(STUCK_ON_OVERRUN, FAILS, "stuck-on-overrun", "", "H2-FLOW-014 H2-FLOW-015", "gives nothing back, and stops listening at DATA beyond its windows") \
    X(SENDS_INCREMENT_ZERO, FAILS, "sends-increment-zero", "", "H2-FLOW-009", "sends WINDOW_UPDATE of 0") \
    X(SENDS_WINDOW_OVERFLOW, FAILS, "sends-window-overflow", "", "H2-FLOW-012", "lifts the server's window above 2^31-1") \
    /* HPACK */ \
    X(ACCEPTS_INDEX_0, FAILS, "accepts-index-0", "", "HPACK-001", "skips an indexed field with index 0") \
    X(ACCEPTS_INDEX_BEYOND, FAILS, "accepts-index-beyond", "", "HPACK-002", "skips an index beyond its tables") \
    X(ACCEPTS_NAME_INDEX_BEYOND, FAILS, "accepts-name-index-beyond", "", "HPACK-003", "skips a name index beyond its tables") \
    X(ACCEPTS_LATE_UPDATE, FAILS, "accepts-late-update", "", "HPACK-004", "accepts a size update behind a field") \
    X(ACCEPTS_LARGE_UPDATE, FAILS, "accepts-large-update", "", "HPACK-005", "accepts a size update above its limit") \
    X(ACCEPTS_LONG_HUFFMAN_PADDING, FAILS, "accepts-long-huffman-padding", "", "HPACK-009", "accepts a whole octet of Huffman padding") \
    X(ACCEPTS_WRONG_HUFFMAN_PADDING, FAILS, "accepts-wrong-huffman-padding", "", "HPACK-010", "accepts Huffman padding of zeros") \
    X(ACCEPTS_HUFFMAN_EOS, FAILS, "accepts-huffman-eos", "", "HPACK-011", "accepts the EOS symbol") \
    X(ACCEPTS_INTEGER_OVERFLOW, FAILS, "accepts-integer-overflow", "", "HPACK-012 HPACK-002 SEC-017", "accepts integers that overflow") \
    X(ACCEPTS_TRUNCATED_BLOCK, FAILS, "accepts-truncated-block", "", "HPACK-013", "accepts blocks that end inside a field") \
    X(REFUSES_INDEXING_LITERALS, FAILS, "refuses-indexing-literals", "", "HPACK-014", "takes a literal with indexing for an error") \
    X(REFUSES_PLAIN_LITERALS, FAILS, "refuses-plain-literals", "", "HPACK-014", "takes a literal without indexing for an error") \
    X(REFUSES_NEVER_INDEXED, FAILS, "refuses-never-indexed", "", "HPACK-014", "takes a never-indexed literal for an error") \
    X(REFUSES_UPDATES, FAILS, "refuses-updates", "", "HPACK-006", "takes a size update for an error") \
    X(TABLE_PER_BLOCK, FAILS, "table-per-block", "", "HPACK-015 HPACK-016 HPACK-017 HPACK-018", "forgets its table after each block") \
    X(TABLE_TOO_LARGE, FAILS, "table-too-large", "", "HPACK-016 HPACK-002", "never evicts") \
    X(TABLE_TOO_SMALL, FAILS, "table-too-small", "", "HPACK-016 HPACK-018", "evicts an entry too early") \
    X(LARGE_ENTRY_IS_ERROR, FAILS, "large-entry-is-error", "", "HPACK-017", "an entry larger than the table is an error") \
    X(SKIPS_DEAD_BLOCKS, FAILS, "skips-dead-blocks", "C032", "HPACK-019 H2-STREAM-013", \
      "does not decode header blocks of streams that it has reset") \
    X(MALFORMED_FORGETS_TABLE, FAILS, "malformed-forgets-table", "", "HPACK-019", "forgets its table after a malformed response") \
    X(LARGE_LIST_FORGETS_TABLE, FAILS, "large-list-forgets-table", "", "HPACK-019 HPACK-023", \
      "forgets its table after a header list that is too large") \
    X(SKIPS_INFORMATIONAL_BLOCKS, FAILS, "skips-informational-blocks", "", "HPACK-015", \
      "does not decode the blocks of 1xx responses") \
    X(UPDATES_EVICT_NOTHING, FAILS, "updates-evict-nothing", "", "HPACK-016", \
      "keeps its table whatever size updates say") \
    X(UPDATES_EMPTY_TABLE, FAILS, "updates-empty-table", "", "HPACK-016 HPACK-006", \
      "empties its table at a size update") \
    X(REFUSES_HALF_THE_STATIC_TABLE, FAILS, "refuses-half-the-static-table", "", "HPACK-020", "knows only the first 30 static entries") \
    /* frames */ \
    X(UNKNOWN_FRAMES_KILL, FAILS, "unknown-frames-kill", "C034", "H2-FRAME-001", "closes the connection at a frame of unknown type") \
    X(PRIORITY_KILLS, FAILS, "priority-kills", "", "H2-FRAME-012 H2-FRAME-013", "closes the connection at PRIORITY") \
    X(UNDEFINED_FLAGS_KILL, FAILS, "undefined-flags-kill", "", "H2-FRAME-002", "closes the connection at an undefined flag") \
    X(RESERVED_BIT_COUNTS, FAILS, "reserved-bit-counts", "", "H2-FRAME-003 H2-FLOW-021", "takes the reserved bit for a part of the stream's number") \
    X(UNKNOWN_RESET_IS_OK, FAILS, "unknown-reset-is-ok", "", "H2-FRAME-017 GRPC-MAP-013", "an unknown error code in RST_STREAM is no error") \
    X(ANSWERS_RESET, FAILS, "answers-reset", "", "H2-FRAME-018", "answers RST_STREAM with RST_STREAM") \
    X(HEADERS_PADDING_NOT_STRIPPED, FAILS, "headers-padding-not-stripped", "", "H2-FRAME-031", "decodes the padding of HEADERS") \
    X(DATA_PADDING_NOT_STRIPPED, FAILS, "data-padding-not-stripped", "", "H2-FRAME-030", "reads the padding of DATA") \
    X(STUCK_ON_ODD_PADDING, FAILS, "stuck-on-odd-padding", "", "H2-FRAME-033", "stops listening at padding that is not zero") \
    X(PRIORITY_NOT_STRIPPED, FAILS, "priority-not-stripped", "", "H2-FRAME-032", "decodes the priority fields of HEADERS") \
    X(NO_CONTINUATION, FAILS, "no-continuation", "", "H2-FRAME-034", "does not know CONTINUATION") \
    X(END_LOST_WITH_CONTINUATION, FAILS, "end-lost-with-continuation", "", "H2-FRAME-034", \
      "forgets END_STREAM of HEADERS that are continued") \
    X(ACCEPTS_INTRUDERS, FAILS, "accepts-intruders", "", "H2-FRAME-024 H2-FRAME-009 H2-FRAME-025", "takes other frames inside a header block") \
    X(ACCEPTS_CONTINUATION_ELSEWHERE, FAILS, "accepts-continuation-elsewhere", "", "H2-FRAME-022 H2-FRAME-023", \
      "takes CONTINUATION on any stream") \
    X(ACCEPTS_LONE_CONTINUATION, FAILS, "accepts-lone-continuation", "", "H2-FRAME-021", "skips CONTINUATION outside a header block") \
    X(ACCEPTS_DATA_ON_0, FAILS, "accepts-data-on-0", "", "H2-FRAME-028 H2-ERR-002", "skips DATA on stream 0") \
    X(ACCEPTS_HEADERS_ON_0, FAILS, "accepts-headers-on-0", "", "H2-FRAME-026", "skips HEADERS on stream 0") \
    X(HEADERS_ON_0_KILL_IT, FAILS, "headers-on-0-kill-it", "C111", "H2-FRAME-026", "dies of HEADERS on stream 0") \
    X(ACCEPTS_PRIORITY_ON_0, FAILS, "accepts-priority-on-0", "", "H2-FRAME-010", "skips PRIORITY on stream 0") \
    X(ACCEPTS_RESET_ON_0, FAILS, "accepts-reset-on-0", "", "H2-FRAME-014", "skips RST_STREAM on stream 0") \
    X(ACCEPTS_RESET_ON_IDLE, FAILS, "accepts-reset-on-idle", "", "H2-FRAME-015", "skips RST_STREAM on an idle stream") \
    X(ACCEPTS_RESET_LENGTH, FAILS, "accepts-reset-length", "", "H2-FRAME-016", "skips RST_STREAM of a wrong length") \
    X(ACCEPTS_GOAWAY_LENGTH, FAILS, "accepts-goaway-length", "", "H2-FRAME-008", "skips GOAWAY that is too short") \
    X(ACCEPTS_SHORT_PRIORITY_FIELDS, FAILS, "accepts-short-priority-fields", "", "H2-FRAME-008", "skips HEADERS too short for their priority fields") \
    X(ACCEPTS_HEADERS_PADDING, FAILS, "accepts-headers-padding", "", "H2-FRAME-027", "skips HEADERS with more padding than payload") \
    X(ACCEPTS_DATA_PADDING, FAILS, "accepts-data-padding", "", "H2-FRAME-029", "skips DATA with more padding than payload") \
    X(ACCEPTS_PUSH, FAILS, "accepts-push", "C005", "H2-FRAME-020", "skips PUSH_PROMISE although it disabled push") \
    X(ACCEPTS_PRIORITY_LENGTH, LENIENT, "accepts-priority-length", "", "H2-FRAME-011", "skips PRIORITY of a wrong length") \
    X(REFUSES_LONGEST_FRAME, FAILS, "refuses-longest-frame", "", "H2-FRAME-005", "refuses frames of 16384 octets") \
    X(ACCEPTS_LONG_FRAMES, FAILS, "accepts-long-frames", "", "H2-FRAME-006 H2-FRAME-007", "takes frames of any length") \
    X(CUT_OFF_FRAME_IS_WHOLE, FAILS, "cut-off-frame-is-whole", "", "H2-FRAME-035", \
      "takes a message whose frame was cut off for whole, and the call for good") \
    X(SENDS_UNDEFINED_FLAGS, FAILS, "sends-undefined-flags", "", "H2-FRAME-004", "sets flags that do not exist") \
    X(SENDS_RESERVED_BIT, FAILS, "sends-reserved-bit", "", "H2-FRAME-004", "sets the reserved bit") \
    X(SENDS_ODD_PADDING, FAILS, "sends-odd-padding", "", "H2-FRAME-033", "pads with letters") \
    X(SENDS_TOO_MUCH_PADDING, FAILS, "sends-too-much-padding", "", "H2-FRAME-029", "announces more padding than it sends") \
    X(SENDS_SHORT_PING, FAILS, "sends-short-ping", "", "H2-FRAME-008 H2-PING-001", "answers PING with 4 octets") \
    X(SENDS_SETTINGS_ON_STREAM, FAILS, "sends-settings-on-stream", "", "H2-SET-003", "sends SETTINGS on a stream") \
    X(SENDS_INSIDE_BLOCK, FAILS, "sends-inside-block", "", "H2-FRAME-024", "sends PING between HEADERS and CONTINUATION") \
    X(SENDS_PUSH, FAILS, "sends-push", "", "H2-FRAME-019", "sends PUSH_PROMISE") \
    /* streams */ \
    X(ACCEPTS_IDLE_STREAMS, LENIENT, "accepts-idle-streams", "", "H2-STREAM-006 H2-STREAM-007 H2-STREAM-008", "skips frames on streams that nobody opened") \
    X(TALKS_ON_IDLE_STREAM, FAILS, "talks-on-idle-stream", "", "H2-STREAM-008", "sends WINDOW_UPDATE on a stream that it has not opened") \
    X(RESETS_IDLE_STREAMS, LENIENT, "resets-idle-streams", "C035", "H2-STREAM-008", "answers frames on streams that nobody opened with RST_STREAM") \
    X(IDLE_FRAMES_COLLIDE, FAILS, "idle-frames-collide", "C110", "H2-STREAM-006 H2-STREAM-007 H2-STREAM-008", "dies of a frame on a stream that nobody opened") \
    X(LATE_FRAMES_KILL, FAILS, "late-frames-kill", "", "H2-STREAM-014 H2-FRAME-012", "closes the connection at a frame on a stream that has ended") \
    X(HALF_CLOSED_FRAMES_KILL, FAILS, "half-closed-frames-kill", "", "H2-STREAM-011", \
      "closes the connection at WINDOW_UPDATE on a stream that it has half-closed") \
    X(LISTENS_AFTER_RESET, FAILS, "listens-after-reset", "", "H2-STREAM-012 GRPC-CANCEL-006", "believes what follows a RST_STREAM on its stream") \
    X(MIXES_STREAMS, FAILS, "mixes-streams", "", "H2-STREAM-020 GRPC-CALL-019", "takes DATA for that of the oldest open stream") \
    X(SENDS_AFTER_END, FAILS, "sends-after-end", "", "H2-STREAM-017", "sends DATA behind END_STREAM") \
    X(SENDS_AFTER_OWN_RESET, FAILS, "sends-after-own-reset", "C036", "H2-STREAM-018", "sends queued DATA behind its own RST_STREAM") \
    X(RESETS_TWICE, FAILS, "resets-twice", "", "H2-STREAM-019", "sends every RST_STREAM twice") \
    X(SENDS_AFTER_THEIR_RESET, FAILS, "sends-after-their-reset", "", "H2-STREAM-018 GRPC-CANCEL-004", "goes on sending on a stream that was reset") \
    /* PING */ \
    X(NEVER_ANSWERS_PING, FAILS, "never-answers-ping", "", "H2-PING-001 H2-PING-002", "never answers PING") \
    X(ZEROES_PING, FAILS, "zeroes-ping", "", "H2-PING-001", "answers PING with zeros") \
    X(ANSWERS_PING_ACK, FAILS, "answers-ping-ack", "", "H2-PING-002", "answers a PING that is an answer") \
    X(ACCEPTS_PING_ON_STREAM, FAILS, "accepts-ping-on-stream", "", "H2-PING-003", "accepts PING on a stream") \
    X(ACCEPTS_PING_LENGTH, FAILS, "accepts-ping-length", "", "H2-PING-004 H2-ERR-001", "skips PING of a wrong length") \
    X(PINGS_WAIT_FOR_WINDOW, FAILS, "pings-wait-for-window", "", "H2-PING-005", "answers no PING while DATA waits for a window") \
    X(ANSWERS_TEN_PINGS, FAILS, "answers-ten-pings", "", "H2-PING-001", "answers the first ten PINGs") \
    X(PINGS_WITH_RESETS, FAILS, "pings-with-resets", "C040", "GRPC-KA-015", "sends a PING with every RST_STREAM") \
    /* GOAWAY */ \
    X(ACCEPTS_GOAWAY_ON_STREAM, FAILS, "accepts-goaway-on-stream", "", "H2-GOAWAY-001", "accepts GOAWAY on a stream") \
    X(GOAWAY_ENDS_CALLS, FAILS, "goaway-ends-calls", "", "GRPC-GOAWAY-003 H2-GOAWAY-009 GRPC-GOAWAY-005", "ends every call at GOAWAY") \
    X(GOAWAY_OF_ALL_IS_FATAL, FAILS, "goaway-of-all-is-fatal", "C094", "GRPC-GOAWAY-003 GRPC-GOAWAY-005 H2-GOAWAY-009", \
      "ends every call at GOAWAY with last stream 2^31-1") \
    X(NO_ACK_AFTER_GOAWAY, FAILS, "no-ack-after-goaway", "", "H2-SET-001", "acknowledges no SETTINGS behind GOAWAY") \
    X(DIES_OF_EMPTY_DEBUG_DATA, FAILS, "dies-of-empty-debug-data", "C095", "GRPC-GOAWAY-003", "dies of GOAWAY without debug data") \
    X(STUCK_ON_UNKNOWN_GOAWAY, FAILS, "stuck-on-unknown-goaway", "", "H2-GOAWAY-009 H2-FRAME-017", "stops listening at GOAWAY with a code that it does not know") \
    X(LONG_DEBUG_DATA_KILLS, FAILS, "long-debug-data-kills", "", "H2-GOAWAY-009", "closes the connection at GOAWAY with debug data") \
    X(RETRIES_COVERED, FAILS, "retries-covered", "C090", "GRPC-GOAWAY-003", "makes calls again that GOAWAY covers") \
    X(UNCOVERED_CALLS_FAIL, FAILS, "uncovered-calls-fail", "", "GRPC-GOAWAY-002 GRPC-RETRY-013", "ends calls that GOAWAY does not cover") \
    X(SECOND_GOAWAY_IGNORED, FAILS, "second-goaway-ignored", "", "GRPC-GOAWAY-005 GRPC-GOAWAY-002", "reads only the first GOAWAY") \
    X(OPENS_AFTER_GOAWAY, FAILS, "opens-after-goaway", "", "H2-GOAWAY-002 GRPC-GOAWAY-004 GRPC-GOAWAY-005", "opens streams on a connection that got GOAWAY") \
    X(GOAWAY_NAMES_OWN_STREAM, LENIENT, "goaway-names-own-stream", "C096", "H2-GOAWAY-011", "puts a stream of its own into its GOAWAY") \
    X(LEAVES_WITHOUT_GOAWAY, LENIENT, "leaves-without-goaway", "", "H2-GOAWAY-011", "closes without GOAWAY") \
    X(SECOND_GOAWAY_RISES, FAILS, "second-goaway-rises", "", "H2-GOAWAY-003", "its second GOAWAY names a higher stream than its first") \
    X(DEAF_AFTER_OWN_GOAWAY, FAILS, "deaf-after-own-goaway", "C097", "GRPC-CALL-001", \
      "sends GOAWAY with its call under way, and hears no response then") \
    /* requests */ \
    X(WRONG_SCHEME, FAILS, "wrong-scheme", "C047", "GRPC-REQ-HDR-002", ":scheme is that of the other transport") \
    X(WRONG_METHOD, FAILS, "wrong-method", "", "GRPC-REQ-HDR-001", ":method is GET") \
    X(PATH_WITHOUT_SLASH, FAILS, "path-without-slash", "", "GRPC-REQ-HDR-003", ":path has no slash in front") \
    X(NO_TE, FAILS, "no-te", "", "GRPC-REQ-HDR-004", "sends no te") \
    X(TE_OF_GZIP, FAILS, "te-of-gzip", "", "H2-HDR-009", "sends te: gzip") \
    X(WRONG_CONTENT_TYPE, FAILS, "wrong-content-type", "", "GRPC-REQ-HDR-005", "content-type is text/plain") \
    X(NO_AUTHORITY, FAILS, "no-authority", "", "H2-HDR-027 GRPC-REQ-HDR-006", "sends no :authority") \
    X(HOST_TOO, FAILS, "host-too", "", "H2-HDR-027", "sends a host that differs from :authority") \
    X(USERINFO, FAILS, "userinfo", "", "H2-HDR-027", "its :authority has userinfo") \
    X(NO_USER_AGENT, FAILS, "no-user-agent", "", "GRPC-REQ-HDR-009", "sends no user-agent") \
    X(PLAIN_USER_AGENT, LENIENT, "plain-user-agent", "", "GRPC-REQ-HDR-009", "its user-agent says nothing of gRPC") \
    X(PSEUDO_LATE, FAILS, "pseudo-late", "C048", "H2-HDR-013 GRPC-REQ-HDR-007", "a pseudo-field comes behind a regular one") \
    X(PSEUDO_TWICE, FAILS, "pseudo-twice", "", "H2-HDR-014", "sends :path twice") \
    X(PSEUDO_UNKNOWN, FAILS, "pseudo-unknown", "", "H2-HDR-012 H2-HDR-010", "sends a pseudo-field of its own") \
    X(NO_PATH, FAILS, "no-path", "", "H2-HDR-015 GRPC-REQ-HDR-003", "sends no :path") \
    X(CONNECTION_FIELD, FAILS, "connection-field", "", "H2-HDR-007 H2-HDR-008", "sends connection: keep-alive") \
    X(UPPER_CASE, FAILS, "upper-case", "C050", "H2-HDR-006 GRPC-MD-008", "sends the letters of a name as they are") \
    X(NAME_WITH_SPACE, FAILS, "name-with-space", "", "H2-HDR-003", "sends a name with a space in it") \
    X(NAME_WITH_PLUS, FAILS, "name-with-plus", "", "GRPC-MD-009", "sends metadata with a plus in its name") \
    X(VALUE_WITH_NEWLINE, FAILS, "value-with-newline", "", "H2-HDR-004", "sends a value with LF in it") \
    X(VALUE_WITH_SPACES, FAILS, "value-with-spaces", "", "H2-HDR-005", "sends a value with a space in front") \
    X(WRONG_CONTENT_LENGTH, FAILS, "wrong-content-length", "C049", "H2-HDR-022 H2-HDR-023", "sends a content-length of somebody else's") \
    X(RESERVED_METADATA, FAILS, "reserved-metadata", "C051", "GRPC-REQ-HDR-019 GRPC-DL-001", "sends grpc-timeout of the application's metadata") \
    X(MIDDLE_BLOCK, FAILS, "middle-block", "", "H2-HDR-025 H2-HDR-024", "sends a second header block that does not end the stream") \
    X(PSEUDO_IN_TRAILERS, FAILS, "pseudo-in-trailers", "", "H2-HDR-018", "sends trailers with a pseudo-field") \
    X(END_ON_HEADERS, FAILS, "end-on-headers", "C107", "GRPC-REQ-HDR-021", "sets END_STREAM on HEADERS although a body follows") \
    X(NEVER_HALF_CLOSES, FAILS, "never-half-closes", "", "GRPC-REQ-HDR-021 GRPC-CALL-003 H2-FLOW-005", "never says that its request is over") \
    X(LOSES_METADATA, FAILS, "loses-metadata", "", "GRPC-MD-001", "sends no custom metadata") \
    X(LOSES_LARGE_METADATA, FAILS, "loses-large-metadata", "", "GRPC-REQ-HDR-020", "sends no metadata above 8 KiB") \
    X(METADATA_LEAKS, FAILS, "metadata-leaks", "", "GRPC-CALL-019", "sends the metadata of one call with the next") \
    X(HEADERS_IN_ONE_FRAME, FAILS, "headers-in-one-frame", "", "GRPC-REQ-HDR-020 H2-SET-016", "sends headers in one frame, whatever their length") \
    X(REVERSES_METADATA, FAILS, "reverses-metadata", "", "GRPC-MD-006 GRPC-MD-007 GRPC-MD-014", "sends its metadata backwards") \
    X(BIN_IS_RAW, FAILS, "bin-is-raw", "C060", "GRPC-MD-002", "sends -bin values as they are") \
    X(BIN_TWICE, FAILS, "bin-twice", "C060", "GRPC-MD-002 GRPC-MD-004", "encodes -bin values twice") \
    X(BIN_PADDED, LENIENT, "bin-padded", "", "GRPC-MD-004", "pads -bin values") \
    X(MIXED_BIN_IS_RAW, FAILS, "mixed-bin-is-raw", "C061", "GRPC-MD-008 GRPC-MD-002", "knows -bin only in lower case, and lowers it later") \
    X(FIELDS_OUT_OF_ORDER, LENIENT, "fields-out-of-order", "", "GRPC-REQ-HDR-008", "sends grpc-timeout and content-type behind metadata") \
    X(TIMEOUT_TWICE, FAILS, "timeout-twice", "", "GRPC-REQ-HDR-008 GRPC-DL-001", "sends grpc-timeout twice") \
    X(NO_TIMEOUT, FAILS, "no-timeout", "", "GRPC-DL-002 GRPC-DL-008", "sends no grpc-timeout") \
    X(TIMEOUT_IN_SECONDS, FAILS, "timeout-in-seconds", "C053", "GRPC-DL-002", "sends a deadline in whole seconds") \
    X(TIMEOUT_OF_NINE_DIGITS, FAILS, "timeout-of-nine-digits", "", "GRPC-DL-001", "sends grpc-timeout of more than 8 digits") \
    X(ZERO_TIMEOUT, FAILS, "zero-timeout", "C055", "GRPC-DL-002", "sends 0n when little time is left") \
    X(DEADLINE_NOT_ENFORCED, FAILS, "deadline-not-enforced", "C056", "GRPC-DL-008 GRPC-DL-009 GRPC-DL-010", "leaves the deadline to the server") \
    X(DEADLINE_NEEDS_A_STREAM, FAILS, "deadline-needs-a-stream", "", "GRPC-DL-012", \
      "looks at the deadline of calls that have a stream") \
    X(TIMEOUT_OF_THE_BEGINNING, FAILS, "timeout-of-the-beginning", "", "GRPC-RETRY-016", \
      "sends a second attempt with the whole time of the call") \
    X(EXPIRY_IS_CANCELLED, FAILS, "expiry-is-cancelled", "C057", "GRPC-DL-008 GRPC-DL-009 GRPC-DL-010", "reports CANCELLED for a deadline that passed") \
    X(NO_RESET, FAILS, "no-reset", "C058", "GRPC-DL-008 GRPC-DL-011 GRPC-CANCEL-001 GRPC-CANCEL-002 GRPC-CANCEL-003", \
      "sends no RST_STREAM for a call that it has given up") \
    X(CANCEL_IS_UNKNOWN, FAILS, "cancel-is-unknown", "", "GRPC-CANCEL-001", "reports UNKNOWN for a call that it has cancelled") \
    X(CANCEL_KILLS_CONNECTION, FAILS, "cancel-kills-connection", "", "GRPC-CANCEL-005", "closes the connection of a call that is cancelled") \
    X(WAITS_FOR_TRAILERS, FAILS, "waits-for-trailers", "", "GRPC-DL-010", "takes the message of trailers that come after the deadline") \
    X(RESET_BEATS_DEADLINE, LENIENT, "reset-beats-deadline", "", "GRPC-DL-009", "takes a reset that comes after the deadline for the end of the call") \
    X(ENDS_SILENTLY, LENIENT, "ends-silently", "C109", "GRPC-CALL-016", "sends no RST_STREAM when the server ends first") \
    X(EARLY_HEADERS_END_REQUEST, FAILS, "early-headers-end-request", "", "GRPC-MSG-001", "ends a request where it is when response headers come") \
    X(LOSES_A_MESSAGE, FAILS, "loses-a-message", "", "GRPC-CALL-003 GRPC-MSG-001", "loses the last message of a stream") \
    X(CUTS_LAST_MESSAGE, FAILS, "cuts-last-message", "", "GRPC-MSG-001", "half-closes inside a message") \
    X(ALL_AT_ONCE, FAILS, "all-at-once", "", "GRPC-CALL-005", "does not wait for the answer to a ping") \
    X(STOPS_AFTER_ONE_PING, FAILS, "stops-after-one-ping", "", "GRPC-CALL-005", "never sends its second ping") \
    X(SENDS_FLAG_2, FAILS, "sends-flag-2", "", "GRPC-MSG-001", "sends messages with flag 2") \
    X(FLAG_WITHOUT_ENCODING, FAILS, "flag-without-encoding", "C103", "GRPC-COMP-020", "says that a message is compressed, and not how") \
    X(COMPRESSES_UNASKED, FAILS, "compresses-unasked", "", "GRPC-COMP-013 GRPC-COMP-015", "compresses everything") \
    X(NEVER_COMPRESSES, FAILS, "never-compresses", "", "GRPC-COMP-015 GRPC-COMP-014", "compresses nothing") \
    X(COMPRESSES_WRONGLY, FAILS, "compresses-wrongly", "", "GRPC-COMP-020 GRPC-COMP-014", "says gzip and sends something else") \
    /* malformed responses */ \
    X(ACCEPTS_UPPER_CASE, FAILS, "accepts-upper-case", "", "H2-HDR-002 H2-ERR-003 H2-ERR-004", "accepts upper-case names") \
    X(ACCEPTS_NAME_OCTETS, FAILS, "accepts-name-octets", "", "H2-HDR-003", "accepts any name") \
    X(ACCEPTS_EMPTY_NAMES, LENIENT, "accepts-empty-names", "", "H2-HDR-003 SEC-009", "accepts fields without a name") \
    X(ACCEPTS_VALUE_OCTETS, FAILS, "accepts-value-octets", "", "H2-HDR-004 H2-ERR-004", "accepts any value") \
    X(ACCEPTS_SPACES, LENIENT, "accepts-spaces", "", "H2-HDR-005", "accepts values with spaces around them") \
    X(ACCEPTS_CONNECTION_FIELDS, LENIENT, "accepts-connection-fields", "", "H2-HDR-008", "accepts connection-specific fields") \
    X(ACCEPTS_OTHER_PSEUDO, FAILS, "accepts-other-pseudo", "", "H2-HDR-012", "accepts any pseudo-field") \
    X(ACCEPTS_LATE_STATUS, FAILS, "accepts-late-status", "", "H2-HDR-013", "accepts :status behind other fields") \
    X(ACCEPTS_STATUS_TWICE, FAILS, "accepts-status-twice", "", "H2-HDR-014", "accepts :status twice") \
    X(ACCEPTS_ANY_STATUS, FAILS, "accepts-any-status", "", "H2-HDR-019", "accepts any :status, or none") \
    X(ACCEPTS_PSEUDO_IN_TRAILERS, FAILS, "accepts-pseudo-in-trailers", "", "H2-HDR-018", "accepts pseudo-fields in trailers") \
    X(INFORMATIONAL_IS_RESPONSE, FAILS, "informational-is-response", "", "H2-HDR-020", "takes a 1xx response for the response") \
    X(ACCEPTS_ENDING_1XX, FAILS, "accepts-ending-1xx", "C066", "H2-HDR-021", "waits for a response behind 1xx with END_STREAM") \
    X(ACCEPTS_101, LENIENT, "accepts-101", "", "H2-HDR-021", "skips 101 like any other 1xx") \
    X(ACCEPTS_DATA_FIRST, FAILS, "accepts-data-first", "", "H2-HDR-030", "accepts DATA before HEADERS") \
    X(ACCEPTS_MIDDLE_BLOCK, FAILS, "accepts-middle-block", "", "H2-HDR-025", "takes a second block for the trailers, wherever it comes") \
    X(ACCEPTS_CONTENT_LENGTH, LENIENT, "accepts-content-length", "", "H2-HDR-023", "does not read content-length") \
    X(REFUSES_HIGH_OCTETS, FAILS, "refuses-high-octets", "", "GRPC-MD-010", "refuses values outside ASCII") \
    X(REFUSES_UNKNOWN_FIELDS, FAILS, "refuses-unknown-fields", "", "GRPC-MD-001", "refuses fields that it does not know") \
    X(REFUSES_LARGE_METADATA, FAILS, "refuses-large-metadata", "", "SEC-021", "takes no more than 4 KiB of metadata") \
    X(OWN_LIMIT_IS_ADVICE, LENIENT, "own-limit-is-advice", "", "SEC-022", "takes header lists of any size that its table can hold") \
    X(TAKES_ANY_LIST, FAILS, "takes-any-list", "", "SEC-016", "takes header lists of any size") \
    X(BIN_MUST_BE_PADDED, FAILS, "bin-must-be-padded", "", "GRPC-MD-002 GRPC-MD-003", "reads -bin values only with padding") \
    X(BIN_MUST_NOT_BE_PADDED, FAILS, "bin-must-not-be-padded", "", "GRPC-MD-003", "reads -bin values only without padding") \
    X(STUCK_ON_BAD_BASE64, FAILS, "stuck-on-bad-base64", "", "GRPC-MD-013", "stops listening at -bin metadata that is no base64") \
    X(BAD_BASE64_FORGETS_TABLE, FAILS, "bad-base64-forgets-table", "", "HPACK-023", "forgets its HPACK table at -bin metadata that is no base64") \
    X(TRAILERS_ARE_INITIAL, FAILS, "trailers-are-initial", "C064", "GRPC-MD-015", "shows trailing metadata as initial") \
    X(TRAILERS_LEAK, FAILS, "trailers-leak", "", "GRPC-CALL-019 GRPC-MD-015", \
      "shows the trailing metadata of one call in the next") \
    X(ONE_VALUE_A_KEY, FAILS, "one-value-a-key", "", "GRPC-MD-006", "shows the first value of a repeated key") \
    X(SIXTY_FIELDS_AT_MOST, FAILS, "sixty-fields-at-most", "", "GRPC-MD-006", \
      "takes no response of more than 60 fields") \
    /* status */ \
    X(MISSING_STATUS_IS_OK, FAILS, "missing-status-is-ok", "", "GRPC-STAT-013", "a response without grpc-status is OK") \
    X(STATUS_MUST_BE_FIRST, FAILS, "status-must-be-first", "", "GRPC-STAT-008", \
      "finds grpc-status only in front of the trailers") \
    X(MESSAGE_IS_AN_ERROR, FAILS, "message-is-an-error", "", "GRPC-STAT-008", "takes OK with a message for UNKNOWN") \
    X(STATUS_BY_ATOI, FAILS, "status-by-atoi", "", "GRPC-STAT-010 GRPC-STAT-011", "reads grpc-status up to what is no digit, in 32 bits") \
    X(STATUS_AS_IT_CAME, LENIENT, "status-as-it-came", "C072", "GRPC-STAT-011 GRPC-STAT-010", "reports numbers that are no status") \
    X(FIRST_STATUS_COUNTS, LENIENT, "first-status-counts", "", "GRPC-STAT-017", "the first of several grpc-status counts") \
    X(LAST_STATUS_COUNTS, LENIENT, "last-status-counts", "", "GRPC-STAT-017", "the last of several grpc-status counts") \
    X(STATUS_IN_HEADERS_COUNTS, LENIENT, "status-in-headers-counts", "", "GRPC-STAT-012", "takes grpc-status in headers for the call's") \
    X(ERRORS_ARE_UNKNOWN, FAILS, "errors-are-unknown", "", "GRPC-STAT-009 GRPC-STAT-008", "reports every error of the server as UNKNOWN") \
    X(ERRORS_ARE_INTERNAL, FAILS, "errors-are-internal", "", "GRPC-STAT-009 GRPC-STAT-008 GRPC-STAT-010 GRPC-STAT-013 GRPC-STAT-016 GRPC-REQ-HDR-030", "reports every error of the server as INTERNAL") \
    X(TRAILERS_ONLY_IS_NO_RESPONSE, FAILS, "trailers-only-is-no-response", "C074", "GRPC-REQ-HDR-029", "does not know Trailers-Only") \
    X(CONTENT_TYPE_FIRST, LENIENT, "content-type-first", "C075", "GRPC-REQ-HDR-029", "a Trailers-Only response without content-type is UNKNOWN") \
    X(DEMANDS_A_MESSAGE, FAILS, "demands-a-message", "", "GRPC-REQ-HDR-030 GRPC-CALL-018 GRPC-CALL-006", "a response without a message is INTERNAL, whatever its status") \
    X(LOSES_STATUS_MESSAGE, FAILS, "loses-status-message", "", "GRPC-STAT-005 GRPC-STAT-006 GRPC-STAT-007 GRPC-STAT-008", "reports no status message") \
    X(DEMANDS_STATUS_MESSAGE, FAILS, "demands-status-message", "", "GRPC-STAT-016", "a status without message is UNKNOWN") \
    X(MESSAGE_NOT_DECODED, FAILS, "message-not-decoded", "C079", "GRPC-STAT-005 GRPC-STAT-007", "reports grpc-message as it came") \
    X(MESSAGE_DECODED_TWICE, FAILS, "message-decoded-twice", "", "GRPC-STAT-005", "decodes grpc-message twice") \
    X(MESSAGE_LEAKS, FAILS, "message-leaks", "", "GRPC-CALL-019 GRPC-STAT-008", \
      "reports the message of the last call where one has none") \
    X(PLUS_IS_A_SPACE, FAILS, "plus-is-a-space", "C080", "GRPC-STAT-005", "decodes a plus as a space") \
    X(DECODES_ANY_DIGITS, FAILS, "decodes-any-digits", "C081", "GRPC-STAT-006", "decodes escapes that are not hexadecimal") \
    X(UPPER_CASE_HEX_ONLY, FAILS, "upper-case-hex-only", "", "GRPC-STAT-007", "decodes only upper-case digits") \
    X(BAD_ESCAPE_COSTS_STATUS, FAILS, "bad-escape-costs-status", "", "GRPC-STAT-006", "a message that cannot be decoded makes the status INTERNAL") \
    X(BAD_ESCAPE_ENDS_MESSAGE, FAILS, "bad-escape-ends-message", "", "GRPC-STAT-006", "ends a message at an escape that is none") \
    X(DETAILS_COST_STATUS, FAILS, "details-cost-status", "", "GRPC-STAT-018", "a status with details is INTERNAL") \
    X(BAD_DETAILS_COST_STATUS, FAILS, "bad-details-cost-status", "", "GRPC-STAT-018", "a status whose details cannot be decoded is INTERNAL") \
    X(STATUS_OF_THE_STACK, FAILS, "status-of-the-stack", "", "GRPC-STAT-019", "reports DATA_LOSS for what it finds wrong itself") \
    /* ends without status */ \
    X(RESETS_ARE_OK, FAILS, "resets-are-ok", "C084", "GRPC-CANCEL-006 GRPC-MAP-001 GRPC-MAP-002 GRPC-MAP-003 GRPC-MAP-004 GRPC-MAP-005 GRPC-MAP-006 GRPC-MAP-007 GRPC-MAP-010 GRPC-MAP-011 GRPC-MAP-012 GRPC-MAP-013", \
      "a call that is reset is OK") \
    X(RESETS_ARE_UNKNOWN, FAILS, "resets-are-unknown", "", "GRPC-MAP-001 GRPC-MAP-002 GRPC-MAP-003 GRPC-MAP-004 GRPC-MAP-005 GRPC-MAP-007 GRPC-MAP-009 GRPC-MAP-010 GRPC-MAP-011 GRPC-MAP-012", \
      "a call that is reset is UNKNOWN") \
    X(REFUSED_IS_INTERNAL, FAILS, "refused-is-internal", "C086", "GRPC-MAP-008", "RST_STREAM(REFUSED_STREAM) is INTERNAL") \
    X(CANCEL_IS_UNAVAILABLE, FAILS, "cancel-is-unavailable", "C088", "GRPC-MAP-009", "RST_STREAM(CANCEL) is UNAVAILABLE") \
    X(RESET_BEATS_TRAILERS, FAILS, "reset-beats-trailers", "C083", "GRPC-CALL-017", "RST_STREAM behind the trailers overrides them") \
    X(HTTP_STATUS_IS_INTERNAL, FAILS, "http-status-is-internal", "C077", "GRPC-MAP-015 GRPC-MAP-016 GRPC-MAP-017 GRPC-MAP-018 GRPC-MAP-020", \
      "every :status without grpc-status is INTERNAL") \
    X(HTTP_STATUS_IS_UNKNOWN, FAILS, "http-status-is-unknown", "", "GRPC-MAP-014 GRPC-MAP-015 GRPC-MAP-016 GRPC-MAP-017 GRPC-MAP-018 GRPC-MAP-019", \
      "every :status without grpc-status is UNKNOWN") \
    X(HTTP_431_IS_OK, FAILS, "http-431-is-ok", "", "GRPC-MAP-019", ":status 431 is OK") \
    X(HTTP_2XX_IS_OK, FAILS, "http-2xx-is-ok", "", "GRPC-MAP-020", "any 2xx without grpc-status but 200 is OK") \
    X(PAGES_ARE_MESSAGES, FAILS, "pages-are-messages", "C078", "GRPC-MAP-017 GRPC-MAP-018 GRPC-MAP-020", "reads a page as messages") \
    X(ANY_CONTENT_TYPE, FAILS, "any-content-type", "", "GRPC-MAP-021 GRPC-MAP-020", "takes any content-type for gRPC, and a missing status for INTERNAL") \
    X(CONTENT_TYPE_WITHOUT_FORMAT, FAILS, "content-type-without-format", "", "GRPC-MAP-021", \
      "takes application/grpc+proto for something else") \
    X(HTTP_BEATS_GRPC_STATUS, FAILS, "http-beats-grpc-status", "", "GRPC-STAT-014", ":status counts although there is a grpc-status") \
    X(END_ON_DATA_IS_OK, FAILS, "end-on-data-is-ok", "", "GRPC-MAP-022", "a stream that ends without trailers is OK") \
    X(END_ON_EMPTY_DATA_IS_OK, FAILS, "end-on-empty-data-is-ok", "", "GRPC-MAP-022", \
      "a stream that ends with empty DATA is OK") \
    X(LOST_CONNECTION_IS_UNKNOWN, FAILS, "lost-connection-is-unknown", "", "GRPC-MAP-023 H2-ERR-005", "a lost connection makes its calls UNKNOWN") \
    X(CALLS_OUTLIVE_CONNECTION, FAILS, "calls-outlive-connection", "", "GRPC-MAP-023 H2-ERR-005 H2-FRAME-035", "calls of a lost connection never end") \
    X(RETRIES_COMMITTED, FAILS, "retries-committed", "", "GRPC-RETRY-005 H2-ERR-005 GRPC-RETRY-001", "makes calls again that had response headers") \
    X(RETRIES_STATUS, FAILS, "retries-status", "", "GRPC-RETRY-001", "makes a call again that ended with UNAVAILABLE") \
    X(RETRIES_ANY_RESET, FAILS, "retries-any-reset", "", "GRPC-RETRY-001", \
      "makes a call again that was reset before it had headers") \
    X(NEVER_RETRIES, FAILS, "never-retries", "C089", "GRPC-RETRY-012 GRPC-RETRY-013 GRPC-GOAWAY-002", "never makes a refused call again") \
    X(RETRIES_FOR_EVER, FAILS, "retries-for-ever", "", "GRPC-RETRY-014 GRPC-MAP-008", "makes a refused call again and again") \
    X(COUNTS_TRANSPARENT_RETRIES, FAILS, "counts-transparent-retries", "", "GRPC-RETRY-015", "sends grpc-previous-rpc-attempts with a transparent retry") \
    X(RETRIES_WITHOUT_MESSAGES, FAILS, "retries-without-messages", "", "GRPC-RETRY-017", \
      "makes a call again without the messages that it has sent") \
    X(RETRIES_WITHOUT_METADATA, FAILS, "retries-without-metadata", "", "GRPC-RETRY-017", \
      "makes a call again without its metadata") \
    /* messages */ \
    X(SPLIT_PREFIX_MISREAD, FAILS, "split-prefix-misread", "C098", "GRPC-MSG-002", "forgets a prefix that arrives in pieces") \
    X(ONE_MESSAGE_A_FRAME, FAILS, "one-message-a-frame", "", "GRPC-MSG-002 GRPC-CALL-004", "reads one message of each DATA frame") \
    X(SPLIT_MESSAGES_ARE_ERRORS, FAILS, "split-messages-are-errors", "", "GRPC-MSG-002 GRPC-MSG-012", "a message must not be cut at its prefix") \
    X(EMPTY_DATA_IS_ERROR, FAILS, "empty-data-is-error", "", "GRPC-MSG-006", "an empty DATA frame is an error") \
    X(EMPTY_MESSAGES_LOST, FAILS, "empty-messages-lost", "", "GRPC-MSG-003", "a message of no octets is no message") \
    X(LOSES_MESSAGES, FAILS, "loses-messages", "", "GRPC-MSG-012", "loses every hundredth message") \
    X(SWAPS_MESSAGES, FAILS, "swaps-messages", "", "GRPC-MSG-012", "gives messages in another order") \
    X(ERRORS_COST_MESSAGES, FAILS, "errors-cost-messages", "C085", "GRPC-MSG-013", "drops messages when the status is an error") \
    X(ACCEPTS_FLAG_2, LENIENT, "accepts-flag-2", "", "GRPC-MSG-004", "takes any flag for 0") \
    X(ACCEPTS_TRUNCATED, FAILS, "accepts-truncated", "C102", "GRPC-MSG-005", "a message that was cut off counts as a message") \
    X(ACCEPTS_SECOND_TRUNCATED, LENIENT, "accepts-second-truncated", "", "GRPC-MSG-005", "does not read behind the only message") \
    X(ACCEPTS_ANY_PAYLOAD, FAILS, "accepts-any-payload", "", "GRPC-MSG-011", "does not parse its messages") \
    X(BUFFERS_BEFORE_LIMIT, FAILS, "buffers-before-limit", "C101", "SEC-024 GRPC-MSG-008", "looks at a message's size when it is there") \
    X(NO_DEFAULT_LIMIT, LENIENT, "no-default-limit", "", "SEC-025", "has no limit unless it is told one") \
    X(NO_LIMIT, FAILS, "no-limit", "", "GRPC-MSG-008", "takes messages of any size") \
    X(LOW_LIMIT, FAILS, "low-limit", "", "GRPC-MSG-008 SEC-025", "takes no message above half its limit") \
    X(ZERO_RESPONSES_ARE_OK, FAILS, "zero-responses-are-ok", "C105", "GRPC-CALL-009", "OK without a message is a default message") \
    X(TWO_RESPONSES_ARE_OK, FAILS, "two-responses-are-ok", "", "GRPC-CALL-010", "takes the last of two messages") \
    X(LATE_DATA_COUNTS, FAILS, "late-data-counts", "", "GRPC-MSG-014", "DATA behind the trailers makes a call INTERNAL that was OK") \
    /* compressed responses */ \
    X(REFUSES_GZIP, FAILS, "refuses-gzip", "", "GRPC-COMP-021 GRPC-COMP-009", "says it takes gzip and does not") \
    X(REFUSES_DEFLATE, FAILS, "refuses-deflate", "", "GRPC-COMP-023 GRPC-COMP-021", "says it takes deflate and does not") \
    X(ENCODING_MEANS_COMPRESSED, FAILS, "encoding-means-compressed", "", "GRPC-COMP-008", "takes every message for compressed where grpc-encoding is declared") \
    X(ONE_STREAM_FOR_ALL, FAILS, "one-stream-for-all", "", "GRPC-COMP-009", "decompresses the first message only") \
    X(EMPTY_GZIP_IS_ERROR, FAILS, "empty-gzip-is-error", "", "GRPC-COMP-025", "a compressed message of no octets is an error") \
    X(ACCEPTS_DAMAGED, FAILS, "accepts-damaged", "", "GRPC-COMP-016", "takes a message that cannot be decompressed for an empty one") \
    X(ACCEPTS_UNKNOWN_ENCODING, FAILS, "accepts-unknown-encoding", "", "GRPC-COMP-005", "takes an unknown encoding for none") \
    X(ACCEPTS_FLAG_WITH_IDENTITY, FAILS, "accepts-flag-with-identity", "", "GRPC-COMP-007", "ignores the compressed flag under identity") \
    X(REFUSES_IDENTITY, FAILS, "refuses-identity", "", "GRPC-COMP-008", "does not know the encoding identity") \
    X(ACCEPTS_FLAG_WITHOUT_ENCODING, FAILS, "accepts-flag-without-encoding", "", "GRPC-COMP-006", "ignores the compressed flag without an encoding") \
    X(INFLATES_EVERYTHING, FAILS, "inflates-everything", "", "SEC-023", "inflates whatever comes") \
    /* abuse */ \
    X(DROWNS_IN_FRAMES, FAILS, "drowns-in-frames", "", "SEC-006 SEC-007 SEC-011 SEC-015 SEC-032", "stops listening after three thousand frames") \
    X(DIES_OF_LONG_SETTINGS, FAILS, "dies-of-long-settings", "", "SEC-008", "dies of SETTINGS with more than a hundred entries") \
    X(ENDLESS_BLOCKS, FAILS, "endless-blocks", "", "SEC-004 SEC-005 SEC-018 SEC-019", "listens to a header block for ever") \
    X(EMPTY_FRAMES_NOT_COUNTED, LENIENT, "empty-frames-not-counted", "", "SEC-005", "listens to empty CONTINUATION frames for ever") \
    /* TLS */ \
    X(TLS_BELIEVES_ANYBODY, FAILS, "tls-believes-anybody", "", "H2-TLS-010", "does not verify certificates") \
    X(TLS_ANY_NAME, FAILS, "tls-any-name", "", "H2-TLS-010", "does not compare the name in a certificate") \
    X(TLS_OFFERS_HTTP_1, FAILS, "tls-offers-http-1", "", "H2-TLS-002 H2-TLS-003", "offers only http/1.1") \
    X(TLS_ANY_PROTOCOL, FAILS, "tls-any-protocol", "", "H2-TLS-003", "speaks HTTP/2 whatever ALPN selected") \
    X(TLS_1_1_IS_SPOKEN, FAILS, "tls-1-1-is-spoken", "", "H2-TLS-004", "speaks TLS 1.1") \
    X(TLS_WEAK_CIPHERS, LENIENT, "tls-weak-ciphers", "", "H2-TLS-008", "uses cipher suites that HTTP/2 prohibits") \
    X(TLS_NO_SERVER_NAME, FAILS, "tls-no-server-name", "", "H2-TLS-005", "sends no server name")
/* clang-format on */

enum client_knob {
#define CLIENT_KNOB_ENUM(symbol, effect, name, defects, clauses, sentence) CLIENT_##symbol,
    CLIENT_KNOBS(CLIENT_KNOB_ENUM)
#undef CLIENT_KNOB_ENUM
        CLIENT_KNOB_COUNT
};

extern const struct knob_row client_knob_table[];

/* For this thread's client; CLIENT_NONE at first. */
void client_knob_turn(enum client_knob name);
bool errs(enum client_knob name);
/* CLIENT_NONE when there is none of that name. */
enum client_knob client_knob_find(const char *name);

#endif
