# SPDX-License-Identifier: MIT
# What `cmake --install` puts where: one library with base in it, the public headers under include/grpcref/, the
# programs, and how pkg-config and CMake find them.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# As installed, so in the tree: generated code includes <grpcref/grpcref.h>.
set(public_headers base/attr.h base/bytes.h base/clock.h)
set(service_headers health.h reflection.h) # <grpcref/health.h>
set(as_installed ${PROJECT_BINARY_DIR}/include)
file(MAKE_DIRECTORY ${as_installed}/grpcref)
file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/grpcref.h ${as_installed}/grpcref/grpcref.h SYMBOLIC)
file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/base ${as_installed}/grpcref/base SYMBOLIC)
foreach(header ${service_headers})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/services/${header} ${as_installed}/grpcref/${header} SYMBOLIC)
endforeach()
target_include_directories(grpcref INTERFACE ${as_installed})
target_link_libraries(grpcref INTERFACE PkgConfig::PROTOBUF_C) # protoc-c's headers include protobuf-c's

# The same objects as in the tree's libraries, in one; usable by a compiler that knows no LTO.
set(whole)
foreach(part grpcref base ready-services serviceproto protocproto)
  if(CMAKE_C_COMPILER_ID STREQUAL GNU)
    target_compile_options(${part} PRIVATE -ffat-lto-objects)
  endif()
  list(APPEND whole $<TARGET_OBJECTS:${part}>)
endforeach()
add_library(grpcref-whole STATIC ${whole})
set_target_properties(grpcref-whole PROPERTIES
  OUTPUT_NAME grpcref ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/whole LINKER_LANGUAGE C)

install(TARGETS grpcref-whole ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES grpcref.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/grpcref)
list(TRANSFORM service_headers PREPEND services/)
install(FILES ${service_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/grpcref)
install(FILES ${public_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/grpcref/base)
install(PROGRAMS $<TARGET_FILE:protoc-gen-grpcref> $<TARGET_FILE:grpcref-server> $<TARGET_FILE:grpcref-client>
                 $<TARGET_FILE:grpcspec> DESTINATION ${CMAKE_INSTALL_BINDIR})

# What a program that links the library needs beside it.
set(GRPCREF_MODULES_LIST libnghttp2 libprotobuf-c libuv openssl zlib)
if(ZSTD_FOUND)
  list(APPEND GRPCREF_MODULES_LIST ${ZSTD_MODULE_NAME})
endif()
list(JOIN GRPCREF_MODULES_LIST ", " GRPCREF_MODULES)
list(JOIN GRPCREF_MODULES_LIST " " GRPCREF_MODULES_LIST)
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/pkgconfig
           OUTPUT_VARIABLE GRPCREF_PC_UP)
configure_file(cmake/grpcref.pc.in ${CMAKE_CURRENT_BINARY_DIR}/grpcref.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/grpcref.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/grpcref)
configure_package_config_file(cmake/grpcref-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/grpcref-config.cmake
  INSTALL_DESTINATION ${package_dir} PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/grpcref-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/grpcref-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/grpcref-config-version.cmake
              cmake/GrpcrefGenerate.cmake DESTINATION ${package_dir})
