/* SPDX-License-Identifier: MIT
 *
 * For tests: a folder of peers that are shell commands, and do each thing a peer may do. */
#ifndef INTEROP_FAKE_PEERS_H
#define INTEROP_FAKE_PEERS_H

#include "interop/peers.h"
#include "interop/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define FAKE_HEAD "version=1\ninstall=make it\n"

/* Cases of the same names do this. A dead server's process is named in its file "pid". */
#define FAKE_CLIENT                                                                                \
    "client=: {port} {tls}; case {case} in passes) echo fine;; fails) echo one; echo boom; exit "  \
    "3;; hangs) sleep 60;; crashes) kill -SEGV $$;; has_not) echo no such case; exit 127;; "       \
    "not_there) exec /nonexistent/client;; kills) kill -9 $(cat {peer}/../mortal/pid); exit 1;; "  \
    "*) exit 9;; esac; :\n"
#define FAKE_SERVER                                                                                \
    "server=echo $$ >{peer}/pid; echo hello; echo ready on {port}; exec sleep 60\nready=line "     \
    "ready on\n"

struct fake_peers {
    char *folder;
    struct places places;
    struct peers peers;
};

static void fake_write(const char *folder, const char *name, const char *text)
{
    char path[1300];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* A manifest of that name, its head given. */
static void fake_add(struct fake_peers *fake, const char *name, const char *lines)
{
    char folder[1200], text[4096];
    snprintf(folder, sizeof(folder), "%s/%s", fake->folder, name);
    assert_int_equal(mkdir(folder, 0777), 0);
    snprintf(text, sizeof(text), "name=%s\n" FAKE_HEAD "%s", name, lines);
    fake_write(folder, "manifest", text);
}

static void fake_begin(struct fake_peers *fake, const char *cases)
{
    char why[1024];
    *fake = (struct fake_peers){.folder = scratch_make(why)};
    assert_non_null(fake->folder);
    fake_write(fake->folder, "cases", cases);
}

static void fake_load(struct fake_peers *fake)
{
    char why[1024] = "";
    if (!places_find(&fake->places, fake->folder, NULL, why) ||
        !peers_load(&fake->peers, fake->folder, why))
        fail_msg("%s", why);
    peers_check(&fake->peers, &fake->places, NULL, NULL);
}

static void fake_end(struct fake_peers *fake)
{
    peers_clear(&fake->peers);
    places_clear(&fake->places);
    scratch_remove(fake->folder);
    free(fake->folder);
}

#endif
