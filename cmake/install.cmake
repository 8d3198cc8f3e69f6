# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts below the prefix: the command, the library with its headers and CMake package, and in PHASIC_INSTALLED_HOME what
# both of them look for there. Engines and the card find each other by their places, as in the build tree.
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/phasic)

install(TARGETS phasic RUNTIME COMPONENT runtime)
install(TARGETS phasic_api EXPORT phasic_targets
        LIBRARY COMPONENT runtime NAMELINK_COMPONENT development)
install(DIRECTORY runtime/api/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
install(EXPORT phasic_targets NAMESPACE phasic:: DESTINATION ${package_folder} FILE phasicTargets.cmake COMPONENT development)
configure_package_config_file(cmake/phasicConfig.cmake.in ${PROJECT_BINARY_DIR}/phasicConfig.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/phasicConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/phasicConfig.cmake ${PROJECT_BINARY_DIR}/phasicConfigVersion.cmake DESTINATION ${package_folder}
        COMPONENT development)

foreach(engine reference ${PHASIC_RTL_ENGINES} ${PHASIC_HLS_ENGINES})
  install(TARGETS phasic_engine_${engine} LIBRARY DESTINATION ${PHASIC_INSTALLED_HOME}/engines COMPONENT runtime)
endforeach()
if(TARGET phasic_card)
  install(TARGETS phasic_card LIBRARY DESTINATION ${PHASIC_INSTALLED_HOME}/card/lib COMPONENT runtime)
  install(DIRECTORY ${PHASIC_CARD_FOLDER}/ DESTINATION ${PHASIC_INSTALLED_HOME}/card COMPONENT runtime FILES_MATCHING PATTERN "*.xclbin")
endif()
if(TARGET phasic_report_page)
  install(FILES ${PROJECT_BINARY_DIR}/share/report.html DESTINATION ${PHASIC_INSTALLED_HOME}/share COMPONENT runtime)
endif()
install(DIRECTORY ${PROJECT_BINARY_DIR}/share/man1 DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT runtime)
foreach(file bash-completion/completions/phasic zsh/vendor-completions/_phasic fish/vendor_completions.d/phasic.fish)
  get_filename_component(folder ${file} DIRECTORY)
  get_filename_component(name ${file} NAME)
  install(FILES ${PROJECT_BINARY_DIR}/share/completion/${name} DESTINATION ${CMAKE_INSTALL_DATADIR}/${folder} COMPONENT runtime)
endforeach()
install(DIRECTORY examples DESTINATION ${PHASIC_INSTALLED_HOME} COMPONENT runtime)
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT runtime)

# Everything that is installed, for who wants no more (scripts/package).
add_custom_target(phasic_installed DEPENDS phasic phasic_api phasic_engine_reference)
foreach(engine ${PHASIC_RTL_ENGINES} ${PHASIC_HLS_ENGINES})
  add_dependencies(phasic_installed phasic_engine_${engine})
endforeach()
foreach(target phasic_card phasic_xclbins phasic_report_page phasic_python)
  if(TARGET ${target})
    add_dependencies(phasic_installed ${target})
  endif()
endforeach()
