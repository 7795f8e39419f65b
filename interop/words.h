/* SPDX-License-Identifier: MIT
 *
 * The {words} of a manifest's commands and of a proxy's configuration, and what is put in for them.
 */
#ifndef INTEROP_WORDS_H
#define INTEROP_WORDS_H

#include "base/buf.h"

#define WORDS_LIST                                                                                 \
    "{host} {port} {backend_port} {case} {tls} {cert} {key} {ca} {bin} {cache} {peer} {dir} "      \
    "{config}"

/* Borrowed strings; NULL is put in as nothing. */
struct words {
    uint16_t port, backend_port; /* of the host below */
    const char *test_case;
    bool tls;
    const char *certs;  /* folder of server1.pem, server1.key, ca.pem */
    const char *root;   /* folder that commands are run in; NULL: this one */
    const char *bin;    /* folder of this program */
    const char *cache;  /* folder that peers are installed in */
    const char *peer;   /* folder of the manifest */
    const char *dir;    /* scratch folder of this one program */
    const char *config; /* the filled-in configuration */
    bool keeps_call;    /* {host} {port} {case} stay as they are: whoever starts it knows them */
};
#define WORDS_HOST "127.0.0.1"

/* Append `text` with its words replaced. shell: what is put in is quoted for /bin/sh where it has
 * to be. A {word} that is none stays as it is. */
void words_fill(const struct words *words, const char *text, bool shell, struct buf *out);
/* Is there a {word} that is none? "${x}" is the shell's. Then it is in `word`, without braces. */
bool words_find_unknown(const char *text, char word[static 64]);

/* Append `text` as one word for /bin/sh, quoted where it has to be. */
void words_quote(const char *text, struct buf *out);

#endif
