# SPDX-License-Identifier: MIT
# What an installed grpcspec has beside the programs: manual pages and shell completion, made by the program itself; and
# how CPack makes a Debian package of it all: `cpack -G DEB` in the build folder.
if(CMAKE_CROSSCOMPILING)
  return() # the program that makes them cannot run here
endif()

include(GNUInstallDirs)
set(made ${CMAKE_BINARY_DIR}/package)
set(made_files)

# Writes `file` with what `grpcspec WORDS...` prints.
function(say file)
  set(command $<TARGET_FILE:grpcspec> ${ARGN})
  add_custom_command(OUTPUT ${made}/${file} COMMAND ${command} > ${made}/${file} DEPENDS grpcspec VERBATIM)
  set(made_files ${made_files} ${made}/${file} PARENT_SCOPE)
endfunction()

file(MAKE_DIRECTORY ${made})
say(grpcspec.1 man)
foreach(verb test fuzz report interop list explain selftest)
  say(grpcspec-${verb}.1 man ${verb})
endforeach()
say(grpcspec.bash completion bash)
say(_grpcspec completion zsh)
add_custom_target(package-texts ALL DEPENDS ${made_files})

install(DIRECTORY ${made}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1")
install(FILES ${made}/grpcspec.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME grpcspec)
install(FILES ${made}/_grpcspec DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/grpcspec RENAME copyright)

set(CPACK_PACKAGE_NAME grpcspec)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "tests gRPC servers and clients on the wire")
set(CPACK_PACKAGE_DESCRIPTION
    "grpcspec judges gRPC servers and clients by the octets they send, a verdict for each rule of HTTP/2 and gRPC. With it
comes a small gRPC implementation in C: a library, its code generator, a server and a client.")
set(CPACK_PACKAGE_CONTACT "The grpcspec authors <grpcspec@localhost>")
set(CPACK_PACKAGE_VENDOR grpcspec)
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
if(SNAPPY_FOUND) # loaded at run time, so that nothing else names it
  set(CPACK_DEBIAN_PACKAGE_DEPENDS libsnappy1v5)
endif()
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "protobuf-c-compiler, libnghttp2-dev, libprotobuf-c-dev, libuv1-dev, libssl-dev, zlib1g-dev")
include(CPack)
