// Routes of a vault's history: the log, snapshots, mutations.

#include <charconv>

#include "actors/supervision.hpp"
#include "server/actors/http_front.hpp"
#include "server/actors/mutation_coordinator.hpp"

namespace tinysync::server {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t v = 0;
  auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), v);
  if (text.empty() || bad != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return v;
}

std::string query_of(const net::http_request& r, const std::string& key) {
  auto at = r.query.find(key);
  return at == r.query.end() ? std::string{} : at->second;
}

}  // namespace

void http_front::read_log(const call& c) {
  pb::ReadLog m;
  *m.mutable_caller() = c->caller;
  m.set_vault(c->vault.str());
  auto after = query_of(c->request, "after"), limit = query_of(c->request, "limit");
  auto bad = error{errc::invalid_argument, "after= takes a position or a seq, told= a position, limit= a number"};
  if (auto seq = number(after)) {
    m.set_by_seq(true);
    m.set_after_seq(*seq);
  } else if (auto position = crypto::from_base64url(after)) {
    m.set_position(*position);
  } else {
    return refuse(c, bad);
  }
  if (auto told = query_of(c->request, "told"); !told.empty()) {
    auto position = crypto::from_base64url(told);
    if (!position) return refuse(c, bad);
    m.set_told(*position);
  }
  if (!limit.empty()) {
    auto n = number(limit);
    if (!n) return refuse(c, bad);
    m.set_limit(static_cast<std::uint32_t>(std::min<std::uint64_t>(*n, UINT32_MAX)));
  }
  relay(c, metadata(), std::move(m), "LogPage");
}

void http_front::read_snapshot(const call& c) {
  pb::NeedSnapshot m;
  *m.mutable_caller() = c->caller;
  m.set_vault(c->vault.str());
  self_.ask(metadata(), std::move(m), doors_.config.ask_timeout,
            [this, c](result<pb::SnapshotNeed> need, const actors::bulk& ready) {
              if (!need) return refuse(c, need.error());
              if (need->ready()) return give(c, 200, "SnapshotAnswer", ready);
              pb::MakeSnapshot make;
              make.set_vault(c->vault.str());
              make.set_position(need->position());
              make.set_digest(need->digest());
              relay(c, self_.sibling<faces::janitor>("janitor"), std::move(make), "SnapshotAnswer");
            });
}

void http_front::submit_mutations(const call& c) {
  auto bytes = body(c, "MutationRequest");
  if (!bytes) return refuse(c, bytes.error());
  auto attached = actors::make_bulk(std::move(*bytes));
  // A reader's operations are answered one by one: not_authorised.
  authorised(c, role::reader, [this, c, attached](const pb::Authorised& granted) {
    submit(c, granted.device(), attached, 2);
  });
}

/// To the vault's coordinator, which is started when nobody runs one.
void http_front::submit(const call& c, const std::string& device, actors::bulk body, int attempts) {
  auto name = to_string(c->vault);
  auto coordinator = self_.find<faces::mutation_coordinator>("/server/vaults/" + name);
  auto start = [this, c, device, body, attempts, name] {
    self_.start_child("/server/vaults",
                      actors::child<faces::mutation_coordinator, mutation_coordinator>(
                          name, actors::runs_on::scheduler, doors_, c->vault),
                      [this, c, device, body, attempts](result<void> started) {
                        if (!started && started.error().code != errc::already_exists)
                          return refuse(c, started.error());
                        submit(c, device, body, attempts - 1);
                      });
  };
  if (!coordinator && attempts > 0) return start();
  pb::Submit m;
  m.set_device(device);
  self_.ask(
      coordinator, std::move(m), doors_.config.ask_timeout,
      [this, c, start, attempts](result<pb::Body> answer, const actors::bulk& bytes) {
        if (answer) return give(c, 200, "MutationAnswer", bytes);
        // It ended, idle, just as this came.
        if (answer.error().code == errc::unreachable && attempts > 0) return start();
        refuse(c, answer.error());
      },
      body);
}

}  // namespace tinysync::server
