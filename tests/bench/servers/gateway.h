// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/servers/server.h"
#include "tests/integration/simulator_process.h"
#include "tests/support/process.h"

namespace cardata::bench {

// The real gateway, logged in to the simulator. Events are published to the simulator's broker, on
// its private listener, as one car's; the gateway gets them from there over TLS.
class Gateway : public Server {
 public:
  // Of the events that are published.
  static constexpr char kDescriptor[] = "vehicle.drivetrain.electricEngine.charging.hvStatus";

  // `programs`: the folder with cardata-gateway. `flags` and the simulator's come on top.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(
      const std::string& folder, const std::string& programs, const std::vector<std::string>& flags,
      const std::vector<std::string>& simulator_flags = {});

  // A serialised SubscribeRequest for each subscriber; without, they are empty.
  void set_requests(std::function<std::string(size_t subscriber)> request_of) {
    request_of_ = std::move(request_of);
  }

  const std::string& vin() const { return vin_; }
  SimulatorProcess& simulator() { return *simulator_; }

  pid_t process() const override { return process_->pid(); }
  std::vector<pid_t> helpers() const override { return helpers_; }
  Address subscribers_address() const override { return {.port = port_, .unix_socket = ""}; }
  Address publisher_address() const override { return publisher_; }
  std::unique_ptr<Reader> NewSubscribers(Tally& tally, size_t first, size_t count) override;
  std::unique_ptr<Reader> NewPublisher() override;
  void AppendEvent(uint64_t number, std::string& out) override;

 private:
  absl::Status StartSimulator(const std::string& folder, const std::vector<std::string>& flags);
  absl::Status StartGateway(const std::string& folder, const std::string& programs,
                            const std::vector<std::string>& flags);
  absl::Status LogIn();

  std::unique_ptr<SimulatorProcess> simulator_;
  std::unique_ptr<Process> process_;  // ends before the simulator
  std::vector<pid_t> helpers_;
  int port_ = 0;
  Address publisher_;
  std::string publisher_name_;
  std::string publisher_password_;
  std::string gcid_;
  std::string vin_;
  size_t text_size_ = 0;
  int64_t written_second_ = 0;
  std::string before_text_;  // of the payload; changes every second
  std::function<std::string(size_t)> request_of_ = [](size_t) { return std::string(); };
};

}  // namespace cardata::bench
