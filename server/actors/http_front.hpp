#pragma once
// http_front: every request passes here: who asks, which route, which actor answers. It owns the
// live WebSockets. One handler per endpoint of server/http/routes.cpp, grouped in http_*.cpp.

#include <map>

#include "actors/context.hpp"
#include "platform/net/websocket.hpp"
#include "server/actors/convert.hpp"
#include "server/actors/server_doors.hpp"
#include "server/http/answers.hpp"
#include "server/http/routes.hpp"

namespace tinysync::server {

class http_front {
 public:
  http_front(actors::context& self, server_doors doors);
  ~http_front();

  void handle(const pb::PushWake& m, actors::context& self);
  void started(actors::context& self);
  void handle(const pb::CloseSockets& m);
  void handle(const pb::HubStarted& m);
  pb::Traffic handle(const pb::AskTraffic& m);

 private:
  /// One request on its way to its answer.
  struct exchange {
    net::http_request request;
    net::responder respond;
    std::string correlation;
    http::matched to;
    pb::Caller caller;
    vault_id vault;
  };
  using call = std::shared_ptr<exchange>;

  void serve(net::http_request request, net::responder respond);
  result<void> admit(exchange& c);
  void dispatch(const call& c);
  void send(const call& c, net::http_response response);
  void refuse(const call& c, const error& why);
  /// The attachment as a message of that type.
  void give(const call& c, int status, std::string_view type, const actors::bulk& body);
  /// Asks; the answer's body is given as `type`, an error as it is.
  template <class Face, class M>
  void relay(const call& c, const actors::ref<Face>& to, M m, std::string_view type,
             int status = 200, actors::bulk attachment = {});
  /// Relays M{caller} to metadata_store.
  template <class M>
  void about_caller(const call& c, std::string_view gives);
  /// Relays M{caller, vault} to metadata_store, with the body as its attachment if it takes one.
  template <class M>
  void about_vault(const call& c, std::string_view takes, std::string_view gives);
  /// Goes on with `then(Authorised)` if the device may do that much in the vault.
  template <class F>
  void authorised(const call& c, role least, F then);
  result<std::string> body(const call& c, std::string_view type);

  void register_device(const call& c);
  void issue_token(const call& c);
  void revoke_device(const call& c);
  void create_vault(const call& c);
  void rename_vault(const call& c);
  void delete_vault(const call& c);

  void read_log(const call& c);
  void read_snapshot(const call& c);
  void submit_mutations(const call& c);
  void submit(const call& c, const std::string& device, actors::bulk body, int attempts);

  void upload_blobs(const call& c);
  void download_blobs(const call& c);
  void put_blob(const call& c);
  void put_whole(const call& c);
  void put_part(const call& c, const http::part_range& part, const std::string& device);
  void get_blob(const call& c);
  void send_blob(const call& c, const pb::StoredBlob& blob);
  void blob_progress(const call& c);
  /// The vault has received these; then goes on.
  template <class Repeated, class F>
  void record(const call& c, const Repeated& blobs, F then);

  void open_wake(const call& c);
  void socket_opened(const std::string& device, std::shared_ptr<net::websocket> socket);
  void tell_hub(std::uint64_t id);
  void socket_closed(std::uint64_t id);
  void health(const call& c, bool deep);
  void metrics(const call& c);

  actors::ref<faces::metadata_store> metadata() const;
  actors::ref<faces::blob_store> blobs() const;
  actors::ref<faces::access> access_actor() const;

  struct listener {
    std::string device;
    std::shared_ptr<net::websocket> socket;
  };

  actors::context& self_;
  server_doors doors_;
  std::function<void(std::function<void()>)> here_;  // runs things in this actor
  std::map<std::uint64_t, listener> sockets_;
  std::uint64_t next_socket_ = 1;
  std::map<int, std::uint64_t> by_status_;
  std::uint64_t requests_ = 0;
};

template <class Face, class M>
void http_front::relay(const call& c, const actors::ref<Face>& to, M m, std::string_view type,
                       int status, actors::bulk attachment) {
  self_.ask(
      to, std::move(m), doors_.config.ask_timeout,
      [this, c, type, status](result<pb::Body> answer, const actors::bulk& bytes) {
        if (!answer) return refuse(c, answer.error());
        give(c, status, type, bytes);
      },
      std::move(attachment));
}

template <class M>
void http_front::about_caller(const call& c, std::string_view gives) {
  M m;
  *m.mutable_caller() = c->caller;
  relay(c, metadata(), std::move(m), gives);
}

template <class M>
void http_front::about_vault(const call& c, std::string_view takes, std::string_view gives) {
  M m;
  *m.mutable_caller() = c->caller;
  m.set_vault(c->vault.str());
  actors::bulk attached;
  if (!takes.empty()) {
    auto bytes = body(c, takes);
    if (!bytes) return refuse(c, bytes.error());
    attached = actors::make_bulk(std::move(*bytes));
  }
  relay(c, metadata(), std::move(m), gives, 200, std::move(attached));
}

template <class F>
void http_front::authorised(const call& c, role least, F then) {
  pb::Authorise m;
  *m.mutable_caller() = c->caller;
  m.set_vault(c->vault.str());
  m.set_least(static_cast<pb::Role>(least));
  self_.ask(metadata(), std::move(m), doors_.config.ask_timeout,
            [this, c, then = std::move(then)](result<pb::Authorised> granted) {
              if (!granted) return refuse(c, granted.error());
              then(*granted);
            });
}

template <class Repeated, class F>
void http_front::record(const call& c, const Repeated& blobs, F then) {
  pb::RecordBlobs m;
  m.set_vault(c->vault.str());
  for (const auto& b : blobs) *m.add_blobs() = b;
  self_.ask(metadata(), std::move(m), doors_.config.ask_timeout,
            [this, c, then = std::move(then)](result<pb::Done> done) {
              if (!done) return refuse(c, done.error());
              then();
            });
}

}  // namespace tinysync::server
