/* SPDX-License-Identifier: MIT
 *
 * grpcspec completion: a script for bash or zsh, made from the tables that --help is made from. */
#include "run/options.h"
#include "verbs.h"

#include <stdio.h>

/* What may stand where a value is wanted. */
enum kind { KIND_FREE, KIND_FILE, KIND_FOLDER, KIND_WORDS, KIND_CASE };

static enum kind kind_of(const struct option *option)
{
    if (strchr(option->value, '|'))
        return KIND_WORDS;
    if (strcmp(option->value, "FOLDER") == 0)
        return KIND_FOLDER;
    if (strstr(option->value, "FILE") || strstr(option->value, ".json"))
        return KIND_FILE;
    bool is_case = option->id == OPTION_CASE || option->id == OPTION_SKIP;
    return is_case ? KIND_CASE : KIND_FREE;
}

static bool is_option(const struct option *option)
{
    return option->id != 0;
}

static bool takes_value(const struct option *option)
{
    return is_option(option) && option->value;
}

static void put_words(struct buf *out, const char *words)
{
    for (; *words; words++)
        buf_put_u8(out, *words == '|' ? ' ' : (uint8_t)*words);
}

/* ---- bash ---- */

static void put_bash_value(const char *verb, const struct option *option, struct buf *out)
{
    static const char *const made[] = {
        [KIND_FILE] = "COMPREPLY=($(compgen -f -- \"$cur\"))",
        [KIND_FOLDER] = "COMPREPLY=($(compgen -d -- \"$cur\"))",
        [KIND_CASE] = "COMPREPLY=($(compgen -W \"$(_grpcspec_ids)\" -- \"$cur\"))",
    };
    enum kind kind = kind_of(option);
    buf_printf(out, "    '%s --%s') ", verb, option->name);
    if (kind == KIND_WORDS) {
        buf_put_str(out, "COMPREPLY=($(compgen -W '");
        put_words(out, option->value);
        buf_put_str(out, "' -- \"$cur\")); ");
    } else if (kind != KIND_FREE) {
        buf_printf(out, "%s; ", made[kind]);
    }
    buf_put_str(out, "return ;;\n");
}

static void put_bash_verb(const struct verb *verb, struct buf *out)
{
    buf_printf(out, "    %s) words='--help", verb->name);
    for (size_t i = 0; i < verb->command->count; i++)
        if (is_option(&verb->command->options[i]))
            buf_printf(out, " --%s", verb->command->options[i].name);
    buf_put_str(out, "' ;;\n");
}

static void put_bash(struct buf *out)
{
    buf_put_str(out,
                "# bash completion for grpcspec; made by 'grpcspec completion bash'\n"
                "_grpcspec_ids() { grpcspec list 2>/dev/null | awk '$1 ~ \"/\" { print $1 }'; }\n"
                "_grpcspec() {\n"
                "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                "  local verb=${COMP_WORDS[1]} words=\n"
                "  COMPREPLY=()\n"
                "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                "    COMPREPLY=($(compgen -W '--help --version");
    for (const struct verb *verb = verbs; verb->name; verb++)
        buf_printf(out, " %s", verb->name);
    buf_put_str(out, "' -- \"$cur\"))\n    return\n  fi\n  case \"$verb $prev\" in\n");
    for (const struct verb *verb = verbs; verb->name; verb++)
        for (size_t i = 0; verb->command && i < verb->command->count; i++)
            if (takes_value(&verb->command->options[i]))
                put_bash_value(verb->name, &verb->command->options[i], out);
    buf_put_str(out, "  esac\n  case $verb in\n");
    for (const struct verb *verb = verbs; verb->name; verb++)
        if (verb->command)
            put_bash_verb(verb, out);
    buf_put_str(out, "  esac\n"
                     "  if [[ $cur == -* ]]; then\n"
                     "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                     "  elif [ \"$verb\" = explain ]; then\n"
                     "    COMPREPLY=($(compgen -W \"$(_grpcspec_ids)\" -- \"$cur\"))\n"
                     "  else\n"
                     "    COMPREPLY=($(compgen -f -- \"$cur\"))\n"
                     "  fi\n"
                     "}\n"
                     "complete -F _grpcspec grpcspec\n");
}

/* ---- zsh ---- */

/* Inside single quotes, in a specification whose own marks are [ ] and : */
static void put_zsh_text(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            buf_put_str(out, "'\\''");
        else if (strchr("[]:\\", *text))
            buf_printf(out, "\\%c", *text);
        else
            buf_put_u8(out, (uint8_t)*text);
    }
}

static void put_zsh_option(const struct option *option, struct buf *out)
{
    buf_printf(out, "      '*--%s[", option->name);
    put_zsh_text(out, option->help);
    buf_put_u8(out, ']');
    if (option->value) {
        buf_put_u8(out, ':');
        put_zsh_text(out, option->value);
        buf_put_u8(out, ':');
        switch (kind_of(option)) {
        case KIND_FILE:
            buf_put_str(out, "_files");
            break;
        case KIND_FOLDER:
            buf_put_str(out, "_files -/");
            break;
        case KIND_CASE:
            buf_put_str(out, "_grpcspec_ids");
            break;
        case KIND_WORDS:
            buf_put_u8(out, '(');
            put_words(out, option->value);
            buf_put_u8(out, ')');
            break;
        case KIND_FREE:
            buf_put_u8(out, ' ');
            break;
        }
    }
    buf_put_str(out, "' \\\n");
}

static void put_zsh(struct buf *out)
{
    buf_put_str(out,
                "#compdef grpcspec\n"
                "# made by 'grpcspec completion zsh'\n"
                "_grpcspec_ids() { compadd -- ${(f)\"$(grpcspec list 2>/dev/null | awk '$1 ~ \"/\" "
                "{ print $1 }')\"} }\n"
                "_grpcspec() {\n"
                "  local -a verbs\n"
                "  verbs=(\n");
    for (const struct verb *verb = verbs; verb->name; verb++) {
        buf_printf(out, "    '%s", verb->name);
        buf_put_u8(out, ':');
        put_zsh_text(out, verb->summary ? verb->summary : "for packagers");
        buf_put_str(out, "'\n");
    }
    buf_put_str(out, "  )\n"
                     "  if (( CURRENT == 2 )); then _describe verb verbs; return; fi\n"
                     "  local verb=$words[2]\n"
                     "  shift words; (( CURRENT-- ))\n"
                     "  case $verb in\n");
    for (const struct verb *verb = verbs; verb->name; verb++) {
        if (!verb->command)
            continue;
        buf_printf(out, "    %s) _arguments \\\n      '--help[its options and examples]' \\\n",
                   verb->name);
        for (size_t i = 0; i < verb->command->count; i++)
            if (is_option(&verb->command->options[i]))
                put_zsh_option(&verb->command->options[i], out);
        bool ids = strcmp(verb->name, "explain") == 0;
        buf_printf(out, "      '*:%s' ;;\n", ids ? "id:_grpcspec_ids" : "argument:_files");
    }
    buf_put_str(out, "  esac\n}\n_grpcspec \"$@\"\n");
}

int completion_verb(int argc, char **argv)
{
    struct buf out = {0};
    if (argc == 2 && strcmp(argv[1], "bash") == 0) {
        put_bash(&out);
    } else if (argc == 2 && strcmp(argv[1], "zsh") == 0) {
        put_zsh(&out);
    } else {
        complain("for which shell? 'grpcspec completion bash' or 'grpcspec completion zsh'");
        return EXIT_USAGE;
    }
    fputs(buf_str(&out), stdout);
    buf_clear(&out);
    return finish_printing(EXIT_AS_EXPECTED);
}
