#include "client/actors/cloud.hpp"

#include "client/actors/places.hpp"

namespace tinysync::client {
namespace {

using namespace std::chrono_literals;
constexpr std::uint32_t answer_within_ms = 60'000;
constexpr auto queued_at_most = 600s;  // cloud_link's own limits end it long before

}  // namespace

std::string vault_target(const vault_id& vault, const std::string& rest) {
  return "/v1/vaults/" + to_string(vault) + rest;
}

pb::Exchange get(std::string target, pb::Lane lane) {
  pb::Exchange m;
  m.set_method("GET");
  m.set_target(std::move(target));
  m.set_lane(lane);
  m.set_timeout_ms(answer_within_ms);
  return m;
}

pb::Exchange post(std::string target, pb::Lane lane) {
  auto m = get(std::move(target), lane);
  m.set_method("POST");
  return m;
}

void exchange(actors::context& self, pb::Exchange request, std::string body, exchange_done done) {
  auto attachment = body.empty() ? actors::bulk{} : actors::make_bulk(std::move(body));
  self.ask(
      self.find<faces::cloud_link>(at(self, "/cloud_link")), std::move(request), queued_at_most,
      [done = std::move(done)](result<pb::Exchanged> r, const actors::bulk& answer) {
        static const actors::bulk nothing = actors::make_bulk({});
        done(std::move(r), answer ? answer : nothing);
      },
      std::move(attachment));
}

}  // namespace tinysync::client
