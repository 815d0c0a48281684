# SPDX-License-Identifier: Apache-2.0
# cmake -DTEXT=file -DOUTPUT=file.inc -P embed_text.cmake: makes a text a C++ string literal, to be included where one may stand.
file(READ ${TEXT} text)
file(WRITE ${OUTPUT} "R\"text(${text})text\"\n")
