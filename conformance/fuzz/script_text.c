/* SPDX-License-Identifier: MIT
 *
 * Scripts as text: a line a step, and in comments what the octets mean.
 *
 *   grpcspec-fuzz 1
 *   case 1/42/1234                     profile / seed / index
 *   fault frames/ping-length
 *   clauses H2-PING-004
 *   wrong a PING of 7 octets
 *   open
 *   send 000007060000000000 cut 3,5    # PING stream 0 len 7
 *   expect-call 1 STATUS:0 ~ANY_ERROR  (~ works, but is not what the document says) */
#include "fuzz/script.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const words[] = {
#define STEP_WORD(symbol, word, does) [STEP_##symbol] = word,
    STEP_KINDS(STEP_WORD)
#undef STEP_WORD
};

const char *step_word(enum step_kind kind)
{
    return words[kind];
}

static const char *const outcome_words[] = {
    [OUTCOME_STATUS] = "STATUS", [OUTCOME_ANY_ERROR] = "ANY_ERROR", [OUTCOME_HTTP] = "HTTP",
    [OUTCOME_RESET] = "RESET",   [OUTCOME_ANY_RESET] = "ANY_RESET", [OUTCOME_GOAWAY] = "GOAWAY",
    [OUTCOME_CLOSE] = "CLOSE",   [OUTCOME_IGNORED] = "IGNORED",
};

/* ---- writing ---- */

static void put_hex(struct buf *out, struct bytes octets)
{
    static const char digits[] = "0123456789abcdef";
    if (octets.len == 0)
        buf_put_u8(out, '-');
    for (size_t i = 0; i < octets.len; i++) {
        buf_put_u8(out, (uint8_t)digits[octets.data[i] >> 4]);
        buf_put_u8(out, (uint8_t)digits[octets.data[i] & 15]);
    }
}

void outcomes_put(const struct outcome *outcomes, struct buf *out)
{
    for (const struct outcome *each = outcomes; each->kind != OUTCOME_END; each++) {
        buf_printf(out, "%s%s%s", each == outcomes ? "" : " ", each->lenient ? "~" : "",
                   outcome_words[each->kind]);
        if (each->kind == OUTCOME_STATUS || each->kind == OUTCOME_HTTP ||
            each->kind == OUTCOME_RESET || each->kind == OUTCOME_GOAWAY)
            buf_printf(out, ":%" PRIu32, each->code);
    }
}

void step_describe(const struct step *step, struct buf *out)
{
    struct bytes octets = buf_view(&step->octets);
    char scratch[16];
    if (octets.len < FRAME_HEADER_LEN || bytes_starts_with(octets, CONNECTION_PREFACE)) {
        put_escaped(out, octets, 48);
        return;
    }
    uint32_t length = load_u24(octets.data);
    uint8_t flags = octets.data[4];
    uint32_t stream = load_u32(octets.data + 5);
    buf_printf(out, "%s stream %" PRIu32 "%s flags 0x%02x len %" PRIu32,
               frame_type_name(octets.data[3], scratch), stream & 0x7fffffffu,
               stream >> 31 ? " (reserved bit set)" : "", flags, length);
    if (length != octets.len - FRAME_HEADER_LEN)
        buf_printf(out, " (%zu octets follow)", octets.len - FRAME_HEADER_LEN);
}

static void put_cuts(const struct step *step, struct buf *out)
{
    for (size_t i = 0; i < step->cut_count; i++)
        buf_printf(out, "%s%" PRIu32, i ? "," : " cut ", step->cuts[i]);
}

static void put_step(const struct step *step, struct buf *out)
{
    buf_put_str(out, words[step->kind]);
    switch (step->kind) {
    case STEP_SEND:
        buf_put_u8(out, ' ');
        put_hex(out, buf_view(&step->octets));
        put_cuts(step, out);
        buf_put_str(out, step->noise ? " noise  # " : "  # ");
        step_describe(step, out);
        break;
    case STEP_CALL:
    case STEP_ACCEPT:
    case STEP_AWAIT_END:
    case STEP_EXPECT_NO_MORE:
        buf_printf(out, " %" PRIu32, step->stream);
        break;
    case STEP_WINDOWS:
    case STEP_EXPECT_CONNECTION_ERROR:
        buf_printf(out, " %" PRId64, step->number);
        break;
    case STEP_AWAIT_DATA:
    case STEP_EXPECT_STREAM_ERROR:
    case STEP_EXPECT_REPLY:
    case STEP_EXPECT_SUM:
        buf_printf(out, " %" PRIu32 " %" PRId64, step->stream, step->number);
        break;
    case STEP_EXPECT_CALL:
    case STEP_EXPECT_CONNECTION:
    case STEP_EXPECT_CLIENT:
        buf_printf(out, " %" PRIu32 " ", step->stream);
        outcomes_put(step->outcomes, out);
        break;
    case STEP_EXPECT_FIELD:
    case STEP_EXPECT_STATUS_MESSAGE:
        buf_printf(out, " %" PRIu32 " %s ", step->stream, step->name[0] ? step->name : "-");
        put_hex(out, buf_view(&step->octets));
        buf_put_str(out, "  # ");
        put_escaped(out, buf_view(&step->octets), 60);
        break;
    default:
        break;
    }
    if (step->noise && step->kind != STEP_SEND)
        buf_put_str(out, " noise");
    buf_put_u8(out, '\n');
}

void script_put(const struct script *script, struct buf *out)
{
    buf_printf(out, "grpcspec-fuzz 1\ncase %u/%" PRIu64 "/%" PRIu64 "\n", script->profile,
               script->seed, script->index);
    buf_printf(out, "fault %s\nclauses %s\nwrong %s\n", script->fault, script->clauses,
               script->wrong);
    for (size_t i = 0; i < script->count; i++)
        put_step(&script->steps[i], out);
}

/* ---- reading ---- */

struct reader {
    struct bytes rest; /* of the line */
};

static struct bytes take_word(struct reader *reader)
{
    size_t at = 0;
    while (at < reader->rest.len && reader->rest.data[at] == ' ')
        at++;
    reader->rest = bytes_skip(reader->rest, at);
    struct bytes word = bytes_first(reader->rest, bytes_find(reader->rest, ' '));
    reader->rest = bytes_skip(reader->rest, word.len);
    return word;
}

static bool parse_number(struct bytes word, int64_t *number)
{
    char text[24];
    char *end;
    if (word.len == 0 || word.len >= sizeof text)
        return false;
    memcpy(text, word.data, word.len);
    text[word.len] = '\0';
    *number = strtoll(text, &end, 10);
    return *end == '\0';
}

static bool take_number(struct reader *reader, int64_t *number)
{
    return parse_number(take_word(reader), number);
}

static bool take_stream(struct reader *reader, struct step *step)
{
    int64_t number;
    if (!take_number(reader, &number) || number < 0 || number > UINT32_MAX)
        return false;
    step->stream = (uint32_t)number;
    return true;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_hex(struct reader *reader, struct buf *out)
{
    struct bytes word = take_word(reader);
    if (bytes_equal_str(word, "-"))
        return true;
    if (word.len == 0 || word.len % 2 != 0)
        return false;
    for (size_t i = 0; i < word.len; i += 2) {
        int high = hex_digit(word.data[i]), low = hex_digit(word.data[i + 1]);
        if (high < 0 || low < 0)
            return false;
        buf_put_u8(out, (uint8_t)(high << 4 | low));
    }
    return !out->failed;
}

static bool take_cuts(struct reader *reader, struct step *step)
{
    struct bytes list = take_word(reader);
    int64_t cut = 0;
    while (list.len > 0) {
        struct bytes one = bytes_first(list, bytes_find(list, ','));
        bool grows = parse_number(one, &cut) && cut > 0 && (size_t)cut < step->octets.len &&
                     (step->cut_count == 0 || cut > step->cuts[step->cut_count - 1]);
        if (!grows || step->cut_count == MAX_CUTS)
            return false;
        step->cuts[step->cut_count++] = (uint32_t)cut;
        list = bytes_skip(list, one.len + 1);
    }
    return step->cut_count > 0;
}

static bool parse_outcome(struct bytes word, struct outcome *outcome)
{
    *outcome = (struct outcome){.lenient = word.len > 0 && word.data[0] == '~'};
    if (outcome->lenient)
        word = bytes_skip(word, 1);
    struct bytes name = bytes_first(word, bytes_find(word, ':'));
    int64_t code = 0;
    for (size_t i = 1; i < ARRAY_LEN(outcome_words); i++)
        if (outcome_words[i] && bytes_equal_str(name, outcome_words[i]))
            outcome->kind = (enum outcome_kind)i;
    if (outcome->kind == OUTCOME_END)
        return false;
    if (name.len < word.len && !parse_number(bytes_skip(word, name.len + 1), &code))
        return false;
    outcome->code = (uint32_t)code;
    return true;
}

static bool take_outcomes(struct reader *reader, struct step *step)
{
    size_t count = 0;
    for (;;) {
        struct reader before = *reader;
        struct bytes word = take_word(reader);
        if (word.len == 0 || bytes_equal_str(word, "noise")) {
            *reader = before;
            return count > 0;
        }
        if (count == MAX_OUTCOMES || !parse_outcome(word, &step->outcomes[count++]))
            return false;
    }
}

static bool take_name(struct reader *reader, struct step *step)
{
    struct bytes word = take_word(reader);
    if (word.len == 0 || word.len >= sizeof step->name)
        return false;
    if (!bytes_equal_str(word, "-"))
        memcpy(step->name, word.data, word.len);
    return true;
}

static bool take_tail(struct reader *reader, struct step *step)
{
    for (;;) {
        struct bytes word = take_word(reader);
        if (word.len == 0)
            return true;
        if (bytes_equal_str(word, "noise"))
            step->noise = true;
        else if (step->kind != STEP_SEND || !bytes_equal_str(word, "cut") ||
                 !take_cuts(reader, step))
            return false;
    }
}

static bool take_arguments(struct reader *reader, struct step *step)
{
    switch (step->kind) {
    case STEP_SEND:
        return take_hex(reader, &step->octets);
    case STEP_CALL:
    case STEP_ACCEPT:
    case STEP_AWAIT_END:
    case STEP_EXPECT_NO_MORE:
        return take_stream(reader, step);
    case STEP_WINDOWS:
    case STEP_EXPECT_CONNECTION_ERROR:
        return take_number(reader, &step->number);
    case STEP_AWAIT_DATA:
    case STEP_EXPECT_STREAM_ERROR:
    case STEP_EXPECT_REPLY:
    case STEP_EXPECT_SUM:
        return take_stream(reader, step) && take_number(reader, &step->number);
    case STEP_EXPECT_CALL:
    case STEP_EXPECT_CONNECTION:
    case STEP_EXPECT_CLIENT:
        return take_stream(reader, step) && take_outcomes(reader, step);
    case STEP_EXPECT_FIELD:
    case STEP_EXPECT_STATUS_MESSAGE:
        return take_stream(reader, step) && take_name(reader, step) &&
               take_hex(reader, &step->octets);
    default:
        return true;
    }
}

static bool parse_step(struct bytes word, struct reader *reader, struct script *script)
{
    for (size_t i = 0; i < STEP_KIND_COUNT; i++) {
        if (!bytes_equal_str(word, words[i]))
            continue;
        struct step *step = script_add(script, (enum step_kind)i);
        return take_arguments(reader, step) && take_tail(reader, step);
    }
    return false;
}

static void copy_text(char *into, size_t size, struct reader *reader)
{
    struct bytes text = reader->rest;
    while (text.len > 0 && text.data[0] == ' ')
        text = bytes_skip(text, 1);
    (void)snprintf(into, size, "%.*s", (int)text.len, (const char *)text.data);
}

static bool parse_case(struct reader *reader, struct script *script)
{
    char text[96];
    copy_text(text, sizeof text, reader);
    return sscanf(text, "%u/%" SCNu64 "/%" SCNu64, &script->profile, &script->seed,
                  &script->index) == 3;
}

static bool parse_line(struct bytes line, struct script *script)
{
    struct reader reader = {line};
    struct bytes word = take_word(&reader);
    if (bytes_equal_str(word, "grpcspec-fuzz"))
        return bytes_equal_str(take_word(&reader), "1");
    if (bytes_equal_str(word, "case"))
        return parse_case(&reader, script);
    if (bytes_equal_str(word, "fault"))
        copy_text(script->fault, sizeof script->fault, &reader);
    else if (bytes_equal_str(word, "clauses"))
        copy_text(script->clauses, sizeof script->clauses, &reader);
    else if (bytes_equal_str(word, "wrong"))
        copy_text(script->wrong, sizeof script->wrong, &reader);
    else
        return parse_step(word, &reader, script);
    return true;
}

static struct bytes without_comment(struct bytes line)
{
    line = bytes_first(line, bytes_find(line, '#'));
    while (line.len > 0 && (line.data[line.len - 1] == ' ' || line.data[line.len - 1] == '\r'))
        line.len--;
    return line;
}

bool script_parse(struct bytes text, struct script *script, char why[static 256])
{
    size_t number = 0;
    *script = (struct script){0};
    if (!bytes_starts_with(text, BYTES("grpcspec-fuzz "))) {
        (void)snprintf(why, 256, "it does not begin with 'grpcspec-fuzz 1'");
        return false;
    }
    while (text.len > 0) {
        struct bytes line = bytes_first(text, bytes_find(text, '\n'));
        text = bytes_skip(text, line.len + 1);
        number++;
        struct bytes said = without_comment(line);
        if (said.len == 0 || parse_line(said, script))
            continue;
        (void)snprintf(why, 256, "line %zu has no meaning: '%.*s'", number,
                       said.len < 80 ? (int)said.len : 80, (const char *)said.data);
        return false;
    }
    if (script->count > 0)
        return true;
    (void)snprintf(why, 256, "it holds no step");
    return false;
}
