#include "tools/cli/completion.hpp"

#include <functional>
#include <sstream>

namespace tinysync::cli {
namespace {

using visitor = std::function<void(const std::string& path, const CLI::App& verb)>;

/// Every verb with its path ("" the program, "conflicts", "conflicts ls").
void visit(const CLI::App& app, const std::string& path, const visitor& see) {
  see(path, app);
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    visit(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), see);
}

std::string verbs_of(const CLI::App& app) {
  std::string out;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    out += (out.empty() ? "" : " ") + sub->get_name();
  return out;
}

std::string options_of(const CLI::App& app, const std::string& without = {}) {
  std::string out;
  for (const auto* option : app.get_options())
    for (const auto& name : option->get_lnames())
      if (name != without) out += (out.empty() ? "--" : " --") + name;
  return out;
}

/// Between single quotes of any shell here; our own texts hold no other character that matters.
std::string quoted(std::string text) {
  for (auto at = text.find('\''); at != text.npos; at = text.find('\'', at + 4)) text.replace(at, 1, "'\\''");
  return "'" + text + "'";
}

std::string for_bash(const CLI::App& app) {
  std::ostringstream out;
  out << "declare -A _tinysync_words\n";
  const auto common = options_of(app, "help");  // every verb has that itself
  visit(app, "", [&](const std::string& path, const CLI::App& verb) {
    auto own = path.empty() ? options_of(app) : options_of(verb) + " " + common;
    out << "_tinysync_words[" << quoted("/" + path) << "]=" << quoted(verbs_of(verb) + " " + own) << "\n";
  });
  out << R"(_tinysync() {
  local path=/ next i
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [ "$path" = / ]; then next="/${COMP_WORDS[i]}"; else next="$path ${COMP_WORDS[i]}"; fi
    [ -z "${_tinysync_words[$next]+there}" ] || path=$next
  done
  COMPREPLY=($(compgen -W "${_tinysync_words[$path]}" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _tinysync tinysync
)";
  return out.str();
}

std::string for_fish(const CLI::App& app) {
  std::ostringstream out;
  out << "complete -c tinysync -e\n";
  visit(app, "", [&](const std::string& path, const CLI::App& verb) {
    auto when = path.empty() ? std::string("__fish_use_subcommand") : "__fish_seen_subcommand_from " + path;
    for (const auto* sub : verb.get_subcommands([](const CLI::App*) { return true; }))
      out << "complete -c tinysync -f -n " << quoted(when) << " -a " << sub->get_name() << " -d "
          << quoted(sub->get_description()) << "\n";
    for (const auto* option : verb.get_options())
      for (const auto& name : option->get_lnames())
        out << "complete -c tinysync " << (path.empty() ? "" : "-n " + quoted(when) + " ") << "-l " << name
            << " -d " << quoted(option->get_description()) << "\n";
  });
  return out.str();
}

}  // namespace

std::string completion_for(const std::string& shell, const CLI::App& app) {
  if (shell == "bash") return for_bash(app);
  if (shell == "zsh") return "autoload -U +X bashcompinit && bashcompinit\n" + for_bash(app);
  if (shell == "fish") return for_fish(app);
  return {};
}

}  // namespace tinysync::cli
