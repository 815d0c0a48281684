// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "server/http/http_client.h"

namespace cardata {

struct CurlHttpOptions {
  std::string ca_file;               // PEM; empty: the system's
  bool allow_http = false;           // also take http:// URLs
  bool http2 = true;                 // offer HTTP/2 over TLS; false: HTTP/1.1 only
  size_t max_body_bytes = 16 << 20;  // of an answer; its headers are bounded by the same number
  absl::Duration connect_timeout = absl::Seconds(10);  // name, TCP and TLS
  int max_connections_per_host = 8;
};

// HTTP by libcurl. One thread carries all requests and runs every `done`; connections are kept and
// shared, with HTTP/2 many requests travel on one at the same time.
//
// Certificates and host names are verified, TLS is 1.2 at least, redirects are not followed, and
// the environment's proxy settings are not looked at. A connection whose peer has stopped
// acknowledging is given up after 20 s, so that the requests that follow do not wait on it.
class CurlHttpClient : public HttpClient {
 public:
  explicit CurlHttpClient(CurlHttpOptions options = {});

  // Ends what is under way with CANCELLED and waits for those `done`s. Not to be called from one of
  // them.
  ~CurlHttpClient() override;

  void Send(HttpRequest request, Done done) override;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace cardata
