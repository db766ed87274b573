#include <google/protobuf/io/coded_stream.h>

#include "proto/codec/fields.hpp"
#include "proto/codec/messages.hpp"
#include "proto/codec/to_wire.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::codec {
namespace {

constexpr std::size_t largest_record = 64 * 1024;

template <class Repeated>
void copy_features(const Repeated& from, std::vector<std::string>& to) {
  to.assign(from.begin(), from.end());
}

}  // namespace

std::string encode(const log_row& row) {
  wire::v1::LogRow w;
  w.set_seq(row.seq.value);
  w.set_op_id(written(row.op));
  w.set_device(written(row.device));
  w.set_kind(static_cast<std::uint32_t>(row.kind));
  w.set_item(written(row.item));
  w.set_state(row.state);
  for (const auto& a : row.also) w.add_also(a);
  w.set_group(written(row.group));
  w.set_correlation(row.correlation);
  w.set_server_time_ns(row.server_time_ns);
  w.set_digest(row.digest.str());
  w.set_epoch(written(row.epoch));
  w.set_because_of(written(row.because_of));
  return serialized(w);
}

result<log_row> decode_log_row(std::string_view bytes) {
  auto w = parsed<wire::v1::LogRow>(bytes);
  if (!w) return failure(w.error());
  log_row row;
  row.seq = {w->seq()};
  row.kind = static_cast<log_kind>(w->kind());
  if (w->seq() == 0 || !read(row.op, w->op_id(), true) || !read(row.device, w->device(), true) ||
      !read(row.item, w->item(), true) || !read(row.group, w->group(), true) ||
      !read(row.digest, w->digest()) || !read(row.epoch, w->epoch(), true) ||
      !read(row.because_of, w->because_of(), true))
    return bad("a malformed log row");
  row.state = w->state();
  row.also.assign(w->also().begin(), w->also().end());
  row.correlation = w->correlation();
  row.server_time_ns = w->server_time_ns();
  return row;
}

std::string encode(const log_page& p) {
  wire::v1::LogPage w;
  for (const auto& e : p.entries) {
    auto& m = *w.add_entries();
    m.set_row(e.row);
    m.set_chain(e.chain.str());
  }
  to_wire(p.at, *w.mutable_position());
  to_wire(p.head, *w.mutable_head());
  for (const auto& f : p.required_features) w.add_required_features(f);
  return serialized(w);
}

result<log_page> decode_log_page(std::string_view body) {
  auto w = parsed<wire::v1::LogPage>(body);
  if (!w) return failure(w.error());
  log_page out;
  for (const auto& m : w->entries()) {
    log_entry e;
    e.row = m.row();
    if (!read(e.chain, m.chain())) return bad("a log entry without a chain");
    out.entries.push_back(std::move(e));
  }
  auto at = from_wire(w->position());
  auto head = from_wire(w->head());
  if (!at || !head) return bad("a log page without positions");
  out.at = *at;
  out.head = *head;
  copy_features(w->required_features(), out.required_features);
  return out;
}

std::string encode(const digest_answer& d) {
  wire::v1::DigestAnswer w;
  to_wire(d.at, *w.mutable_position());
  for (const auto& s : d.sums) w.add_sums(s.str());
  return serialized(w);
}

result<digest_answer> decode_digest_answer(std::string_view body) {
  auto w = parsed<wire::v1::DigestAnswer>(body);
  if (!w) return failure(w.error());
  digest_answer out;
  auto at = from_wire(w->position());
  if (!at || w->sums_size() != 256) return bad("a digest takes 256 sums and a position");
  out.at = *at;
  for (const auto& s : w->sums()) {
    digest_sum sum;
    if (!read(sum, s)) return bad("a malformed digest sum");
    out.sums.push_back(sum);
  }
  return out;
}

std::string encode(const snapshot_answer& s) {
  wire::v1::SnapshotAnswer w;
  to_wire(s.at, *w.mutable_position());
  w.set_digest(s.digest.str());
  w.set_ref(s.ref.str());
  w.set_size(s.size);
  w.set_items(s.items);
  for (const auto& f : s.required_features) w.add_required_features(f);
  return serialized(w);
}

result<snapshot_answer> decode_snapshot_answer(std::string_view body) {
  auto w = parsed<wire::v1::SnapshotAnswer>(body);
  if (!w) return failure(w.error());
  snapshot_answer out;
  auto at = from_wire(w->position());
  if (!at || !read(out.digest, w->digest()) || !read(out.ref, w->ref()))
    return bad("a malformed snapshot answer");
  out.at = *at;
  out.size = w->size();
  out.items = w->items();
  copy_features(w->required_features(), out.required_features);
  return out;
}

std::string encode_snapshot_record(std::string_view canonical) {
  wire::v1::SnapshotRecord r;
  r.set_item(std::string(canonical));
  auto body = serialized(r);
  std::string out(5, '\0');
  auto* end = google::protobuf::io::CodedOutputStream::WriteVarint32ToArray(
      static_cast<std::uint32_t>(body.size()), reinterpret_cast<std::uint8_t*>(out.data()));
  out.resize(static_cast<std::size_t>(end - reinterpret_cast<std::uint8_t*>(out.data())));
  return out + body;
}

result<std::optional<std::string>> take_snapshot_record(std::string_view& stream) {
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(stream.data()),
                                            static_cast<int>(std::min<std::size_t>(stream.size(), 5)));
  std::uint32_t length = 0;
  if (!in.ReadVarint32(&length)) {
    if (stream.size() >= 5) return bad("a snapshot record with a malformed length");
    return std::optional<std::string>{};
  }
  if (length > largest_record) return bad("a snapshot record over 64 KiB");
  auto head = static_cast<std::size_t>(in.CurrentPosition());
  if (stream.size() < head + length) return std::optional<std::string>{};
  auto r = parsed<wire::v1::SnapshotRecord>(stream.substr(head, length));
  if (!r) return failure(r.error());
  stream.remove_prefix(head + length);
  return std::optional<std::string>(r->item());
}

std::string encode(const std::vector<known_query>& q) {
  wire::v1::KnownBatch w;
  for (const auto& k : q) {
    auto& m = *w.add_items();
    if (!k.hash.none()) m.set_content_hash(k.hash.str());
    if (!k.item.none()) {
      m.set_item(k.item.str());
    } else {
      m.set_parent(k.at.parent.str());
      m.set_name(k.at.name);
    }
  }
  return serialized(w);
}

result<std::vector<known_query>> decode_known_queries(std::string_view body) {
  auto w = parsed<wire::v1::KnownBatch>(body);
  if (!w) return failure(w.error());
  if (w->items_size() > static_cast<int>(most_hashes)) return bad("more than 10,000 questions");
  std::vector<known_query> out;
  for (const auto& m : w->items()) {
    known_query k;
    bool hash = m.content_hash().empty() || read(k.hash, m.content_hash());
    bool item = m.item().empty() ? read(k.at.parent, m.parent()) : read(k.item, m.item());
    if (!hash || !item) return bad("a malformed id");
    k.at.name = m.name();
    if (k.item.none() && !valid_name(k.at.name)) return bad("a malformed name");
    out.push_back(k);
  }
  return out;
}

std::string encode(const std::vector<known_answer>& known) {
  wire::v1::KnownAnswer w;
  for (const auto& k : known) {
    w.add_known(k.known);
    w.add_item(k.known ? k.item.str() : std::string{});
    w.add_deleted(k.deleted);
  }
  return serialized(w);
}

result<std::vector<known_answer>> decode_known(std::string_view body) {
  auto w = parsed<wire::v1::KnownAnswer>(body);
  if (!w) return failure(w.error());
  if (w->known_size() != w->item_size()) return bad("an answer with " + std::to_string(w->item_size()) + " items for " + std::to_string(w->known_size()));
  std::vector<known_answer> out;
  for (int i = 0; i < w->known_size(); ++i) {
    known_answer k{w->known(i), {}, i < w->deleted_size() && w->deleted(i)};
    if (k.known && !read(k.item, w->item(i))) return bad("a malformed id");
    out.push_back(k);
  }
  return out;
}

}  // namespace tinysync::codec
