/* SPDX-License-Identifier: MIT
 *
 * protoc-gen-grpcref: protoc starts it for --grpcref_out and speaks to it on stdin and stdout. By hand it is only
 * started with --messages (messages.h), --help or --version. */
#include "generate/generate.h"
#include "generate/messages.h"

#include <stdio.h>
#include <stdlib.h>

static const char usage[] =
    "protoc starts this program. NAME.pb-c.{h,c} by protoc-c and NAME.grpc.{h,c} beside it:\n"
    "    protoc --c_out=DIR --grpcref_out=DIR NAME.proto\n"
    "\n"
    "Where a method is a keyword of C (Register), or a field is proto3 optional, protoc-c must see "
    "the messages only:\n"
    "    protoc --include_imports --include_source_info --descriptor_set_out=all.pb NAME.proto\n"
    "    protoc-gen-grpcref --messages <all.pb >messages.pb\n"
    "    protoc --descriptor_set_in=messages.pb --c_out=DIR NAME.proto\n"
    "    protoc --grpcref_out=messages_only:DIR NAME.proto\n"
    "\n"
    "    protoc-gen-grpcref --help | --version\n";

/* All of stdin. */
static bool read_all(struct buf *in)
{
    size_t n;

    do {
        uint8_t *room = buf_reserve(in, 65536);
        must_fit(in);
        n = fread(room, 1, 65536, stdin);
        in->len += n;
    } while (n > 0);
    return ferror(stdin) == 0;
}

static bool write_all(const struct buf *out)
{
    if (out->len > 0 && fwrite(out->data, 1, out->len, stdout) != out->len)
        return false;
    return fflush(stdout) == 0;
}

static int convert(bool (*step)(struct bytes in, struct buf *out), const char *what)
{
    struct buf in = {0};
    struct buf out = {0};
    const char *why = NULL;

    if (!read_all(&in))
        why = "cannot read stdin";
    else if (!step(buf_view(&in), &out))
        why = what;
    else if (!write_all(&out))
        why = "cannot write to stdout";
    if (why != NULL)
        fprintf(stderr, "protoc-gen-grpcref: %s\n", why);
    buf_clear(&in);
    buf_clear(&out);
    return why == NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    if (argc == 1)
        return convert(generate,
                       "stdin is no CodeGeneratorRequest: protoc is meant to start this program");
    if (argc == 2 && strcmp(argv[1], "--messages") == 0)
        return convert(messages_only, "stdin is no FileDescriptorSet");
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return printf("protoc-gen-grpcref %s\n", GRPCREF_VERSION) > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    bool help = argc == 2 && strcmp(argv[1], "--help") == 0;
    fputs(usage, help ? stdout : stderr);
    return help ? EXIT_SUCCESS : 2;
}
