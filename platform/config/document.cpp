#include "platform/config/document.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <set>
#include <sstream>
#include <variant>

namespace tinysync::config {
namespace {

constexpr std::size_t size_limit = 1u << 20;

struct value {
  std::uint32_t line = 0;
  std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<std::string>> held;
  bool asked = false;
};

using values = std::map<std::string, value, std::less<>>;

value leaf(const toml::node& n) {
  value v{n.source().begin.line, {}};
  if (auto b = n.as_boolean())
    v.held = b->get();
  else if (auto i = n.as_integer())
    v.held = i->get();
  else if (auto s = n.as_string())
    v.held = s->get();
  return v;
}

// Tables become dotted keys; arrays of texts stay whole; arrays of tables get numbers:
// "peer.0.url".
void flatten(const toml::node& n, const std::string& key, values& out) {
  auto below = [&](std::string_view part) {
    return key.empty() ? std::string(part) : key + '.' + std::string(part);
  };
  if (auto table = n.as_table()) {
    for (const auto& [name, child] : *table) flatten(child, below(name.str()), out);
    return;
  }
  auto array = n.as_array();
  if (array && !array->empty() && array->is_homogeneous(toml::node_type::table)) {
    for (std::size_t i = 0; i < array->size(); ++i)
      flatten(*array->get(i), below(std::to_string(i)), out);
    return;
  }
  value v = leaf(n);
  if (array && (array->empty() || array->is_homogeneous(toml::node_type::string))) {
    std::vector<std::string> texts;
    for (const auto& e : *array) texts.push_back(e.as_string()->get());
    v.held = std::move(texts);
  }
  out.emplace(key, std::move(v));
}

}  // namespace

struct document::state {
  std::string origin;
  values keys;
  std::map<std::uint32_t, std::vector<std::string>> complaints;  // by line

  value* ask(std::string_view key) {
    auto at = keys.find(key);
    if (at == keys.end()) return nullptr;
    at->second.asked = true;
    return &at->second;
  }
  void complain(std::uint32_t line, std::string_view key, std::string_view why) {
    complaints[line].push_back(std::string(key) + ": " + std::string(why));
  }
  template <class T>
  T get(std::string_view key, T fallback, std::string_view wanted) {
    auto v = ask(key);
    if (!v) return fallback;
    if (auto held = std::get_if<T>(&v->held)) return *held;
    complain(v->line, key, wanted);
    return fallback;
  }
  // A text that `parse` turns into a number within [least, most].
  template <class T, class Parse>
  T parsed(std::string_view key, T fallback, T least, T most, Parse parse, std::string_view what) {
    auto v = ask(key);
    if (!v) return fallback;
    auto text = std::get_if<std::string>(&v->held);
    auto number = text ? parse(*text) : failure(errc::malformed, std::string(what));
    if (number && *number >= least && *number <= most) return *number;
    complain(v->line, key, number ? "out of range" : number.error().text);
    return fallback;
  }
};

document::document(std::unique_ptr<state> s) : state_(std::move(s)) {}
document::document(document&&) noexcept = default;
document& document::operator=(document&&) noexcept = default;
document::~document() = default;

result<document> document::load(const std::string& path) {
  struct closer {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  // Not waiting for the other end, should it be a pipe.
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  std::unique_ptr<std::FILE, closer> f(fd < 0 ? nullptr : ::fdopen(fd, "r"));
  if (!f)
    return failure(errno == ENOENT   ? errc::missing
                   : errno == EACCES ? errc::permission_denied
                                     : errc::io_failed,
                   path + ": " + std::strerror(errno));
  struct stat st {};
  if (::fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
    return failure(errc::invalid_argument,
                   path + (S_ISDIR(st.st_mode) ? " is a folder, not a file" : " is not a file"));
  std::string text(size_limit + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), f.get()));
  if (std::ferror(f.get())) return failure(errc::io_failed, path);
  if (text.size() > size_limit) return failure(errc::too_large, path + ": settings take at most 1 MiB");
  return parse(text, path);
}

result<document> document::parse(std::string_view text, std::string origin) {
  try {
    auto s = std::make_unique<state>();
    flatten(toml::parse(text, origin), "", s->keys);
    s->origin = std::move(origin);
    return document(std::move(s));
  } catch (const toml::parse_error& e) {
    std::ostringstream where;
    where << origin << ':' << e.source().begin.line << ':' << e.source().begin.column << ": "
          << e.description();
    return failure(errc::invalid_argument, where.str());
  }
}

bool document::has(std::string_view key) const { return state_->keys.contains(key); }

std::string document::text(std::string_view key, std::string fallback) {
  return state_->get(key, std::move(fallback), "must be a text");
}

std::string document::required_text(std::string_view key) {
  if (!has(key)) state_->complain(0, key, "is required");
  auto t = text(key, "");
  if (has(key) && t.empty()) complain(key, "must not be empty");
  return t;
}

bool document::boolean(std::string_view key, bool fallback) {
  return state_->get(key, fallback, "must be true or false");
}

std::int64_t document::integer(std::string_view key, std::int64_t fallback, std::int64_t least,
                               std::int64_t most) {
  auto n = state_->get(key, fallback, "must be a whole number");
  if (!has(key) || (n >= least && n <= most)) return n;
  complain(key, "must be from " + std::to_string(least) + " to " + std::to_string(most));
  return fallback;
}

std::chrono::milliseconds document::duration(std::string_view key,
                                             std::chrono::milliseconds fallback,
                                             std::chrono::milliseconds least,
                                             std::chrono::milliseconds most) {
  return state_->parsed(key, fallback, least, most, parse_duration,
                        "must be a duration like \"90s\"");
}

std::uint64_t document::size(std::string_view key, std::uint64_t fallback, std::uint64_t least,
                             std::uint64_t most) {
  return state_->parsed(key, fallback, least, most, parse_size, "must be a size like \"64KiB\"");
}

std::vector<std::string> document::texts(std::string_view key, std::vector<std::string> fallback) {
  return state_->get(key, std::move(fallback), "must be a list of texts");
}

void document::complain(std::string_view key, std::string why) {
  auto at = state_->keys.find(key);
  state_->complain(at == state_->keys.end() ? 0 : at->second.line, key, why);
}

result<void> document::finish() const {
  auto all = state_->complaints;
  for (const auto& [key, v] : state_->keys)
    if (!v.asked) all[v.line].push_back(key + ": there is no such setting");
  if (all.empty()) return {};
  std::string text;
  for (const auto& [line, whys] : all)
    for (const auto& why : whys) {
      if (!text.empty()) text += '\n';
      text += state_->origin;
      if (line) text += ':' + std::to_string(line);
      text += ": " + why;
    }
  return failure(errc::invalid_argument, std::move(text));
}

}  // namespace tinysync::config
