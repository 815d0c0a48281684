// SPDX-License-Identifier: Apache-2.0
#include "absl/strings/str_cat.h"
#include "tests/bench/client/framed_reader.h"
#include "tests/bench/client/payload.h"
#include "tests/bench/servers/server.h"
#include "tests/support/process.h"

namespace cardata::bench {
namespace {

class BareTcp : public Server {
 public:
  absl::Status Start(const std::string& folder, const std::string& program) {
    subscribers_port_ = FreePort();
    publisher_port_ = FreePort();
    process_ =
        std::make_unique<Process>(std::vector<std::string>{program, absl::StrCat(subscribers_port_),
                                                           absl::StrCat(publisher_port_)},
                                  folder + "/writer.log");
    if (WaitForPort(publisher_port_, *process_)) return absl::OkStatus();
    return absl::UnavailableError("the writer does not start: " + process_->Output());
  }

  pid_t process() const override { return process_->pid(); }
  Address subscribers_address() const override {
    return {.port = subscribers_port_, .unix_socket = ""};
  }
  Address publisher_address() const override {
    return {.port = publisher_port_, .unix_socket = ""};
  }
  std::unique_ptr<Reader> NewSubscribers(Tally& tally, size_t first, size_t) override {
    return std::make_unique<FramedReader>(&tally, first);
  }
  std::unique_ptr<Reader> NewPublisher() override {
    return std::make_unique<FramedReader>(nullptr, 0);
  }
  void AppendEvent(uint64_t number, std::string& out) override {
    FramedReader::AppendEvent(Payload(number, kEventBytes), out);
  }

 private:
  int subscribers_port_ = 0;
  int publisher_port_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> StartBareTcp(const std::string& folder,
                                                     const std::string& program) {
  auto server = std::make_unique<BareTcp>();
  if (absl::Status status = server->Start(folder, program); !status.ok()) return status;
  return server;
}

}  // namespace cardata::bench
