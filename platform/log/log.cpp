#include "platform/log/log.hpp"

#include <fcntl.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <atomic>
#include <mutex>

#include "platform/log/line.hpp"

namespace tinysync::log {
namespace {

constexpr const char* pattern = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";

spdlog::level::level_enum spdlog_level(level l) {
  switch (l) {
    case level::debug:
      return spdlog::level::debug;
    case level::info:
      return spdlog::level::info;
    case level::warn:
      return spdlog::level::warn;
    case level::error:
      return spdlog::level::err;
    case level::off:
      break;
  }
  return spdlog::level::off;
}

std::shared_ptr<spdlog::logger> logger_with(std::vector<spdlog::sink_ptr> sinks) {
  auto l = std::make_shared<spdlog::logger>("tinysync", sinks.begin(), sinks.end());
  l->set_pattern(pattern, spdlog::pattern_time_type::utc);
  l->set_level(spdlog::level::trace);  // asked before formatting: outlet::least
  l->flush_on(spdlog::level::info);
  return l;
}

spdlog::sink_ptr stderr_sink() { return std::make_shared<spdlog::sinks::stderr_sink_mt>(); }

// Where lines go. Replaced whole, so that a line in flight keeps its own outlet alive.
struct outlet {
  std::mutex m;
  std::shared_ptr<spdlog::logger> logger = logger_with({stderr_sink()});
  std::shared_ptr<capture::store> captured;
  std::atomic<level> least{level::warn};
  std::atomic<bool> capturing{false};
};

outlet& current() {
  static auto* o = new outlet;  // never destroyed: late threads may still log
  return *o;
}

std::string& correlation() {
  static thread_local std::string id;
  return id;
}

// Created before spdlog opens it, so that it is never readable for others, whatever the umask.
void create_private(const std::string& path) {
  int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd >= 0) ::close(fd);
}

}  // namespace

struct capture::store {
  mutable std::mutex m;
  std::vector<std::string> lines;
};

result<void> start(const options& how) {
  std::vector<spdlog::sink_ptr> sinks;
  if (how.to_stderr) sinks.push_back(stderr_sink());
  if (!how.file.empty()) {
    if (how.file_bytes == 0 || how.files_kept < 1)
      return failure(errc::invalid_argument, "a log file needs a size and a number");
    spdlog::file_event_handlers handlers;
    handlers.before_open = create_private;
    try {
      sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
          how.file, how.file_bytes, static_cast<std::size_t>(how.files_kept), false, handlers));
    } catch (const spdlog::spdlog_ex& e) {
      return failure(errc::io_failed, e.what());
    }
  }
  auto logger = logger_with(std::move(sinks));
  auto& o = current();
  std::lock_guard lock(o.m);
  o.logger = std::move(logger);
  o.least = how.least;
  return {};
}

void stop() {
  auto& o = current();
  std::lock_guard lock(o.m);
  o.logger->flush();
  o.logger = logger_with({stderr_sink()});
  o.least = level::warn;
}

void set_level(level least) { current().least = least; }

result<level> level_from_name(std::string_view name) {
  static constexpr std::string_view names[] = {"debug", "info", "warn", "error", "off"};
  for (std::size_t i = 0; i < std::size(names); ++i)
    if (names[i] == name) return static_cast<level>(i);
  return failure(errc::invalid_argument,
                 "no log level '" + std::string(name) + "' (debug, info, warn, error, off)");
}

bool detail::wanted(level l) {
  auto& o = current();
  return l >= o.least.load(std::memory_order_relaxed) ||
         o.capturing.load(std::memory_order_relaxed);
}

void detail::emit(level l, std::string_view event, fmt::string_view format, fmt::format_args args) {
  const auto line = line_of(event, format, args, correlation());
  auto& o = current();
  std::shared_ptr<spdlog::logger> logger;
  {
    std::lock_guard lock(o.m);
    if (o.captured) {
      static constexpr std::string_view names[] = {"debug ", "info ", "warn ", "error "};
      std::lock_guard lines(o.captured->m);
      o.captured->lines.push_back(std::string(names[static_cast<std::size_t>(l)]) + line);
      return;
    }
    logger = o.logger;
  }
  logger->log(spdlog_level(l), spdlog::string_view_t(line.data(), line.size()));
}

correlation_scope::correlation_scope(std::string id)
    : former_(std::exchange(correlation(), std::move(id))) {}
correlation_scope::~correlation_scope() { correlation() = std::move(former_); }
const std::string& current_correlation() { return correlation(); }

capture::capture() : store_(std::make_shared<store>()) {
  auto& o = current();
  std::lock_guard lock(o.m);
  o.captured = store_;
  o.capturing = true;
}

capture::~capture() {
  auto& o = current();
  std::lock_guard lock(o.m);
  o.captured.reset();
  o.capturing = false;
}

std::vector<std::string> capture::lines() const {
  std::lock_guard lock(store_->m);
  return store_->lines;
}

std::size_t capture::count(std::string_view part) const {
  std::lock_guard lock(store_->m);
  std::size_t n = 0;
  for (const auto& line : store_->lines) n += line.find(part) != line.npos;
  return n;
}

}  // namespace tinysync::log
