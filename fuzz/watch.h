/* SPDX-License-Identifier: MIT
 *
 * Oracles O3, O4 and O8 for one side of a connection: an observer that hears what the side hears and
 * reads what it says with the suite's own reader and linter. It shares no code with the side; and
 * since the two halves name some things alike, nothing but octets passes between them. */
#ifndef FUZZ_WATCH_H
#define FUZZ_WATCH_H

#include "base/buf.h"

struct watch;

/* Of a server, or of a client. given: watch_free */
struct watch *watch_new(bool of_server);
void watch_free(struct watch *watch);

/* Octets the side has been given, in order, the client's preface included. */
void watch_heard(struct watch *watch, struct bytes octets);
/* Octets it has written. Aborts when it broke a rule, or on half a frame: all that it had to write must be there. */
void watch_said(struct watch *watch, struct bytes octets);

/* No more will be heard. */
void watch_end(struct watch *watch);

/* After watch_end: it has had time to answer everything. Aborts when an ACK is missing, or when window was not
 * given back. idle: no call is open */
void watch_rest(struct watch *watch, bool idle);

/* What was said, in an order that does not depend on timing: for each stream its header lists, the octets of its DATA
 * together, how it ended; of the connection ACKs and GOAWAY. Windows are left out. When the connection has failed only
 * that is told: how much was still said on streams when it did is a matter of time. given: buf_clear */
struct buf watch_meaning(const struct watch *watch);

/* A GOAWAY with an error was said. */
bool watch_failed(const struct watch *watch);
/* Two reasons why a cut may change what happens. An answer was complete before its request was, and
 * RST_STREAM(NO_ERROR) said so: what the peer still sends there is an offence or not depending on when it did. Or
 * the peer has sent GOAWAY: with its last stream reading ends, wherever in a frame that is. */
bool watch_timing_matters(const struct watch *watch);

#endif
