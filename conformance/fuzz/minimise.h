/* SPDX-License-Identifier: MIT
 *
 * Making a script small while it still shows the same: first how it is cut, then the frames that are beside the
 * point, then fields and octets. What carries the offence stays: without it something else would be shown. */
#ifndef FUZZ_MINIMISE_H
#define FUZZ_MINIMISE_H

#include "fuzz/script.h"

struct minimise_options {
    /* Does the script still show it? */
    bool (*shows)(void *arg, const struct script *script);
    void *arg;
    bool
        anything_goes; /* what it shows does not rest on what the script expects: any step may go */
    unsigned tries;    /* at most */
};

void script_minimise(struct script *script, const struct minimise_options *options);

#endif
