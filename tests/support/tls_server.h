// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "absl/strings/string_view.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certificates.h"

typedef struct ssl_st SSL;

namespace cardata {

// A TLS server on the loopback interface that plays a script to whoever connects, one after the
// other: for what no real server does on demand.
class TlsServer {
 public:
  class Peer {
   public:
    explicit Peer(SSL* ssl) : ssl_(ssl) {}

    // What the other side sends next; empty once it has closed.
    std::string Read();

    // False once the other side has closed.
    bool Write(absl::string_view bytes);

    void WaitUntilClosed();

   private:
    SSL* ssl_;
  };
  using Script = std::function<void(Peer&)>;

  // `max_version` is OpenSSL's number of the newest TLS that it speaks; 0 sets no bound.
  explicit TlsServer(Script script, int max_version = 0);
  ~TlsServer();

  int port() const { return port_; }
  const std::string& ca_file() const { return ca_.ca_file(); }

 private:
  void Run();

  TempDir dir_;
  TestCa ca_{dir_.path(), "ca"};
  TestCa::Certificate certificate_ = ca_.Issue("IP:127.0.0.1");
  Script script_;
  const int max_version_;
  int listen_fd_;
  int port_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> peer_fd_ = -1;
  std::thread thread_;
};

}  // namespace cardata
