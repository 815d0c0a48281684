// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tls_server.h"

#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <utility>

#include "tests/support/process.h"

namespace cardata {

std::string TlsServer::Peer::Read() {
  char buffer[4096];
  const int size = SSL_read(ssl_, buffer, sizeof buffer);
  return size > 0 ? std::string(buffer, static_cast<size_t>(size)) : std::string();
}

bool TlsServer::Peer::Write(absl::string_view bytes) {
  return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0;
}

void TlsServer::Peer::WaitUntilClosed() {
  while (!Read().empty()) {
  }
}

TlsServer::TlsServer(Script script, int max_version)
    : script_(std::move(script)), max_version_(max_version) {
  listen_fd_ = ListenOnLoopback(&port_);
  thread_ = std::thread([this] { Run(); });
}

TlsServer::~TlsServer() {
  stopping_ = true;
  shutdown(listen_fd_, SHUT_RDWR);
  if (const int fd = peer_fd_; fd >= 0) shutdown(fd, SHUT_RDWR);
  thread_.join();
  close(listen_fd_);
}

void TlsServer::Run() {
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_server_method()),
                                                             &SSL_CTX_free);
  if (SSL_CTX_use_certificate_file(context.get(), certificate_.cert_file.c_str(),
                                   SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_use_PrivateKey_file(context.get(), certificate_.key_file.c_str(), SSL_FILETYPE_PEM) !=
          1)
    std::abort();
  SSL_CTX_set_max_proto_version(context.get(), max_version_);
  while (!stopping_) {
    const int fd = accept(listen_fd_, nullptr, nullptr);
    if (fd < 0) continue;
    peer_fd_ = fd;
    const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context.get()), &SSL_free);
    SSL_set_fd(ssl.get(), fd);
    if (!stopping_ && SSL_accept(ssl.get()) == 1) {
      Peer peer(ssl.get());
      script_(peer);
      SSL_shutdown(ssl.get());
    }
    peer_fd_ = -1;
    close(fd);
  }
}

}  // namespace cardata
