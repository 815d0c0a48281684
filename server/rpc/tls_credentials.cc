// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/tls_credentials.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>

#include <cstdlib>
#include <mutex>
#include <utility>

namespace cardata {
namespace {

// gRPC's C++ classes reload from files only, and then use a key at once that does not fit yet. Its
// core asks before each handshake, and goes on with what it had if there is nothing new.
class ReloadingCredentials : public grpc::ServerCredentials {
 public:
  explicit ReloadingCredentials(std::shared_ptr<const CertificateWatcher> watcher)
      : watcher_(std::move(watcher)) {
    credentials_ = grpc_ssl_server_credentials_create_with_options(
        grpc_ssl_server_credentials_create_options_using_config_fetcher(
            watcher_->asks_callers() ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                     : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE,
            &ReloadingCredentials::Fetch, this));
    if (credentials_ == nullptr) std::abort();
  }
  ~ReloadingCredentials() override { grpc_server_credentials_release(credentials_); }

  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {
    std::abort();  // there is none
  }

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  static grpc_ssl_certificate_config_reload_status Fetch(
      void* self, grpc_ssl_server_certificate_config** config) {
    return static_cast<ReloadingCredentials*>(self)->Fetch(config);
  }

  grpc_ssl_certificate_config_reload_status Fetch(grpc_ssl_server_certificate_config** config) {
    std::shared_ptr<const Certificates> current = watcher_->current();
    std::lock_guard lock(mutex_);
    if (current == fetched_) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    const grpc_ssl_pem_key_cert_pair pair{current->key.c_str(), current->chain.c_str()};
    // gRPC wants authorities also where callers are not asked, and then does not use them.
    *config = grpc_ssl_server_certificate_config_create(
        watcher_->asks_callers() ? current->client_authorities.c_str() : current->chain.c_str(),
        &pair, 1);
    fetched_ = std::move(current);
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  const std::shared_ptr<const CertificateWatcher> watcher_;
  grpc_server_credentials* credentials_;
  std::mutex mutex_;
  std::shared_ptr<const Certificates> fetched_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> TlsCredentials(
    std::shared_ptr<const CertificateWatcher> watcher) {
  return std::make_shared<ReloadingCredentials>(std::move(watcher));
}

}  // namespace cardata
