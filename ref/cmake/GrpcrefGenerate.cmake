# SPDX-License-Identifier: MIT
#
# grpcref_generate(TARGET greeter PROTOS helloworld.proto [IMPORT_DIRS DIR...])
#
# Makes a static library TARGET of all that the .proto files become: NAME.pb-c.{h,c} by protoc-c and NAME.grpc.{h,c} by
# protoc-gen-grpcref. Who links it finds the headers under their import names ("helloworld.grpc.h") and links grpcref.
#
# PROTOS       files, or import names ("google/protobuf/empty.proto"). Every file that another one imports must be
#              in some such library: protoc-c's headers include each other
# IMPORT_DIRS  where imports are looked for, in this order; default: the current source folder. protoc's own folder
#              is always the last
#
# protoc-c is given the messages only (protoc-gen-grpcref --messages), so methods may have any name and proto3
# `optional` works with every version of protoc-c.

find_program(GRPCREF_PROTOC protoc REQUIRED)
find_program(GRPCREF_PROTOC_GEN_C NAMES protoc-gen-c protoc-c REQUIRED)
find_path(GRPCREF_PROTOBUF_DIR google/protobuf/descriptor.proto REQUIRED)

# The import name of `proto` in `out`: what is left of its path behind the import folder it is in.
function(grpcref_import_name out proto)
  get_filename_component(path ${proto} ABSOLUTE)
  foreach(dir ${ARGN})
    if(EXISTS ${dir}/${proto})
      set(${out} ${proto} PARENT_SCOPE)
      return()
    endif()
    cmake_path(IS_PREFIX dir ${path} NORMALIZE inside)
    if(inside AND EXISTS ${path})
      cmake_path(RELATIVE_PATH path BASE_DIRECTORY ${dir} OUTPUT_VARIABLE name)
      set(${out} ${name} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "grpcref_generate: ${proto} is in none of: ${ARGN}")
endfunction()

function(grpcref_generate)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "TARGET" "PROTOS;IMPORT_DIRS")
  if(NOT arg_TARGET OR NOT arg_PROTOS OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "grpcref_generate(TARGET name PROTOS file... [IMPORT_DIRS dir...])")
  endif()
  if(NOT arg_IMPORT_DIRS)
    set(arg_IMPORT_DIRS ${CMAKE_CURRENT_SOURCE_DIR})
  endif()

  set(dirs)
  set(imports)
  foreach(dir ${arg_IMPORT_DIRS} ${GRPCREF_PROTOBUF_DIR})
    get_filename_component(dir ${dir} ABSOLUTE)
    list(APPEND dirs ${dir})
    list(APPEND imports -I${dir})
  endforeach()

  set(out ${CMAKE_CURRENT_BINARY_DIR}/${arg_TARGET}.generated)
  set(sources)
  foreach(proto ${arg_PROTOS})
    grpcref_import_name(name ${proto} ${dirs})
    string(REGEX REPLACE "\\.proto(devel)?$" "" stem ${name})
    get_filename_component(folder ${out}/${stem} DIRECTORY)
    file(MAKE_DIRECTORY ${folder})
    add_custom_command(
      OUTPUT ${out}/${stem}.all.pb # first, because it is what the depfile names
             ${out}/${stem}.pb-c.c ${out}/${stem}.pb-c.h ${out}/${stem}.grpc.c ${out}/${stem}.grpc.h
      BYPRODUCTS ${out}/${stem}.messages.pb
      COMMAND ${GRPCREF_PROTOC} ${imports} --include_imports --include_source_info
              --dependency_out=${out}/${stem}.d --descriptor_set_out=${out}/${stem}.all.pb ${name}
      COMMAND $<TARGET_FILE:grpcref::protoc-gen-grpcref> --messages < ${out}/${stem}.all.pb > ${out}/${stem}.messages.pb
      COMMAND ${GRPCREF_PROTOC} --plugin=protoc-gen-c=${GRPCREF_PROTOC_GEN_C}
              --descriptor_set_in=${out}/${stem}.messages.pb --c_out=${out} ${name}
      COMMAND ${CMAKE_COMMAND} -E touch ${out}/${stem}.pb-c.c ${out}/${stem}.pb-c.h # protoc-c may have been told no_generate
      COMMAND ${GRPCREF_PROTOC} --plugin=protoc-gen-grpcref=$<TARGET_FILE:grpcref::protoc-gen-grpcref>
              --descriptor_set_in=${out}/${stem}.all.pb --grpcref_out=messages_only:${out} ${name}
      DEPENDS grpcref::protoc-gen-grpcref
      DEPFILE ${out}/${stem}.d
      COMMENT "Generating ${stem}.pb-c.c and ${stem}.grpc.c" VERBATIM)
    # protoc-c's casts are its own affair; what we write is held to the project's warnings.
    set_source_files_properties(${out}/${stem}.pb-c.c PROPERTIES COMPILE_OPTIONS -w)
    list(APPEND sources ${out}/${stem}.pb-c.c ${out}/${stem}.grpc.c)
  endforeach()

  add_library(${arg_TARGET} STATIC ${sources})
  target_include_directories(${arg_TARGET} SYSTEM PUBLIC $<BUILD_INTERFACE:${out}>)
  target_link_libraries(${arg_TARGET} PUBLIC grpcref::grpcref)
endfunction()
