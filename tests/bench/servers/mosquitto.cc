// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include "absl/strings/str_cat.h"
#include "tests/bench/client/mqtt_reader.h"
#include "tests/bench/client/payload.h"
#include "tests/bench/servers/server.h"
#include "tests/support/process.h"

namespace cardata::bench {
namespace {

constexpr char kTopic[] = "t/e";

class Mosquitto : public Server {
 public:
  absl::Status Start(const std::string& folder) {
    port_ = FreePort();
    const std::string config = folder + "/mosquitto.conf";
    // Nothing that slows it down, and no limit on what waits for a subscriber.
    std::ofstream(config) << "user root\n"
                          << "listener " << port_ << " 127.0.0.1\n"
                          << "allow_anonymous true\n"
                             "persistence false\n"
                             "set_tcp_nodelay true\n"
                             "max_inflight_messages 0\n"
                             "max_queued_messages 0\n"
                             "connection_messages false\n"
                             "log_type error\n"
                             "log_dest stderr\n";
    process_ = std::make_unique<Process>(std::vector<std::string>{"mosquitto", "-c", config},
                                         folder + "/mosquitto.log");
    if (WaitForPort(port_, *process_)) return absl::OkStatus();
    return absl::UnavailableError("mosquitto does not start: " + process_->Output());
  }

  pid_t process() const override { return process_->pid(); }
  Address subscribers_address() const override { return {.port = port_, .unix_socket = ""}; }
  Address publisher_address() const override { return subscribers_address(); }
  std::unique_ptr<Reader> NewSubscribers(Tally& tally, size_t first, size_t) override {
    return std::make_unique<MqttReader>(
        MqttReader::Options{absl::StrCat("s", first), "", "", kTopic}, &tally, first);
  }
  std::unique_ptr<Reader> NewPublisher() override {
    return std::make_unique<MqttReader>(MqttReader::Options{"publisher", "", "", ""}, nullptr, 0);
  }
  void AppendEvent(uint64_t number, std::string& out) override {
    MqttReader::AppendEvent(kTopic, Payload(number, kEventBytes), out);
  }

 private:
  int port_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> StartMosquitto(const std::string& folder) {
  auto server = std::make_unique<Mosquitto>();
  if (absl::Status status = server->Start(folder); !status.ok()) return status;
  return server;
}

}  // namespace cardata::bench
