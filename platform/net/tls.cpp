#include "platform/net/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>

namespace tinysync::net {
namespace {

template <class T, void (*Free)(T*)>
struct freed {
  void operator()(T* p) const { Free(p); }
};
using store_ptr = std::unique_ptr<X509_STORE, freed<X509_STORE, X509_STORE_free>>;
using context_ptr = std::unique_ptr<X509_STORE_CTX, freed<X509_STORE_CTX, X509_STORE_CTX_free>>;

bool has_key(X509* cert, const crypto::digest& pin) {
  unsigned char* der = nullptr;
  int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);
  if (n <= 0) return false;
  bool same = crypto::sha256({reinterpret_cast<char*>(der), static_cast<std::size_t>(n)}) == pin;
  OPENSSL_free(der);
  return same;
}

X509* pinned_ca(STACK_OF(X509) * sent, const crypto::digest& pin) {
  for (int i = 0; i < sk_X509_num(sent); ++i)
    if (auto cert = sk_X509_value(sent, i); has_key(cert, pin) && X509_check_ca(cert) > 0)
      return cert;
  return nullptr;
}

// Verifies what the server sent against nothing but the pinned CA.
bool verified(X509* leaf, STACK_OF(X509) * sent, X509* ca, const std::string& host) {
  store_ptr store(X509_STORE_new());
  context_ptr context(X509_STORE_CTX_new());
  if (!store || !context || X509_STORE_add_cert(store.get(), ca) != 1 ||
      X509_STORE_CTX_init(context.get(), store.get(), leaf, sent) != 1)
    return false;
  auto param = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
  error_code not_an_address;
  asio::ip::make_address(host, not_an_address);
  bool named = not_an_address ? X509_VERIFY_PARAM_set1_host(param, host.data(), host.size()) == 1
                              : X509_VERIFY_PARAM_set1_ip_asc(param, host.c_str()) == 1;
  return named && X509_verify_cert(context.get()) == 1;
}

int verify_pinned(X509_STORE_CTX* context, void* arg) {
  const auto& want = *static_cast<const pinned_server*>(arg);
  auto leaf = X509_STORE_CTX_get0_cert(context);
  auto sent = X509_STORE_CTX_get0_untrusted(context);
  auto ca = leaf && sent ? pinned_ca(sent, want.pin) : nullptr;
  if (ca && verified(leaf, sent, ca, want.host)) return 1;
  X509_STORE_CTX_set_error(context, X509_V_ERR_CERT_UNTRUSTED);
  return 0;
}

}  // namespace

result<std::shared_ptr<ssl::context>> server_context(const std::string& chain_pem,
                                                     const std::string& key_pem) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION);
  error_code e;
  context->use_certificate_chain(asio::buffer(chain_pem), e);
  if (!e) context->use_private_key(asio::buffer(key_pem), ssl::context::pem, e);
  if (!e && SSL_CTX_check_private_key(context->native_handle()) == 1) return context;
  ERR_clear_error();
  return failure(errc::invalid_argument, "the server's certificate and key: " + e.message());
}

std::shared_ptr<ssl::context> client_context(const pinned_server& server) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION);
  context->set_verify_mode(ssl::verify_peer);
  SSL_CTX_set_cert_verify_callback(context->native_handle(), verify_pinned,
                                   const_cast<pinned_server*>(&server));
  return context;
}

bool refused_certificate(const error_code& e) {
  return e.category() == asio::error::get_ssl_category() &&
         ERR_GET_REASON(static_cast<unsigned long>(e.value())) == SSL_R_CERTIFICATE_VERIFY_FAILED;
}

bool broken_connection(const error_code& e) {
  return e == ssl::error::stream_truncated || e == asio::error::eof ||
         e == beast::http::error::end_of_stream || e == beast::http::error::partial_message ||
         e == beast::error::timeout || e.category() == boost::system::system_category();
}

}  // namespace tinysync::net
