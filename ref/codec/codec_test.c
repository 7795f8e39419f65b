/* SPDX-License-Identifier: MIT
 *
 * What a call's messages are: protobuf, octets, or what a registered codec makes of them; over real calls, and what the
 * registry takes. */
#include "services/test_host.h"

#include "codec/codec.h"
#include "conn/test_service.h"

/* ---- A codec of one's own: a payload's body, backwards --------------------------------------- */

static int backwards(const void *message, const struct ProtobufCMessageDescriptor *type,
                     struct gr_out *out)
{
    const payload *in = message;

    assert_ptr_equal(type, &grpc__testing__payload__descriptor);
    if (in->body.len == 13)
        return GR_ENCODE;
    for (size_t i = in->body.len; i > 0; i--)
        if (gr_out_put(out, bytes_of(in->body.data + i - 1, 1)) != 0)
            return GR_NOMEM;
    return 0;
}

static int forwards(struct bytes in, const struct ProtobufCMessageDescriptor *type,
                    struct gr_arena *memory, void **message)
{
    payload *out = gr_arena_alloc(memory, sizeof(*out));
    uint8_t *body = gr_arena_alloc(memory, in.len);

    if (bytes_equal(in, BYTES("?")))
        return GR_INVALID;
    if (!out || !body)
        return GR_NOMEM;
    *out = (payload){PROTOBUF_C_MESSAGE_INIT(type), .body = {in.len, body}};
    for (size_t i = 0; i < in.len; i++)
        body[i] = in.data[in.len - 1 - i];
    *message = out;
    return 0;
}

static const struct gr_codec mirror = {"mirror", backwards, forwards};
static const struct gr_codec stranger = {"stranger", backwards, forwards};

static int register_mirror(void **state)
{
    static const struct gr_codec bad[] = {
        {"", backwards, forwards},
        {"proto", backwards, forwards},
        {"Mirror", backwards, forwards},
        {"mir ror", backwards, forwards},
        {"mirror", NULL, forwards},
        {"mirror", backwards, NULL},
        {"a23456789012345678901234567890123", backwards, forwards},
    };

    (void)state;
    assert_null(gr_codec_of_content_type(BYTES("application/grpc+mirror")));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(gr_register_codec(&bad[i]), GR_INVALID);
    assert_int_equal(gr_register_codec(&mirror), 0);
    assert_int_equal(gr_register_codec(&mirror), GR_INVALID);
    return 0;
}

static void content_types_name_codecs(void **state)
{
    static const struct {
        const char *content_type;
        const struct gr_codec *codec;
        bool unknown;
    } rows[] = {
        {"application/grpc", NULL, false},
        {"application/grpc+proto", NULL, false},
        {"application/grpc+proto;x=y", NULL, false},
        {"application/grpc+mirror", &mirror, false},
        {"application/grpc+mirror;x=y", &mirror, false},
        {"application/grpc+mirrors", NULL, true},
        {"application/grpc+protos", NULL, true},
        {"application/grpc+", NULL, false},
        {"", NULL, false},
        {"application/grpc;mirror", NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes text = guard(bytes_str(rows[i].content_type));
        assert_ptr_equal(gr_codec_of_content_type(text), rows[i].codec);
        assert_int_equal(gr_codec_is_unknown(text), rows[i].unknown);
        unguard(text);
    }
}

/* ---- Calls ----------------------------------------------------------------------------------- */

/* The same path without message types: what goes over the wire. */
static const struct gr_method raw_method = {"/t.T/Unary", NULL, NULL, false, false, NULL, NULL};

static void open_host(struct host *host)
{
    host_new(host);
    assert_int_equal(gr_server_register(host->server, &service, NULL), 0);
    host_open(host);
}

/* returns the status; *reply lives until gr_call_free */
static enum gr_status ask(struct host *host, const struct gr_method *method,
                          const struct gr_codec *codec, const void *request, const void **reply,
                          struct gr_call **call)
{
    const struct gr_call_options options = {.timeout_ns = 60 * NS_PER_S, .codec = codec};

    return gr_unary(host->channel, method, request, &options, reply, call);
}

static void expect_echo(struct host *host, const struct gr_codec *codec)
{
    const void *reply;
    struct gr_call *call;

    assert_int_equal(ask(host, &methods[UNARY], codec, PAYLOAD(BYTES("abc")), &reply, &call),
                     GR_STATUS_OK);
    const payload *echoed = reply;
    assert_bytes(bytes_of(echoed->body.data, echoed->body.len), BYTES("abc"));
    gr_call_free(call);
}

static void each_codec_serves_the_same_method(void **state)
{
    struct host host;
    const void *reply;
    struct gr_call *call;

    (void)state;
    open_host(&host);
    expect_echo(&host, NULL);
    expect_echo(&host, &mirror);
    expect_echo(&host, NULL);
    /* Octets: a protobuf payload, written by hand; with the mirror's content-type they are what the mirror takes. */
    struct bytes wire = BYTES("\x12\x03"
                              "abc");
    assert_int_equal(ask(&host, &raw_method, NULL, &wire, &reply, &call), GR_STATUS_OK);
    assert_bytes(*(const struct bytes *)reply, wire);
    gr_call_free(call);
    assert_int_equal(ask(&host, &raw_method, &mirror, &BYTES("cba"), &reply, &call), GR_STATUS_OK);
    assert_bytes(*(const struct bytes *)reply, BYTES("cba"));
    gr_call_free(call);
    host_close(&host);
}

static void what_cannot_be_written_or_read_ends_the_call(void **state)
{
    struct host host;
    const void *reply;
    struct gr_call *call;

    (void)state;
    open_host(&host);
    assert_int_equal(
        ask(&host, &methods[UNARY], &mirror, PAYLOAD(BYTES("1234567890123")), &reply, &call),
        GR_STATUS_INTERNAL);
    gr_call_free(call);
    assert_int_equal(ask(&host, &raw_method, &mirror, &BYTES("?"), &reply, &call),
                     GR_STATUS_INTERNAL);
    gr_call_free(call);
    /* The server does not know the stranger, and takes it for nothing else. */
    assert_int_equal(ask(&host, &methods[UNARY], &stranger, PAYLOAD(BYTES("")), &reply, &call),
                     GR_STATUS_UNIMPLEMENTED);
    gr_call_free(call);
    host_close(&host);
}

static enum gr_status raw_echo(struct gr_call *call, const void *request, void *reply)
{
    (void)call;
    *(struct bytes *)reply = *(const struct bytes *)request;
    return GR_STATUS_OK;
}

static void a_handler_may_have_octets_too(void **state)
{
    static const struct gr_method handled = {"/t.T/Unary", NULL,     NULL, false,
                                             false,        raw_echo, NULL};
    static const struct gr_service raw_service = {"t.T", &handled, 1, NULL};
    struct host host;

    (void)state;
    host_new(&host);
    assert_int_equal(gr_server_register(host.server, &raw_service, NULL), 0);
    host_open(&host);
    expect_echo(&host, NULL);
    expect_echo(&host, &mirror);
    host_close(&host);
}

static void allocations_may_fail(void **state)
{
    const payload *in = PAYLOAD(BYTES("abc"));

    (void)state;
    for (int raw = 0; raw < 2; raw++) {
        const struct ProtobufCMessageDescriptor *type = raw ? NULL
                                                            : &grpc__testing__payload__descriptor;
        const void *message = raw ? (const void *)&BYTES("abc") : (const void *)in;
        for (size_t n = 0;; n++) {
            struct buf out = {0};
            struct gr_arena arena = {0};
            void *back = NULL;
            fail_allocation(n);
            int error = gr_encode(&mirror, type, message, &out);
            if (!error)
                error = gr_decode(&mirror, type, buf_view(&out), &arena, &back);
            if (!error && !gr_message_new(type, &arena))
                error = GR_NOMEM;
            bool failed = stop_failing();
            assert_int_equal(error, failed ? GR_NOMEM : 0);
            buf_clear(&out);
            gr_arena_clear(&arena);
            if (!failed)
                break;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_types_name_codecs),
        cmocka_unit_test(each_codec_serves_the_same_method),
        cmocka_unit_test(what_cannot_be_written_or_read_ends_the_call),
        cmocka_unit_test(a_handler_may_have_octets_too),
        cmocka_unit_test(allocations_may_fail),
    };
    return cmocka_run_group_tests(tests, register_mirror, NULL);
}
