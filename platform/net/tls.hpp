#pragma once
// Inside platform/net only: the one stream type, and its TLS contexts.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <memory>
#include <string>

#include "platform/crypto/sha256.hpp"
#include "platform/net/io_internals.hpp"
#include "proto/vocabulary/result.hpp"

namespace tinysync::net {

namespace beast = boost::beast;
namespace ssl = boost::asio::ssl;
using tcp = asio::ip::tcp;
using tcp_socket = asio::basic_stream_socket<tcp, strand>;
using tcp_stream = beast::basic_stream<tcp, strand>;
using tls_stream = beast::ssl_stream<tcp_stream>;
using boost::system::error_code;

/// TLS 1.2 or later with this certificate chain and key; invalid_argument if they do not fit.
result<std::shared_ptr<ssl::context>> server_context(const std::string& chain_pem,
                                                     const std::string& key_pem);

/// What a client insists on.
struct pinned_server {
  crypto::digest pin;
  std::string host;
};
/// Accepts only a chain that holds a CA with the pinned key, which signed a certificate that is
/// valid now and names the host. `server` must outlive the context.
std::shared_ptr<ssl::context> client_context(const pinned_server& server);

/// Did the handshake fail because the certificate was refused?
bool refused_certificate(const error_code& e);
/// A connection that broke (reset, closed, cut), as opposed to a peer that speaks something else.
bool broken_connection(const error_code& e);

}  // namespace tinysync::net
