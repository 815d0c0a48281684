// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/broker/plugin/mosquitto_internals.h"

#include <dlfcn.h>

namespace cardata::sim {

MosquittoInternals::MosquittoInternals()
    : send_connack_(
          reinterpret_cast<decltype(send_connack_)>(dlsym(RTLD_DEFAULT, "send__connack"))),
      send_disconnect_(
          reinterpret_cast<decltype(send_disconnect_)>(dlsym(RTLD_DEFAULT, "send__disconnect"))) {}

bool MosquittoInternals::SendConnack(mosquitto* client, uint8_t code) const {
  if (send_connack_ == nullptr) return false;
  send_connack_(client, 0, code, nullptr);
  return true;
}

bool MosquittoInternals::SendDisconnect(mosquitto* client, uint8_t reason_code) const {
  if (send_disconnect_ == nullptr) return false;
  send_disconnect_(client, reason_code, nullptr);
  return true;
}

}  // namespace cardata::sim
