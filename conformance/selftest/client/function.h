/* SPDX-License-Identifier: MIT
 *
 * The faulty client as a function on a thread (run/drive_function.h), as a process of its own under a command
 * drive, and as an adapter. */
#ifndef SELFTEST_CLIENT_FUNCTION_H
#define SELFTEST_CLIENT_FUNCTION_H

#include "selftest/client/knobs.h"

struct function_client;

/* For struct client_function; arg: a const enum client_knob. */
void faulty_client_run(struct function_client *self, void *arg);

/* The official flags (--server_host ...), argv[0] the first of them; the exit status of the process: 127 for a
 * case that it does not have. "--adapter": faulty_client_adapt() instead. */
int faulty_client_main(int argc, char **argv, enum client_knob knob);
/* Speak the connectconformance adapter protocol on standard input and output until its end. returns the exit status */
int faulty_client_adapt(enum client_knob knob);

#endif
