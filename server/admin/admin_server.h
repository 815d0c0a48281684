// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"

namespace httplib {
class Server;
}  // namespace httplib
namespace prometheus {
class Collectable;
}  // namespace prometheus

namespace cardata {

// Plain HTTP for those who run the gateway: GET /metrics, in Prometheus's text format. Nothing that
// it answers names a vehicle, an account or a secret.
class AdminServer {
 public:
  // `listen`: host:port, port 0 for a free one. `metrics` is asked at each scrape, on a thread of
  // the server's.
  //   UNAVAILABLE: the port is taken, or is not this machine's.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(
      const std::string& listen, std::shared_ptr<const prometheus::Collectable> metrics);

  // Waits for the scrape that is under way.
  ~AdminServer();

  int port() const { return port_; }

 private:
  AdminServer();

  const std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace cardata
