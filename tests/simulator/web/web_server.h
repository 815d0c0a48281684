// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/simulator/web/message.h"

namespace cardata::sim {

// Plain HTTP/1.1. What it cannot read gets a 4xx; an exception of the handler a 500.
class WebServer {
 public:
  struct Options {
    std::string host = "127.0.0.1";
    int port = 0;            // 0: any free one
    bool keep_alive = true;  // false: one request a connection
    WebHandler handler;      // gets every path and method
  };
  // Returns when it takes connections.
  static absl::StatusOr<std::unique_ptr<WebServer>> Start(Options options);

  // Waits for the requests under way.
  virtual ~WebServer() = default;
  virtual int port() const = 0;
};

}  // namespace cardata::sim
