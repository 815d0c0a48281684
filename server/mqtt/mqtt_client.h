// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace cardata {

// One connection: made once, with one subscription, and never made again by itself.
struct MqttOptions {
  std::string host;
  int port = 0;
  std::string ca_file;  // PEM; empty: the system's
  enum class Version { k311, k5 } version = Version::k5;
  std::string client_id;
  std::string username;
  std::string password;
  std::string topic;                                   // the one subscription, QoS 0
  absl::Duration keep_alive = absl::Seconds(30);       // BMW cuts at 60 s and more
  absl::Duration connect_timeout = absl::Seconds(20);  // TCP, TLS and CONNACK
  absl::Duration subscribe_timeout = absl::Seconds(10);
};

// CONNACK refused the connection. `code` is MQTT 5's reason code whatever the version (3.1.1's 4
// and 5 come as 134, 135).
struct MqttRefused {
  int code;
};
// SUBACK refused the subscription: the topic is not allowed, or no descriptor is selected in BMW's
// portal.
struct MqttSubscribeRefused {
  int code;
};
// The subscription stands: from now on every message is received.
struct MqttLive {};
// It could not be made, or it ended. `code` is the reason code of the broker's DISCONNECT, or 0
// (MQTT 3.1.1, or a network failure); `reason` is for people and holds no secret. Nothing comes
// after it.
struct MqttClosed {
  int code = 0;
  std::string reason;
  bool reached_host = false;  // false: name not found, or no TCP/TLS connection
};
using MqttEvent = std::variant<MqttRefused, MqttSubscribeRefused, MqttLive, MqttClosed>;

// All are called on a thread that all connections share: they must only hand on what they get.
struct MqttHandlers {
  // Exactly one of: Refused; SubscribeRefused; Live and later Closed; Closed. After `Close` was
  // called nothing more comes.
  absl::AnyInvocable<void(MqttEvent)> on_event;
  absl::AnyInvocable<void(absl::string_view topic, absl::string_view payload)> on_message;
  // May be empty. CONNECT has been sent: from now on the broker may end an older connection with
  // this client id. At most once, before Live.
  absl::AnyInvocable<void()> on_connect_sent = nullptr;
};

// Destroying it closes it.
class MqttConnection {
 public:
  virtual ~MqttConnection() = default;
};

// The seam to MQTT. Thread-safe.
class MqttClient {
 public:
  virtual ~MqttClient() = default;

  // Starts to connect over TLS 1.3 with the host's name verified, clean start, then subscribes.
  // Never blocks; what became of it comes through `handlers`. Destroying the connection disconnects
  // it; no handler runs after the destructor returned.
  virtual std::unique_ptr<MqttConnection> Open(const MqttOptions& options,
                                               MqttHandlers handlers) = 0;
};

}  // namespace cardata
