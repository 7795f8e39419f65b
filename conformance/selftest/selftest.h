/* SPDX-License-Identifier: MIT
 *
 * `grpcspec selftest`: the suite judged by servers whose faults are known. */
#ifndef SELFTEST_SELFTEST_H
#define SELFTEST_SELFTEST_H

/* argv[0] is the verb. Prints, and returns the exit code: 0 when everything holds, 1, or 2 for a wrong command. */
int selftest_main(int argc, char **argv);

#endif
