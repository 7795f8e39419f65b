/* SPDX-License-Identifier: MIT
 *
 * A client under test that is a command: started once for each official interop case that a case asks for, told where
 * to connect by its arguments, and known only by how it exits. Exit status 127 means "I have no such case". */
#ifndef RUN_DRIVE_COMMAND_H
#define RUN_DRIVE_COMMAND_H

#include "base/attr.h"
#include "peer/drive.h"

struct command_drive;

/* argv: the command and its arguments, ends with NULL; borrowed. In each argument {host} {port} {case} {tls} {ca}
 * {server_name} are replaced; when none has any of them, the official flags are added. NULL: the bundled reference
 * client: $GRPCSPEC_CLIENT, or grpcref-client in the folder of the running program.
 * returns NULL with one sentence in why */
MUST_USE struct command_drive *command_drive_new(char *const argv[], char why[static 256]);
void command_drive_free(struct command_drive *drive);
const struct drive *command_drive(const struct command_drive *drive);
/* "go/client --server_host=...", for sentences; borrowed. */
const char *command_drive_name(const struct command_drive *drive);

/* Start it once with a case that nobody knows: how it ends then is how it says "unknown", and one that exits with
 * 0 says nothing by that (exit_says_nothing). For at most span_ns; *stop not 0 ends it earlier (may be NULL). tls
 * and the files as in struct client_address.
 * returns false with one sentence in why when it cannot be started */
MUST_USE bool command_drive_ask_unknown(struct command_drive *drive,
                                        const struct client_address *address, int64_t span_ns,
                                        char why[static 256]);

/* Replace the placeholders of one argument. given in *out; true when there was one. */
bool command_fill(const char *argument, const struct client_address *address, const char *interop,
                  struct buf *out);

#endif
