# SPDX-License-Identifier: Apache-2.0
# Classes and engine libraries of Verilated modules. VERILATOR is false where there is none.
find_program(VERILATOR verilator)
if(VERILATOR)
  execute_process(COMMAND ${VERILATOR} --getenv VERILATOR_ROOT OUTPUT_VARIABLE VERILATOR_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE
                  COMMAND_ERROR_IS_FATAL ANY)
  set(PHASIC_VERILATOR_INCLUDE ${VERILATOR_ROOT}/include CACHE INTERNAL "Headers of Verilator's runtime")
  # Verilated models run half as fast again when clang++ compiles them.
  find_program(PHASIC_MODEL_COMPILER NAMES clang++ g++ c++)
  find_program(PHASIC_MAKE NAMES gmake make REQUIRED)
  set_property(GLOBAL APPEND PROPERTY JOB_POOLS verilator=1)
endif()

# phasic_verilator_runtime(<name> [<further sources>...])
# Verilator's runtime, shared by the variants, with $fatal and assertions as exceptions.
function(phasic_verilator_runtime name)
  add_library(${name} STATIC ${PROJECT_SOURCE_DIR}/sim/verilator/stop.cpp ${VERILATOR_ROOT}/include/verilated.cpp
                             ${VERILATOR_ROOT}/include/verilated_threads.cpp ${ARGN})
  target_include_directories(${name} SYSTEM PUBLIC ${VERILATOR_ROOT}/include ${VERILATOR_ROOT}/include/vltstd)
  target_compile_definitions(${name} PUBLIC VL_USER_FINISH VL_USER_STOP VL_USER_FATAL VM_COVERAGE=0 VM_SC=0)
  target_compile_options(${name} PRIVATE -fvisibility=hidden -w)
  target_link_libraries(${name} PUBLIC Threads::Threads PRIVATE fmt::fmt)
endfunction()

# phasic_verilated_engine(<name> TOP <module> PLUGIN <source> RUNTIME <target> FILES <sources...> [FLAGS <flags...>]
#                         [LIBRARIES <targets...>] [DEFINITIONS <definitions...>] [SLOW <option>])
# The engine library of a Verilated module; the plugin gets the model's class as PHASIC_MODEL, its header as PHASIC_MODEL_HEADER and
# the engine's name as PHASIC_VARIANT. SLOW is how far to optimise what the model does once, at its start; -O1 by default.
function(phasic_verilated_engine name)
  cmake_parse_arguments(engine "" "TOP;PLUGIN;RUNTIME;SLOW" "FILES;FLAGS;LIBRARIES;DEFINITIONS" ${ARGN})
  if(NOT engine_SLOW)
    set(engine_SLOW -O1)
  endif()
  set(prefix Vphasic_${name})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${name})
  add_custom_command(
    OUTPUT ${folder}/${prefix}__ALL.a ${folder}/${prefix}.h
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${folder}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
    COMMAND ${VERILATOR} --cc --Mdir ${folder} --prefix ${prefix} --top-module ${engine_TOP} --timescale 1ns/1ns -O3 --output-split 20000
            --output-split-cfuncs 500 -CFLAGS "-fPIC -fvisibility=hidden -w" ${engine_FLAGS} ${engine_FILES}
    COMMAND ${PHASIC_MAKE} -s -j2 -C ${folder} -f ${prefix}.mk ${prefix}__ALL.a CXX=${PHASIC_MODEL_COMPILER} OPT_FAST=-O3
            OPT_SLOW=${engine_SLOW} > ${folder}/make.log
    DEPENDS ${engine_FILES}
    JOB_POOL verilator
    COMMENT "Verilating ${name}"
    VERBATIM)
  add_custom_target(phasic_model_${name} DEPENDS ${folder}/${prefix}__ALL.a ${folder}/${prefix}.h)
  add_dependencies(phasic_model_${name} phasic_contract_generated)
  phasic_engine_library(${name} ${engine_PLUGIN})
  add_dependencies(phasic_engine_${name} phasic_model_${name})
  target_include_directories(phasic_engine_${name} SYSTEM PRIVATE ${folder})
  target_compile_definitions(phasic_engine_${name} PRIVATE PHASIC_MODEL=${prefix} PHASIC_MODEL_HEADER="${prefix}.h"
                                                           PHASIC_VARIANT="${name}" ${engine_DEFINITIONS})
  # Each library has its own copy of everything, unseen by the others.
  target_compile_options(phasic_engine_${name} PRIVATE -fvisibility=hidden -fvisibility-inlines-hidden)
  set(exports ${PROJECT_SOURCE_DIR}/sim/verilator/exports.map)
  target_link_options(phasic_engine_${name} PRIVATE -Wl,-Bsymbolic,--version-script=${exports})
  set_target_properties(phasic_engine_${name} PROPERTIES LINK_DEPENDS "${folder}/${prefix}__ALL.a;${exports}")
  target_link_libraries(phasic_engine_${name} PRIVATE phasic_contract ${engine_LIBRARIES} ${folder}/${prefix}__ALL.a
                                                      ${engine_RUNTIME} fmt::fmt)
endfunction()

# phasic_rtl_variant(<name> [WAVES] [CHECKED] [NAMED] [FLIPS] PARAMETERS <Name=value>...)
# The engine of a build of the kernel, made of ${PHASIC_RTL_FILES}; nothing if PHASIC_RTL_VARIANTS leaves it out. All leave out what is NAMED.
# CHECKED variants check the assertions in the RTL and start everything that has no reset at random values. Bits of the memories of FLIPS
# variants can flip.
function(phasic_rtl_variant name)
  cmake_parse_arguments(variant "WAVES;CHECKED;NAMED;FLIPS" "" "PARAMETERS" ${ARGN})
  if(NOT name IN_LIST PHASIC_RTL_VARIANTS AND (variant_NAMED OR NOT "all" IN_LIST PHASIC_RTL_VARIANTS))
    return()
  endif()
  list(TRANSFORM variant_PARAMETERS PREPEND "-G" OUTPUT_VARIABLE flags)
  # Words of many lanes have more than 8,192 bits.
  list(APPEND flags -Wno-SYMRSVDWORD -Wno-WIDTHCONCAT)
  if(variant_CHECKED)
    list(APPEND flags --assert --x-assign unique --x-initial unique)
  else()
    list(APPEND flags --x-assign fast --x-initial fast)
  endif()
  set(files ${PHASIC_RTL_FILES})
  if(variant_FLIPS)
    list(APPEND flags --vpi)  # which keeps the names of what is public
    list(APPEND files ${PROJECT_SOURCE_DIR}/sim/verilator/flips.vlt)
  endif()
  if(variant_WAVES)
    list(APPEND flags --trace-fst --trace-structs)
    set(runtime phasic_verilator_runtime_waves)
    # Each signal is declared once, in long code.
    set(slow -O0)
  else()
    set(runtime phasic_verilator_runtime)
    set(slow -O1)
  endif()
  phasic_verilated_engine(${name} TOP phasic_kernel PLUGIN ${PROJECT_SOURCE_DIR}/sim/verilator/plugin.cpp RUNTIME ${runtime}
                          FILES ${files} FLAGS ${flags} SLOW ${slow} LIBRARIES phasic_pins
                          DEFINITIONS $<$<BOOL:${variant_WAVES}>:PHASIC_WAVES> $<$<BOOL:${variant_FLIPS}>:PHASIC_FLIPS>)
  if(variant_FLIPS)
    target_sources(phasic_engine_${name} PRIVATE ${PROJECT_SOURCE_DIR}/sim/verilator/flips.cpp)
  endif()
  set(PHASIC_RTL_ENGINES "${PHASIC_RTL_ENGINES};${name}" CACHE INTERNAL "RTL engines of this build")
endfunction()

# phasic_serial_engine(<name> FILES <sources...> [FLAGS <flags...>]): the engine of a module phasic_serial.
function(phasic_serial_engine name)
  cmake_parse_arguments(engine "" "" "FILES;FLAGS" ${ARGN})
  phasic_verilated_engine(${name} TOP phasic_serial PLUGIN ${PROJECT_SOURCE_DIR}/sim/serial/plugin.cpp RUNTIME phasic_verilator_runtime
                          FILES ${engine_FILES} FLAGS --x-assign unique --x-initial unique ${engine_FLAGS}
                          LIBRARIES phasic_serial phasic_axi_memory)
  set(PHASIC_SERIAL_ENGINES "${PHASIC_SERIAL_ENGINES};${name}" CACHE INTERNAL "Serial engines of this build")
endfunction()

# phasic_verilated_header(<variable>): the folder with Verilator's header, precompiled, for models of modules; reading it takes twice as
# long as their own code. A compiler that cannot take it reads the header itself.
function(phasic_verilated_header variable)
  set(folder ${PROJECT_BINARY_DIR}/verilated_header)
  set(${variable} ${folder} PARENT_SCOPE)
  if(TARGET phasic_verilated_header)
    return()
  endif()
  file(CONFIGURE OUTPUT ${folder}/verilated_first.h CONTENT "#include <verilated.h>\n")
  set(makefile ${PROJECT_SOURCE_DIR}/cmake/verilated_header.mk)
  add_custom_command(
    OUTPUT ${folder}/verilated_first.h.gch
    COMMAND ${PHASIC_MAKE} -s -C ${folder} -f ${makefile} VERILATOR_ROOT=${VERILATOR_ROOT} OPT_FAST=-O1
    DEPENDS ${makefile} ${folder}/verilated_first.h ${VERILATOR_ROOT}/include/verilated.h
    COMMENT "Precompiling Verilator's header"
    VERBATIM)
  add_custom_target(phasic_verilated_header DEPENDS ${folder}/verilated_first.h.gch)
endfunction()

# phasic_module_model(<name> <top> [SOURCES <file>...] [PARAMETERS <Name=value>...]): the class V<name> for the executable
# ${module_tests}, made of ${module_files}.
function(phasic_module_model name top)
  cmake_parse_arguments(model "" "" "SOURCES;PARAMETERS" ${ARGN})
  set(prefix V${name})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${name})
  phasic_verilated_header(header)
  list(TRANSFORM model_PARAMETERS PREPEND "-G" OUTPUT_VARIABLE flags)
  list(TRANSFORM model_SOURCES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE sources)
  add_custom_command(
    OUTPUT ${folder}/${prefix}__ALL.a ${folder}/${prefix}.h
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${folder}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
    COMMAND ${VERILATOR} --cc --Mdir ${folder} --prefix ${prefix} --top-module ${top} --timescale 1ns/1ns --assert --x-assign unique
            --x-initial unique -Wno-DECLFILENAME -CFLAGS "-w -include ${header}/verilated_first.h" ${flags} ${module_files} ${sources}
    COMMAND ${PHASIC_MAKE} -s -C ${folder} -f ${prefix}.mk ${prefix}__ALL.a OPT_FAST=-O1 OPT_SLOW=-O0 > ${folder}/make.log
    DEPENDS ${module_files} ${sources} phasic_contract_generated phasic_verilated_header ${header}/verilated_first.h.gch
    COMMENT "Verilating ${name}"
    VERBATIM)
  target_sources(${module_tests} PRIVATE ${folder}/${prefix}.h)
  target_include_directories(${module_tests} SYSTEM PRIVATE ${folder})
  target_link_libraries(${module_tests} PRIVATE ${folder}/${prefix}__ALL.a)
endfunction()
