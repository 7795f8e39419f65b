/* SPDX-License-Identifier: MIT
 *
 * NAME.grpc.c: the step from untyped to typed and back, the table of methods of each service, and the serialized
 * descriptor of the file. */
#include "generate/names.h"
#include "generate/source_info.h"
#include "generate/text.h"
#include "generate/writers.h"

static void define(struct buf *out, const struct signature *signature)
{
    buf_put_u8(out, '\n');
    put_call(out, signature->head, signature->args, signature->count, "");
}

/* ---- a server's side ---- */

static void put_unary_handler(struct buf *out, const struct service *service,
                              const struct method *method)
{
    const char *args[] = {"struct gr_call *call", "const void *request", "void *reply"};
    struct buf head = {0};

    buf_printf(&head, "static enum gr_status serve_%s", method->prefix);
    buf_put_u8(out, '\n');
    put_call(out, buf_str(&head), args, 3, "");
    buf_printf(out,
               "{\n    const struct %s *handlers = gr_service_data(call);\n\n"
               "    if (handlers->%s == NULL)\n        return GR_STATUS_UNIMPLEMENTED;\n"
               "    return handlers->%s(call, request, reply);\n}\n",
               service->table, method->member, method->member);
    buf_clear(&head);
}

static void put_stream_handler(struct buf *out, const struct service *service,
                               const struct method *method)
{
    const char *args[] = {"struct gr_call *call", "enum gr_event event", "const void *message"};
    struct buf head = {0};

    buf_printf(&head, "static void serve_%s", method->prefix);
    buf_put_u8(out, '\n');
    put_call(out, buf_str(&head), args, 3, "");
    buf_printf(out,
               "{\n    const struct %s *handlers = gr_service_data(call);\n\n"
               "    if (handlers->%s == NULL)\n        gr_finish(call, GR_STATUS_UNIMPLEMENTED);\n"
               "    else\n        handlers->%s(call, event, message);\n}\n",
               service->table, method->member, method->member);
    buf_clear(&head);
}

static void put_handlers(struct buf *out, const struct service *service)
{
    for (size_t i = 0; i < service->method_count; i++) {
        if (service->methods[i].kind == UNARY)
            put_unary_handler(out, service, &service->methods[i]);
        else
            put_stream_handler(out, service, &service->methods[i]);
    }
}

static void put_registration(struct buf *out, struct pool *pool, const struct service *service)
{
    struct signature reg = signature_register(pool, service);

    define(out, &reg);
    buf_printf(out,
               "{\n    const struct gr_service *service = &%s__service;\n\n"
               "    return gr_server_register(server, service, (void *)handlers);\n}\n",
               service->prefix);
    buf_printf(
        out,
        "\nvoid *%s__data(const struct gr_call *call)\n{\n"
        "    const struct %s *handlers = gr_service_data(call);\n\n    return handlers->data;\n}\n",
        service->prefix, service->table);
}

/* ---- the table of methods ---- */

static void put_indices(struct buf *out, const struct service *service)
{
    buf_put_str(out, "\nenum {\n");
    for (size_t i = 0; i < service->method_count; i++)
        buf_printf(out, "    %s,\n", service->methods[i].index);
    buf_put_str(out, "};\n");
}

static void put_row(struct buf *out, const struct method *method)
{
    buf_printf(out, "    [%s] = {\n        .path = \"%s\",\n", method->index, method->path);
    buf_printf(out, "        .request = &%s__descriptor,\n", method->request->c_lower);
    buf_printf(out, "        .reply = &%s__descriptor,\n", method->reply->c_lower);
    if (!starts_with_request(method))
        buf_put_str(out, "        .client_streams = true,\n");
    if (!finishes_with_reply(method))
        buf_put_str(out, "        .server_streams = true,\n");
    buf_printf(out, "        .%s = serve_%s,\n    },\n", method->kind == UNARY ? "unary" : "stream",
               method->prefix);
}

static void put_methods(struct buf *out, const struct file *file, const struct service *service)
{
    if (service->method_count > 0) {
        buf_printf(out, "\nstatic const struct gr_method %s__methods[] = {\n", service->prefix);
        for (size_t i = 0; i < service->method_count; i++)
            put_row(out, &service->methods[i]);
        buf_put_str(out, "};\n");
    }
    buf_printf(out, "\nconst struct gr_service %s__service = {\n    .name = \"%s\",\n",
               service->prefix, service->name);
    if (service->method_count > 0)
        buf_printf(out, "    .methods = %s__methods,\n    .method_count = %zu,\n", service->prefix,
                   service->method_count);
    buf_printf(out, "    .file = &%s__file,\n};\n", file->prefix);
}

/* ---- a client's side ---- */

static void put_unary(struct buf *out, struct pool *pool, const struct service *service,
                      const struct method *method)
{
    struct signature unary = signature_unary(pool, method);

    define(out, &unary);
    buf_printf(
        out,
        "{\n    const struct gr_method *method = &%s__methods[%s];\n    const void *message;\n\n"
        "    enum gr_status status = gr_unary(channel, method, request, options, &message, call);\n"
        "    *reply = message;\n    return status;\n}\n",
        service->prefix, method->index);
}

static void put_start(struct buf *out, struct pool *pool, const struct service *service,
                      const struct method *method)
{
    struct signature start = signature_start(pool, method);
    const char *row = pool_printf(pool, "&%s__methods[%s]", service->prefix, method->index);

    define(out, &start);
    if (starts_with_request(method))
        buf_printf(out,
                   "{\n    const struct gr_method *method = %s;\n\n"
                   "    return start(channel, method, request, options);\n}\n",
                   row);
    else
        buf_printf(out,
                   "{\n    const struct gr_method *method = %s;\n\n"
                   "    return gr_call_new(channel, method, options);\n}\n",
                   row);
}

static void put_recv(struct buf *out, struct pool *pool, const struct method *method)
{
    struct signature recv = signature_recv(pool, method);

    define(out, &recv);
    buf_put_str(out, "{\n    const void *message;\n\n    int more = gr_recv(call, &message);\n"
                     "    *reply = message;\n    return more;\n}\n");
}

static void put_finish(struct buf *out, struct pool *pool, const struct method *method)
{
    struct signature recv = signature_finish(pool, method);

    define(out, &recv);
    buf_put_str(
        out, "{\n    const void *message;\n\n    enum gr_status status = finish(call, &message);\n"
             "    *reply = message;\n    return status;\n}\n");
}

static void put_client(struct buf *out, struct pool *pool, const struct service *service)
{
    for (size_t i = 0; i < service->method_count; i++) {
        const struct method *method = &service->methods[i];
        if (method->kind == UNARY)
            put_unary(out, pool, service, method);
        put_start(out, pool, service, method);
        if (finishes_with_reply(method))
            put_finish(out, pool, method);
        else
            put_recv(out, pool, method);
    }
}

/* ---- what all services of a file share ------------------------------------------------------- */

static const char start_helper[] =
    "\n/* Begin a call whose one request is known. */\n"
    "static struct gr_call *start(struct gr_channel *channel, const struct gr_method *method,\n"
    "                             const void *request, const struct gr_call_options *options)\n"
    "{\n"
    "    struct gr_call *call = gr_call_new(channel, method, options);\n"
    "    if (call == NULL)\n"
    "        return NULL;\n"
    "    int error = gr_send(call, request, GR_SEND_DEFAULT);\n"
    "    if (error != 0 && error != GR_CLOSED) {\n"
    "        gr_call_free(call);\n"
    "        return NULL;\n"
    "    }\n"
    "    gr_half_close(call);\n"
    "    return call;\n"
    "}\n";

static const char finish_helper[] =
    "\n/* The one reply of a call, and its status. */\n"
    "static enum gr_status finish(struct gr_call *call, const void **message)\n"
    "{\n"
    "    gr_half_close(call);\n"
    "    if (gr_recv(call, message) == 0)\n"
    "        *message = NULL;\n"
    "    enum gr_status status = gr_wait(call)->status;\n"
    "    if (status != GR_STATUS_OK)\n"
    "        *message = NULL;\n"
    "    return status;\n"
    "}\n";

static bool any(const struct file *file, bool (*is)(const struct method *))
{
    for (size_t s = 0; s < file->service_count; s++)
        for (size_t i = 0; i < file->services[s].method_count; i++)
            if (is(&file->services[s].methods[i]))
                return true;
    return false;
}

static bool is_deprecated(const struct method *method)
{
    return method->deprecated;
}

static void put_helpers(struct buf *out, const struct file *file)
{
    if (any(file, starts_with_request))
        buf_put_str(out, start_helper);
    if (any(file, finishes_with_reply))
        buf_put_str(out, finish_helper);
}

/* ---- the descriptor ---- */

/* The file as it was, without its source positions and comments. given: buf_clear */
static struct buf serialize(const FileProto *proto)
{
    FileProto bare = *proto;
    struct buf out = {0};

    bare.source_code_info = NULL;
    size_t size = google__protobuf__file_descriptor_proto__get_packed_size(&bare);
    uint8_t *octets = buf_reserve(&out, size);
    must_fit(&out);
    out.len = google__protobuf__file_descriptor_proto__pack(&bare, octets);
    return out;
}

static void put_descriptor(struct buf *out, struct pool *pool, const struct file *file)
{
    const FileProto *proto = file->proto;
    struct buf octets = serialize(proto);

    buf_put_str(
        out,
        "\n/* A google.protobuf.FileDescriptorProto. */\nstatic const uint8_t descriptor[] = {");
    put_octets(out, buf_view(&octets));
    buf_put_str(out, "};\n");
    buf_clear(&octets);

    if (proto->n_dependency > 0) {
        buf_put_str(out, "\nstatic const struct gr_file_descriptor *const imports[] = {\n");
        for (size_t i = 0; i < proto->n_dependency; i++)
            buf_printf(out, "    &%s__file,\n", name_file(pool, proto->dependency[i]));
        buf_put_str(out, "};\n");
    }
    buf_printf(out,
               "\nconst struct gr_file_descriptor %s__file = {\n    .name = \"%s\",\n"
               "    .bytes = {descriptor, sizeof(descriptor)},\n",
               file->prefix, proto->name);
    if (proto->n_dependency > 0)
        buf_printf(out, "    .dependencies = imports,\n    .dependency_count = %zu,\n",
                   proto->n_dependency);
    buf_put_str(out, "};\n");
}

/* ---- the file ---- */

static void put_includes(struct buf *out, struct pool *pool, const struct file *file)
{
    if (any(file, is_deprecated))
        buf_put_str(out,
                    "/* What is deprecated is still served. */\n#ifndef PROTOBUF_C__NO_DEPRECATED\n"
                    "#define PROTOBUF_C__NO_DEPRECATED\n#endif\n\n");
    buf_printf(out, "#include \"%s.grpc.h\"\n", file->stem);
    if (file->proto->n_dependency > 0)
        buf_put_u8(out, '\n');
    for (size_t i = 0; i < file->proto->n_dependency; i++)
        buf_printf(out, "#include \"%s.grpc.h\"\n", name_stem(pool, file->proto->dependency[i]));
}

void write_source(struct buf *out, struct pool *pool, const struct file *file)
{
    buf_printf(out, "/* Generated by protoc-gen-grpcref from %s. Do not edit. */\n",
               comment_safe(pool, file->proto->name));
    put_includes(out, pool, file);
    put_helpers(out, file);
    for (size_t s = 0; s < file->service_count; s++) {
        const struct service *service = &file->services[s];
        buf_put_u8(out, '\n');
        put_divider(out, service->name);
        if (service->method_count > 0)
            put_indices(out, service);
        put_handlers(out, service);
        put_methods(out, file, service);
        put_registration(out, pool, service);
        put_client(out, pool, service);
    }
    put_descriptor(out, pool, file);
}
