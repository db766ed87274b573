#include "platform/net/fake_network.hpp"

#include "platform/net/fake_world.hpp"
#include "platform/net/upgrade.hpp"

namespace tinysync::net {

using std::chrono::milliseconds;

// One exchange under way; whoever settles it first wins.
struct fake_call {
  std::uint64_t number = 0;
  std::string client, server;
  std::function<void(result<http_response>)> done;  // null: settled
  int answers = 0;
};

milliseconds fake_network::world::delay(const std::string& client) {
  const auto& f = faults_of(client);
  const auto span = f.delay_max > f.delay_min ? (f.delay_max - f.delay_min).count() : 0;
  return f.delay_min + milliseconds(random.below(static_cast<std::uint64_t>(span) + 1));
}

bool fake_network::world::happens(double probability) {
  // Always draws, so that one fault's probability does not shift the others' fate.
  const auto drawn = static_cast<double>(random.next_u64() >> 11) * 0x1p-53;
  return drawn < probability;
}

const network_faults& fake_network::world::faults_of(const std::string& client) const {
  auto at = faults.find(client);
  return at == faults.end() ? for_all : at->second;
}

void fake_network::world::settle(const std::shared_ptr<fake_call>& c, result<http_response> r) {
  auto done = std::exchange(c->done, nullptr);
  calls.erase(c->number);
  if (done) done(std::move(r));
}

void fake_network::world::settle_later(const std::shared_ptr<fake_call>& c, errc code,
                                       std::string why) {
  after(delay(c->client), [me = shared_from_this(), c, code, why = std::move(why)] {
    me->settle(c, failure(code, why));
  });
}

// The request stands before the server's door.
void fake_network::world::arrive(const std::shared_ptr<fake_call>& c,
                                 const std::shared_ptr<const http_request>& request) {
  if (cut_off.contains(c->client)) return settle_later(c, errc::offline, "cut off");
  auto at = servers.find(c->server);
  if (at == servers.end() || !at->second.handler)
    return settle_later(c, errc::offline, c->server + " is down");
  ++exchanges;
  const auto life = at->second.life;
  auto handler = at->second.handler;
  handler(*request, responder([me = shared_from_this(), c, request, life](http_response r) {
    me->answered(c, *request, life, std::move(r));
  }));
}

void fake_network::world::answered(const std::shared_ptr<fake_call>& c, const http_request& request,
                                   std::uint64_t life, http_response r) {
  if (servers[c->server].life != life) return;  // a dead process answers nobody
  if (ear) ear(request, r);
  if (c->answers++ > 0) return;                 // a doubled request: the first answer counts
  if (happens(faults_of(c->client).lose_answer)) {
    ++counts.lost_answers;
    return settle_later(c, errc::offline, "the answer was lost");
  }
  if (r.shared_body) r.body = *std::exchange(r.shared_body, nullptr);
  after(delay(c->client), [me = shared_from_this(), c, life, r = std::move(r)]() mutable {
    const bool cut = me->cut_off.contains(c->client) || me->servers[c->server].life != life;
    if (cut) return me->settle(c, failure(errc::offline, "cut while the answer was under way"));
    me->settle(c, std::move(r));
  });
}

std::shared_ptr<fake_call> fake_network::world::call(const std::string& client,
                                                     const std::string& server,
                                                     http_request request, response_callback done) {
  auto c = std::make_shared<fake_call>();
  c->client = client;
  c->server = server;
  c->done = std::move(done);
  c->number = next_call++;
  calls.emplace(c->number, c);
  request.peer = client;
  const auto& f = faults_of(client);
  if (cut_off.contains(client)) {
    settle_later(c, errc::offline, "cut off");
    return c;
  }
  if (happens(f.lose_request)) {
    ++counts.lost_requests;
    settle_later(c, errc::offline, "the request was lost");
    return c;
  }
  auto shared = std::make_shared<const http_request>(std::move(request));
  const int times = happens(f.duplicate_request) ? 2 : 1;
  if (times == 2) ++counts.doubled_requests;
  for (int i = 0; i < times; ++i)
    after(delay(client), [me = shared_from_this(), c, shared] { me->arrive(c, shared); });
  return c;
}

namespace {

class fake_transport final : public transport {
 public:
  fake_transport(std::shared_ptr<fake_network::world> w, std::string client, std::string server)
      : w_(std::move(w)), client_(std::move(client)), server_(std::move(server)) {}

  ~fake_transport() override {
    for (auto& weak : mine_)
      if (auto c = weak.lock(); c && c->done)
        w_->after(milliseconds(0),
                  [w = w_, c] { w->settle(c, failure(errc::cancelled, "stopped")); });
  }

  void exchange(cloud_request r, response_callback done) override {
    auto request = request_for(r.method, r.target);
    if (!request) return refuse(request.error(), std::move(done));
    request->headers = std::move(r.headers);
    request->body = std::move(r.body);
    auto c = w_->call(client_, server_, std::move(*request), std::move(done));
    keep(c);
    w_->after(r.timeout, [w = w_, c] { w->settle(c, failure(errc::timeout, "no answer")); });
  }

  void open_websocket(std::string target, header_list headers, websocket_callback done) override {
    auto request = request_for("GET", target);
    if (!request)
      return w_->after(milliseconds(0), [done, e = request.error()] { done(failure(e)); });
    request->headers = std::move(headers);
    request->websocket_upgrade = true;
    keep(w_->call(client_, server_, std::move(*request),
                  [w = w_, client = client_, server = server_, done](result<http_response> r) {
                    if (!r) return done(failure(r.error()));
                    if (!r->on_websocket) return done(failure(refused_upgrade(r->status)));
                    auto [mine, theirs] = w->connect_websocket(client, server);
                    r->on_websocket(theirs);
                    done(std::move(mine));
                  }));
  }

 private:
  void refuse(error e, response_callback done) {
    w_->after(milliseconds(0), [done = std::move(done), e = std::move(e)] { done(failure(e)); });
  }
  void keep(const std::shared_ptr<fake_call>& c) {
    std::erase_if(mine_, [](const auto& weak) { return weak.expired(); });
    mine_.push_back(c);
  }

  std::shared_ptr<fake_network::world> w_;
  std::string client_, server_;
  std::vector<std::weak_ptr<fake_call>> mine_;
};

}  // namespace

fake_network::fake_network(scheduler after, std::uint64_t seed)
    : w_(std::make_shared<world>(std::move(after), seed)) {}

// Breaks what holds itself together: calls and sockets refer to the world, and it to them.
fake_network::~fake_network() {
  w_->calls.clear();
  w_->sockets.clear();
  w_->servers.clear();
}

void fake_network::serve(const std::string& server, http_handler handler) {
  w_->servers[server].handler = std::move(handler);
}

void fake_network::crash_server(const std::string& server) {
  auto& s = w_->servers[server];
  ++s.life;
  s.handler = nullptr;
  for (const auto& [number, c] : std::map(w_->calls))
    if (c->server == server) w_->settle_later(c, errc::offline, server + " died");
  w_->break_websockets([&](const fake_socket_pair& p) { return p.server == server; });
}

std::unique_ptr<transport> fake_network::connect(const std::string& client,
                                                 const std::string& server) {
  return std::make_unique<fake_transport>(w_, client, server);
}

void fake_network::set_faults(const network_faults& faults) {
  w_->for_all = faults;
  w_->faults.clear();
}

void fake_network::set_faults(const std::string& client, const network_faults& faults) {
  w_->faults[client] = faults;
}

void fake_network::partition(const std::string& client, bool cut) {
  if (!cut) return void(w_->cut_off.erase(client));
  w_->cut_off.insert(client);
  cut_websockets(client);
}

void fake_network::cut_websockets(const std::string& client) {
  w_->break_websockets([&](const fake_socket_pair& p) { return p.client == client; });
}

void fake_network::forget_websockets(const std::string& client) {
  std::erase_if(w_->sockets, [&](const auto& pair) { return pair.second.client == client; });
}

std::uint64_t fake_network::exchanges() const { return w_->exchanges; }
network_fault_counts fake_network::fault_counts() const { return w_->counts; }
void fake_network::overhear(std::function<void(const http_request&, const http_response&)> ear) {
  w_->ear = std::move(ear);
}

}  // namespace tinysync::net
