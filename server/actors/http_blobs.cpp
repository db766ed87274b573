// Routes of blobs. Bytes travel as attachments; what is answered is durable and recorded.

#include "server/actors/http_front.hpp"

namespace tinysync::server {
namespace {

constexpr std::uint64_t most_in_one_answer = 32 * 1024 * 1024;

/// 64 lower-case digits; nothing for anything else.
std::optional<blob_hash> hash_of(const http::matched& to) {
  auto d = crypto::digest_from_hex(to.parameters.find("h")->second);
  return d ? std::optional(blob_hash{*d}) : std::nullopt;
}

}  // namespace

void http_front::upload_blobs(const call& c) {
  authorised(c, role::writer, [this, c](const pb::Authorised&) {
    auto frames = codec::decode_frames(c->request.body);
    if (!frames) return refuse(c, frames.error());
    pb::StoreBlobs m;
    std::string bytes;
    for (auto& f : *frames) {
      m.add_hashes(f.hash.str());
      m.add_sizes(static_cast<std::uint32_t>(f.content.size()));
      bytes += f.content;
      f.content = {};
    }
    auto all = ids_from<blob_hash>(m.hashes());
    self_.ask(
        blobs(), std::move(m), doors_.config.ask_timeout,
        [this, c, all](result<pb::BlobsStored> stored) {
          if (!stored) return refuse(c, stored.error());
          codec::blob_upload_answer answer;
          for (const auto& b : stored->blobs())
            answer.stored.push_back(id_from<blob_hash>(b.hash()));
          for (const auto& h : all)
            if (std::find(answer.stored.begin(), answer.stored.end(), h) == answer.stored.end())
              answer.refused.push_back(h);
          record(c, stored->blobs(), [this, c, answer] {
            give(c, 200, "BlobUploaded", actors::make_bulk(codec::encode(answer)));
          });
        },
        actors::make_bulk(std::move(bytes)));
  });
}

void http_front::download_blobs(const call& c) {
  auto bytes = body(c, "BlobList");
  auto hashes = bytes ? codec::decode_hashes(*bytes) : failure(bytes.error());
  if (!hashes) return refuse(c, hashes.error());
  pb::LocateBlobs m;
  *m.mutable_caller() = c->caller;
  m.set_vault(c->vault.str());
  for (const auto& h : *hashes) m.add_hashes(h.str());
  pb::ReadBlobs read;
  *read.mutable_wanted() = m.hashes();
  self_.ask(metadata(), std::move(m), doors_.config.ask_timeout,
            [this, c, read = std::move(read)](result<pb::BlobsLocated> found) mutable {
              if (!found) return refuse(c, found.error());
              std::uint64_t total = 0;
              for (const auto& b : found->blobs()) total += b.size();
              if (total > doors_.config.most_download_bytes)
                return refuse(c, {errc::too_large, "these blobs have " + std::to_string(total) +
                                                       " bytes; ask for fewer, or by Range"});
              *read.mutable_blobs() = std::move(*found->mutable_blobs());
              self_.ask(blobs(), std::move(read), doors_.config.ask_timeout,
                        [this, c](result<pb::BlobRead> done, const actors::bulk& frames) {
                          if (!done) return refuse(c, done.error());
                          net::http_response out;
                          out.headers.emplace_back("content-type", "application/octet-stream");
                          out.shared_body = frames;
                          send(c, std::move(out));
                        });
            });
}

// -- one blob ----------------------------------------------------------------------------------

void http_front::put_blob(const call& c) {
  if (!hash_of(c->to))
    return refuse(c, {errc::invalid_argument, "a blob is named by 64 hexadecimal digits"});
  auto part = http::content_range_of(c->request.header("content-range"));
  if (!part) return refuse(c, part.error());
  if (*part && (*part)->size != c->request.body.size())
    return refuse(c, {errc::malformed, "Content-Range and the body differ in length"});
  if (*part && (*part)->total > largest_file) return refuse(c, {errc::too_large, "over 1 PiB"});
  authorised(c, role::writer, [this, c, part = *part](const pb::Authorised& granted) {
    if (part && part->size < part->total) return put_part(c, *part, granted.device());
    put_whole(c);
  });
}

void http_front::put_whole(const call& c) {
  pb::StoreBlobs m;
  m.add_hashes(hash_of(c->to)->str());
  m.add_sizes(static_cast<std::uint32_t>(c->request.body.size()));
  auto size = c->request.body.size();
  self_.ask(
      blobs(), std::move(m), doors_.config.ask_timeout,
      [this, c, size](result<pb::BlobsStored> stored) {
        if (!stored) return refuse(c, stored.error());
        if (stored->blobs().empty()) return refuse(c, {errc::hash_mismatch, {}});
        record(c, stored->blobs(), [this, c, size] {
          give(c, 200, "BlobProgress",
               actors::make_bulk(codec::encode(codec::blob_progress{size, true})));
        });
      },
      actors::make_bulk(std::move(c->request.body)));
}

void http_front::put_part(const call& c, const http::part_range& part, const std::string& device) {
  pb::AddPart m;
  m.set_device(device);
  m.set_vault(c->vault.str());
  m.set_hash(hash_of(c->to)->str());
  m.set_offset(part.first);
  m.set_total(part.total);
  self_.ask(
      blobs(), std::move(m), doors_.config.ask_timeout,
      [this, c](result<pb::Progress> p) {
        if (!p) return refuse(c, p.error());
        codec::blob_progress told{p->received(), p->has_complete()};
        auto answer = [this, c, told] {
          give(c, 200, "BlobProgress", actors::make_bulk(codec::encode(told)));
        };
        if (!p->has_complete()) return answer();
        record(c, std::vector{p->complete()}, answer);
      },
      actors::make_bulk(std::move(c->request.body)));
}

void http_front::get_blob(const call& c) {
  auto hash = hash_of(c->to);
  pb::LocateBlobs m;
  *m.mutable_caller() = c->caller;
  m.set_vault(c->vault.str());
  m.add_hashes(hash.value_or(blob_hash{}).str());
  self_.ask(metadata(), std::move(m), doors_.config.ask_timeout,
            [this, c](result<pb::BlobsLocated> found) {
              if (!found) return refuse(c, found.error());
              if (found->blobs().empty()) return refuse(c, {errc::not_found, {}});
              send_blob(c, found->blobs(0));
            });
}

void http_front::send_blob(const call& c, const pb::StoredBlob& blob) {
  auto total = blob.size();
  auto range = http::range_of(c->request.header("range"), total);
  if (!range) return refuse(c, range.error());
  auto part = range->value_or(http::byte_range{0, total});
  net::http_response head;
  head.headers.emplace_back("content-type", "application/octet-stream");
  head.headers.emplace_back("accept-ranges", "bytes");
  head.headers.emplace_back("etag", "\"" + to_hex(blob.hash()) + "\"");
  if (c->request.method == "HEAD") {
    head.headers.emplace_back("content-length", std::to_string(total));
    return send(c, std::move(head));
  }
  if (part.size > most_in_one_answer)
    return refuse(c, {errc::too_large, "a blob of " + std::to_string(total) +
                                           " bytes is fetched by Range, at most 32 MiB at once"});
  if (*range) {
    head.status = 206;
    head.headers.emplace_back("content-range", "bytes " + std::to_string(part.first) + "-" +
                                                   std::to_string(part.first + part.size - 1) +
                                                   "/" + std::to_string(total));
  }
  pb::ReadBlob m;
  *m.mutable_blob() = blob;
  m.set_offset(part.first);
  m.set_size(part.size);
  self_.ask(blobs(), std::move(m), doors_.config.ask_timeout,
            [this, c, head](result<pb::BlobRead> done, const actors::bulk& bytes) mutable {
              if (!done) return refuse(c, done.error());
              head.shared_body = bytes;
              send(c, std::move(head));
            });
}

void http_front::blob_progress(const call& c) {
  auto hash = hash_of(c->to);
  if (!hash) return refuse(c, {errc::invalid_argument, "a blob is named by 64 hexadecimal digits"});
  authorised(c, role::writer, [this, c, hash](const pb::Authorised& granted) {
    pb::LocateBlobs m;
    *m.mutable_caller() = c->caller;
    m.set_vault(c->vault.str());
    m.add_hashes(hash->str());
    pb::AskProgress ask;
    ask.set_device(granted.device());
    ask.set_vault(c->vault.str());
    ask.set_hash(hash->str());
    self_.ask(metadata(), std::move(m), doors_.config.ask_timeout,
              [this, c, ask = std::move(ask)](result<pb::BlobsLocated> found) {
                if (!found) return refuse(c, found.error());
                auto tell = [this, c](codec::blob_progress p) {
                  give(c, 200, "BlobProgress", actors::make_bulk(codec::encode(p)));
                };
                if (!found->blobs().empty()) return tell({found->blobs(0).size(), true});
                self_.ask(blobs(), ask, doors_.config.ask_timeout,
                          [this, c, tell](result<pb::Progress> p) {
                            if (!p) return refuse(c, p.error());
                            tell({p->received(), false});
                          });
              });
  });
}

}  // namespace tinysync::server
