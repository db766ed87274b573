#include "actors/detail/envelope.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>

namespace tinysync::actors::detail {
namespace {

namespace pb = google::protobuf;

void put(pb::io::CodedOutputStream& out, const std::string& text) {
  out.WriteVarint64(text.size());
  out.WriteString(text);
}

bool get(pb::io::CodedInputStream& in, std::string& text) {
  std::uint64_t size = 0;
  return in.ReadVarint64(&size) && size <= INT32_MAX &&
         in.ReadString(&text, static_cast<int>(size));
}

message_ptr parse(const std::string& type, const std::string& body) {
  const auto* descriptor = pb::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  if (!descriptor) return nullptr;
  const auto* prototype = pb::MessageFactory::generated_factory()->GetPrototype(descriptor);
  std::shared_ptr<pb::Message> message(prototype->New());
  if (!message->ParseFromString(body)) return nullptr;
  return message;
}

}  // namespace

result<std::string> encode(const envelope& e) {
  if (!e.message || e.slot) return failure(errc::unsupported, "only told messages leave a process");
  std::string bytes;
  {
    pb::io::StringOutputStream sink(&bytes);
    pb::io::CodedOutputStream out(&sink);
    put(out, e.message->GetTypeName());
    put(out, e.message->SerializePartialAsString());
    put(out, e.correlation);
    out.WriteVarint32(e.attachment ? 1 : 0);
    if (e.attachment) put(out, *e.attachment);
  }
  return bytes;
}

result<envelope> decode(const std::string& bytes) {
  pb::io::ArrayInputStream source(bytes.data(), static_cast<int>(bytes.size()));
  pb::io::CodedInputStream in(&source);
  std::string type, body, attachment;
  std::uint32_t attached = 0;
  envelope e;
  if (!get(in, type) || !get(in, body) || !get(in, e.correlation) || !in.ReadVarint32(&attached) ||
      attached > 1 || (attached == 1 && !get(in, attachment)) ||
      in.CurrentPosition() != static_cast<int>(bytes.size())) {
    return failure(errc::malformed, "envelope");
  }
  e.message = parse(type, body);
  if (!e.message) return failure(errc::malformed, type);
  if (attached) e.attachment = make_bulk(std::move(attachment));
  return e;
}

}  // namespace tinysync::actors::detail
