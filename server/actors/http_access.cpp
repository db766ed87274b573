// Routes of devices, tokens and vaults.

#include "server/actors/http_front.hpp"

namespace tinysync::server {

void http_front::register_device(const call& c) {
  auto bytes = body(c, "RegisterDevice");
  auto asked = bytes ? codec::decode_register_device(*bytes) : failure(bytes.error());
  if (!asked) return refuse(c, asked.error());
  if (asked->protocol != protocol_version)
    return refuse(c, {errc::update_required,
                      "this server speaks protocol " + std::to_string(protocol_version)});
  pb::Register m;
  m.set_invite_code(asked->invite_code);
  m.set_name(asked->name);
  relay(c, access_actor(), std::move(m), "Registered", 201);
}

void http_front::issue_token(const call& c) {
  auto bytes = body(c, "TokenRequest");
  auto asked = bytes ? codec::decode_token_request(*bytes) : failure(bytes.error());
  if (!asked) return refuse(c, asked.error());
  pb::IssueToken m;
  m.set_secret(asked->secret);
  m.set_life(asked->claim.life);
  m.set_mark(asked->claim.mark);
  m.set_next_mark(asked->claim.next_mark);
  relay(c, access_actor(), std::move(m), "Token");
}

void http_front::revoke_device(const call& c) {
  pb::RevokeDevice m;
  *m.mutable_caller() = c->caller;
  // What is no id is answered as an id nobody has.
  auto device = id_from_text<device_id>(c->to.parameters.find("d")->second);
  m.set_device(device.value_or(device_id{}).str());
  self_.ask(access_actor(), std::move(m), doors_.config.ask_timeout, [this, c](result<pb::Done> d) {
    if (!d) return refuse(c, d.error());
    give(c, 200, "Empty", actors::make_bulk({}));
  });
}

void http_front::create_vault(const call& c) {
  auto bytes = body(c, "CreateVault");
  auto name = bytes ? codec::decode_vault_name(*bytes) : failure(bytes.error());
  if (!name) return refuse(c, name.error());
  pb::CreateVault m;
  *m.mutable_caller() = c->caller;
  m.set_name(*name);
  relay(c, metadata(), std::move(m), "Vault", 201);
}

void http_front::rename_vault(const call& c) {
  auto bytes = body(c, "RenameVault");
  auto name = bytes ? codec::decode_vault_name(*bytes) : failure(bytes.error());
  if (!name) return refuse(c, name.error());
  pb::RenameVault m;
  *m.mutable_caller() = c->caller;
  m.set_vault(c->vault.str());
  m.set_name(*name);
  relay(c, metadata(), std::move(m), "Vault");
}

void http_front::delete_vault(const call& c) {
  pb::DeleteVault m;
  *m.mutable_caller() = c->caller;
  m.set_vault(c->vault.str());
  self_.ask(metadata(), std::move(m), doors_.config.ask_timeout, [this, c](result<pb::Done> d) {
    if (!d) return refuse(c, d.error());
    give(c, 200, "Empty", actors::make_bulk({}));
  });
}

}  // namespace tinysync::server
