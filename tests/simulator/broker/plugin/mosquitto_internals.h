// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

struct mosquitto;

namespace cardata::sim {

// Two functions of Mosquitto 2.0.11 that its plugin interface does not offer, but its binary
// exports. Without them a refusal is always 5 or 0x87, and a takeover has no notice.
class MosquittoInternals {
 public:
  MosquittoInternals();

  bool complete() const { return send_connack_ != nullptr && send_disconnect_ != nullptr; }

  // False if the function is not there.
  bool SendConnack(mosquitto* client, uint8_t code) const;
  bool SendDisconnect(mosquitto* client, uint8_t reason_code) const;

 private:
  int (*send_connack_)(mosquitto*, uint8_t acknowledge_flags, uint8_t code, const void* properties);
  int (*send_disconnect_)(mosquitto*, uint8_t reason_code, const void* properties);
};

}  // namespace cardata::sim
