/* SPDX-License-Identifier: MIT
 *
 * The end of a program that broke its word. */
#include "base/contract.h"

#include <stdio.h>
#include <stdlib.h>

void contract_broken(const char *function, const char *rule)
{
    fprintf(stderr, "grpcref: %s: %s\n", function, rule);
    abort();
}
