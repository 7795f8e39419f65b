/* SPDX-License-Identifier: MIT
 *
 * grpcspec man: the manual pages, grpcspec(1) and one for each verb, in man's macros, made from the
 * tables that --help is made from. */
#include "run/options.h"
#include "verbs.h"
#include "version.h"

#include <ctype.h>
#include <stdio.h>

/* Text that roff takes as it is: no control line, no escape, and every hyphen one to be typed. */
static void put_text(struct buf *out, const char *text)
{
    bool at_start = true;
    for (; *text; text++) {
        if (at_start && (*text == '.' || *text == '\''))
            buf_put_str(out, "\\&");
        at_start = *text == '\n';
        if (*text == '\\')
            buf_put_str(out, "\\e");
        else if (*text == '-')
            buf_put_str(out, "\\-");
        else
            buf_put_u8(out, (uint8_t)*text);
    }
}

/* Lines as they are. */
static void put_verbatim(struct buf *out, const char *text)
{
    buf_put_str(out, ".nf\n");
    put_text(out, text);
    buf_put_str(out, text[0] && text[strlen(text) - 1] == '\n' ? ".fi\n" : "\n.fi\n");
}

static void put_title(struct buf *out, const char *verb)
{
    buf_put_str(out, ".\\\" made by 'grpcspec man'\n.TH GRPCSPEC");
    if (verb)
        buf_put_str(out, "\\-");
    for (; verb && *verb; verb++)
        buf_put_u8(out, (uint8_t)toupper((unsigned char)*verb));
    buf_printf(out, " 1 \"\" \"grpcspec %s\" \"gRPC conformance\"\n", version_tool());
}

static void put_option(const struct option *option, struct buf *out)
{
    if (!option->name) { /* about the value of the option above */
        buf_put_str(out, ".br\n");
        put_text(out, option->value);
        buf_put_str(out, ": ");
    } else if (option->id == 0) {
        buf_put_str(out, ".SS ");
        put_text(out, option->name);
        buf_put_u8(out, '\n');
        return;
    } else {
        buf_put_str(out, ".TP\n\\fB\\-\\-");
        put_text(out, option->name);
        buf_put_str(out, "\\fR");
        if (option->value) {
            buf_put_str(out, " \\fI");
            put_text(out, option->value);
            buf_put_str(out, "\\fR");
        }
        buf_put_u8(out, '\n');
    }
    put_text(out, option->help);
    buf_put_u8(out, '\n');
}

static void put_verb_page(const struct verb *verb, struct buf *out)
{
    const struct command *command = verb->command;
    put_title(out, verb->name);
    buf_printf(out, ".SH NAME\ngrpcspec\\-%s \\- ", verb->name);
    put_text(out, verb->summary);
    buf_put_str(out, "\n.SH SYNOPSIS\n\\fBgrpcspec\\fR ");
    put_text(out, command->usage);
    buf_put_str(out, "\n.SH DESCRIPTION\n");
    put_verbatim(out, command->about);
    if (command->count > 0)
        buf_put_str(out, ".SH OPTIONS\n");
    for (size_t i = 0; i < command->count; i++)
        put_option(&command->options[i], out);
    buf_put_str(out, ".SH EXAMPLES\n");
    put_verbatim(out, command->examples);
    buf_put_str(out, ".SH SEE ALSO\n.BR grpcspec (1)\n");
}

static void put_main_page(struct buf *out)
{
    put_title(out, NULL);
    buf_put_str(out,
                ".SH NAME\ngrpcspec \\- test gRPC on the wire\n"
                ".SH SYNOPSIS\n\\fBgrpcspec\\fR \\fIVERB\\fR [options]\n.SH DESCRIPTION\n"
                "Judges servers and clients of gRPC by the octets they send: a verdict for each "
                "rule of HTTP/2 and gRPC,\nwith the document and section, what was expected and "
                "seen, and the command that repeats just that.\n.SH VERBS\n");
    for (const struct verb *verb = verbs; verb->name; verb++) {
        if (!verb->summary)
            continue;
        buf_printf(out, ".TP\n.BR grpcspec\\-%s (1)\n", verb->name);
        put_text(out, verb->summary);
        buf_put_u8(out, '\n');
    }
    buf_put_str(out,
                ".SH EXIT STATUS\n0 all as expected, 1 not, 2 wrong usage or nothing selected, 3 "
                "no target there, 130 interrupted.\n"
                ".SH ENVIRONMENT\n.TP\n\\fBNO_COLOR\\fR\nno colours, if set and not empty\n"
                ".TP\n\\fBGRPCSPEC_SERVER\\fR\nthe server to test when none is named\n");
}

int man_verb(int argc, char **argv)
{
    struct buf out = {0};
    const struct verb *verb = verbs;
    while (argc == 2 && verb->name && strcmp(verb->name, argv[1]) != 0)
        verb++;
    if (argc > 2 || (argc == 2 && (!verb->name || !verb->command || !verb->summary))) {
        complain("'grpcspec man' or 'grpcspec man VERB' with a verb of 'grpcspec --help'");
        return EXIT_USAGE;
    }
    if (argc == 2)
        put_verb_page(verb, &out);
    else
        put_main_page(&out);
    fputs(buf_str(&out), stdout);
    buf_clear(&out);
    return finish_printing(EXIT_AS_EXPECTED);
}
