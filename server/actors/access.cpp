#include "server/actors/access.hpp"

#include "proto/codec/messages.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::server {

actors::later<pb::Body> access::handle(const pb::Register& m, actors::context& self) {
  actors::later<pb::Body> answer(self);
  auto device = mint<device_id>(doors_.bytes());
  auto secret = device_secret(device, doors_.random->bytes(32));
  pb::KeepDevice keep;
  keep.set_invite_hash(bytes_of(hash_of_invite(m.invite_code())));
  keep.set_device(device.str());
  keep.set_secret_hash(bytes_of(hash_of_secret(secret)));
  keep.set_name(m.name());
  keep.set_label(device_label(m.name()));
  self.ask(self.sibling<faces::metadata_store>("metadata_store"), std::move(keep),
           doors_.config.ask_timeout, [=](result<pb::DeviceKept> kept) {
             if (!kept) return answer.fail(kept.error());
             answer.deliver(pb::Body{}, actors::make_bulk(codec::encode(
                                            codec::registered{device, secret, kept->label()})));
           });
  return answer;
}

actors::later<pb::Body> access::handle(const pb::IssueToken& m, actors::context& self) {
  actors::later<pb::Body> answer(self);
  auto device = device_of_secret(m.secret());
  if (!device) {
    answer.fail({errc::unauthenticated, {}});
    return answer;
  }
  auto token = crypto::to_base64url(doors_.random->bytes(32));
  auto lifetime = doors_.config.token_lifetime;
  pb::KeepToken keep;
  keep.set_device(device->str());
  keep.set_secret_hash(bytes_of(hash_of_secret(m.secret())));
  keep.set_token_hash(bytes_of(hash_of_token(token)));
  keep.set_lifetime_ns(std::chrono::nanoseconds(lifetime).count());
  keep.set_life(m.life());
  keep.set_mark(m.mark());
  keep.set_next_mark(m.next_mark());
  self.ask(self.sibling<faces::metadata_store>("metadata_store"), std::move(keep),
           doors_.config.ask_timeout, [=, device = *device](result<pb::Done> kept) {
             if (!kept) return answer.fail(kept.error());
             codec::access_token t{token, static_cast<std::uint32_t>(lifetime.count()), device};
             answer.deliver(pb::Body{}, actors::make_bulk(codec::encode(t)));
           });
  return answer;
}

actors::later<pb::Done> access::handle(const pb::RevokeDevice& m, actors::context& self) {
  actors::later<pb::Done> answer(self);
  self.ask(self.sibling<faces::metadata_store>("metadata_store"), m, doors_.config.ask_timeout,
           [answer, &self, device = m.device()](result<pb::Done> done) {
             if (!done) return answer.fail(done.error());
             pb::DeviceRevoked revoked;
             revoked.set_device(device);
             self.send(self.sibling<faces::wake_hub>("wake_hub"), std::move(revoked));
             answer.deliver(std::move(*done));
           });
  return answer;
}

}  // namespace tinysync::server
