/* SPDX-License-Identifier: MIT
 *
 * Judging messages: what stands in a call's DATA, taken apart at its length prefixes.
 * (PROTOCOL-HTTP2, Length-Prefixed-Message) */
#include "peer/inside.h"

#define PREFIX_LEN 5
#define MAX_SHOWN  48

static struct bytes unread(const struct call *call)
{
    return bytes_skip(buf_view(&call->data), call->parsed);
}

static bool has_message(const struct call *call)
{
    struct bytes rest = unread(call);
    return rest.len >= PREFIX_LEN && rest.len - PREFIX_LEN >= load_u32(rest.data + 1);
}

static bool has_message_or_is_over(const struct call *call)
{
    return has_message(call) || call_has_all(call);
}

/* call->data moves when it grows, so what is handed out is a copy. */
static struct message take_message(struct call *call)
{
    struct bytes rest = unread(call);
    size_t len = load_u32(rest.data + 1);
    struct kept *kept = new_zeroed(sizeof *kept + len);
    kept->next = call->kept;
    memcpy(kept->octets, rest.data + PREFIX_LEN, len);
    call->kept = kept;
    call->parsed += PREFIX_LEN + len;
    call->messages_taken++;
    return (struct message){.flag = rest.data[0], .payload = bytes_of(kept->octets, len)};
}

struct message next_message_at(struct call *call, struct source_line where)
{
    gr_time since = clock_now_ns();
    if (test_is_over(call->conn->t))
        return (struct message){0};
    if (!call_until(call, has_message_or_is_over)) {
        fail_call_silent(call, where, "a message, or the end of the call", since);
        return (struct message){0};
    }
    return has_message(call) ? take_message(call) : (struct message){0};
}

static void put_message(struct buf *out, struct bytes payload)
{
    buf_printf(out, "a message of %zu octets: \"", payload.len);
    put_escaped(out, payload, MAX_SHOWN);
    buf_put_str(out, "\"");
}

static size_t first_difference(struct bytes a, struct bytes b)
{
    size_t i = 0;
    while (i < a.len && i < b.len && a.data[i] == b.data[i])
        i++;
    return i;
}

static void judge_message(struct call *call, struct bytes payload, struct source_line where,
                          const char *expected)
{
    struct message message = take_message(call);
    struct buf seen = {0};
    if (bytes_equal(message.payload, payload))
        return;
    put_message(&seen, message.payload);
    if (message.flag != 0)
        buf_printf(&seen, ", with the flag octet %u", message.flag);
    buf_printf(&seen, "; the first difference is at octet %zu",
               first_difference(message.payload, payload));
    mark_entry(call->conn->t, call->last_entry);
    test_fail(call->conn->t, where, expected, "%s", buf_str(&seen));
    buf_clear(&seen);
}

void expect_message_at(struct call *call, struct bytes payload, struct source_line where)
{
    struct buf expected = {0};
    gr_time since = clock_now_ns();
    if (test_is_over(call->conn->t))
        return;
    put_message(&expected, payload);
    if (!call_until(call, has_message_or_is_over))
        fail_call_silent(call, where, buf_str(&expected), since);
    else if (!has_message(call))
        fail_call(call, where, buf_str(&expected));
    else
        judge_message(call, payload, where, buf_str(&expected));
    buf_clear(&expected);
}

void expect_no_more_messages_at(struct call *call, struct source_line where)
{
    static const char expected[] = "the end of the call without another message";
    struct test *t = call->conn->t;
    gr_time since = clock_now_ns();
    if (test_is_over(t))
        return;
    bool over = call_until(call, call_has_all);
    size_t left = unread(call).len;
    if (left > 0) {
        mark_entry(t, call->last_entry);
        test_fail(t, where, expected, "%s: %zu octets more",
                  has_message(call) ? "another message" : "a part of a message", left);
    } else if (!over) {
        fail_call_silent(call, where, expected, since);
    } else if (!call->remote_closed) {
        fail_call(call, where, expected);
    }
}
