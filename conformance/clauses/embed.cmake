# SPDX-License-Identifier: MIT
# Writes OUTPUT, a C file with the text of the files in INPUTS (divided by |): cmake -DOUTPUT=... -DINPUTS=... -P embed.cmake
string(REPLACE "|" ";" inputs "${INPUTS}")
set(octets "")
foreach(input ${inputs})
  file(READ ${input} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
  string(APPEND octets "${hex}\n")
endforeach()
string(REGEX REPLACE "(0x0a,)" "\\1\n" octets "${octets}")
file(WRITE ${OUTPUT} "/* made by embed.cmake */
#include \"clauses/embedded.h\"

const unsigned char embedded_clauses[] = {
${octets}};
const size_t embedded_clauses_len = sizeof(embedded_clauses);
")
