# SPDX-License-Identifier: Apache-2.0
# What keeps the build short. Most of it goes into headers of nlohmann/json, CLI11, fmt and googletest (docs/development.md has the
# figures), so code whose own speed does not matter is optimised little and has these headers precompiled.

# ccache takes no compilation with a precompiled header unless it is told to, so there are none where a launcher is set, nor for clang, whose
# tools want those of the very same compiler. Without them every file is seen to include what it names.
set(precompiled_by_default ON)
if(CMAKE_CXX_COMPILER_LAUNCHER OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(precompiled_by_default OFF)
endif()
option(PHASIC_PRECOMPILED_HEADERS "Precompile headers of libraries" ${precompiled_by_default})

# The last -O counts; debug builds keep theirs.
set(PHASIC_QUICK_BUILD $<$<CONFIG:Release>:-O1>)

# phasic_quick_build(<target> [PRECOMPILE <headers...>]): little optimisation, and these headers precompiled.
function(phasic_quick_build target)
  cmake_parse_arguments(build "" "" "PRECOMPILE" ${ARGN})
  target_compile_options(${target} PRIVATE ${PHASIC_QUICK_BUILD})
  if(PHASIC_PRECOMPILED_HEADERS AND build_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE ${build_PRECOMPILE})
  endif()
endfunction()

# Several sources of a target are compiled as one, so that headers are read and templates instantiated once for all of them. What stands in a
# namespace without a name has to differ between the sources of a target; tests of modules have a namespace for each file. A launcher such as
# ccache keeps single files, which are quicker to build again.
option(PHASIC_UNITY_BUILD "Compile several sources of a target together" ${precompiled_by_default})
set(CMAKE_UNITY_BUILD ${PHASIC_UNITY_BUILD})
set(CMAKE_UNITY_BUILD_BATCH_SIZE 16)

# GCC's garbage collector takes 5 to 12 % of the time of such units and hardly lowers what they need in the end: it is to begin at 500 MB. And
# to GCC their sources are headers, in which a class should have no member of a type without linkage.
if(PHASIC_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(--param=ggc-min-heapsize=500000 $<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>)
endif()
