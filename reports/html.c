/* SPDX-License-Identifier: MIT
 *
 * The HTML rendering: the page's parts put together; see html.h. How it looks and what it does is in
 * page.css and page.js. */
#include "reports/html.h"

#include "reports/json.h"
#include "reports/page.h"
#include "reports/sentence.h"
#include "reports/text.h"

#include <jansson.h>
#include <stdlib.h>

/* Of a passing case's transcript, which nobody has to read: the page stays small enough to mail. */
#define FINE_ENTRIES 60

/* JSON inside a script element: no octet of it may look like markup. A '<' stands only in strings
 * there, where it may also be written as an escape. */
static void put_inert(struct buf *out, struct bytes json)
{
    while (json.len > 0) {
        size_t plain = bytes_find(json, '<');
        buf_put(out, bytes_first(json, plain));
        json = bytes_skip(json, plain);
        if (json.len == 0)
            return;
        buf_put_str(out, "\\u003c");
        json = bytes_skip(json, 1);
    }
}

static bool put_report(const struct report *report, struct buf *out)
{
    struct buf json = {0};
    bool ok = report_put_compact_json(report, FINE_ENTRIES, &json);
    put_inert(out, buf_view(&json));
    buf_clear(&json);
    return ok;
}

static json_t *text_value(struct buf *text)
{
    const char *octets = text->len > 0 ? (const char *)text->data : "";
    json_t *value = text->failed ? NULL : json_stringn(octets, text->len);
    buf_clear(text);
    return value;
}

static json_t *utf8_value(const char *s)
{
    struct buf text = {0};
    text_put_utf8(&text, s);
    return text_value(&text);
}

/* What the earlier run was, and its verdict of each id. */
static json_t *against_value(const struct report *against)
{
    json_t *verdicts = json_object();
    bool ok = verdicts;
    for (size_t i = 0; i < against->result_count && ok; i++) {
        const struct report_result *result = &against->results[i];
        ok = !result->id ||
             json_object_set_new(verdicts, result->id,
                                 json_string(report_verdict_name(result->verdict))) == 0;
    }
    struct buf name = {0};
    text_put_utf8(&name, against->target);
    buf_put_str(&name, " of ");
    text_put_utf8(&name, against->started);
    json_t *value = json_object();
    ok &= json_object_set_new(value, "name", text_value(&name)) == 0;
    ok &= json_object_set_new(value, "results", verdicts) == 0;
    if (ok)
        return value;
    json_decref(value);
    return NULL;
}

/* What the page needs beyond the report. */
static bool put_view(const struct report *report, const struct report *against, struct buf *out)
{
    struct buf sentence = {0};
    report_put_sentence(report, &sentence);
    json_t *view = json_object();
    bool ok = json_object_set_new(view, "sentence",
                                  sentence.failed ? NULL : utf8_value(buf_str(&sentence))) == 0;
    buf_clear(&sentence);
    if (against)
        ok &= json_object_set_new(view, "against", against_value(against)) == 0;
    char *text = ok ? json_dumps(view, JSON_COMPACT) : NULL;
    json_decref(view);
    if (text)
        put_inert(out, bytes_str(text));
    free(text);
    return text != NULL;
}

static bool put_part(const struct report *report, const struct report *against, struct bytes name,
                     struct buf *out)
{
    if (bytes_equal_str(name, "REPORT"))
        return put_report(report, out);
    if (bytes_equal_str(name, "VIEW"))
        return put_view(report, against, out);
    bool is_css = bytes_equal_str(name, "CSS");
    buf_put(out, is_css ? bytes_of(page_css, page_css_len) : bytes_of(page_js, page_js_len));
    return true;
}

/* The template has @@NAME@@ where a part goes, and no other '@'. */
bool report_put_html(const struct report *report, const struct report *against, struct buf *out)
{
    struct bytes rest = bytes_of(page_html, page_html_len);
    bool ok = true;
    while (rest.len > 0 && ok) {
        size_t plain = bytes_find(rest, '@');
        buf_put(out, bytes_first(rest, plain));
        rest = bytes_skip(rest, plain);
        if (rest.len == 0)
            break;
        struct bytes name = bytes_skip(rest, 2);
        name = bytes_first(name, bytes_find(name, '@'));
        ok = put_part(report, against, name, out);
        rest = bytes_skip(rest, name.len + 4);
    }
    return ok && !out->failed;
}
