/* SPDX-License-Identifier: MIT
 *
 * What was said, kept within bounds; see transcript.h. How an entry reads as a line is
 * transcript_format.c. */
#include "wire/transcript.h"

#include <stdlib.h>

static size_t max_entries(const struct transcript *t)
{
    return t->max_entries ? t->max_entries : TRANSCRIPT_ENTRIES;
}

static size_t max_octets(const struct transcript *t)
{
    return t->max_octets ? t->max_octets : TRANSCRIPT_OCTETS;
}

void transcript_clear(struct transcript *t)
{
    for (size_t i = 0; i < t->count; i++) {
        struct transcript_entry *entry = &t->entries[i];
        free((uint8_t *)(uintptr_t)entry->octets.data);
        free((char *)(uintptr_t)entry->text);
        header_list_clear(&entry->headers);
    }
    free(t->entries);
    *t = (struct transcript){0};
}

/* Frames that a long transfer brings by the thousand. */
static bool is_bulk(const struct transcript_entry *entry)
{
    if (!entry->is_frame)
        return entry->direction != REMARK;
    uint8_t type = entry->frame.type;
    return type == FRAME_DATA || type == FRAME_WINDOW_UPDATE || type == FRAME_PING;
}

static bool has_room(const struct transcript *t, bool bulk)
{
    return t->count < (bulk ? max_entries(t) : 2 * max_entries(t));
}

static size_t octets_to_keep(const struct transcript *t, bool bulk, size_t len)
{
    size_t cap = bulk ? max_octets(t) : 2 * max_octets(t);
    if (t->octets <= cap && len <= cap - t->octets)
        return len;
    return len < TRANSCRIPT_CUT ? len : TRANSCRIPT_CUT;
}

static bool grow(struct transcript *t)
{
    if (t->count < t->cap)
        return true;
    size_t cap = t->cap ? t->cap * 2 : 32;
    struct transcript_entry *entries = realloc(t->entries, cap * sizeof *entries);
    if (!entries)
        return false;
    t->entries = entries;
    t->cap = cap;
    return true;
}

static uint8_t *copy(struct bytes octets)
{
    uint8_t *own = malloc(octets.len ? octets.len : 1);
    if (own && octets.len)
        memcpy(own, octets.data, octets.len);
    return own;
}

static size_t add(struct transcript *t, struct transcript_entry entry, struct bytes octets)
{
    bool bulk = is_bulk(&entry);
    size_t keep = octets_to_keep(t, bulk, octets.len);
    uint8_t *own = has_room(t, bulk) && grow(t) ? copy(bytes_first(octets, keep)) : NULL;
    if (!own) {
        t->dropped++;
        return SIZE_MAX;
    }
    entry.octets = bytes_of(own, keep);
    entry.wire_len = octets.len;
    if (entry.is_frame)
        entry.frame.payload = bytes_of(own + FRAME_HEADER_LEN, keep - FRAME_HEADER_LEN);
    t->octets += keep;
    t->entries[t->count] = entry;
    return t->count++;
}

size_t transcript_add_frame(struct transcript *t, enum direction d, unsigned connection,
                            gr_time now, struct bytes octets)
{
    struct transcript_entry entry = {
        .direction = d, .connection = connection, .at = now - t->began};
    struct bytes rest = octets;
    entry.is_frame = frame_take(&rest, &entry.frame) && rest.len == 0;
    return add(t, entry, octets);
}

size_t transcript_add_octets(struct transcript *t, enum direction d, unsigned connection,
                             gr_time now, struct bytes octets)
{
    struct transcript_entry entry = {
        .direction = d, .connection = connection, .at = now - t->began};
    return add(t, entry, octets);
}

void transcript_add_remark(struct transcript *t, unsigned connection, gr_time now, const char *fmt,
                           ...)
{
    struct buf text = {0};
    va_list args;
    va_start(args, fmt);
    buf_vprintf(&text, fmt, args);
    va_end(args);
    (void)buf_str(&text);

    struct transcript_entry entry = {
        .direction = REMARK, .connection = connection, .at = now - t->began};
    size_t index = text.failed ? SIZE_MAX : add(t, entry, NO_BYTES);
    if (index == SIZE_MAX)
        buf_clear(&text);
    else
        t->entries[index].text = (const char *)text.data; /* the transcript's from here */
}

void transcript_set_headers(struct transcript *t, size_t entry, struct header_list *headers)
{
    if (entry >= t->count || t->octets > 2 * max_octets(t)) {
        header_list_clear(headers);
        return;
    }
    header_list_clear(&t->entries[entry].headers);
    t->entries[entry].headers = *headers;
    t->entries[entry].has_headers = true;
    t->octets += headers->size;
    *headers = (struct header_list){0};
}
