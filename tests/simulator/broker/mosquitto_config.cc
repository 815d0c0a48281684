// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/broker/mosquitto_config.h"

#include <filesystem>

#include "absl/strings/str_cat.h"

namespace cardata::sim {
namespace {

std::string Absolute(const std::string& path) { return std::filesystem::absolute(path).string(); }

}  // namespace

// Not per_listener_settings, which would silence the plugin's MOSQ_EVT_TICK. `user root` keeps the
// right to read a key of mode 0600 and means nothing to a Mosquitto that root did not start. No
// limit on queues: the simulator loses nothing that it was not asked to lose.
std::string MosquittoConfig(const Broker::Options& options, int port,
                            const std::string& publisher_secret) {
  return absl::StrCat(
      "user root\n"
      "log_dest stderr\n"
      "log_timestamp_format %Y-%m-%dT%H:%M:%S\n"
      "sys_interval 0\n"
      "persistence false\n"
      "persistent_client_expiration 1h\n"
      "retain_available false\n"
      "max_queued_messages 0\n"
      "max_queued_bytes 0\n"
      "set_tcp_nodelay true\n"
      "allow_anonymous false\n"
      "plugin ",
      Absolute(options.plugin_file), "\n", "plugin_opt_public_key_file ",
      Absolute(options.token_public_key_file), "\n", "plugin_opt_publisher_secret ",
      publisher_secret, "\n", "plugin_opt_initial_commands_file ", kInitialCommandsFile, "\n",
      "listener ", port, " 127.0.0.1\n", "certfile ", Absolute(options.certificate_file), "\n",
      "keyfile ", Absolute(options.key_file), "\n", "tls_version tlsv1.3\n", "listener 0 ",
      kSocketFile, "\n");
}

}  // namespace cardata::sim
