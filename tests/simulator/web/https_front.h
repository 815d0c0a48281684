// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/base/log.h"
#include "tests/simulator/web/certificates.h"
#include "tests/simulator/web/message.h"

namespace cardata::sim {

// HTTPS with HTTP/2 and HTTP/1.1: Debian's nghttpx before a WebServer of ours.
class HttpsFront {
 public:
  struct Options {
    std::string host = "127.0.0.1";
    int port = 0;  // 0: a free one below 32768
    Certificates certificates;
    std::string log_file;  // nghttpx's own words
    WebHandler handler;
    Log* log = nullptr;  // outlives the front
  };
  // Returns when it takes connections.
  static absl::StatusOr<std::unique_ptr<HttpsFront>> Start(const Options& options);

  virtual ~HttpsFront() = default;
  virtual int port() const = 0;
};

}  // namespace cardata::sim
