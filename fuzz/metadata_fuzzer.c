/* SPDX-License-Identifier: MIT
 *
 * Metadata as received. Input: lines of "name:value".
 * Oracles: what surfaces obeys the rules for names and values and is no field of the protocol; a
 * field that is not added changes nothing; what surfaced may be sent back, and reads back as it
 * was. */
#include "fuzz.h"

#include "codec/metadata.h"

static size_t parts(struct bytes name, struct bytes value)
{
    size_t count = 1;
    for (size_t i = 0; gr_is_binary_field(name) && i < value.len; i++)
        count += value.data[i] == ',';
    return count;
}

static void receive(struct gr_metadata **list, struct bytes name, struct bytes value)
{
    size_t before = gr_metadata_count(*list);
    enum gr_field result = gr_metadata_add_received(list, name, value);
    size_t added = gr_metadata_count(*list) - before;
    must(result != GR_FIELD_NOMEM, "there is memory");
    if (added > 1)
        reach("several values");
    if (added)
        reach("added");
    must(!planted(added == 2), "planted: two values of one field");
    must(added == (result == GR_FIELD_ADDED ? parts(name, value) : 0),
         "another number of entries was added");
    must((result == GR_FIELD_OURS) == gr_is_protocol_field(name),
         "a field of the protocol surfaces");
}

static void check_entry(struct gr_metadata_entry entry)
{
    must(entry.key.len > 0 && !gr_is_protocol_field(entry.key), "a key is not the application's");
    for (size_t i = 0; i < entry.key.len; i++) {
        uint8_t c = entry.key.data[i];
        must(c && strchr("0123456789abcdefghijklmnopqrstuvwxyz_-.", c),
             "a key has a strange octet");
    }
    for (size_t i = 0; !gr_is_binary_field(entry.key) && i < entry.value.len; i++)
        must(entry.value.data[i] >= 0x20 && entry.value.data[i] <= 0x7e,
             "a value is not printable");
}

/* Hand the entry to the application's side of a second list, and its wire value to the peer's of a
 * third. */
static size_t echo(struct gr_metadata_entry entry, struct gr_metadata *sent,
                   struct gr_metadata **received)
{
    struct gr_arena arena = {0};
    struct buf key = {0};
    struct bytes wire;
    buf_put(&key, entry.key);
    must(gr_metadata_add(sent, buf_str(&key), entry.value) == 0,
         "what surfaced may not be sent back");
    must(gr_metadata_wire_value(entry, &arena, &wire), "there is memory");
    size_t weight = entry.key.len + wire.len + 32;
    must(gr_metadata_add_received(received, entry.key, wire) == GR_FIELD_ADDED,
         "what was sent is refused");
    gr_arena_clear(&arena);
    buf_clear(&key);
    return weight;
}

static void must_equal(const struct gr_metadata *a, const struct gr_metadata *b)
{
    must(gr_metadata_count(a) == gr_metadata_count(b), "an echo has another number of entries");
    for (size_t i = 0; i < gr_metadata_count(a); i++) {
        struct gr_metadata_entry left = gr_metadata_at(a, i);
        struct gr_metadata_entry right = gr_metadata_at(b, i);
        must(bytes_equal(left.key, right.key), "an echo has another key");
        must(bytes_equal(left.value, right.value), "an echo has another value");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = bytes_of(data, size);
    struct gr_metadata *list = NULL;
    struct gr_metadata *sent = gr_metadata_new();
    struct gr_metadata *received = NULL;
    size_t weight = 0;

    while (input.len > 0) {
        struct bytes value = take_until(&input, '\n');
        struct bytes name = take_until(&value, ':');
        receive(&list, name, value);
    }
    for (size_t i = 0; i < gr_metadata_count(list); i++) {
        check_entry(gr_metadata_at(list, i));
        weight += echo(gr_metadata_at(list, i), sent, &received);
    }
    must_equal(list, sent);
    must_equal(list, received);
    must(gr_metadata_wire_size(list) == weight, "the list weighs another amount than its fields");
    gr_metadata_free(list);
    gr_metadata_free(sent);
    gr_metadata_free(received);
    return 0;
}
