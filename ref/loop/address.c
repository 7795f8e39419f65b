/* SPDX-License-Identifier: MIT
 *
 * The parser of address.h. */
#include "loop/address.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

/* With the NUL. The system has no more, and libuv would cut the path short without a word. */
#define UNIX_PATH_ROOM sizeof(((struct sockaddr_un *)NULL)->sun_path)

static bool copy(char *to, size_t room, const char *from, size_t len)
{
    if (len >= room)
        return false;
    memcpy(to, from, len);
    to[len] = '\0';
    return true;
}

static bool parse_port(struct address *address, const char *port)
{
    size_t digits = strspn(port, "0123456789");

    if (digits == 0 || digits > 5 || port[digits] != '\0' || atoi(port) > 65535)
        return false;
    return copy(address->port, sizeof(address->port), port, digits);
}

/* "[::1]:PORT" or "[::1]" */
static bool parse_bracketed(struct address *address, const char *text, const char *default_port)
{
    const char *end = strchr(text, ']');

    if (!end || !copy(address->host, sizeof(address->host), text + 1, (size_t)(end - text - 1)))
        return false;
    if (end[1] == ':')
        return parse_port(address, end + 2);
    return end[1] == '\0' && default_port && parse_port(address, default_port);
}

bool address_parse(struct address *address, const char *text, const char *default_port)
{
    const char *colon;

    *address = (struct address){0};
    if (strncmp(text, "unix:", 5) == 0) {
        const char *path = strncmp(text, "unix:///", 8) == 0 ? text + 7 : text + 5;
        address->is_unix = true;
        return *path && copy(address->host, UNIX_PATH_ROOM, path, strlen(path));
    }
    if (strncmp(text, "dns:", 4) == 0)
        text += strncmp(text, "dns:///", 7) == 0 ? 7 : 4;
    if (text[0] == '[')
        return parse_bracketed(address, text, default_port);
    colon = strrchr(text, ':');
    if (!colon)
        return *text && default_port &&
               copy(address->host, sizeof(address->host), text, strlen(text)) &&
               parse_port(address, default_port);
    if (memchr(text, ':', (size_t)(colon - text))) /* an IPv6 address needs its brackets */
        return false;
    return copy(address->host, sizeof(address->host), text, (size_t)(colon - text)) &&
           parse_port(address, colon + 1);
}
