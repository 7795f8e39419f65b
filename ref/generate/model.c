/* SPDX-License-Identifier: MIT
 *
 * From descriptors to names, with every rule that a .proto can break on its way to C. */
#include "generate/model.h"

#include "generate/names.h"
#include "generate/source_info.h"

#include <stdlib.h>

void problem(struct problems *problems, const FileProto *file, const int32_t *path, size_t len,
             const char *fmt, ...)
{
    const Location *location = source_location(file, path, len);
    va_list args;

    if (location != NULL && location->n_span >= 2)
        buf_printf(&problems->text, "%s:%d:%d: ", file->name, location->span[0] + 1,
                   location->span[1] + 1);
    else
        buf_printf(&problems->text, "%s: ", file->name);
    va_start(args, fmt);
    buf_vprintf(&problems->text, fmt, args);
    va_end(args);
    buf_put_u8(&problems->text, '\n');
}

/* ---- protoc-c's options ---- */

struct pbc {
    bool no_generate;      /* protoc-c writes nothing for this file */
    const char *c_package; /* instead of the package in names; NULL: not set */
};

static struct pbc read_pbc(struct pool *pool, const FileProto *file)
{
    struct pbc pbc = {0};
    if (file->options == NULL)
        return pbc;

    size_t size = google__protobuf__file_options__get_packed_size(file->options);
    uint8_t *packed = pool_alloc(pool, size);
    google__protobuf__file_options__pack(file->options, packed);
    Grpcref__Generate__FileOptions *options = grpcref__generate__file_options__unpack(NULL, size,
                                                                                      packed);
    if (options == NULL)
        return pbc;
    if (options->pb_c_file != NULL) {
        pbc.no_generate = options->pb_c_file->no_generate != 0;
        if (options->pb_c_file->c_package != NULL)
            pbc.c_package = pool_printf(pool, "%s", options->pb_c_file->c_package);
    }
    grpcref__generate__file_options__free_unpacked(options, NULL);
    return pbc;
}

/* The package as it is in C names. */
static const char *c_package(struct pool *pool, const FileProto *file)
{
    struct pbc pbc = read_pbc(pool, file);
    if (pbc.c_package != NULL)
        return pbc.c_package;
    return file->package != NULL ? file->package : "";
}

/* ---- types ---- */

static struct type *add_type(struct types *types, struct pool *pool)
{
    if (types->count == types->cap) {
        size_t cap = types->cap > 0 ? 2 * types->cap : 64;
        struct type *list = pool_alloc(pool, cap * sizeof(*list));
        if (types->count > 0)
            memcpy(list, types->list, types->count * sizeof(*list));
        types->list = list;
        types->cap = cap;
    }
    return &types->list[types->count++];
}

static void collect_message(struct types *types, struct pool *pool, const FileProto *file,
                            const MessageProto *message, const char *scope, const char *c_scope)
{
    const char *name = pool_printf(pool, "%s.%s", scope, message->name);
    const char *c_name = pool_printf(pool, "%s.%s", c_scope, message->name);

    *add_type(types, pool) = (struct type){
        .name = name,
        .c_type = name_pbc_type(pool, c_name),
        .c_lower = name_pbc_lower(pool, c_name),
        .file = file,
    };
    for (size_t i = 0; i < message->n_nested_type; i++)
        collect_message(types, pool, file, message->nested_type[i], name, c_name);
}

void types_collect(struct types *types, struct pool *pool, const Request *request)
{
    for (size_t i = 0; i < request->n_proto_file; i++) {
        const FileProto *file = request->proto_file[i];
        bool packaged = file->package != NULL && file->package[0] != '\0';
        const char *scope = packaged ? pool_printf(pool, ".%s", file->package) : "";
        const char *c_scope = c_package(pool, file);
        for (size_t j = 0; j < file->n_message_type; j++)
            collect_message(types, pool, file, file->message_type[j], scope, c_scope);
    }
}

static const struct type *find_type(const struct types *types, const char *name)
{
    for (size_t i = 0; i < types->count; i++)
        if (strcmp(types->list[i].name, name) == 0)
            return &types->list[i];
    return NULL;
}

/* ---- methods ---- */

/* What all steps of making one file's model need. */
struct maker {
    struct pool *pool;
    const FileProto *proto;
    const struct types *types;
    const struct model_options *options;
    struct problems *problems;
    struct file *file;
};

/* A method's place in its .proto. */
struct place {
    int32_t path[4];
};

static struct place method_place(size_t service, size_t method)
{
    return (struct place){{PATH_SERVICE, (int32_t)service, PATH_METHOD, (int32_t)method}};
}

static const struct type *use_type(const struct maker *m, struct place place, const char *method,
                                   const char *name)
{
    const struct type *type = find_type(m->types, name);

    if (type == NULL)
        problem(m->problems, m->proto, place.path, 4,
                "method %s: its type %s is in none of the files", method, name);
    else if (read_pbc(m->pool, type->file).no_generate)
        problem(m->problems, m->proto, place.path, 4,
                "method %s: protoc-c writes no %s, because %s says (pb_c_file).no_generate", method,
                name + 1, type->file->name);
    return type;
}

static enum method_kind kind_of(const MethodProto *proto)
{
    if (proto->client_streaming)
        return proto->server_streaming ? BIDI_STREAM : CLIENT_STREAM;
    return proto->server_streaming ? SERVER_STREAM : UNARY;
}

static bool is_deprecated(const struct maker *m, const ServiceProto *service,
                          const MethodProto *method)
{
    return (m->proto->options != NULL && m->proto->options->deprecated) ||
           (service->options != NULL && service->options->deprecated) ||
           (method->options != NULL && method->options->deprecated);
}

/* protoc-c makes the method a member of a struct and does not look whether C allows that name. */
static void check_keyword(const struct maker *m, struct place place, const char *method,
                          const char *word)
{
    if (m->options->messages_only || !name_is_c_keyword(word))
        return;
    problem(m->problems, m->proto, place.path, 4,
            "method %s: protoc-c calls it \"%s\" in %s.pb-c.h, a keyword of C. Give protoc-c only "
            "the messages "
            "(protoc-gen-grpcref --help says how), and pass --grpcref_opt=messages_only",
            method, word, m->file->stem);
}

static void make_method(const struct maker *m, struct method *method, const struct service *service,
                        const ServiceProto *in, size_t s, size_t i)
{
    struct place place = method_place(s, i);
    const MethodProto *proto = in->method[i];
    const char *word = name_snake(m->pool, proto->name);

    *method = (struct method){
        .proto = proto,
        .comment = source_comment(m->pool, source_location(m->proto, place.path, 4)),
        .path = pool_printf(m->pool, "/%s/%s", service->name, proto->name),
        .member = name_safe(m->pool, word),
        .prefix = pool_printf(m->pool, "%s_%s", service->prefix, word),
        .request = use_type(m, place, proto->name, proto->input_type),
        .reply = use_type(m, place, proto->name, proto->output_type),
        .kind = kind_of(proto),
        .deprecated = is_deprecated(m, in, proto),
    };
    method->index = pool_printf(m->pool, "%s__%s", name_upper(m->pool, service->prefix),
                                name_upper(m->pool, proto->name));
    check_keyword(m, place, proto->name, word);
}

/* ---- services ---- */

static void make_service(const struct maker *m, struct service *service, size_t s)
{
    const int32_t path[] = {PATH_SERVICE, (int32_t)s};
    const ServiceProto *proto = m->proto->service[s];
    bool packaged = m->proto->package != NULL && m->proto->package[0] != '\0';
    const char *c_name = pool_printf(m->pool, "%s.%s", c_package(m->pool, m->proto), proto->name);

    service->comment = source_comment(m->pool, source_location(m->proto, path, ARRAY_LEN(path)));
    service->name = packaged ? pool_printf(m->pool, "%s.%s", m->proto->package, proto->name)
                             : proto->name;
    service->prefix = name_snake(m->pool, c_name);
    service->table = name_safe(m->pool, service->prefix);
    service->method_count = proto->n_method;
    service->methods = pool_alloc(m->pool, proto->n_method * sizeof(*service->methods));
    for (size_t i = 0; i < proto->n_method; i++)
        make_method(m, &service->methods[i], service, proto, s, i);
}

/* ---- two things of one name ---- */

static void check_members(const struct maker *m, const struct service *service, size_t s)
{
    for (size_t i = 0; i < service->method_count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(service->methods[i].member, service->methods[j].member) == 0)
                problem(m->problems, m->proto, method_place(s, i).path, 4,
                        "methods %s and %s are both \"%s\" in C", service->methods[j].proto->name,
                        service->methods[i].proto->name, service->methods[i].member);
}

/* FooBar.Baz and Foo.BarBaz. */
static void check_prefixes(const struct maker *m, size_t s, size_t other)
{
    const struct service *a = &m->file->services[s];
    const struct service *b = &m->file->services[other];

    for (size_t i = 0; i < a->method_count; i++)
        for (size_t j = 0; j < b->method_count; j++)
            if (strcmp(a->methods[i].prefix, b->methods[j].prefix) == 0)
                problem(m->problems, m->proto, method_place(s, i).path, 4,
                        "methods %s and %s are both \"%s\" in C", b->methods[j].path,
                        a->methods[i].path, a->methods[i].prefix);
}

static void check_services(const struct maker *m, size_t s)
{
    const int32_t path[] = {PATH_SERVICE, (int32_t)s};
    const struct service *service = &m->file->services[s];

    check_members(m, service, s);
    for (size_t other = 0; other < s; other++) {
        if (strcmp(service->prefix, m->file->services[other].prefix) == 0)
            problem(m->problems, m->proto, path, ARRAY_LEN(path),
                    "services %s and %s are both \"%s\" in C", m->file->services[other].name,
                    service->name, service->prefix);
        check_prefixes(m, s, other);
    }
}

/* ---- the file ---- */

/* A name that an #include and a string can hold as it is. */
static bool is_plain(const char *path)
{
    for (const char *c = path; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == '"' || *c == '\\' || *c == 0x7f)
            return false;
    return strstr(path, "??") == NULL;
}

static void check_file(const struct maker *m)
{
    if (!is_plain(m->proto->name))
        problem(m->problems, m->proto, NULL, 0, "no #include in C can name this file");
    for (size_t i = 0; i < m->proto->n_dependency; i++) {
        const int32_t path[] = {PATH_DEPENDENCY, (int32_t)i};
        if (!is_plain(m->proto->dependency[i]))
            problem(m->problems, m->proto, path, ARRAY_LEN(path),
                    "no #include in C can name this import");
    }
    if (m->proto->n_service > 0 && read_pbc(m->pool, m->proto).no_generate) {
        const int32_t path[] = {PATH_SERVICE, 0};
        problem(
            m->problems, m->proto, path, ARRAY_LEN(path),
            "a file with (pb_c_file).no_generate has no messages in C, so it can have no services");
    }
}

struct file *model_file(struct pool *pool, const FileProto *proto, const struct types *types,
                        const struct model_options *options, struct problems *problems)
{
    struct file *file = pool_alloc(pool, sizeof(*file));
    const struct maker maker = {pool, proto, types, options, problems, file};

    file->proto = proto;
    file->stem = name_stem(pool, proto->name);
    file->prefix = name_file(pool, proto->name);
    file->guard = name_guard(pool, proto->name);
    file->services = pool_alloc(pool, proto->n_service * sizeof(*file->services));
    file->service_count = proto->n_service;
    check_file(&maker);
    for (size_t s = 0; s < proto->n_service; s++)
        make_service(&maker, &file->services[s], s);
    for (size_t s = 0; s < proto->n_service; s++)
        check_services(&maker, s);
    return file;
}
