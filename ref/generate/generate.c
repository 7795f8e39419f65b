/* SPDX-License-Identifier: MIT
 *
 * One request: its parameter, its types, and each file that was asked for. Nothing is written when anything is
 * wrong. */
#include "generate/generate.h"

#include "generate/names.h"
#include "generate/writers.h"

#define FEATURE_PROTO3_OPTIONAL 1

/* ---- --grpcref_opt=messages_only, or --grpcref_out=messages_only:DIR ------------------------- */

static void read_word(struct bytes word, struct model_options *options, struct problems *problems)
{
    if (word.len == 0)
        return;
    if (bytes_equal_str(word, "messages_only"))
        options->messages_only = true;
    else
        buf_printf(&problems->text, "unknown parameter \"%.*s\" (there is only messages_only)\n",
                   (int)word.len, (const char *)word.data);
}

static struct model_options read_parameter(const char *parameter, struct problems *problems)
{
    struct model_options options = {0};
    struct bytes rest = bytes_str(parameter);

    while (rest.len > 0) {
        size_t len = bytes_find(rest, ',');
        read_word(bytes_first(rest, len), &options, problems);
        rest = bytes_skip(rest, len + 1);
    }
    return options;
}

/* ---- what protoc always says, and all else here relies on ------------------------------------ */

static bool message_has_names(const MessageProto *message)
{
    for (size_t i = 0; i < message->n_nested_type; i++)
        if (!message_has_names(message->nested_type[i]))
            return false;
    return message->name != NULL;
}

static bool service_has_names(const ServiceProto *service)
{
    for (size_t i = 0; i < service->n_method; i++) {
        const MethodProto *method = service->method[i];
        if (method->name == NULL || method->input_type == NULL || method->output_type == NULL)
            return false;
    }
    return service->name != NULL;
}

static bool file_has_names(const FileProto *file)
{
    for (size_t i = 0; i < file->n_message_type; i++)
        if (!message_has_names(file->message_type[i]))
            return false;
    for (size_t i = 0; i < file->n_service; i++)
        if (!service_has_names(file->service[i]))
            return false;
    return file->name != NULL;
}

static bool request_has_names(const Request *request)
{
    for (size_t i = 0; i < request->n_proto_file; i++)
        if (!file_has_names(request->proto_file[i]))
            return false;
    return true;
}

/* ---- files ---- */

static const FileProto *find_file(const Request *request, const char *name)
{
    for (size_t i = 0; i < request->n_proto_file; i++)
        if (strcmp(request->proto_file[i]->name, name) == 0)
            return request->proto_file[i];
    return NULL;
}

/* What one run works on. */
struct run {
    struct pool pool;
    struct types types;
    struct model_options options;
    struct problems problems;
    struct file **files;
    size_t file_count;
};

static void check_prefixes(struct run *run, const struct file *file)
{
    for (size_t i = 0; i < run->file_count; i++)
        if (strcmp(run->files[i]->prefix, file->prefix) == 0)
            problem(&run->problems, file->proto, NULL, 0, "%s is also \"%s__file\" in C",
                    run->files[i]->proto->name, file->prefix);
}

static void read_files(struct run *run, const Request *request)
{
    types_collect(&run->types, &run->pool, request);
    run->files = pool_alloc(&run->pool, request->n_file_to_generate * sizeof(*run->files));
    for (size_t i = 0; i < request->n_file_to_generate; i++) {
        const FileProto *proto = find_file(request, request->file_to_generate[i]);
        if (proto == NULL) {
            buf_printf(&run->problems.text, "%s: protoc did not say what is in it\n",
                       request->file_to_generate[i]);
            continue;
        }
        struct file *file = model_file(&run->pool, proto, &run->types, &run->options,
                                       &run->problems);
        check_prefixes(run, file);
        run->files[run->file_count++] = file;
    }
}

/* ---- the answer ---- */

typedef void write_fn(struct buf *out, struct pool *pool, const struct file *file);

static OutputFile *write_file(struct run *run, const struct file *file, const char *ending,
                              write_fn *write)
{
    OutputFile *output = pool_alloc(&run->pool, sizeof(*output));
    struct buf text = {0};

    google__protobuf__compiler__code_generator_response__file__init(output);
    write(&text, &run->pool, file);
    output->name = pool_printf(&run->pool, "%s.grpc.%s", file->stem, ending);
    output->content = pool_take(&run->pool, &text);
    return output;
}

static void write_files(struct run *run, Response *response)
{
    response->file = pool_alloc(&run->pool, 2 * run->file_count * sizeof(*response->file));
    for (size_t i = 0; i < run->file_count; i++) {
        response->file[response->n_file++] = write_file(run, run->files[i], "h", write_header);
        response->file[response->n_file++] = write_file(run, run->files[i], "c", write_source);
    }
}

static void pack(const Response *response, struct buf *out)
{
    size_t size = google__protobuf__compiler__code_generator_response__get_packed_size(response);
    uint8_t *octets = buf_reserve(out, size);

    must_fit(out);
    out->len += google__protobuf__compiler__code_generator_response__pack(response, octets);
}

static void answer(const Request *request, struct buf *out)
{
    Response response = GOOGLE__PROTOBUF__COMPILER__CODE_GENERATOR_RESPONSE__INIT;
    struct run run = {0};

    response.has_supported_features = true;
    response.supported_features = FEATURE_PROTO3_OPTIONAL;
    run.options = read_parameter(request->parameter, &run.problems);
    read_files(&run, request);
    must_fit(&run.problems.text);
    if (run.problems.text.len > 0) {
        run.problems.text.len--; /* protoc ends the line */
        response.error = pool_take(&run.pool, &run.problems.text);
    } else {
        write_files(&run, &response);
    }
    pack(&response, out);
    pool_clear(&run.pool);
}

bool generate(struct bytes in, struct buf *out)
{
    Request *request = google__protobuf__compiler__code_generator_request__unpack(NULL, in.len,
                                                                                  in.data);
    bool whole = request != NULL && request_has_names(request);

    if (whole)
        answer(request, out);
    google__protobuf__compiler__code_generator_request__free_unpacked(request, NULL);
    return whole;
}
