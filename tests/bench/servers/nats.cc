// SPDX-License-Identifier: Apache-2.0
#include "absl/strings/str_cat.h"
#include "tests/bench/client/nats_reader.h"
#include "tests/bench/client/payload.h"
#include "tests/bench/servers/server.h"
#include "tests/support/process.h"

namespace cardata::bench {
namespace {

constexpr char kSubject[] = "t.e";

class Nats : public Server {
 public:
  ~Nats() override {
    if (process_) process_->Kill();  // after SIGTERM it would end with 1
  }

  absl::Status Start(const std::string& folder) {
    port_ = FreePort();
    process_ = std::make_unique<Process>(
        std::vector<std::string>{"nats-server", "-a", "127.0.0.1", "-p", absl::StrCat(port_)},
        folder + "/nats.log");
    if (WaitForPort(port_, *process_)) return absl::OkStatus();
    return absl::UnavailableError("nats-server does not start: " + process_->Output());
  }

  pid_t process() const override { return process_->pid(); }
  Address subscribers_address() const override { return {.port = port_, .unix_socket = ""}; }
  Address publisher_address() const override { return subscribers_address(); }
  std::unique_ptr<Reader> NewSubscribers(Tally& tally, size_t first, size_t) override {
    return std::make_unique<NatsReader>(kSubject, &tally, first);
  }
  std::unique_ptr<Reader> NewPublisher() override {
    return std::make_unique<NatsReader>("", nullptr, 0);
  }
  void AppendEvent(uint64_t number, std::string& out) override {
    NatsReader::AppendEvent(kSubject, Payload(number, kEventBytes), out);
  }

 private:
  int port_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> StartNats(const std::string& folder) {
  auto server = std::make_unique<Nats>();
  if (absl::Status status = server->Start(folder); !status.ok()) return status;
  return server;
}

}  // namespace cardata::bench
