/* SPDX-License-Identifier: MIT
 *
 * protoc's own messages under names short enough to read. */
#ifndef GENERATE_PROTO_H
#define GENERATE_PROTO_H

#include "google/protobuf/descriptor.pb-c.h"
#include "pbc_options.pb-c.h"
#include "plugin.pb-c.h"

typedef Google__Protobuf__Compiler__CodeGeneratorRequest Request;
typedef Google__Protobuf__Compiler__CodeGeneratorResponse Response;
typedef Google__Protobuf__Compiler__CodeGeneratorResponse__File OutputFile;
typedef Google__Protobuf__FileDescriptorProto FileProto;
typedef Google__Protobuf__DescriptorProto MessageProto;
typedef Google__Protobuf__FieldDescriptorProto FieldProto;
typedef Google__Protobuf__ServiceDescriptorProto ServiceProto;
typedef Google__Protobuf__MethodDescriptorProto MethodProto;
typedef Google__Protobuf__SourceCodeInfo__Location Location;

/* The fields of FileDescriptorProto and ServiceDescriptorProto that a path of a Location goes through. */
enum path_field {
    PATH_SERVICE = 6,
    PATH_METHOD = 2,
    PATH_DEPENDENCY = 3,
};

#endif
