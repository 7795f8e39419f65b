/* SPDX-License-Identifier: MIT
 *
 * Everything that becomes a status. Input: the text of grpc-status; its first four octets also as
 * an HTTP status and as an HTTP/2 error code. Oracles: always one of the 17 and always with a name;
 * OK only from zeros; an error is never OK. */
#include "fuzz.h"

#include "codec/status.h"

static bool all_zeros(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] != '0')
            return false;
    return text.len > 0;
}

static void check_status(enum gr_status status)
{
    must((unsigned)status <= GR_STATUS_UNAUTHENTICATED, "a status is outside 0 to 16");
    must(gr_status_name(status)[0] >= 'A', "a status has no name");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = bytes_of(data, size);
    enum gr_status status = gr_status_parse(text);
    if (planted(status == GR_STATUS_OUT_OF_RANGE))
        status = GR_STATUS_OK;
    if (status == GR_STATUS_UNAUTHENTICATED)
        reach("the last status");
    check_status(status);
    must((status == GR_STATUS_OK) == all_zeros(text),
         "OK is read from what is not zero, or zero is not OK");

    uint8_t octets[4] = {0};
    if (size)
        memcpy(octets, data, size < 4 ? size : 4);
    uint32_t number = load_u32(octets);
    check_status(gr_status_of_http((int)(number % 1100)));
    check_status(gr_status_of_h2_error(number));
    check_status(gr_status_of_h2_error(number % 16));
    must(gr_status_of_http((int)(number % 1100)) != GR_STATUS_OK, "an HTTP status becomes OK");
    must(gr_status_of_h2_error(number) != GR_STATUS_OK, "a reset becomes OK");
    must(gr_status_of_h2_error(number % 16) != GR_STATUS_OK, "a reset becomes OK");
    must(gr_error_text((int)number)[0] != '\0', "an error has no text");
    return 0;
}
