# Imported targets for Debian's libcaf-dev 0.17.6, which ships three shared libraries and no CMake
# package. Only actors/ may link them (tests/style/layers_test.cpp).
find_package(Threads REQUIRED)
find_path(CAF_INCLUDE_DIR caf/all.hpp REQUIRED)
file(STRINGS "${CAF_INCLUDE_DIR}/caf/config.hpp" _caf_version REGEX "^#define CAF_VERSION ")
string(REGEX MATCH "[0-9]+" CAF_VERSION "${_caf_version}")
if(NOT CAF_VERSION EQUAL 1706)
  message(FATAL_ERROR "actors/ is written for CAF 0.17.6 (1706); found ${CAF_VERSION}. Install libcaf-dev of Debian 12.")
endif()
find_library(CAF_core_LIB caf_core REQUIRED)
add_library(caf::core UNKNOWN IMPORTED)
set_target_properties(caf::core PROPERTIES
  IMPORTED_LOCATION "${CAF_core_LIB}"
  INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}"
  INTERFACE_LINK_LIBRARIES Threads::Threads)
