/* SPDX-License-Identifier: MIT
 *
 * NAME.grpc.h: for each service its table of handlers and the functions of its client, with what the .proto says of
 * them. It must also be good C++. */
#include "generate/names.h"
#include "generate/source_info.h"
#include "generate/text.h"
#include "generate/writers.h"

static void declare(struct buf *out, const char *before, const struct signature *signature,
                    const char *deprecated)
{
    struct buf head = {0};

    buf_printf(&head, "%s%s", before, signature->head);
    put_call(out, buf_str(&head), signature->args, signature->count, deprecated);
    buf_clear(&head);
}

/* ---- what a server fills in ---- */

static void put_handler(struct buf *out, struct pool *pool, const struct method *method)
{
    const char *request = pool_printf(pool, "const %s *request", method->request->c_type);
    const char *reply = pool_printf(pool, "%s *reply", method->reply->c_type);
    const char *unary[] = {"struct gr_call *call", request, reply};
    const char *stream[] = {"struct gr_call *call", "enum gr_event event", request};
    const char *result = method->kind == UNARY ? "enum gr_status" : "void";

    buf_put_u8(out, '\n');
    put_comment(out, "    ", method->comment, method->deprecated ? "Deprecated." : NULL);
    put_call(out, pool_printf(pool, "    %s (*%s)", result, method->member),
             method->kind == UNARY ? unary : stream, 3, ";");
}

static void put_table(struct buf *out, struct pool *pool, const struct service *service)
{
    buf_printf(out, "/* A server's handlers; a NULL one answers UNIMPLEMENTED. Those of streams "
                    "have a request with\n"
                    " * GR_EVENT_MESSAGE only. */\n");
    buf_printf(out, "struct %s {\n    void *data; /* yours: %s__data() in a handler */\n",
               service->table, service->prefix);
    for (size_t i = 0; i < service->method_count; i++)
        put_handler(out, pool, &service->methods[i]);
    buf_put_str(out, "};\n\n");
}

static void put_server(struct buf *out, struct pool *pool, const struct service *service)
{
    struct signature reg = signature_register(pool, service);

    put_table(out, pool, service);
    buf_put_str(out, "/* Serve it. handlers: borrowed until gr_server_free. returns as "
                     "gr_server_register does */\n");
    declare(out, "MUST_USE ", &reg, ";");
    buf_printf(out,
               "/* From a handler of its: what `data` is in the table that was registered. */\n"
               "void *%s__data(const struct gr_call *call);\n",
               service->prefix);
}

/* The server's typed gr_send, for a method that may send when it likes. */
static void put_reply(struct buf *out, struct pool *pool, const struct method *method)
{
    const char *reply = pool_printf(pool, "const %s *reply", method->reply->c_type);
    const char *args[] = {"struct gr_call *call", reply, "int flags"};

    if (method->kind == UNARY)
        return;
    buf_printf(out, "\n/* From the handler of %s: gr_send. */\n", method->proto->name);
    put_call(out, pool_printf(pool, "MUST_USE static inline int %s__reply", method->prefix), args,
             3, "");
    buf_put_str(out, "{\n    return gr_send(call, reply, flags);\n}\n");
}

/* ---- what a client calls ---- */

static const char *what(const struct method *method)
{
    switch (method->kind) {
    case UNARY:
        return "one request, one reply";
    case CLIENT_STREAM:
        return "a stream of requests, one reply";
    case SERVER_STREAM:
        return "one request, a stream of replies";
    case BIDI_STREAM:
        break;
    }
    return "a stream of requests, a stream of replies";
}

static void put_send(struct buf *out, struct pool *pool, const struct method *method)
{
    const char *request = pool_printf(pool, "const %s *request", method->request->c_type);
    const char *args[] = {"struct gr_call *call", request, "int flags"};

    put_call(out, pool_printf(pool, "MUST_USE static inline int %s__send", method->prefix), args, 3,
             "");
    buf_put_str(out, "{\n    return gr_send(call, request, flags);\n}\n");
}

static void put_client_method(struct buf *out, struct pool *pool, const struct method *method)
{
    const char *last = pool_printf(pool, "%s: %s.%s", method->proto->name, what(method),
                                   method->deprecated ? " Deprecated." : "");
    const char *end = method->deprecated ? " PROTOBUF_C__DEPRECATED;" : ";";
    struct signature unary = signature_unary(pool, method);
    struct signature start = signature_start(pool, method);
    struct signature recv = signature_recv(pool, method);
    struct signature finish = signature_finish(pool, method);

    buf_put_u8(out, '\n');
    put_comment(out, "", method->comment, last);
    if (method->kind == UNARY)
        declare(out, "", &unary, end);
    declare(out, "", &start, end);
    if (!starts_with_request(method))
        put_send(out, pool, method);
    if (finishes_with_reply(method))
        declare(out, "", &finish, ";");
    else
        declare(out, "MUST_USE ", &recv, ";");
}

static void put_client(struct buf *out, struct pool *pool, const struct service *service)
{
    if (service->method_count == 0)
        return;
    buf_printf(
        out,
        "\n/* A client's calls. options may be NULL; a call is freed by gr_call_free, "
        "and a reply is valid\n"
        " * until then, or until the next __recv. A unary method's own name blocks, as "
        "gr_unary does.\n"
        " * __start   begins the call. NULL: no memory, or the request cannot be "
        "encoded. Then wait by\n"
        " *           what is below, or have options->observer told\n"
        " * __send    gr_send; before each gr_wait_writable, after the last one gr_half_close\n"
        " * __recv    gr_recv: 1 with a reply, 0 when no more will come and gr_wait "
        "has the status\n"
        " * __finish  half-closes, waits, returns the status; *reply is NULL when "
        "there is none */\n");
    for (size_t i = 0; i < service->method_count; i++)
        put_client_method(out, pool, &service->methods[i]);
}

/* ---- the file ---- */

static void put_service(struct buf *out, struct pool *pool, const struct service *service)
{
    buf_put_u8(out, '\n');
    put_divider(out, service->name);
    buf_put_u8(out, '\n');
    put_comment(out, "", service->comment, NULL);
    buf_printf(out, "extern const struct gr_service %s__service;\n\n", service->prefix);
    put_server(out, pool, service);
    for (size_t i = 0; i < service->method_count; i++)
        put_reply(out, pool, &service->methods[i]);
    put_client(out, pool, service);
}

/* Once each, in order of use. */
static void include_messages(struct buf *out, struct pool *pool, const char *stem)
{
    const char *line = pool_printf(pool, "#include \"%s.pb-c.h\"\n", stem);
    if (strstr(buf_str(out), line) == NULL)
        buf_put_str(out, line);
}

static void put_includes(struct buf *out, struct pool *pool, const struct file *file)
{
    struct buf lines = {0};

    buf_put_str(out, "#include <grpcref/grpcref.h>\n");
    if (file->service_count == 0)
        return;
    include_messages(&lines, pool, file->stem);
    for (size_t s = 0; s < file->service_count; s++)
        for (size_t i = 0; i < file->services[s].method_count; i++) {
            const struct method *method = &file->services[s].methods[i];
            include_messages(&lines, pool, name_stem(pool, method->request->file->name));
            include_messages(&lines, pool, name_stem(pool, method->reply->file->name));
        }
    buf_printf(out, "\n%s", buf_str(&lines));
    buf_clear(&lines);
}

void write_header(struct buf *out, struct pool *pool, const struct file *file)
{
    buf_printf(out,
               "/* Generated by protoc-gen-grpcref from %s. Do not edit. */\n"
               "#ifndef GRPCREF_%s_INCLUDED\n"
               "#define GRPCREF_%s_INCLUDED\n\n",
               comment_safe(pool, file->proto->name), file->guard, file->guard);
    put_includes(out, pool, file);
    buf_printf(out,
               "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
               "/* The .proto itself, for reflection. */\n"
               "extern const struct gr_file_descriptor %s__file;\n",
               file->prefix);
    for (size_t s = 0; s < file->service_count; s++)
        put_service(out, pool, &file->services[s]);
    buf_put_str(out, "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
}
