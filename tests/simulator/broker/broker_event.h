// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>

#include "absl/time/time.h"

namespace cardata::sim {

// Something that a client did, or that was done to it, as the plugin saw it. `details` has the
// members "event" and "gcid", and for each event:
//   connect     client_id, mqtt (4 or 5), keep_alive, code (0: admitted; otherwise as sent), and
//   then why subscribe   filter, code publish     topic, code: what clients publish is always
//   refused cut         code, why: the broker ended the connection on its own account disconnect
//   client_id, reason (Mosquitto's MOSQ_ERR number; 0: the client said good-bye)
struct BrokerEvent {
  uint64_t sequence_number;  // from 1, without gaps
  absl::Time time;           // real time
  nlohmann::json details;
};

}  // namespace cardata::sim
