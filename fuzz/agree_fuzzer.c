/* SPDX-License-Identifier: MIT
 *
 * Two readers that share no code, of the same octets: ref/ (its HTTP/2 session, timeouts, base64) and conformance/
 * (wire/, lint/). Input: frames that a client sends behind its preface; all of it also as text. Oracle O7: whatever
 * ref/ takes for headers, data, a PING, SETTINGS or GOAWAY, conformance/ reads as the same, from the same frame; ref/
 * may refuse more. Timeouts and -bin values are valid for both or for neither. */
#include "agree.h"
#include "fuzz.h"

#include "codec/base64.h"
#include "codec/timeout.h"
#include "h2/h2.h"

#define PREFACE BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

static void must_be_headers(const struct h2_event *event, const struct suite_reading *reading)
{
    struct buf text = {0};
    must(reading->kind == READ_HEADERS, "O7: only ref/ reads a header block");
    for (size_t i = 0; i < event->field_count; i++) {
        buf_put(&text, event->fields[i].name);
        buf_put_u8(&text, '\t');
        buf_put(&text, event->fields[i].value);
        buf_put_u8(&text, planted(event->fields[i].value.len == 1) ? ' ' : '\n');
    }
    if (!event->too_large)
        must_be_same(buf_view(&text), buf_view(&reading->text), "O7: a header list is read as two");
    must(event->end_stream == reading->end_stream, "O7: END_STREAM of HEADERS is read as two");
    buf_clear(&text);
    reach("headers agreed");
}

/* What ref/ tells of one frame, against what conformance/ read. */
static void must_agree(const struct h2_event *event, const struct suite_reading *reading,
                       struct buf *data)
{
    if (event->kind == H2_EVENT_HEADERS)
        must_be_headers(event, reading);
    if (event->kind == H2_EVENT_HEADERS || event->kind == H2_EVENT_DATA)
        must((uint32_t)event->stream->id == reading->stream, "O7: a stream is read as two");
    if (event->kind == H2_EVENT_DATA) {
        must(reading->kind == READ_DATA, "O7: only ref/ reads DATA");
        must(!event->end_stream || reading->end_stream,
             "O7: END_STREAM of DATA is read by ref/ alone");
        buf_put(data, event->data);
        reach("data agreed");
    }
    if (event->kind == H2_EVENT_SETTINGS)
        must(reading->kind == READ_SETTINGS, "O7: only ref/ reads SETTINGS");
    if (event->kind == H2_EVENT_PING)
        must(reading->kind == READ_PING, "O7: only ref/ reads a PING");
    if (event->kind == H2_EVENT_GOAWAY)
        must(reading->kind == READ_GOAWAY && reading->code == event->code,
             "O7: GOAWAY is read as two");
}

static bool feed_frame(struct h2 *h2, struct bytes frame, const struct suite_reading *reading)
{
    struct h2_event event;
    struct buf data = {0};
    bool alive = h2_feed(h2, frame, NS_PER_S);
    while (h2_next(h2, &event)) {
        must_agree(&event, reading, &data);
        if (event.kind == H2_EVENT_DATA)
            h2_consume(h2, event.stream, event.data.len);
        if (event.kind == H2_EVENT_CLOSED)
            h2_release(h2, event.stream);
    }
    if (data.len)
        must_be_same(buf_view(&data), buf_view(&reading->text), "O7: DATA is read as two");
    buf_clear(&data);
    for (struct bytes out; (out = h2_output(h2, 65536)).len > 0;)
        h2_sent(h2, out.len);
    return alive && !h2_done(h2);
}

static void check_frames(struct bytes stream)
{
    struct gr_limits limits = limits_with_defaults(&(struct gr_limits){.max_metadata = 4096});
    struct h2 *h2 = h2_new(ROLE_SERVER, &limits, NULL, NULL);
    struct suite_reader *suite = suite_reader_new();
    struct suite_reading reading = {0};
    must(h2 != NULL, "there is memory");
    bool alive = h2_feed(h2, PREFACE, NS_PER_S);
    while (alive && stream.len >= 9 && stream.len - 9 >= load_u24(stream.data)) {
        struct bytes frame = bytes_first(stream, 9 + (size_t)load_u24(stream.data));
        suite_read_frame(suite, frame, &reading);
        alive = feed_frame(h2, frame, &reading);
        stream = bytes_skip(stream, frame.len);
    }
    buf_clear(&reading.text);
    suite_reader_free(suite);
    h2_free(h2);
}

static void check_texts(struct bytes text)
{
    struct buf out = {0};
    int64_t ns;
    must(gr_timeout_parse(text, &ns) == suite_timeout_is_valid(text),
         "O7: a timeout is valid for one of them only");
    if (bytes_find(text, ',') == text.len)
        must(gr_base64_decode(&out, text) == suite_base64_is_valid(text),
             "O7: base64 is valid for one of them only");
    buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = bytes_of(data, size);
    check_texts(input);
    check_frames(input);
    return 0;
}
