/* SPDX-License-Identifier: MIT
 *
 * Commands; see command.h. */
#include "interop/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define POLL_NS (5 * NS_PER_MS)

struct words command_words(const struct places *places, const struct manifest *manifest)
{
    return (struct words){
        .certs = places->certs,
        .root = places->root,
        .bin = places->bin,
        .cache = places->cache,
        .peer = manifest->folder,
    };
}

/* "cd ROOT || exit 126; COMMAND": 126 is the shell's own word for what cannot be run. */
static char *script_of(const struct words *words, struct buf *command)
{
    struct buf script = {0};
    if (words->root) {
        buf_put_str(&script, "cd ");
        words_quote(words->root, &script);
        buf_put_str(&script, " || exit 126; ");
    }
    buf_put(&script, buf_view(command));
    char *copy = script.failed || command->failed ? NULL : strdup(buf_str(&script));
    buf_clear(&script);
    return copy;
}

struct process *command_start(const char *text, const char *more, const struct words *words,
                              struct buf *line, char why[static 256])
{
    char shell[] = "/bin/sh", flag[] = "-c";
    struct process *process = NULL;
    struct buf command = {0};
    words_fill(words, text, true, &command);
    if (more)
        buf_printf(&command, " %s", more);
    char *copy = script_of(words, &command);
    char *argv[] = {shell, flag, copy, NULL};
    if (copy)
        process = process_start(argv, why);
    else
        snprintf(why, 256, "out of memory");
    if (line)
        buf_put(line, buf_view(&command));
    free(copy);
    buf_clear(&command);
    return process;
}

bool command_put_end(struct process *process, struct buf *out)
{
    struct buf how = {0};
    bool ended = process_has_ended(process, &how);
    if (ended)
        buf_printf(out, "%s%s", bytes_starts_with(buf_view(&how), BYTES("killed")) ? "was " : "",
                   buf_str(&how));
    buf_clear(&how);
    return ended;
}

void command_pause(void)
{
    nanosleep(&(struct timespec){.tv_nsec = POLL_NS}, NULL);
}

bool command_wait(struct process *process, gr_time deadline, atomic_int *stop)
{
    struct buf how = {0};
    bool ended;
    while (!(ended = process_has_ended(process, &how))) {
        if (clock_now_ns() >= deadline || (stop && atomic_load(stop) != 0))
            break;
        command_pause();
    }
    buf_clear(&how);
    return ended;
}
