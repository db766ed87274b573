#pragma once
// Two users who do something to one folder without seeing each other, and what comes of it.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/line_of.hpp"
#include "tests/support/world.hpp"

namespace tinysync::test {

/// Something a user does to a folder.
using act = std::function<void(device&)>;

act nothing();
act write(std::string path, std::string text);
act remove(std::string path);
act move(std::string from, std::string to);
act exchange(std::string a, std::string b);
act mkdir(std::string path);
act chmod(std::string path, std::uint32_t mode);
act symlink(std::string target, std::string path);
act all(std::vector<act> acts);  ///< one after the other

/// The folder as it was, and what two users do to it. Judged is what all three devices end with; that
/// they are equal, that nothing is lost and that nothing moves afterwards is judged always.
class both_orders {
 public:
  both_orders(act before, act one, act other);
  /// The vault's log grows by exactly this much, whoever is first.
  both_orders& in_rows(std::uint64_t rows);
  /// If what `one` did is accepted first, and if what the other did is.
  void end_as(const std::string& one_first, const std::string& other_first) const;
  void end_as(const std::string& either_way) const { end_as(either_way, either_way); }

 private:
  enum class apart { offline, stopped };
  void play(const act& first, const act& second, apart how, const std::string& expected) const;
  void play_at_once(const std::string& one_first, const std::string& other_first) const;
  void judge(world& w, const std::vector<std::string>& allowed, std::uint64_t head_before,
             const std::string& story) const;

  act before_, one_, other_;
  std::optional<std::uint64_t> rows_;
};

}  // namespace tinysync::test
