# SPDX-License-Identifier: Apache-2.0
# Debian packages of what is installed: phasic, with the command and the shared library, and libphasic-dev (scripts/package).
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME phasic)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The Phasic contributors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Spiking networks that learn on the chip")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL runtime development)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME phasic)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION science)
set(CPACK_DEBIAN_RUNTIME_DESCRIPTION "Spiking networks that learn on the chip: command and library
 Models of the chip, its simulated RTL and a simulated card, driven through XRT.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libphasic-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "phasic (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "Spiking networks that learn on the chip: headers and CMake package")
# Libraries that the files need, by dpkg-shlibdeps.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_STRIP_FILES ON)
include(CPack)
