# SPDX-License-Identifier: Apache-2.0
# The target phasic_xrt: XRT's headers and its utility library, which opens the library of the card, genuine or simulated, by itself.
# PHASIC_XRT_INCLUDE is the folder of the headers. There is no target where XRT is missing or switched off.
option(PHASIC_XRT "Build the XRT transport if XRT is installed" ON)
if(NOT PHASIC_XRT)
  message(STATUS "XRT is switched off: only the local transport is built")
  return()
endif()

# The vendor's XRT comes with a CMake package; Debian's leaves it out, and its pkg-config file does not work.
find_package(XRT CONFIG QUIET HINTS $ENV{XILINX_XRT} /opt/xilinx/xrt)
if(XRT_FOUND AND TARGET XRT::xrt_coreutil)
  set(PHASIC_XRT_INCLUDE ${XRT_INCLUDE_DIRS} CACHE PATH "Folder of XRT's headers")
  set(PHASIC_XRT_COREUTIL XRT::xrt_coreutil)
else()
  find_path(PHASIC_XRT_INCLUDE xrt/xrt_device.h PATH_SUFFIXES xrt)
  find_library(PHASIC_XRT_COREUTIL xrt_coreutil)
endif()
find_library(PHASIC_UUID uuid)
if(NOT PHASIC_XRT_INCLUDE OR NOT PHASIC_XRT_COREUTIL OR NOT PHASIC_UUID)
  message(STATUS "XRT (libxrt-dev, uuid-dev) is missing: only the local transport is built")
  return()
endif()

add_library(phasic_xrt INTERFACE)
target_include_directories(phasic_xrt SYSTEM INTERFACE ${PHASIC_XRT_INCLUDE})
target_link_libraries(phasic_xrt INTERFACE ${PHASIC_XRT_COREUTIL} ${PHASIC_UUID} Threads::Threads)
