/* SPDX-License-Identifier: MIT
 *
 * Rules about one field; see field.h. */
#include "wire/field.h"

#include "base/attr.h"

bool field_is_connection_specific(struct bytes name)
{
    static const char *const names[] = {"connection", "proxy-connection", "keep-alive",
                                        "transfer-encoding", "upgrade"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (bytes_equal_str(name, names[i]))
            return true;
    return false;
}

static bool is_blank(uint8_t octet)
{
    return octet == ' ' || octet == '\t';
}

bool field_value_is_trimmed(struct bytes value)
{
    return value.len == 0 || !(is_blank(value.data[0]) || is_blank(value.data[value.len - 1]));
}
