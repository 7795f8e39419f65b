/* SPDX-License-Identifier: MIT
 *
 * Every rule of the linter with a legal conversation, about which it says nothing, and an illegal one, for which it
 * reports that rule and no other. A conversation is a line of words:
 *
 *   >  or  <   the next frames are sent by grpcspec, or by the endpoint under test
 *   S          empty SETTINGS          S6=100     SETTINGS with one setting      A   ACK         Sx  of three octets
 *   H1:f       HEADERS on stream 1 with the field list f (below), END_HEADERS;   H1:f.  with END_STREAM
 *   D1=5       DATA of 5 octets (one empty message when 5) on stream 1;          D1=5.  with END_STREAM
 *   R1=8       RST_STREAM with code 8  W1=5       WINDOW_UPDATE                  Pa      PING     Qa  its ACK
 *   G1=0       GOAWAY last-stream 1, code 0       Y1      PRIORITY               U1      PUSH_PROMISE
 *   M, N       the preface of a client, and what is none              X         the target closed
 *   others are rows with octets of their own. */
#include "base/test.h"
#include "lint/lint.h"
#include "lint/rules.h"

#include <stdio.h>
#include <stdlib.h>

#define REGULAR(timeout) timeout "|te=trailers|content-type=application/grpc|user-agent=grpc-x/1"
#define REQUEST(path, timeout)                                                                     \
    ":method=POST|:scheme=http|:path=" path "|:authority=a" REGULAR(timeout)

/* Field lists by name, as "name=value|name=value". */
static const struct list_row {
    const char *name, *fields;
} lists[] = {
    {"req", REQUEST("/s/m", "")},
    {"full", REQUEST("/s/m", "|grpc-timeout=9S") "|x-a=b|x-bin=AA"},
    {"https", ":method=POST|:scheme=https|:path=/s/m|:authority=a" REGULAR("")},
    {"path", REQUEST("s/m", "")},
    {"blank", REQUEST("/s m", "")},
    {"paren", REQUEST("/s/m", "|x(a=b")},
    {"deep", REQUEST("/s/m/n", "")},
    {"query", REQUEST("/s/m?a", "")},
    {"user", ":method=POST|:scheme=http|:path=/s/m|:authority=u@a" REGULAR("")},
    {"host", REQUEST("/s/m", "") "|host=b"},
    {"zerotime", REQUEST("/s/m", "|grpc-timeout=0S")},
    {"latetime", REQUEST("/s/m", "") "|grpc-timeout=9S"},
    {"latete", ":method=POST|:scheme=http|:path=/s/m|:authority=a|x-a=b" REGULAR("")},
    {"agent",
     ":method=POST|:scheme=http|:path=/s/m|:authority=a|te=trailers|content-type=application/"
     "grpc|user-agent=curl/7"},
    {"app",
     ":method=POST|:scheme=http|:path=/s/m|:authority=a|te=trailers|content-type=application/"
     "grpc|user-agent=app/2 grpc-node-js/1.14.7"},
    {"star", REQUEST("/s/m", "") "|x*a=b"},
    {"octet", REQUEST("/s/m", "") "|x-a=b\xe9"},
    {"twote", REQUEST("/s/m", "") "|te=trailers"},
    {"reqgzip",
     ":method=POST|:scheme=http|:path=/s/m|:authority=a|te=trailers|content-type=application/grpc|"
     "grpc-accept-encoding=identity, gzip"},
    {"get", ":method=GET|:scheme=http|:path=/s/m|:authority=a" REGULAR("")},
    {"nopath", ":method=POST|:scheme=http|:authority=a" REGULAR("")},
    {"time", REQUEST("/s/m", "|grpc-timeout=9")},
    {"resp", ":status=200|content-type=application/grpc"},
    {"gzip", ":status=200|content-type=application/grpc|grpc-encoding=gzip"},
    {"page", ":status=404|content-type=text/html"},
    {"415", ":status=415|content-type=application/grpc"},
    {"100", ":status=100"},
    {"101", ":status=101"},
    {"length", ":status=200|content-type=application/grpc|content-length=5"},
    {"ok", "grpc-status=0"},
    {"error", "grpc-status=13|grpc-message=caf%C3%A9"},
    {"only", ":status=200|content-type=application/grpc|grpc-status=12"},
    {"bare", ":status=200|grpc-status=12"},
    {"upper", ":status=200|content-type=application/grpc|X-A=b"},
    {"name", ":status=200|content-type=application/grpc|x a=b"},
    {"value", ":status=200|content-type=application/grpc|x-a=b\nc"},
    {"space", ":status=200|content-type=application/grpc|x-a= b"},
    {"late", "content-type=application/grpc|:status=200"},
    {"twice", ":status=200|:status=200|content-type=application/grpc"},
    {"unknown", ":status=200|:path=/|content-type=application/grpc"},
    {"nostat", "content-type=application/grpc"},
    {"conn", ":status=200|content-type=application/grpc|connection=close"},
    {"te", ":status=200|content-type=application/grpc|te=gzip"},
    {"early", ":status=200|content-type=application/grpc|grpc-status=0"},
    {"pseudo", ":status=200|grpc-status=0"},
    {"dup", "grpc-status=0|grpc-status=0"},
    {"none", "x-a=b"},
    {"zero", "grpc-status=00"},
    {"17", "grpc-status=17"},
    {"raw", "grpc-status=2|grpc-message=100%"},
    {"lower", "grpc-status=2|grpc-message=%c3%a9"},
    {"bin", "grpc-status=0|x-bin=q6s,AAE"},
    {"badbin", "grpc-status=0|x-bin=q"},
    {"padbin", "grpc-status=0|x-bin=q6s="},
};

struct seen {
    struct lint_bits broken, exercised;
};

static void on_broken(void *arg, size_t rule, const char *what)
{
    struct seen *seen = arg;
    assert_true(strlen(what) > 0);
    lint_bits_add(&seen->broken, rule);
}

static void on_exercised(void *arg, size_t rule)
{
    struct seen *seen = arg;
    lint_bits_add(&seen->exercised, rule);
}

/* ---- speaking ---- */

static void parse_list(const char *name, size_t len, struct header_list *list)
{
    const char *at = NULL;
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        if (strlen(lists[i].name) == len && strncmp(lists[i].name, name, len) == 0)
            at = lists[i].fields;
    if (!at)
        fail_msg("no list %.*s", (int)len, name);
    while (at && *at) {
        size_t whole = strcspn(at, "|");
        size_t key = 1 + strcspn(at + 1, "=");
        header_list_add(list, bytes_of(at, key), bytes_of(at + key + 1, whole - key - 1));
        at += whole + (at[whole] == '|');
    }
}

static void say(struct lint *lint, enum direction direction, uint8_t type, uint8_t flags,
                uint32_t stream, struct bytes payload)
{
    struct frame frame = {type, flags, false, stream, payload};
    lint_frame(lint, direction, &frame, NULL, NULL);
}

static void say_headers(struct lint *lint, enum direction direction, const char *word)
{
    struct header_list list = {0};
    struct hpack_result result = {.ok = true};
    char *end;
    uint32_t stream = (uint32_t)strtoul(word + 1, &end, 10);
    size_t len = strlen(end + 1);
    bool ends = len > 0 && end[len] == '.';
    parse_list(end + 1, ends ? len - 1 : len, &list);
    struct frame frame = {FRAME_HEADERS, FLAG_END_HEADERS | (ends ? FLAG_END_STREAM : 0), false,
                          stream, NO_BYTES};
    lint_frame(lint, direction, &frame, &list, &result);
    header_list_clear(&list);
}

static void say_number(struct lint *lint, enum direction direction, uint8_t type, const char *word)
{
    static const uint8_t zeros[70000];
    uint8_t octets[8] = {0};
    char *end;
    uint32_t stream = (uint32_t)strtoul(word + 1, &end, 10);
    uint32_t value = *end == '=' ? (uint32_t)strtoul(end + 1, &end, 10) : 0;
    uint8_t flags = *end == '.' ? FLAG_END_STREAM : 0;
    switch (type) {
    case FRAME_DATA:
        assert_true(value <= sizeof zeros);
        say(lint, direction, type, flags, stream, bytes_of(zeros, value));
        break;
    case FRAME_GOAWAY:
        store_u32(octets, stream);
        store_u32(octets + 4, value);
        say(lint, direction, type, 0, 0, bytes_of(octets, 8));
        break;
    case FRAME_SETTINGS:
        store_u16(octets, (uint16_t)stream);
        store_u32(octets + 2, value);
        say(lint, direction, type, 0, 0, bytes_of(octets, 6));
        break;
    default:
        store_u32(octets, value);
        flags = type == FRAME_PUSH_PROMISE ? FLAG_END_HEADERS : 0;
        say(lint, direction, type, flags, stream, bytes_of(octets, type == FRAME_PRIORITY ? 5 : 4));
    }
}

static void say_ping(struct lint *lint, enum direction direction, char letter, uint8_t flags)
{
    uint8_t octets[8];
    memset(octets, letter, sizeof octets);
    say(lint, direction, FRAME_PING, flags, 0, bytes_of(octets, 8));
}

static void say_word(struct lint *lint, enum direction direction, const char *word)
{
    static const struct {
        char letter;
        uint8_t type;
    } types[] = {
        {'D', FRAME_DATA},     {'R', FRAME_RST_STREAM}, {'W', FRAME_WINDOW_UPDATE},
        {'G', FRAME_GOAWAY},   {'Y', FRAME_PRIORITY},   {'U', FRAME_PUSH_PROMISE},
        {'S', FRAME_SETTINGS},
    };
    if (strcmp(word, "X") == 0)
        lint_target_closed(lint);
    else if (strcmp(word, "M") == 0 || strcmp(word, "N") == 0)
        lint_preface(lint, word[0] == 'M');
    else if (strcmp(word, "S") == 0)
        say(lint, direction, FRAME_SETTINGS, 0, 0, NO_BYTES);
    else if (strcmp(word, "A") == 0)
        say(lint, direction, FRAME_SETTINGS, FLAG_ACK, 0, NO_BYTES);
    else if (word[0] == 'H')
        say_headers(lint, direction, word);
    else if (word[0] == 'P' || word[0] == 'Q')
        say_ping(lint, direction, word[1], word[0] == 'Q' ? FLAG_ACK : 0);
    else
        for (size_t i = 0; i < ARRAY_LEN(types); i++)
            if (types[i].letter == word[0])
                say_number(lint, direction, types[i].type, word);
}

static struct seen hold_conversation(enum lint_role role, const char *line)
{
    struct seen seen = {0};
    struct lint *lint = lint_new(role, (struct lint_sink){on_broken, on_exercised, &seen});
    enum direction direction = SENT;
    char words[256];
    char *rest = words;
    assert_non_null(lint);
    (void)snprintf(words, sizeof words, "%s", line);
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (word[0] == '<' || word[0] == '>')
            direction = word[0] == '<' ? RECEIVED : SENT;
        else
            say_word(lint, direction, word);
    }
    lint_end(lint, true);
    lint_free(lint);
    return seen;
}

/* ---- rules by conversation ---- */

static const struct talk {
    enum lint_rule_name rule;
    enum lint_role role;
    const char *legal, *illegal;
} talks[] = {
    {RULE_SETTINGS_FIRST, LINT_SERVER, "> S < S A", "> S < A S"},
    {RULE_SETTINGS_FIRST, LINT_CLIENT, "> S < S A", "> S < Pa S"},
    {RULE_SETTINGS_VALUES, LINT_SERVER, "< S2=0", "< S2=1"},
    {RULE_SETTINGS_VALUES, LINT_CLIENT, "< S2=1", "< S2=2"},
    {RULE_SETTINGS_VALUES, LINT_SERVER, "< S4=2147483647", "< S4=2147483648"},
    {RULE_SETTINGS_VALUES, LINT_SERVER, "< S5=16384", "< S5=16383"},
    {RULE_SETTINGS_ACKS, LINT_SERVER, "> S S < S A A", "> S < S A A"},
    {RULE_FRAME_SIZE, LINT_SERVER, "> S5=20000 H1:req. < S A H1:resp D1=20000",
     "> S H1:req. < S A H1:resp D1=16385"},
    {RULE_FRAME_SIZE, LINT_SERVER, "> S5=20000 H1:req. < S H1:resp D1=20000",
     "> S5=20000 S5=16384 H1:req. < S A A H1:resp D1=20000"},
    {RULE_STREAM_IDLE, LINT_SERVER, "> S H1:req < S W1=5 Y3", "> S H1:req < S W3=5"},
    {RULE_STREAM_IDLE, LINT_SERVER, "> S H1:req H2:req < S R2=1", "> S H1:req < S R2=1"},
    {RULE_STREAM_IDS, LINT_CLIENT, "> S < S H1:req H3:req", "> S < S H3:req H1:req"},
    {RULE_STREAM_IDS, LINT_CLIENT, "> S < S H1:req", "> S < S H2:req"},
    {RULE_AFTER_END, LINT_SERVER, "> S H1:req < S H1:only. W1=1 R1=0",
     "> S H1:req < S H1:only. D1=5"},
    {RULE_AFTER_OWN_RESET, LINT_SERVER, "> S H1:req < S R1=8 Y1", "> S H1:req < S R1=8 D1=5"},
    {RULE_AFTER_OWN_RESET, LINT_SERVER, "> S H1:req < S R1=8", "> S H1:req < S R1=8 W1=5"},
    {RULE_AFTER_RESET, LINT_SERVER, "> S H1:req < S H1:resp > R1=8 < D1=5 > Pa < Qa",
     "> S H1:req < S H1:resp > R1=8 Pa < Qa D1=5"},
    {RULE_ONE_RESET, LINT_SERVER, "> S H1:req < S R1=5 > D1=5 < R1=5", "> S H1:req < S R1=5 R1=5"},
    {RULE_RESET_ANSWERED, LINT_SERVER, "> S H1:req < S > R1=8 < R1=8",
     "> S H1:req < S > R1=8 < R1=5"},
    {RULE_RESET_ANSWERED, LINT_SERVER, "> S H1:req < S > R1=8 D1=5 < R1=5",
     "> S H1:req < S > R1=8 Pa < Qa R1=8"},
    {RULE_RESET_ANSWERED, LINT_SERVER, "> S H1:nopath R1=8 < S R1=1", "> S H1:req R1=8 < S R1=1"},
    {RULE_RESET_ANSWERED, LINT_SERVER, "> S H1:req H1:none R1=8 < S R1=1", NULL},
    {RULE_RESET_ANSWERED, LINT_CLIENT, "> S < S H1:req > H1:twice R1=8 < R1=1",
     "> S < S H1:req > R1=8 < R1=5"},
    {RULE_RESET_ANSWERED, LINT_CLIENT, "> S < S H1:req > H1:twice R1=0 Pa < Qa R1=1",
     "> S < S H1:req > H1:resp R1=0 Pa < Qa R1=1"},
    {RULE_RESET_ANSWERED, LINT_SERVER, "> S H1:blank R1=8 < S R1=1", NULL},
    {RULE_RESET_ANSWERED, LINT_SERVER, "> S H1:paren R1=8 < S R1=1", NULL},
    {RULE_RESET_ANSWERED, LINT_SERVER, "> S H1:nopath R1=8 Pa < S Qa R1=1", NULL},
    {RULE_CONCURRENT, LINT_CLIENT, "> S3=1 H3:only. < S A H1:req", NULL},
    {RULE_PUSH, LINT_SERVER, "> S H1:req < S A U1=2", "> S2=0 H1:req < S A U1=2"},
    {RULE_STREAM_WINDOW, LINT_SERVER, "> S4=10 W0=9 H1:req < S A H1:resp D1=10",
     "> S4=10 H1:req < S A H1:resp D1=15"},
    {RULE_STREAM_WINDOW, LINT_SERVER, "> S4=10 H1:req < S H1:resp D1=15 A",
     "> S4=0 H1:req < S A H1:resp D1=1"},
    {RULE_STREAM_WINDOW, LINT_SERVER, "> S4=10 H1:req < S A H1:resp D1=10 > S4=30 < D1=20",
     "> S4=10 H1:req < S A H1:resp D1=10 > S4=5 W1=5 < A D1=5"},
    {RULE_CONNECTION_WINDOW, LINT_SERVER,
     "> S4=99999 S5=50000 W0=20000 H1:req < S A A H1:resp D1=40000 D1=40000",
     "> S4=99999 S5=50000 H1:req < S A A H1:resp D1=40000 D1=40000"},
    {RULE_INCREMENT_ZERO, LINT_SERVER, "> S < S W0=1", "> S < S W0=0"},
    {RULE_WINDOW_OVERFLOW, LINT_SERVER, "> S < S W0=2147418112", "> S < S W0=2147418113"},
    {RULE_WINDOW_OVERFLOW, LINT_SERVER, "> S H1:req < S W1=2147418112",
     "> S H1:req < S W1=2147418113"},
    {RULE_NAME_LOWER_CASE, LINT_SERVER, "> S H1:req < S H1:resp", "> S H1:req < S H1:upper"},
    {RULE_NAME_LEGAL, LINT_SERVER, "> S H1:req < S H1:resp", "> S H1:req < S H1:name"},
    {RULE_VALUE_LEGAL, LINT_SERVER, "> S H1:req < S H1:resp", "> S H1:req < S H1:value"},
    {RULE_VALUE_TRIMMED, LINT_SERVER, "> S H1:req < S H1:resp", "> S H1:req < S H1:space"},
    {RULE_PSEUDO_FIRST, LINT_SERVER, "> S H1:req < S H1:resp", "> S H1:req < S H1:late"},
    {RULE_PSEUDO_ONCE, LINT_SERVER, "> S H1:req < S H1:resp", "> S H1:req < S H1:twice"},
    {RULE_PSEUDO_KNOWN, LINT_SERVER, "> S H1:req < S H1:resp", "> S H1:req < S H1:unknown"},
    {RULE_PSEUDO_COMPLETE, LINT_SERVER, "> S H1:req < S H1:resp", "> S H1:req < S H1:nostat"},
    {RULE_PSEUDO_COMPLETE, LINT_CLIENT, "> S < S H1:req", "> S < S H1:nopath"},
    {RULE_PSEUDO_TRAILERS, LINT_SERVER, "> S H1:req < S H1:resp H1:ok.",
     "> S H1:req < S H1:resp H1:pseudo."},
    {RULE_CONNECTION_FIELDS, LINT_SERVER, "> S H1:req < S H1:resp", "> S H1:req < S H1:conn"},
    {RULE_TE, LINT_CLIENT, "> S < S H1:req", NULL},
    {RULE_TE, LINT_SERVER, "> S H1:req < S H1:resp", "> S H1:req < S H1:te"},
    {RULE_CONTENT_LENGTH, LINT_SERVER, "> S H1:req < S H1:length D1=5 H1:ok.",
     "> S H1:req < S H1:length H1:ok."},
    {RULE_INFORMATIONAL, LINT_SERVER, "> S H1:req < S H1:100 H1:resp H1:ok.",
     "> S H1:req < S H1:101 H1:resp H1:ok."},
    {RULE_DATA_FIRST, LINT_SERVER, "> S H1:req < S H1:resp D1=5", "> S H1:req < S D1=5"},
    {RULE_MIDDLE_BLOCK, LINT_SERVER, "> S H1:req < S H1:resp H1:ok.",
     "> S H1:req < S H1:resp H1:none"},
    {RULE_PING_ACKS, LINT_SERVER, "> S Pa Pb < S Qb Qa", "> S Pa < S Qb"},
    {RULE_PING_ACKS, LINT_SERVER, "> S Pa < S Qa", "> S Pa < S Qa Qa"},
    {RULE_GOAWAY_ORDER, LINT_SERVER, "> S H1:req H3:req < S G2147483647=0 G3=0",
     "> S H1:req H3:req < S G1=0 G3=0"},
    {RULE_GOAWAY_KNOWN, LINT_SERVER, "> S H1:req < S G1=1", "> S H1:req < S G3=1"},
    {RULE_GOAWAY_PROCESSED, LINT_SERVER, "> S H1:req < S H1:only. G1=1",
     "> S H1:req < S H1:only. G0=1"},
    {RULE_HTTP_STATUS, LINT_SERVER, "> S H1:get < S H1:415", "> S H1:req < S H1:415"},
    {RULE_HTTP_STATUS, LINT_SERVER, "> S H1:req. < S H1:page D1=9.", NULL},
    {RULE_END_ON_DATA, LINT_SERVER, "> S H1:req < S H1:resp D1=5 H1:ok.",
     "> S H1:req < S H1:resp D1=5."},
    {RULE_STATUS_ONCE, LINT_SERVER, "> S H1:req < S H1:resp H1:ok.",
     "> S H1:req < S H1:resp H1:dup."},
    {RULE_STATUS_ONCE, LINT_SERVER, "> S H1:req < S H1:resp H1:ok.",
     "> S H1:req < S H1:resp H1:none."},
    {RULE_STATUS_EARLY, LINT_SERVER, "> S H1:req < S H1:resp H1:ok.",
     "> S H1:req < S H1:early H1:ok."},
    {RULE_STATUS_VALUE, LINT_SERVER, "> S H1:req < S H1:resp H1:error.",
     "> S H1:req < S H1:resp H1:zero."},
    {RULE_STATUS_VALUE, LINT_SERVER, "> S H1:req < S H1:only.", "> S H1:req < S H1:resp H1:17."},
    {RULE_MESSAGE_ENCODED, LINT_SERVER, "> S H1:req < S H1:resp H1:error.",
     "> S H1:req < S H1:resp H1:raw."},
    {RULE_MESSAGE_UPPER_CASE, LINT_SERVER, "> S H1:req < S H1:resp H1:error.",
     "> S H1:req < S H1:resp H1:lower."},
    {RULE_BIN_VALID, LINT_SERVER, "> S H1:req < S H1:resp H1:bin.",
     "> S H1:req < S H1:resp H1:badbin."},
    {RULE_BIN_UNPADDED, LINT_SERVER, "> S H1:req < S H1:resp H1:bin.",
     "> S H1:req < S H1:resp H1:padbin."},
    {RULE_TRAILERS_ONLY, LINT_SERVER, "> S H1:req < S H1:only.", "> S H1:req < S H1:bare."},
    {RULE_TRAILERS_ONLY, LINT_SERVER, "> S H1:req < S H1:only.", "> S H1:req < S H1:resp."},
    {RULE_MESSAGE_WHOLE, LINT_SERVER, "> S H1:req < S H1:resp D1=5 D1=5 H1:ok.",
     "> S H1:req < S H1:resp D1=4 H1:ok."},
    {RULE_MESSAGE_WHOLE, LINT_SERVER, "> S H1:req < S H1:resp D1=4 H1:error.", NULL},
    {RULE_REQUEST_FORM, LINT_CLIENT, "> S < S H1:req", "> S < S H1:get"},
    {RULE_REQUEST_FORM, LINT_CLIENT, "> S < S H1:app", "> S < S H1:twote"},
    {RULE_TIMEOUT_FORM, LINT_CLIENT, "> S < S H1:full", "> S < S H1:time"},
    {RULE_PREFACE_MAGIC, LINT_CLIENT, "< M S > S", "< N"},
    {RULE_AFTER_GOAWAY, LINT_CLIENT, "< S > S G1=0 < H1:req", "< S > S G1=0 Pa < Qa H1:req"},
    {RULE_AFTER_GOAWAY, LINT_CLIENT, "< S > S Pa G1=0 < Qa H1:req", NULL},
    {RULE_CONCURRENT, LINT_CLIENT, "> S3=1 < S A H1:req D1=5. > H1:only. < H3:req",
     "> S3=1 < S A H1:req H3:req"},
    {RULE_CONCURRENT, LINT_CLIENT, "> S3=1 < S H1:req H3:req A", "> S3=0 < S A H1:req"},
    {RULE_CONCURRENT, LINT_CLIENT, "> S3=1 < S A H1:req R1=8 H3:req", NULL},
    {RULE_TRUE_BINARY, LINT_CLIENT, "> S < S65027=1", "> S < S S65027=1"},
    {RULE_SCHEME, LINT_CLIENT, "> S < S H1:req", "> S < S H1:https"},
    {RULE_PATH_FORM, LINT_CLIENT, "> S < S H1:req", "> S < S H1:path"},
    {RULE_PATH_FORM, LINT_CLIENT, "> S < S H1:req", "> S < S H1:deep"},
    {RULE_PATH_FORM, LINT_CLIENT, "> S < S H1:req", "> S < S H1:query"},
    {RULE_AUTHORITY, LINT_CLIENT, "> S < S H1:req", "> S < S H1:user"},
    {RULE_AUTHORITY, LINT_CLIENT, "> S < S H1:req", "> S < S H1:host"},
    {RULE_TIMEOUT_POSITIVE, LINT_CLIENT, "> S < S H1:full", "> S < S H1:zerotime"},
    {RULE_DEFINITION_FIRST, LINT_CLIENT, "> S < S H1:full", "> S < S H1:latetime"},
    {RULE_DEFINITION_FIRST, LINT_CLIENT, "> S < S H1:full", "> S < S H1:latete"},
    {RULE_USER_AGENT, LINT_CLIENT, "> S < S H1:app", "> S < S H1:agent"},
    {RULE_METADATA_OCTETS, LINT_CLIENT, "> S < S H1:full", "> S < S H1:star"},
    {RULE_METADATA_OCTETS, LINT_CLIENT, "> S < S H1:full", "> S < S H1:octet"},
    {RULE_REQUEST_END, LINT_CLIENT, "> S < S H1:req D1=5.", "> S < S H1:req."},
    {RULE_REQUEST_WHOLE, LINT_CLIENT, "> S < S H1:req D1=5.", "> S < S H1:req D1=4."},
    {RULE_GOAWAY_LAST, LINT_CLIENT, "> S < S H1:req D1=5. > H1:only. < G0=0 X",
     "> S < S H1:req D1=5. > H1:only. < X"},
    {RULE_GOAWAY_LAST, LINT_CLIENT, "> S < S H1:req R1=8 X", NULL},
};

static void assert_silent(struct seen seen, const char *line)
{
    for (size_t rule = 0; rule < lint_rule_count; rule++)
        if (lint_bits_have(&seen.broken, rule))
            fail_msg("'%s' is legal, but %s was reported", line, lint_rules[rule].id);
}

static void assert_reports_only(struct seen seen, size_t rule, const char *line)
{
    for (size_t i = 0; i < lint_rule_count; i++)
        if (lint_bits_have(&seen.broken, i) != (i == rule))
            fail_msg("'%s': %s was %sreported", line, lint_rules[i].id, i == rule ? "not " : "");
}

static void conversations(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(talks); i++) {
        assert_silent(hold_conversation(talks[i].role, talks[i].legal), talks[i].legal);
        if (talks[i].illegal)
            assert_reports_only(hold_conversation(talks[i].role, talks[i].illegal), talks[i].rule,
                                talks[i].illegal);
    }
}

/* ---- rules by the octets of one frame, behind "> S H1:reqgzip < S H1:LIST" ------------------- */

static const struct octets_row {
    int rule; /* -1: legal */
    const char *head;
    struct frame frame;
} octets_rows[] = {
    {-1, "resp", {FRAME_DATA, FLAG_PADDED, false, 1, {(const uint8_t *)"\2\0\0\0\0\0\0\0", 8}}},
    {RULE_PADDING_FITS,
     "resp",
     {FRAME_DATA, FLAG_PADDED, false, 1, {(const uint8_t *)"\3\0\0", 3}}},
    {RULE_PADDING_ZERO,
     "resp",
     {FRAME_DATA, FLAG_PADDED, false, 1, {(const uint8_t *)"\2\0\0\0\0\0\0\1", 8}}},
    {RULE_FRAME_FLAGS, "resp", {FRAME_DATA, 0x40, false, 1, {(const uint8_t *)"\0\0\0\0\0", 5}}},
    {RULE_FRAME_RESERVED, "resp", {FRAME_DATA, 0, true, 1, {(const uint8_t *)"\0\0\0\0\0", 5}}},
    {RULE_FRAME_RESERVED,
     "resp",
     {FRAME_WINDOW_UPDATE, 0, false, 1, {(const uint8_t *)"\x80\0\0\1", 4}}},
    {RULE_FRAME_LENGTH, "resp", {FRAME_WINDOW_UPDATE, 0, false, 1, {(const uint8_t *)"\0\0\1", 3}}},
    {RULE_FRAME_LENGTH,
     "resp",
     {FRAME_RST_STREAM, 0, false, 1, {(const uint8_t *)"\0\0\0\1\1", 5}}},
    {RULE_FRAME_LENGTH, "resp", {FRAME_PING, 0, false, 0, {(const uint8_t *)"1234567", 7}}},
    {RULE_FRAME_LENGTH, "resp", {FRAME_GOAWAY, 0, false, 0, {(const uint8_t *)"1234567", 7}}},
    {RULE_FRAME_LENGTH, "resp", {FRAME_SETTINGS, 0, false, 0, {(const uint8_t *)"1234567", 7}}},
    {RULE_FRAME_LENGTH,
     "resp",
     {FRAME_SETTINGS, FLAG_ACK, false, 0, {(const uint8_t *)"123456", 6}}},
    {RULE_FRAME_LENGTH, "resp", {FRAME_PRIORITY, 0, false, 1, {(const uint8_t *)"1234", 4}}},
    {RULE_FRAME_STREAM, "resp", {FRAME_DATA, 0, false, 0, {(const uint8_t *)"\0\0\0\0\0", 5}}},
    {RULE_FRAME_STREAM, "resp", {FRAME_PING, 0, false, 1, {(const uint8_t *)"12345678", 8}}},
    {RULE_CONTINUATION, "resp", {FRAME_CONTINUATION, 0, false, 1, {NULL, 0}}},
    {RULE_CONTINUATION, "resp", {FRAME_HEADERS, 0, false, 1, {NULL, 0}}}, /* and then the end */
    {-1, "resp", {0x77, 0xff, false, 9, {NULL, 0}}},
    {-1, "gzip", {FRAME_DATA, 0, false, 1, {(const uint8_t *)"\1\0\0\0\0", 5}}},
    {RULE_FLAG_DECLARED, "resp", {FRAME_DATA, 0, false, 1, {(const uint8_t *)"\1\0\0\0\0", 5}}},
    {RULE_MESSAGE_FLAG, "resp", {FRAME_DATA, 0, false, 1, {(const uint8_t *)"\2\0\0\0\0", 5}}},
};

static struct lint *begin(struct seen *seen, const char *request, const char *response)
{
    struct lint *lint = lint_new(LINT_SERVER, (struct lint_sink){on_broken, on_exercised, seen});
    char word[32];
    assert_non_null(lint);
    say_word(lint, SENT, "S");
    (void)snprintf(word, sizeof word, "H1:%s", request);
    say_word(lint, SENT, word);
    say_word(lint, RECEIVED, "S");
    say_word(lint, RECEIVED, "A");
    (void)snprintf(word, sizeof word, "H1:%s", response);
    say_word(lint, RECEIVED, word);
    return lint;
}

static void frames_by_octets(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(octets_rows); i++) {
        const struct octets_row *row = &octets_rows[i];
        struct seen seen = {0};
        char where[32];
        struct lint *lint = begin(&seen, "reqgzip", row->head);
        lint_frame(lint, RECEIVED, &row->frame, NULL, NULL);
        lint_end(lint, true);
        lint_free(lint);
        (void)snprintf(where, sizeof where, "row %zu", i);
        if (row->rule < 0)
            assert_silent(seen, where);
        else
            assert_reports_only(seen, (size_t)row->rule, where);
    }
}

static void an_encoding_that_was_not_offered(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct frame compressed = {FRAME_DATA, 0, false, 1, {(const uint8_t *)"\1\0\0\0\0", 5}};
    struct lint *lint = begin(&seen, "req", "gzip");
    lint_frame(lint, RECEIVED, &compressed, NULL, NULL);
    lint_free(lint);
    assert_reports_only(seen, RULE_ENCODING_OFFERED, "gzip for a client that did not ask");
}

/* ---- HPACK ---- */

static const struct hpack_row {
    int rule;
    const char *sent; /* before the block */
    struct hpack_result result;
} hpack_rows[] = {
    {-1,
     "> S1=100 < S A",
     {.ok = true, .size_updates = 1, .smallest_update = 100, .last_update = 100}},
    {-1, "> S1=100 < S", {.ok = true}},
    {-1,
     "> S1=9000 < S A",
     {.ok = true, .size_updates = 1, .smallest_update = 9000, .last_update = 9000}},
    {RULE_HPACK_UPDATE_OWED, "> S1=100 < S A", {.ok = true}},
    {RULE_HPACK_UPDATE_OWED,
     "> S1=0 S1=4096 < S A A",
     {.ok = true, .size_updates = 1, .smallest_update = 4096, .last_update = 4096}},
    {-1,
     "> S1=0 S1=4096 < S A A",
     {.ok = true, .size_updates = 2, .smallest_update = 0, .last_update = 4096}},
    {RULE_HPACK_TABLE_LIMIT,
     "> S < S A",
     {.ok = true, .size_updates = 1, .smallest_update = 5000, .last_update = 5000}},
    {RULE_HPACK_DECODES, "> S < S A", {.ok = false, .why = "index 0"}},
};

static void say_line(struct lint *lint, const char *line)
{
    enum direction direction = SENT;
    char words[64];
    char *rest = words;
    (void)snprintf(words, sizeof words, "%s", line);
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (word[0] == '<' || word[0] == '>')
            direction = word[0] == '<' ? RECEIVED : SENT;
        else
            say_word(lint, direction, word);
    }
}

static void header_compression(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(hpack_rows); i++) {
        const struct hpack_row *row = &hpack_rows[i];
        struct seen seen = {0};
        struct header_list list = {0};
        struct frame frame = {FRAME_HEADERS, FLAG_END_HEADERS, false, 1, NO_BYTES};
        struct lint *lint = lint_new(LINT_SERVER,
                                     (struct lint_sink){on_broken, on_exercised, &seen});
        assert_non_null(lint);
        say_line(lint, row->sent);
        say_word(lint, SENT, "H1:req");
        parse_list("resp", 4, &list);
        lint_frame(lint, RECEIVED, &frame, &list, &row->result);
        lint_free(lint);
        header_list_clear(&list);
        if (row->rule < 0)
            assert_silent(seen, row->sent);
        else
            assert_reports_only(seen, (size_t)row->rule, row->sent);
    }
}

/* A request block that the caller did not decode is decoded here. */
static void our_own_blocks_are_understood(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct buf block = {0};
    struct lint *lint = lint_new(LINT_SERVER, (struct lint_sink){on_broken, on_exercised, &seen});
    assert_non_null(lint);
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES(":method"), BYTES("POST"));
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES(":scheme"), BYTES("http"));
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES(":path"), BYTES("/s/m"));
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES(":authority"), BYTES("a"));
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES("te"), BYTES("trailers"));
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES("content-type"), BYTES("application/grpc"));
    say_line(lint, "> S < S A");
    say(lint, SENT, FRAME_HEADERS, 0, 1, bytes_first(buf_view(&block), 10));
    say(lint, SENT, FRAME_CONTINUATION, FLAG_END_HEADERS, 1, bytes_skip(buf_view(&block), 10));
    say_word(lint, RECEIVED, "H1:415");
    assert_reports_only(seen, RULE_HTTP_STATUS, "415 for a well-formed request");
    lint_free(lint);
    buf_clear(&block);
}

static void every_rule_is_named_once(void **state)
{
    (void)state;
    assert_int_equal(lint_rule_count, LINT_RULE_COUNT);
    for (size_t i = 0; i < lint_rule_count; i++) {
        assert_int_equal(strncmp(lint_rules[i].id, "lint/", 5), 0);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(lint_rules[i].id, lint_rules[k].id);
    }
}

static void walk_allocations(struct seen *seen)
{
    struct lint *lint = lint_new(LINT_SERVER, (struct lint_sink){on_broken, on_exercised, seen});
    if (!lint)
        return;
    struct frame frames[] = {
        {FRAME_SETTINGS, 0, false, 0, NO_BYTES},
        {FRAME_HEADERS, FLAG_END_HEADERS, false, 1, BYTES("\x83\x86\x84")},
        {FRAME_DATA, 0, false, 3, NO_BYTES},
    };
    for (size_t i = 0; i < ARRAY_LEN(frames); i++)
        lint_frame(lint, SENT, &frames[i], NULL, NULL);
    lint_free(lint);
}

static void out_of_memory_is_silence(void **state)
{
    (void)state;
    for (size_t n = 0;; n++) {
        struct seen seen = {0};
        fail_allocation(n);
        walk_allocations(&seen);
        bool failed = stop_failing();
        assert_silent(seen, "no memory");
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversations),
        cmocka_unit_test(frames_by_octets),
        cmocka_unit_test(an_encoding_that_was_not_offered),
        cmocka_unit_test(header_compression),
        cmocka_unit_test(our_own_blocks_are_understood),
        cmocka_unit_test(every_rule_is_named_once),
        cmocka_unit_test(out_of_memory_is_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
