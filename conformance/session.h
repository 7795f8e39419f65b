/* SPDX-License-Identifier: MIT
 *
 * Private to the verb `test`: everything that one run holds, and how its target is found. */
#ifndef SESSION_H
#define SESSION_H

#include "reports/output.h"
#include "reports/terminal.h"
#include "run/baseline.h"
#include "run/drive_adapter.h"
#include "run/drive_command.h"
#include "run/starter.h"
#include "run/test_options.h"
#include "target/spawn.h"

/* Everything the verb holds; released in one place. */
struct session {
    struct test_options options;
    const struct test_case **all, **selected;
    size_t all_count, selected_count;
    struct baseline baseline;
    struct output outputs[MAX_OUTPUTS];
    struct certificates certificates; /* for the bundled server, or for clients, with TLS */
    struct spawn_tls spawn_tls;
    struct spawned *spawned;
    struct starter starter;
    struct command_drive *command; /* of a client; NULL: another drive, or a server */
    struct adapter_drive *adapter;
    struct target_info target;
    char authority[300];
    char name[400]; /* the target, for sentences */
    struct report report;
    struct terminal terminal;
    bool failed_fast; /* --fail-fast ended the run */
};

/* Whether options name a client. */
bool session_tests_client(const struct session *session);

/* Fill session->target and ->name, starting what is to be started, and ask it what it is. returns false after a
 * complaint: it cannot be reached */
bool session_find_server(struct session *session);
bool session_find_client(struct session *session);

/* Run what is selected against the target that was found, --repeat times or until a run fails or differs; the last
 * one's reports are written. returns the exit status */
int session_run(struct session *session);

#endif
