/* SPDX-License-Identifier: MIT
 *
 * What kind of terminal there is, if any, and whether it gets colours; see terminal.h. */
#include "reports/terminal.h"

#include <stdlib.h>
#include <unistd.h>

bool colour_parse(const char *text, enum colour *colour, char why[static 256])
{
    static const char *const names[] = {"auto", "always", "never"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(text, names[i]) == 0) {
            *colour = (enum colour)i;
            return true;
        }
    (void)snprintf(why, 256, "--color is auto, always or never, not '%.60s'", text);
    return false;
}

void terminal_open(struct terminal *terminal, FILE *out, enum colour colour)
{
    const char *kind = getenv("TERM"), *no_color = getenv("NO_COLOR");
    bool live = isatty(fileno(out)) && !(kind && strcmp(kind, "dumb") == 0);
    bool wanted = live && !(no_color && *no_color);
    *terminal = (struct terminal){
        .out = out,
        .live = live,
        .colour = colour == COLOUR_ALWAYS || (colour == COLOUR_AUTO && wanted),
    };
}
