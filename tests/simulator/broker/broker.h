// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/log.h"
#include "tests/simulator/broker/behaviour.h"
#include "tests/simulator/broker/broker_event.h"

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

  // How a client of one's own gets onto the private listener, where it may publish to every topic
  // as fast as Mosquitto reads. The password is new at each start.
  struct PublisherAccess {
    std::string socket;  // Unix socket
    std::string user_name;
    std::string password;
  };

  // Returns when the broker takes connections.
  static absl::StatusOr<std::unique_ptr<Broker>> Start(Options options);
  virtual ~Broker() = default;  // stops Mosquitto

  virtual int port() const = 0;

  // Publishes one payload as BMW would: topic {gcid}/{vin}, QoS 0, not retained. UNAVAILABLE while
  // Mosquitto is down. Returns when it is on its way to Mosquitto: messages keep their order.
  virtual absl::Status Publish(const std::string& gcid, const std::string& vin,
                               const std::string& payload) = 0;

  virtual PublisherAccess publisher_access() const = 0;

  // Ends Mosquitto, and all connections with it, and starts it again on the same port; or the two
  // halves of it, for an outage of any length. Behaviours outlive it.
  virtual absl::Status Restart() = 0;
  virtual void Stop() = 0;
  virtual absl::Status StartAgain() = 0;

  // How the broker treats an account; an empty GCID: all accounts that were given no behaviour of
  // their own. In force when it returns.
  virtual absl::Status SetBehaviour(const std::string& gcid, const Behaviour& behaviour) = 0;
  virtual Behaviour BehaviourOf(const std::string& gcid) const = 0;
  // All accounts behave as on a good day again.
  virtual absl::Status ResetBehaviours() = 0;

  // Ends the account's connection, if there is one. A client of MQTT 5 is told the reason code
  // first.
  virtual absl::Status Disconnect(const std::string& gcid, uint8_t reason_code) = 0;

  // From now on the id_token that the account's last connection came with is refused though it is
  // valid: with 5/0x87, superseded, as BMW does it after some re-dials; or with 4/0x86, as if it
  // had expired. The connection itself stays.
  virtual absl::Status RejectToken(const std::string& gcid, uint8_t reason_code) = 0;
  absl::Status RejectToken(const std::string& gcid) { return RejectToken(gcid, 0x87); }

  // What clients did, oldest first, from the event after `sequence_number` on. The latest 100,000
  // are kept.
  virtual std::vector<BrokerEvent> EventsAfter(uint64_t sequence_number) const = 0;
  // Waits until an event satisfies `matches`, or real time passes `timeout`.
  virtual bool WaitForEvent(const std::function<bool(const BrokerEvent&)>& matches,
                            absl::Duration timeout) const = 0;
};

}  // namespace cardata::sim
