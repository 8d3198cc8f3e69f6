# SPDX-License-Identifier: Apache-2.0
# phasic_engine_library(<name> <sources...>): the library of the engine <name>, which programs load by that name, as the target
# phasic_engine_<name>.
function(phasic_engine_library name)
  add_library(phasic_engine_${name} MODULE ${ARGN})
  target_link_libraries(phasic_engine_${name} PRIVATE phasic_options)
  set_target_properties(phasic_engine_${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${PHASIC_ENGINES})
endfunction()

# phasic_hls_engine(<name> <build>): the kernel in HLS C++ in C simulation; builds are those of hls/build.hpp.
function(phasic_hls_engine name build)
  phasic_engine_library(${name} ${PROJECT_SOURCE_DIR}/hls/engine/engine.cpp)
  target_compile_definitions(phasic_engine_${name} PRIVATE PHASIC_HLS_BUILD=${build})
  target_compile_options(phasic_engine_${name} PRIVATE -fvisibility=hidden -fvisibility-inlines-hidden)
  target_link_libraries(phasic_engine_${name} PRIVATE phasic_hls phasic_register_file phasic_engine_options)
  add_dependencies(phasic_engine_${name} phasic_hls_kernel)
endfunction()

# phasic_platform_engine(<unit>): the engine systemc_<unit>, a SystemC platform with one unit of the engine <unit>.
function(phasic_platform_engine unit)
  set(name systemc_${unit})
  phasic_engine_library(${name} ${PROJECT_SOURCE_DIR}/sim/systemc/engine.cpp)
  target_compile_definitions(phasic_engine_${name} PRIVATE PHASIC_UNIT="${unit}")
  target_link_libraries(phasic_engine_${name} PRIVATE phasic_platform_parts)
  add_dependencies(phasic_engine_${name} phasic_engine_${unit})
  set(PHASIC_PLATFORM_ENGINES "${PHASIC_PLATFORM_ENGINES};${name}" CACHE INTERNAL "Engines that host a platform")
endfunction()
