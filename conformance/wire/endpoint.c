/* SPDX-License-Identifier: MIT
 *
 * Reading "HOST:PORT", "[V6]:PORT" and "unix:PATH"; see transport.h. */
#include "wire/transport.h"

static bool fail(const char **why, const char *sentence)
{
    *why = sentence;
    return false;
}

static bool copy_text(char *into, size_t cap, const char *from, size_t len)
{
    if (len == 0 || len >= cap)
        return false;
    memcpy(into, from, len);
    into[len] = '\0';
    return true;
}

static bool parse_port(const char *text, uint16_t *port)
{
    unsigned value = 0;
    size_t digits = 0;
    for (; text[digits] >= '0' && text[digits] <= '9' && digits < 5; digits++)
        value = value * 10 + (unsigned)(text[digits] - '0');
    if (digits == 0 || text[digits] != '\0' || value == 0 || value > UINT16_MAX)
        return false;
    *port = (uint16_t)value;
    return true;
}

bool endpoint_parse(const char *text, struct endpoint *endpoint, const char **why)
{
    *endpoint = (struct endpoint){0};
    if (strncmp(text, "unix:", 5) == 0) {
        const char *path = text + 5;
        return copy_text(endpoint->unix_path, sizeof endpoint->unix_path, path, strlen(path)) ||
               fail(why, "the path of a unix socket has 1 to 107 octets");
    }
    if (strstr(text, "://"))
        return fail(why, "a target has no scheme: it is HOST:PORT, [V6]:PORT or unix:PATH");
    const char *colon = strrchr(text, ':');
    if (!colon)
        return fail(why, "a target is HOST:PORT, [V6]:PORT or unix:PATH");
    const char *host = text;
    size_t len = (size_t)(colon - text);
    bool bracketed = len >= 2 && text[0] == '[' && colon[-1] == ']';
    if (bracketed) {
        host = text + 1;
        len -= 2;
    }
    if (!bracketed && memchr(host, ':', len))
        return fail(why, "an IPv6 address is written in brackets: [::1]:50051");
    if (!copy_text(endpoint->host, sizeof endpoint->host, host, len))
        return fail(why, "the host has 1 to 255 octets");
    if (!parse_port(colon + 1, &endpoint->port))
        return fail(why, "the port is a number from 1 to 65535");
    return true;
}
