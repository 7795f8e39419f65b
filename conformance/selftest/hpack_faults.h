/* SPDX-License-Identifier: MIT
 *
 * What is wrong with a header block that a decoder refused, so that a knob overlooks only its own fault; for the faulty
 * server and the faulty client. Nothing is decoded here. (RFC 7541) */
#ifndef SELFTEST_HPACK_FAULTS_H
#define SELFTEST_HPACK_FAULTS_H

#include "base/bytes.h"

enum block_fault {
    BLOCK_NONE,
    BLOCK_INDEX_0,
    BLOCK_INDEX,
    BLOCK_NAME_INDEX,
    BLOCK_LATE_UPDATE,
    BLOCK_LARGE_UPDATE,
    BLOCK_LONG_PADDING,
    BLOCK_WRONG_PADDING,
    BLOCK_EOS,
    BLOCK_OVERFLOW,
    BLOCK_LONG_INTEGER,
    BLOCK_TRUNCATED,
};

/* The first fault of a block that has one, with a table of 4096 octets. */
enum block_fault find_block_fault(struct bytes block);
/* Whether `is` says so of the first octet of any representation. arg: as given */
bool block_has(struct bytes block, bool (*is)(void *arg, uint8_t first), void *arg);

#endif
