/* SPDX-License-Identifier: MIT
 *
 * The few compiler extensions this code uses, each with a name of its own. */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#if defined(__GNUC__) || defined(__clang__)
#define MUST_USE               __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define MAYBE_UNUSED           __attribute__((unused))
#define LIKELY(x)              __builtin_expect(!!(x), 1)
#define UNLIKELY(x)            __builtin_expect(!!(x), 0)
#else
#define MUST_USE
#define PRINTF_LIKE(fmt, args)
#define MAYBE_UNUSED
#define LIKELY(x)   (x)
#define UNLIKELY(x) (x)
#endif

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
