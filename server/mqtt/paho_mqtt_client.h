// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "server/base/serial_executor.h"
#include "server/mqtt/mqtt_client.h"

namespace cardata {

// MQTT by Paho. Two threads of Paho's carry all connections and run the handlers, and one thread of
// the client's makes, times and destroys connections: Paho resolves names under one lock for the
// whole process, and nobody else should wait for that. Have one client in a process.
class PahoMqttClient : public MqttClient {
 public:
  PahoMqttClient();

  // Every connection must have been destroyed. Waits until they are closed, which takes Paho up to
  // a second.
  ~PahoMqttClient() override;

  std::unique_ptr<MqttConnection> Open(const MqttOptions& options, MqttHandlers handlers) override;

 private:
  SerialExecutor control_;
};

}  // namespace cardata
