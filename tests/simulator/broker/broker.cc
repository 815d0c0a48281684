// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/broker/broker.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/mask.h"
#include "server/base/random.h"
#include "server/base/status_macros.h"
#include "tests/simulator/broker/control_topics.h"
#include "tests/simulator/broker/event_record.h"
#include "tests/simulator/broker/mosquitto_config.h"
#include "tests/simulator/broker/publisher.h"
#include "tests/simulator/process/child_process.h"
#include "tests/simulator/process/free_port.h"

namespace cardata::sim {
namespace {

using Json = nlohmann::json;

constexpr absl::Duration kStartTimeout = absl::Seconds(20);
constexpr absl::Duration kStartPoll = absl::Milliseconds(10);
constexpr int kPortAttempts = 5;

absl::Status WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  chmod(path.c_str(), 0600);
  file << text;
  file.close();
  return file ? absl::OkStatus() : absl::InternalError(absl::StrCat("cannot write ", path));
}

class MosquittoBroker : public Broker {
 public:
  explicit MosquittoBroker(Options options)
      : options_(std::move(options)),
        folder_(std::filesystem::absolute(options_.data_dir + "/broker").string()) {}

  ~MosquittoBroker() override {
    Drop();
    if (folder_fd_ >= 0) close(folder_fd_);
  }

  absl::Status StartFirst() {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error)
      return absl::InternalError(absl::StrCat("cannot make ", folder_, ": ", error.message()));
    chmod(folder_.c_str(), 0700);
    folder_fd_ = open(folder_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    port_ = options_.port;
    absl::Status status;
    for (int attempt = 0; attempt < kPortAttempts; ++attempt) {
      if (options_.port == 0) port_ = FreePort();
      status = StartAgain();
      if (status.ok() || options_.port != 0) break;
    }
    return status;
  }

  int port() const override { return port_; }

  absl::Status Publish(const std::string& gcid, const std::string& vin,
                       const std::string& payload) override {
    std::shared_ptr<Publisher> publisher = CurrentPublisher();
    if (publisher == nullptr) return absl::UnavailableError("the broker is down");
    return publisher->Publish(absl::StrCat(gcid, "/", vin), payload);
  }

  PublisherAccess publisher_access() const override {
    std::lock_guard lock(mutex_);
    return {absl::StrCat(folder_, "/", kSocketFile), kPublisherName, secret_};
  }

  absl::Status Restart() override {
    Stop();
    return StartAgain();
  }

  void Stop() override {
    std::lock_guard starting(start_mutex_);
    Drop();
  }

  absl::Status StartAgain() override {
    std::lock_guard starting(start_mutex_);
    Drop();
    const std::string secret = absl::BytesToHexString(random_.Bytes(32));
    RETURN_IF_ERROR(WriteFile(absl::StrCat(folder_, "/", kConfigFile),
                              MosquittoConfig(options_, port_, secret)));
    RETURN_IF_ERROR(WriteFile(absl::StrCat(folder_, "/", kInitialCommandsFile), InitialCommands()));
    ASSIGN_OR_RETURN(process_,
                     ChildProcess::Start({.command = {options_.mosquitto, "-c", kConfigFile},
                                          .directory = folder_,
                                          .log_file = absl::StrCat(folder_, "/", kLogFile),
                                          .on_exit = [this](int status) { OnExit(status); }}));
    absl::StatusOr<std::shared_ptr<Publisher>> publisher = AwaitPublisher(secret);
    if (!publisher.ok()) {
      process_.reset();
      return publisher.status();
    }
    std::lock_guard lock(mutex_);
    publisher_ = *std::move(publisher);
    secret_ = secret;
    return absl::OkStatus();
  }

  absl::Status SetBehaviour(const std::string& gcid, const Behaviour& behaviour) override {
    {
      std::lock_guard lock(mutex_);
      behaviours_[gcid] = behaviour;
    }
    return Command(BehaviourCommand(gcid, behaviour));
  }

  Behaviour BehaviourOf(const std::string& gcid) const override {
    std::lock_guard lock(mutex_);
    for (const std::string& key : {gcid, std::string()}) {
      if (auto found = behaviours_.find(key); found != behaviours_.end()) return found->second;
    }
    return {};
  }

  absl::Status ResetBehaviours() override {
    {
      std::lock_guard lock(mutex_);
      behaviours_.clear();
    }
    return Command({{"reset", true}, {"gcid", ""}});
  }

  absl::Status Disconnect(const std::string& gcid, uint8_t reason_code) override {
    return Command({{"disconnect", reason_code}, {"gcid", gcid}});
  }

  using Broker::RejectToken;
  absl::Status RejectToken(const std::string& gcid, uint8_t reason_code) override {
    return Command({{"reject_token", reason_code}, {"gcid", gcid}});
  }

  std::vector<BrokerEvent> EventsAfter(uint64_t sequence_number) const override {
    return events_.After(sequence_number);
  }

  bool WaitForEvent(const std::function<bool(const BrokerEvent&)>& matches,
                    absl::Duration timeout) const override {
    return events_.WaitFor(matches, timeout);
  }

 private:
  static Json BehaviourCommand(const std::string& gcid, const Behaviour& behaviour) {
    return {{"behaviour", ToJson(behaviour)}, {"gcid", gcid}};
  }

  std::string InitialCommands() const {
    std::lock_guard lock(mutex_);
    std::string commands;
    for (const auto& [gcid, behaviour] : behaviours_) {
      absl::StrAppend(&commands, BehaviourCommand(gcid, behaviour).dump(), "\n");
    }
    return commands;
  }

  // A behaviour that is set while Mosquitto is down is in force when it starts again.
  absl::Status Command(const Json& command) {
    std::shared_ptr<Publisher> publisher = CurrentPublisher();
    if (publisher == nullptr) return absl::OkStatus();
    return publisher->Command(command.dump());
  }

  std::shared_ptr<Publisher> CurrentPublisher() const {
    std::lock_guard lock(mutex_);
    return publisher_;
  }

  void Drop() {
    {
      std::lock_guard lock(mutex_);
      publisher_.reset();
    }
    process_.reset();
  }

  // Through /proc, because a Unix socket's path must be shorter than a data folder's may be.
  absl::StatusOr<std::shared_ptr<Publisher>> AwaitPublisher(const std::string& secret) {
    const std::string socket = absl::StrCat("/proc/self/fd/", folder_fd_, "/", kSocketFile);
    for (const absl::Time deadline = absl::Now() + kStartTimeout; absl::Now() < deadline;
         absl::SleepFor(kStartPoll)) {
      auto publisher = Publisher::Connect({.socket = socket,
                                           .secret = secret,
                                           .on_event =
                                               [this](const std::string& event) {
                                                 events_.Add(Json::parse(event, nullptr, false));
                                               }},
                                          kStartTimeout);
      if (publisher.ok()) return std::shared_ptr<Publisher>(*std::move(publisher));
      if (!process_->running()) {
        return absl::InternalError(
            absl::StrCat("Mosquitto ended at its start; see ", folder_, "/", kLogFile));
      }
    }
    return absl::DeadlineExceededError("Mosquitto does not answer its own publisher");
  }

  void OnExit(int status) {
    {
      std::lock_guard lock(mutex_);
      publisher_.reset();
    }
    if (options_.log != nullptr) {
      options_.log->Error("Mosquitto ended by itself",
                          {{"status", absl::StrCat(status)}, {"log", folder_ + "/" + kLogFile}});
    }
  }

  const Options options_;
  const std::string folder_;
  int folder_fd_ = -1;
  int port_ = 0;
  SecureRandom random_;
  EventRecord events_;
  std::mutex start_mutex_;
  mutable std::mutex mutex_;
  std::map<std::string, Behaviour> behaviours_;
  std::shared_ptr<Publisher> publisher_;
  std::string secret_;
  std::unique_ptr<ChildProcess> process_;  // last: ends before what its on_exit uses
};

}  // namespace

absl::StatusOr<std::unique_ptr<Broker>> Broker::Start(Options options) {
  auto broker = std::make_unique<MosquittoBroker>(std::move(options));
  if (absl::Status status = broker->StartFirst(); !status.ok()) return status;
  return broker;
}

}  // namespace cardata::sim
