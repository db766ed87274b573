#pragma once
// Scripts that complete the command line, made from the very tree that parses it.

#include <CLI/CLI.hpp>
#include <string>

namespace tinysync::cli {

/// For `bash`, `zsh` or `fish`; empty for any other shell. To be sourced, or put where the shell looks.
std::string completion_for(const std::string& shell, const CLI::App& app);

}  // namespace tinysync::cli
