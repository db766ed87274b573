# Embeds text files into a component, by name.
#
#   component(server/store …)
#   embed_files(server_store server/store/sql/*.sql)
#
# The component may then include "embedded/server_store.hpp":
#   tinysync::embedded::server_store::files   every file {name, text}, sorted by name
#   tinysync::embedded::server_store::text("queries.sql")   its text, or an empty view
# Call it after component(), whose folder must hold at least one .cpp. Files changed, added or
# removed make CMake run again by itself. Text only: no file may contain the delimiter )embed~".

function(embed_files target)
  set(files)
  foreach(pattern ${ARGN})
    file(GLOB found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${pattern})
    list(APPEND files ${found})
  endforeach()
  list(SORT files)
  set(rows "")
  set(count 0)
  foreach(path ${files})
    get_filename_component(name ${path} NAME)
    file(READ ${path} text)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
    string(APPEND rows "    {\"${name}\", R\"embed~(${text})embed~\"},\n")
    math(EXPR count "${count} + 1")
  endforeach()
  set(gen ${CMAKE_BINARY_DIR}/gen/embedded)
  set(header "#pragma once
#include <array>
#include <string_view>

namespace tinysync::embedded::${target} {
struct file {
  std::string_view name;
  std::string_view text;
};
extern const std::array<file, ${count}> files;
/// The text of the file of that name, or an empty view.
std::string_view text(std::string_view name);
}  // namespace tinysync::embedded::${target}
")
  set(source "#include \"embedded/${target}.hpp\"

namespace tinysync::embedded::${target} {
const std::array<file, ${count}> files = {{
${rows}}};
std::string_view text(std::string_view name) {
  for (const auto& f : files)
    if (f.name == name) return f.text;
  return {};
}
}  // namespace tinysync::embedded::${target}
")
  _embed_write(${gen}/${target}.hpp "${header}")
  _embed_write(${gen}/${target}.cpp "${source}")
  target_sources(${target} PRIVATE ${gen}/${target}.cpp)
  target_include_directories(${target} PUBLIC ${CMAKE_BINARY_DIR}/gen)
endfunction()

# Leaves an unchanged file alone, so that nothing is compiled again.
function(_embed_write path text)
  set(old "")
  if(EXISTS ${path})
    file(READ ${path} old)
  endif()
  if(NOT old STREQUAL text)
    file(WRITE ${path} "${text}")
  endif()
endfunction()
