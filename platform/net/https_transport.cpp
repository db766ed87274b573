// The pool: requests wait in lanes, each lane has connections of its own. All on one strand.
#include "platform/net/https_transport.hpp"

#include <array>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <set>
#include <sstream>

#include "platform/net/client_connection.hpp"

namespace tinysync::net {
namespace {

struct job;
using job_ptr = std::shared_ptr<job>;
using connection_ptr = std::shared_ptr<client_connection>;

// One exchange() from its call to its callback.
struct job {
  job(const strand& executor, cloud_request r, response_callback d)
      : request(std::make_shared<const cloud_request>(std::move(r))),
        done(std::move(d)),
        timer(executor) {}
  std::shared_ptr<const cloud_request> request;
  response_callback done;  // null: answered
  asio::steady_timer timer;
  connection_ptr on;
  std::shared_ptr<connect_attempt> connecting;
  bool retried = false;
};

struct idle_connection {
  connection_ptr connection;
  std::chrono::steady_clock::time_point since;
};

struct lane_state {
  int budget = 1;
  int open = 0;  // connected or connecting
  std::deque<job_ptr> waiting;
  std::deque<idle_connection> idle;  // the one used last at the back
};

}  // namespace

struct https_transport::internals : std::enable_shared_from_this<internals> {
  internals(io_threads& threads, https_transport_options how, url_parts url)
      : io(threads.inside()),
        options(std::move(how)),
        executor(asio::make_strand(io.context)),
        sweep(executor) {
    auto t = std::make_shared<client_target>();
    t->server = {options.pin, url.host};
    t->port = url.port;
    t->connect_timeout = options.connect_timeout;
    t->context = client_context(t->server);
    const bool v6 = url.host.find(':') != std::string::npos;
    t->authority = (v6 ? '[' + url.host + ']' : url.host) + ':' + std::to_string(url.port);
    target = std::move(t);
    lanes[0].budget = options.metadata_connections;
    lanes[1].budget = options.small_connections;
    lanes[2].budget = options.bulk_connections;
  }

  lane_state& lane_of(const job_ptr& j) {
    return lanes[static_cast<std::size_t>(j->request->lane)];
  }

  void begin(const job_ptr& j) {
    if (stopped) return answer(j, failure(errc::cancelled, "stopped"));
    auto& lane = lane_of(j);
    if (lane.waiting.size() >= options.queued_requests)
      return answer(j, failure(errc::overloaded, "too many requests are waiting"));
    active.insert(j);
    j->timer.expires_after(j->request->timeout);
    j->timer.async_wait([me = shared_from_this(), j](error_code e) {
      if (!e) me->expire(j);
    });
    lane.waiting.push_back(j);
    serve(lane);
  }

  // Gives waiting requests to idle connections, then to new ones within the budget.
  void serve(lane_state& lane) {
    drop_stale(lane);
    while (!lane.waiting.empty() && (!lane.idle.empty() || lane.open < lane.budget)) {
      auto j = lane.waiting.front();
      lane.waiting.pop_front();
      if (!j->done) continue;
      if (lane.idle.empty()) {
        ++lane.open;
        connect(j);
      } else {
        auto c = lane.idle.back().connection;
        lane.idle.pop_back();
        run(j, c, true);
      }
    }
  }

  void connect(const job_ptr& j) {
    j->connecting = connect_tls(
        target, executor, [me = shared_from_this(), j](result<std::unique_ptr<tls_stream>> stream) {
          j->connecting.reset();
          if (!stream) {
            me->close_one(me->lane_of(j));
            return me->answer(j, failure(stream.error()));
          }
          ++me->made;
          auto c = keep_connection(me->target, std::move(*stream), me->options.response_limit,
                                   me->options.header_limit);
          if (!j->done || me->stopped) return me->release(me->lane_of(j), c);
          me->run(j, c, false);
        });
  }

  void run(const job_ptr& j, const connection_ptr& c, bool kept) {
    j->on = c;
    c->exchange(j->request, [me = shared_from_this(), j, c, kept](exchange_outcome outcome) {
      auto& lane = me->lane_of(j);
      j->on.reset();
      const bool again = kept && outcome.nothing_came && j->request->idempotent && !j->retried &&
                         j->done && !me->stopped;
      if (outcome.reusable)
        me->release(lane, c);
      else if (!again)
        me->close_one(lane);
      if (!again) return me->answer(j, std::move(outcome.answer));
      // The server had closed the kept connection: nothing was answered, a fresh one will tell.
      j->retried = true;
      me->connect(j);
    });
  }

  void release(lane_state& lane, const connection_ptr& c) {
    if (stopped) return close_one(lane);
    lane.idle.push_back({c, std::chrono::steady_clock::now()});
    serve(lane);
    arm_sweep();
  }

  // A connection is gone: its place may be taken.
  void close_one(lane_state& lane) {
    --lane.open;
    if (!stopped) serve(lane);
  }

  void drop_stale(lane_state& lane) {
    const auto limit = std::chrono::steady_clock::now() - options.keep_idle;
    while (!lane.idle.empty() && lane.idle.front().since < limit) {
      lane.idle.front().connection->cut();
      lane.idle.pop_front();
      --lane.open;
    }
  }

  void arm_sweep() {
    if (std::exchange(sweeping, true)) return;
    sweep.expires_after(options.keep_idle + std::chrono::seconds(1));
    sweep.async_wait([me = shared_from_this()](error_code e) {
      if (e || me->stopped) return;
      me->sweeping = false;
      bool left = false;
      for (auto& lane : me->lanes) {
        me->drop_stale(lane);
        left = left || !lane.idle.empty();
      }
      if (left) me->arm_sweep();
    });
  }

  void expire(const job_ptr& j) {
    using seconds = std::chrono::duration<double>;
    std::ostringstream why;
    why << "no answer within " << seconds(j->request->timeout).count() << " s";
    abandon(j, errc::timeout, why.str());
  }

  // Answers first: what is cut then has nobody to tell.
  void abandon(const job_ptr& j, errc code, const std::string& why) {
    if (!j->done) return;
    auto on = j->on;
    auto connecting = j->connecting;
    answer(j, failure(code, target->authority + ": " + j->request->method + ' ' + j->request->target + ": " + why));
    if (on) on->cut();
    if (connecting) connecting->cut();
  }

  void answer(const job_ptr& j, result<http_response> r) {
    auto done = std::exchange(j->done, nullptr);
    j->timer.cancel();
    active.erase(j);
    if (done) done(std::move(r));
  }

  void stop() {
    if (std::exchange(stopped, true)) return;
    sweep.cancel();
    for (const auto& j : std::set<job_ptr>(active)) abandon(j, errc::cancelled, "stopped");
    for (auto& lane : lanes) {
      for (auto& i : lane.idle) i.connection->cut();
      lane.idle.clear();
      lane.waiting.clear();
    }
    for (auto& [number, give_up] : std::map(openings)) give_up();
    openings.clear();
  }

  void open_websocket(const std::string& path, const header_list& headers,
                      websocket_callback done) {
    if (stopped) return done(failure(errc::cancelled, "stopped"));
    const auto number = next_opening++;
    // A strand of its own: a WebSocket lives on when this transport is gone.
    strand own = asio::make_strand(io.context);
    auto cut = open_client_websocket(
        target, io, own, path, headers, options.websockets,
        [me = shared_from_this(), number, done](result<std::shared_ptr<websocket>> r) {
          asio::post(me->executor, [me, number] { me->openings.erase(number); });
          done(std::move(r));
        });
    openings[number] = [own, cut] { asio::post(own, cut); };
  }

  io_threads::internals& io;
  const https_transport_options options;
  std::shared_ptr<const client_target> target;
  strand executor;
  asio::steady_timer sweep;
  std::array<lane_state, 3> lanes;
  std::set<job_ptr> active;
  std::map<std::uint64_t, std::function<void()>> openings;
  std::uint64_t next_opening = 1;
  bool sweeping = false, stopped = false;
  std::atomic<std::uint64_t> made{0};
  remembered closer;
};

https_transport::https_transport(std::shared_ptr<internals> in) : in_(std::move(in)) {}

https_transport::~https_transport() {
  asio::post(in_->executor, [in = in_] { in->stop(); });
}

result<std::unique_ptr<https_transport>> https_transport::create(io_threads& io,
                                                                 https_transport_options options) {
  auto url = parse_https_url(options.url);
  if (!url) return failure(url.error());
  auto in = std::make_shared<internals>(io, std::move(options), std::move(*url));
  in->closer = remembered(in->io, [weak = std::weak_ptr(in)] {
    if (auto me = weak.lock()) asio::post(me->executor, [me] { me->stop(); });
  });
  return std::unique_ptr<https_transport>(new https_transport(std::move(in)));
}

void https_transport::exchange(cloud_request request, response_callback done) {
  asio::post(in_->executor, [in = in_, r = std::move(request), done = std::move(done)]() mutable {
    in->begin(std::make_shared<job>(in->executor, std::move(r), std::move(done)));
  });
}

void https_transport::open_websocket(std::string target, header_list headers,
                                     websocket_callback done) {
  asio::post(in_->executor,
             [in = in_, target = std::move(target), headers = std::move(headers),
              done = std::move(done)] { in->open_websocket(target, headers, done); });
}

std::uint64_t https_transport::connections_made() const { return in_->made; }

}  // namespace tinysync::net
