// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

#include <string>
#include <unordered_set>

#include "tests/simulator/broker/plugin/admission.h"
#include "tests/simulator/broker/plugin/mosquitto_internals.h"

namespace cardata::sim {

// The plugin's answers to Mosquitto's questions. Every function returns a MOSQ_ERR code and runs in
// Mosquitto's only thread: it must not block.
class Gatekeeper {
 public:
  struct Options {
    std::string public_key;        // PEM
    std::string publisher_secret;  // password of kPublisherName
  };
  explicit Gatekeeper(Options options);

  // One command of control_topics.h. False if it is not understood.
  bool Obey(const std::string& command);

  int OnBasicAuth(mosquitto_evt_basic_auth& event);
  int OnAclCheck(mosquitto_evt_acl_check& event);
  int OnTick();
  int OnDisconnect(mosquitto_evt_disconnect& event);

 private:
  int Refuse(mosquitto* client, const Admission::Attempt& attempt,
             const Admission::Decision& decision);
  int OnSubscribe(mosquitto* client, const std::string& filter);
  void Cut(Admission::Connection connection, uint8_t reason_code);
  void Record(const char* what, const std::string& gcid, nlohmann::json details);

  const Options options_;
  const MosquittoInternals internals_;
  Admission admission_;
  std::unordered_set<Admission::Connection> muted_;  // subscribed with a filter that never delivers
};

}  // namespace cardata::sim
