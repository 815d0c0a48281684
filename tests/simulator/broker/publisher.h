// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace cardata::sim {

// The simulator's own MQTT client on the broker's private listener (libmosquitto, one network
// thread). Thread-safe.
class Publisher {
 public:
  struct Options {
    std::string socket;  // Unix socket
    std::string secret;
    std::function<void(const std::string&)>
        on_event;  // payloads of kEventTopic, from the network thread
  };

  // Connects and subscribes to the events, once.
  static absl::StatusOr<std::unique_ptr<Publisher>> Connect(Options options,
                                                            absl::Duration timeout);
  virtual ~Publisher() = default;

  // QoS 0.
  virtual absl::Status Publish(const std::string& topic, const std::string& payload) = 0;

  // To kControlTopic; returns when the plugin has obeyed.
  virtual absl::Status Command(const std::string& command) = 0;
};

}  // namespace cardata::sim
