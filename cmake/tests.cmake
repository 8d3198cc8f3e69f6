# SPDX-License-Identifier: Apache-2.0
include(GoogleTest)

# COST of a test is about the seconds that it takes: CTest begins with the longest, so that no core waits for one of them in the end. After a
# first run it goes by what it has measured.

# phasic_discover_tests(<target> [options of gtest_discover_tests...]): each of its tests is one of CTest's. They are asked for when
# CTest starts, so that a program that cannot be built or does not start fails its tests and not the build.
macro(phasic_discover_tests target)
  phasic_precompiled_tests(${target})
  gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST ${ARGN})
endmacro()

# phasic_precompiled_tests(<target>): tests share one precompiled header.
function(phasic_precompiled_tests target)
  if(NOT PHASIC_PRECOMPILED_HEADERS)
    return()
  endif()
  set(libraries fmt::fmt nlohmann_json::nlohmann_json GTest::gtest)
  if(NOT TARGET phasic_precompiled_tests)
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/precompiled_tests.cpp CONTENT "int main() { return 0; }\n")
    add_executable(phasic_precompiled_tests EXCLUDE_FROM_ALL ${PROJECT_BINARY_DIR}/precompiled_tests.cpp)
    target_link_libraries(phasic_precompiled_tests PRIVATE phasic_options ${libraries})
    target_precompile_headers(phasic_precompiled_tests PRIVATE
      <fmt/format.h> <gtest/gtest.h> <algorithm> <array> <filesystem> <fstream> <functional> <memory> <nlohmann/json.hpp> <random> <span>
      <string> <vector>)
  endif()
  # Macros of these libraries have to be those of the precompiled header.
  target_link_libraries(${target} PRIVATE ${libraries})
  target_precompile_headers(${target} REUSE_FROM phasic_precompiled_tests)
endfunction()

# phasic_differential_test(<name> CASES <number> ENGINES <engines...> [PREFIX <prefix>] [FILTER <tests>])
# Random cases on these engines, each against the reference.
function(phasic_differential_test name)
  cmake_parse_arguments(test "" "CASES;PREFIX;FILTER" "ENGINES" ${ARGN})
  list(JOIN test_ENGINES "," engines)
  if(NOT TARGET phasic_differential_cases)
    add_library(phasic_differential_cases OBJECT ${PROJECT_SOURCE_DIR}/tests/sim/verilator/differential_test.cpp)
    target_link_libraries(phasic_differential_cases PUBLIC phasic_random_case fmt::fmt GTest::gtest)
  endif()
  set(tested ${CMAKE_CURRENT_BINARY_DIR}/${name}_engines.cpp)
  file(CONFIGURE OUTPUT ${tested} CONTENT
       "namespace phasic::testing {\nconst char* tested_engines() { return \"${engines}\"; }\nunsigned default_cases() { return ${test_CASES}; }\n}\n")
  add_executable(${name} ${tested})
  set_source_files_properties(${tested} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  target_link_libraries(${name} PRIVATE phasic_differential_cases GTest::gtest_main)
  list(TRANSFORM test_ENGINES PREPEND phasic_engine_)
  add_dependencies(${name} phasic_engine_reference ${test_ENGINES})
  phasic_discover_tests(${name} TEST_PREFIX "${test_PREFIX}" TEST_FILTER "${test_FILTER}"
                        PROPERTIES ENVIRONMENT "PHASIC_ENGINE_PATH=${PHASIC_ENGINES}" TIMEOUT 600)
endfunction()

# phasic_formal_tests(<file> <prefix> [option]): a test for each entry of the file.
function(phasic_formal_tests file prefix)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  file(READ ${file} entries)
  string(JSON count LENGTH "${entries}")
  math(EXPR last "${count} - 1")
  foreach(number RANGE ${last})
    string(JSON name GET "${entries}" ${number} name)
    add_test(NAME ${prefix}.${name} COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/prove ${ARGN} ${name} --build ${PROJECT_BINARY_DIR})
    set_tests_properties(${prefix}.${name} PROPERTIES TIMEOUT 300 COST 10)
  endforeach()
endfunction()
