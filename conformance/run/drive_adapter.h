/* SPDX-License-Identifier: MIT
 *
 * A client under test that speaks the connectconformance adapter protocol on its standard input and output, and so
 * shows status, message, metadata and payloads. A process is asked for many calls, one case after the other; as
 * many processes run as cases do, so that one that dies or hangs is known to be this case's doing. */
#ifndef RUN_DRIVE_ADAPTER_H
#define RUN_DRIVE_ADAPTER_H

#include "base/attr.h"
#include "peer/drive.h"

struct adapter_drive;

/* command: run by /bin/sh; borrowed. NULL: out of memory. */
MUST_USE struct adapter_drive *adapter_drive_new(const char *command);
/* Ends every process: at the end of its input an adapter has 3 s to end by itself. NULL is nothing. */
void adapter_drive_free(struct adapter_drive *drive);
const struct drive *adapter_drive(const struct adapter_drive *drive);

#endif
