/* SPDX-License-Identifier: MIT
 *
 * What every unit test starts with: cmocka in the order it needs, input placed against a guard
 * page, and allocations that fail on demand. A test is a table of one-line rows wherever it can be.
 */
#ifndef BASE_TEST_H
#define BASE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/bytes.h"

/* A copy of `bytes` whose last octet touches an unreadable page: one octet too far is a crash, with
 * or without a sanitizer. Release with unguard(). */
struct bytes guard(struct bytes bytes);
void unguard(struct bytes bytes);

/* From now on, count allocations of this thread and let the n-th (0: the next) fail, and all after
 * it. stop_failing() ends that and returns whether one did fail: a loop that tries n = 0, 1, 2 ...
 * until false has walked every allocation of its scenario.
 *
 *     for (size_t n = 0;; n++) {
 *         fail_allocation(n);
 *         run_scenario();          // must not crash or leak, and must report the failure
 *         if (!stop_failing())
 *             break;
 *     } */
void fail_allocation(size_t n);
bool stop_failing(void);

/* assert_bytes(seen, expected): the same octets, or a failure that prints both. */
#define assert_bytes(seen, expected) assert_bytes_at((seen), (expected), __FILE__, __LINE__)
void assert_bytes_at(struct bytes seen, struct bytes expected, const char *file, int line);

#endif
