# SPDX-License-Identifier: MIT
# Writes OUTPUT, a C file with the page's parts (page.html, page.css, octets.js and page.js of FOLDER) as arrays of
# octets, each with a NUL behind it: cmake -DOUTPUT=... -DFOLDER=... -P embed.cmake
set(text "/* made by embed.cmake */\n#include \"reports/page.h\"\n")
foreach(part html css js)
  file(READ ${FOLDER}/page.${part} hex HEX)
  if(part STREQUAL js) # one script: what the page uses comes first
    file(READ ${FOLDER}/octets.js before HEX)
    string(PREPEND hex ${before})
  endif()
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
  string(REGEX REPLACE "(0x0a,)" "\\1\n" hex "${hex}")
  string(APPEND text "\nconst unsigned char page_${part}[] = {\n${hex}0};\n"
                     "const size_t page_${part}_len = sizeof(page_${part}) - 1;\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
