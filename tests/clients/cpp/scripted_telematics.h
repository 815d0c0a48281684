// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "cardata/v1/telematics_service.grpc.pb.h"

namespace cardata::client {

// A response with one event.
inline v1::SubscribeResponse EventResponse(const std::string& token, int64_t sequence) {
  v1::SubscribeResponse response;
  response.set_resume_token(token);
  v1::Entry& entry = *response.add_entries();
  entry.set_sequence(sequence);
  entry.mutable_event()->set_raw(token);
  return response;
}

// Plays the gateway: each subscription gets the next script.
class ScriptedTelematics : public v1::TelematicsService::Service {
 public:
  struct Script {
    std::vector<v1::SubscribeResponse> responses;
    grpc::Status end;
    bool stays = false;  // sends nothing more, and does not end
  };
  explicit ScriptedTelematics(std::deque<Script> scripts) : scripts_(std::move(scripts)) {}

  grpc::Status Subscribe(grpc::ServerContext*, const v1::SubscribeRequest* request,
                         grpc::ServerWriter<v1::SubscribeResponse>* writer) override {
    std::unique_lock lock(mutex_);
    requests_.push_back(*request);
    changed_.notify_all();
    if (scripts_.empty()) return {grpc::StatusCode::OUT_OF_RANGE, "the script is over"};
    const Script script = scripts_.front();
    scripts_.pop_front();
    lock.unlock();
    for (const v1::SubscribeResponse& response : script.responses) writer->Write(response);
    lock.lock();
    changed_.wait(lock, [&] { return !script.stays || released_; });
    return script.end;
  }

  // Waits until it has been asked so often.
  void WaitUntilAsked(size_t times) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return requests_.size() >= times; });
  }

  // Lets those that stay go.
  void Release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }

  std::vector<v1::SubscribeRequest> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Script> scripts_;
  std::vector<v1::SubscribeRequest> requests_;
  bool released_ = false;
};

}  // namespace cardata::client
