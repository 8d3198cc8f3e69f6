# SPDX-License-Identifier: Apache-2.0
# Writes a header with the commit that is built: cmake -DSOURCE=<source tree> -DOUTPUT=<header> -P commit.cmake. The text is empty
# without git, without a git tree, and where the source tree is only a part of another project's. An unchanged header is left
# alone, so that nothing is compiled again.
set(commit "")
find_program(git git)
if(git)
  execute_process(COMMAND ${git} -C ${SOURCE} rev-parse --show-toplevel OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE
                  ERROR_QUIET RESULT_VARIABLE failure)
  if(failure EQUAL 0)
    file(REAL_PATH "${top}" top)
    file(REAL_PATH "${SOURCE}" source)
    if(top STREQUAL source)
      execute_process(COMMAND ${git} -C ${SOURCE} describe --always --dirty OUTPUT_VARIABLE described
                      OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failure)
      if(failure EQUAL 0)
        set(commit ${described})
      endif()
    endif()
  endif()
endif()
set(text "// SPDX-License-Identifier: Apache-2.0\n#pragma once\nnamespace phasic {\ninline constexpr const char* kCommit = \"${commit}\";\n}  // namespace phasic\n")
set(old "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} old)
endif()
if(NOT text STREQUAL old)
  file(WRITE ${OUTPUT} "${text}")
endif()
