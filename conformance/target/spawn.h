/* SPDX-License-Identifier: MIT
 *
 * A target that the tool starts: by a command line of the person's (--spawn), or the reference
 * server that is installed beside the program. Knows when it is ready, says how it died, starts it
 * again. */
#ifndef TARGET_SPAWN_H
#define TARGET_SPAWN_H

#include "base/attr.h"
#include "base/buf.h"
#include "wire/certificates.h"
#include "wire/transport.h"

struct spawned;

/* Run `command` by /bin/sh, `{port}` in it replaced by a free port; wait until it serves.
 * endpoint  in: where it will listen, when the command has no {port}; out: where it listens
 * tls       as it is to be spoken to, for the question whether it is ready; NULL: cleartext
 * returns NULL with one sentence in why, its last words included */
MUST_USE struct spawned *spawn_command(const char *command, struct endpoint *endpoint,
                                       const struct transport_tls *tls, char why[static 1024]);
/* What the bundled server is given when it is to speak TLS; borrowed for as long as it lives. */
struct spawn_tls {
    const struct certificates *certificates;
    bool mutual; /* it demands the client's certificate */
};
/* The bundled reference server: $GRPCSPEC_SERVER, or grpcref-server in the folder of the running
 * program. tls, as: both or neither. */
MUST_USE struct spawned *spawn_bundled(struct endpoint *endpoint, const struct transport_tls *tls,
                                       const struct spawn_tls *as, char why[static 1024]);
/* Another one like it, on another port. */
MUST_USE struct spawned *spawn_another(const struct spawned *like, struct endpoint *endpoint,
                                       char why[static 1024]);
bool spawn_can_run_twice(const struct spawned *spawned); /* its port is not fixed */
bool spawn_is_bundled(const struct spawned *spawned);
int spawn_pid(const struct spawned *spawned); /* of the process group it leads */
bool spawn_is_gone(struct spawned *spawned);  /* its process has ended */
void spawn_stop(struct spawned *spawned);     /* frees; NULL is nothing */

/* As struct run_revival wants them; arg is the struct spawned. */
bool spawn_has_died(void *arg, struct buf *how);
bool spawn_restart(void *arg, struct endpoint *endpoint, char why[static 256]);

/* How much it has printed so far, and what it printed since; see process.h. As struct run_output
 * wants them; arg is the struct spawned. */
size_t spawn_printed(void *arg);
void spawn_put_since(void *arg, size_t mark, struct buf *out);

/* Replace each "{port}". given in *out; true when there was one. */
bool spawn_fill_port(const char *command, uint16_t port, struct buf *out);
/* A port below 32768 on which nobody listened a moment ago; 0: none found. */
uint16_t spawn_free_port(void);

#endif
