// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/simulator/broker/broker.h"

namespace cardata::sim {

// File names inside the broker's folder, which is Mosquitto's working directory.
inline constexpr char kConfigFile[] = "mosquitto.conf";
inline constexpr char kLogFile[] = "mosquitto.log";
inline constexpr char kSocketFile[] = "publisher.sock";
inline constexpr char kInitialCommandsFile[] = "initial_commands";

// mosquitto.conf: TLS 1.3 on 127.0.0.1:port, a Unix socket for the publisher, the plugin as the
// only judge. Paths are made absolute.
std::string MosquittoConfig(const Broker::Options& options, int port,
                            const std::string& publisher_secret);

}  // namespace cardata::sim
