/* SPDX-License-Identifier: MIT
 *
 * HPACK: the vectors of RFC 7541 Appendix C through the decoder, the hand writer and the Huffman
 * coder; blocks that must not decode, and why; every octet through Huffman and back; every
 * allocation failing. */
#include "base/test.h"

#include "wire/hpack.h"

#define B(literal)                                                                                 \
    {                                                                                              \
        (const uint8_t *)("" literal), sizeof(literal) - 1                                         \
    }

static void put_list(struct buf *out, const struct header_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        buf_put(out, list->fields[i].name);
        buf_put_str(out, "=");
        buf_put(out, list->fields[i].value);
        buf_put_str(out, "\n");
    }
}

static void assert_decodes(struct hpack_decoder *decoder, struct bytes block, const char *expected)
{
    struct header_list list = {0};
    struct buf text = {0};
    struct bytes guarded = guard(block);
    struct hpack_result result = hpack_decode(decoder, guarded, &list);
    put_list(&text, &list);
    assert_true(result.ok);
    assert_null(result.why);
    assert_string_equal(buf_str(&text), expected);
    buf_clear(&text);
    header_list_clear(&list);
    unguard(guarded);
}

/* ---- RFC 7541 Appendix C ---- */

struct vector {
    const char *name;
    uint32_t table_size;
    struct bytes blocks[3];
    const char *lists[3];
};

#define REQUEST_1 ":method=GET\n:scheme=http\n:path=/\n:authority=www.example.com\n"
#define REQUEST_2 REQUEST_1 "cache-control=no-cache\n"
#define REQUEST_3                                                                                  \
    ":method=GET\n:scheme=https\n:path=/"                                                          \
    "index.html\n:authority=www.example.com\ncustom-key=custom-value\n"
#define RESPONSE_1                                                                                 \
    ":status=302\ncache-control=private\ndate=Mon, 21 Oct 2013 20:13:21 "                          \
    "GMT\nlocation=https://www.example.com\n"
#define RESPONSE_2                                                                                 \
    ":status=307\ncache-control=private\ndate=Mon, 21 Oct 2013 20:13:21 "                          \
    "GMT\nlocation=https://www.example.com\n"
#define RESPONSE_3                                                                                 \
    ":status=200\ncache-control=private\ndate=Mon, 21 Oct 2013 20:13:22 GMT\n"                     \
    "location=https://www.example.com\ncontent-encoding=gzip\n"                                    \
    "set-cookie=foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1\n"

static const struct vector vectors[] = {
    {"C.2.1 literal with indexing",
     4096,
     {B("\x40\x0a"
        "custom-key"
        "\x0d"
        "custom-header")},
     {"custom-key=custom-header\n"}},
    {"C.2.2 literal without indexing", 4096, {B("\x04\x0c/sample/path")}, {":path=/sample/path\n"}},
    {"C.2.3 literal never indexed", 4096, {B("\x10\x08password\x06secret")}, {"password=secret\n"}},
    {"C.2.4 indexed", 4096, {B("\x82")}, {":method=GET\n"}},
    {"C.3 requests",
     4096,
     {B("\x82\x86\x84\x41\x0fwww.example.com"), B("\x82\x86\x84\xbe\x58\x08no-cache"),
      B("\x82\x87\x85\xbf\x40\x0a"
        "custom-key"
        "\x0c"
        "custom-value")},
     {REQUEST_1, REQUEST_2, REQUEST_3}},
    {"C.4 requests, Huffman",
     4096,
     {B("\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff"),
      B("\x82\x86\x84\xbe\x58\x86\xa8\xeb\x10\x64\x9c\xbf"),
      B("\x82\x87\x85\xbf\x40\x88\x25\xa8\x49\xe9\x5b\xa9\x7d\x7f\x89\x25\xa8\x49\xe9\x5b\xb8\xe8"
        "\xb4\xbf")},
     {REQUEST_1, REQUEST_2, REQUEST_3}},
    {"C.5 responses, eviction",
     256,
     {B("\x3f\xe1\x01\x48\x03"
        "302"
        "\x58\x07private"
        "\x61\x1d"
        "Mon, 21 Oct 2013 20:13:21 GMT"
        "\x6e\x17https://www.example.com"),
      B("\x48\x03"
        "307"
        "\xc1\xc0\xbf"),
      B("\x88\xc1\x61\x1d"
        "Mon, 21 Oct 2013 20:13:22 GMT"
        "\xc0\x5a\x04gzip\x77\x38"
        "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1")},
     {RESPONSE_1, RESPONSE_2, RESPONSE_3}},
    {"C.6 responses, Huffman, eviction",
     256,
     {B("\x3f\xe1\x01\x48\x82\x64\x02\x58\x85\xae\xc3\x77\x1a\x4b\x61\x96\xd0\x7a\xbe\x94\x10\x54"
        "\xd4\x44"
        "\xa8\x20\x05\x95\x04\x0b\x81\x66\xe0\x82\xa6\x2d\x1b\xff\x6e\x91\x9d\x29\xad\x17\x18\x63"
        "\xc7\x8f"
        "\x0b\x97\xc8\xe9\xae\x82\xae\x43\xd3"),
      B("\x48\x83\x64\x0e\xff\xc1\xc0\xbf"),
      B("\x88\xc1\x61\x96\xd0\x7a\xbe\x94\x10\x54\xd4\x44\xa8\x20\x05\x95\x04\x0b\x81\x66\xe0\x84"
        "\xa6\x2d"
        "\x1b\xff\xc0\x5a\x83\x9b\xd9\xab\x77\xad\x94\xe7\x82\x1d\xd7\xf2\xe6\xc7\xb3\x35\xdf\xdf"
        "\xcd\x5b"
        "\x39\x60\xd5\xaf\x27\x08\x7f\x36\x72\xc1\xab\x27\x0f\xb5\x29\x1f\x95\x87\x31\x60\x65\xc0"
        "\x03\xed"
        "\x4e\xe5\xb1\x06\x3d\x50\x07")},
     {RESPONSE_1, RESPONSE_2, RESPONSE_3}},
};

static void the_vectors_of_the_rfc_decode(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
        struct hpack_decoder *decoder = hpack_decoder_new(vectors[i].table_size);
        for (size_t k = 0; k < 3 && vectors[i].lists[k]; k++)
            assert_decodes(decoder, vectors[i].blocks[k], vectors[i].lists[k]);
        hpack_decoder_free(decoder);
    }
}

/* ---- by hand ---- */

static void integers_of_the_rfc_are_written(void **state)
{
    (void)state;
    struct buf out = {0};
    hpack_put_int(&out, 5, 0, 10);    /* C.1.1 */
    hpack_put_int(&out, 5, 0, 1337);  /* C.1.2 */
    hpack_put_int(&out, 8, 0, 42);    /* C.1.3 */
    hpack_put_int(&out, 5, 0x20, 31); /* exactly the prefix */
    hpack_put_int(&out, 7, 0x80, UINT64_MAX);
    assert_bytes(buf_view(&out),
                 BYTES("\x0a\x1f\x9a\x0a\x2a\x3f\x00\xff\x80\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
    buf_clear(&out);
    hpack_put_long_int(&out, 5, 0, 1337, 2); /* needless octets */
    assert_bytes(buf_view(&out), BYTES("\x1f\x9a\x8a\x80\x00"));
    buf_clear(&out);
}

static void representations_are_written(void **state)
{
    (void)state;
    struct buf out = {0}, huffman = {0};
    hpack_put_indexed(&out, 2);
    hpack_put_literal(&out, LITERAL_INDEXED, BYTES("custom-key"), BYTES("custom-header"));
    hpack_put_literal_indexed_name(&out, LITERAL_NOT_INDEXED, 4, BYTES("/sample/path"));
    hpack_put_literal(&out, LITERAL_NEVER_INDEXED, BYTES("password"), BYTES("secret"));
    hpack_put_size_update(&out, 256);
    hpack_huffman_encode(&huffman, BYTES("www.example.com"));
    hpack_put_huffman(&out, buf_view(&huffman));
    assert_bytes(buf_view(&out), BYTES("\x82"
                                       "\x40\x0a"
                                       "custom-key"
                                       "\x0d"
                                       "custom-header"
                                       "\x04\x0c/sample/path"
                                       "\x10\x08password\x06secret"
                                       "\x3f\xe1\x01"
                                       "\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff"));
    buf_clear(&huffman);
    buf_clear(&out);
}

static void every_octet_survives_huffman(void **state)
{
    (void)state;
    struct hpack_decoder *decoder = hpack_decoder_new(4096);
    for (unsigned c = 0; c < 256; c++) {
        uint8_t text[3] = {(uint8_t)c, 'x', (uint8_t)c};
        struct buf block = {0}, huffman = {0};
        struct header_list list = {0};
        buf_put_u8(&block, LITERAL_NOT_INDEXED);
        hpack_put_string(&block, BYTES("n"));
        hpack_huffman_encode(&huffman, bytes_of(text, sizeof text));
        hpack_put_huffman(&block, buf_view(&huffman));
        assert_true(hpack_decode(decoder, buf_view(&block), &list).ok);
        assert_bytes(list.fields[0].value, bytes_of(text, sizeof text));
        header_list_clear(&list);
        buf_clear(&huffman);
        buf_clear(&block);
    }
    hpack_decoder_free(decoder);
}

/* ---- what must not decode ---- */

static void bad_blocks_say_why(void **state)
{
    (void)state;
    static const struct {
        struct bytes block;
        const char *why;
    } rows[] = {
        {B("\x80"), "invalid index"},     /* index 0 */
        {B("\xff\x20"), "invalid index"}, /* index beyond both tables */
        {B("\x82\x80"), "invalid index"},
        {B("\x82\x40\x05"
           "ab"),
         "invalid index"},                                     /* cut short */
        {B("\x00\x01n\x81\x00"), "invalid index"},             /* Huffman padding of zeros */
        {B("\x00\x01n\x84\xff\xff\xff\xff"), "invalid index"}, /* EOS inside */
        {B("\x3f\xe2\x1f\x82"), "above"},                      /* a size update of 4097 */
        {B("\x82\x20"), "invalid index"},                      /* a size update behind a field */
        {B("\x82\xff\xff\xff\xff\xff\xff\x01"), "invalid index"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct hpack_decoder *decoder = hpack_decoder_new(4096);
        struct header_list list = {0};
        struct bytes guarded = guard(rows[i].block);
        struct hpack_result result = hpack_decode(decoder, guarded, &list);
        assert_false(result.ok);
        assert_non_null(strstr(result.why, rows[i].why));
        result = hpack_decode(decoder, BYTES("\x82"), &list);
        assert_false(result.ok);
        assert_non_null(strstr(result.why, "earlier"));
        unguard(guarded);
        header_list_clear(&list);
        hpack_decoder_free(decoder);
    }
}

static void size_updates_are_counted(void **state)
{
    (void)state;
    struct hpack_decoder *decoder = hpack_decoder_new(4096);
    struct header_list list = {0};
    struct hpack_result result = hpack_decode(decoder, BYTES("\x20\x3f\xe1\x1f\x82"), &list);
    assert_true(result.ok);
    assert_int_equal(result.size_updates, 2);
    assert_int_equal(result.smallest_update, 0);
    assert_int_equal(result.last_update, 4096);
    header_list_clear(&list);
    hpack_decoder_free(decoder);
}

static void a_smaller_table_demands_an_update(void **state)
{
    (void)state;
    struct hpack_decoder *decoder = hpack_decoder_new(4096);
    struct header_list list = {0};
    hpack_decoder_set_max_table_size(decoder, 100);
    struct hpack_result result = hpack_decode(decoder, BYTES("\x82"), &list);
    assert_false(result.ok);
    assert_non_null(strstr(result.why, "lacks"));
    header_list_clear(&list);
    hpack_decoder_free(decoder);
}

static void a_bomb_is_decoded_but_not_kept(void **state)
{
    (void)state;
    struct hpack_decoder *decoder = hpack_decoder_new(4096);
    struct header_list list = {0};
    struct buf block = {0}, value = {0};
    buf_put_zeros(&value, 4000);
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES("n"), buf_view(&value));
    for (size_t i = 0; i < 20000; i++)
        hpack_put_indexed(&block, 62);
    assert_true(hpack_decode(decoder, buf_view(&block), &list).ok);
    assert_true(list.size < MAX_DECODED_LIST + 5000);
    buf_clear(&value);
    buf_clear(&block);
    header_list_clear(&list);
    hpack_decoder_free(decoder);
}

/* ---- round trips, memory ---- */

static const struct field request[] = {
    {B(":method"), B("POST")},
    {B(":path"), B("/s/m")},
    {B("x"), B("")},
    {B("x"), B("again")},
};

static void what_is_encoded_decodes(void **state)
{
    (void)state;
    struct hpack_encoder *encoder = hpack_encoder_new(4096);
    struct hpack_decoder *decoder = hpack_decoder_new(4096);
    static const uint32_t table_sizes[] = {4096, 4096, 0, 64, 4096};
    for (size_t i = 0; i < ARRAY_LEN(table_sizes); i++) {
        struct buf block = {0};
        hpack_encoder_set_max_table_size(encoder, table_sizes[i]);
        hpack_decoder_set_max_table_size(decoder, table_sizes[i]);
        hpack_encode(encoder, request, ARRAY_LEN(request), &block);
        assert_decodes(decoder, buf_view(&block), ":method=POST\n:path=/s/m\nx=\nx=again\n");
        buf_clear(&block);
    }
    hpack_encoder_free(encoder);
    hpack_decoder_free(decoder);
}

static void header_lists_find_and_count(void **state)
{
    (void)state;
    struct header_list list = {0}, copy = {0};
    for (size_t i = 0; i < ARRAY_LEN(request); i++)
        header_list_add(&list, request[i].name, request[i].value);
    struct bytes first = list.fields[0].value;
    for (size_t i = 0; i < 200; i++)
        header_list_add(&list, BYTES("filler"), BYTES("some octets to make it grow"));
    header_list_copy(&copy, &list);
    assert_int_equal(copy.size, list.size);
    assert_bytes(first, BYTES("POST")); /* views stay */
    assert_int_equal(header_list_count(&list, "x"), 2);
    assert_int_equal(header_list_find(&list, "x")->value.len, 0);
    assert_null(header_list_find(&list, "X"));
    header_list_clear(&list);
    assert_bytes(header_list_find(&copy, ":path")->value, BYTES("/s/m"));
    header_list_clear(&copy);
}

/* Returns whether everything went well. */
static bool encode_and_decode(void)
{
    struct hpack_encoder *encoder = hpack_encoder_new(4096);
    struct hpack_decoder *decoder = hpack_decoder_new(4096);
    struct header_list list = {0};
    struct buf block = {0};
    bool ok = encoder && decoder;
    if (encoder)
        hpack_encode(encoder, request, ARRAY_LEN(request), &block);
    ok = ok && !block.failed && hpack_decode(decoder, buf_view(&block), &list).ok && !list.failed;
    buf_clear(&block);
    header_list_clear(&list);
    hpack_encoder_free(encoder);
    hpack_decoder_free(decoder);
    return ok;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (size_t n = 0;; n++) {
        fail_allocation(n);
        bool ok = encode_and_decode();
        if (!stop_failing()) {
            assert_true(ok);
            break;
        }
        assert_false(ok);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_the_rfc_decode),
        cmocka_unit_test(integers_of_the_rfc_are_written),
        cmocka_unit_test(representations_are_written),
        cmocka_unit_test(every_octet_survives_huffman),
        cmocka_unit_test(bad_blocks_say_why),
        cmocka_unit_test(size_updates_are_counted),
        cmocka_unit_test(a_smaller_table_demands_an_update),
        cmocka_unit_test(a_bomb_is_decoded_but_not_kept),
        cmocka_unit_test(what_is_encoded_decodes),
        cmocka_unit_test(header_lists_find_and_count),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
