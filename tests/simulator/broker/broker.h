// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/log.h"

namespace cardata::sim {

// BMW's streaming broker: a Mosquitto with TLS 1.3 and our plugin (plugin/), started, configured
// and stopped from here. Thread-safe.
class Broker {
 public:
  struct Options {
    std::string data_dir;  // config, log and the publisher's socket go into data_dir/broker
    std::string mosquitto = "mosquitto";  // found in PATH, /usr/sbin included
    std::string plugin_file;              // cardata_sim_plugin.so
    std::string certificate_file;         // PEM: the server's certificate, and its chain
    std::string key_file;                 // PEM
    std::string
        token_public_key_file;  // PEM: RSA key that id_tokens are checked with; read at each start
    int port = 0;               // TLS, on 127.0.0.1; 0: a free one below 32768
    Log* log = nullptr;         // outlives the broker
  };

  // Returns when the broker takes connections.
  static absl::StatusOr<std::unique_ptr<Broker>> Start(Options options);
  virtual ~Broker() = default;  // stops Mosquitto

  virtual int port() const = 0;

  // Publishes one payload as BMW would: topic {gcid}/{vin}, QoS 0, not retained. UNAVAILABLE while
  // Mosquitto is down. Returns when it is on its way to Mosquitto: messages keep their order.
  virtual absl::Status Publish(const std::string& gcid, const std::string& vin,
                               const std::string& payload) = 0;

  // Ends Mosquitto, and all connections with it, and starts it again on the same port.
  virtual absl::Status Restart() = 0;
  // The two halves of Restart, for an outage of any length.
  virtual void Stop() = 0;
  virtual absl::Status StartAgain() = 0;
};

}  // namespace cardata::sim
