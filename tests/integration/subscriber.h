// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "cardata/v1/telematics_service.grpc.pb.h"
#include "tests/support/wait.h"

namespace cardata {

// One Subscribe call; a thread of its own collects what it brings. Thread-safe.
class Subscriber {
 public:
  using Responses = std::vector<v1::SubscribeResponse>;

  explicit Subscriber(const std::shared_ptr<grpc::Channel>& channel,
                      const v1::SubscribeRequest& request = {});

  // Cancels the call.
  ~Subscriber();

  // Waits until `condition` holds for what has arrived. False if the stream ends before, or at the
  // deadline.
  bool WaitFor(const std::function<bool(const Responses&)>& condition,
               absl::Duration deadline = kGenerous);

  // Waits until an event for which `condition` holds has arrived.
  bool WaitForEvent(const std::function<bool(const v1::Event&)>& condition,
                    absl::Duration deadline = kGenerous);

  // Waits until the opening part is over.
  bool WaitUntilCaughtUp();

  // Cancels the call; or waits for its end if somebody else ends it. How it ended.
  grpc::Status Cancel();
  grpc::Status Wait();

  // What has arrived so far.
  Responses responses();
  std::vector<v1::Entry> entries();
  std::vector<v1::Event> events();
  std::vector<v1::Gap> gaps();
  std::string last_token();

 private:
  void Read();

  grpc::ClientContext context_;
  std::unique_ptr<v1::TelematicsService::Stub> stub_;
  std::unique_ptr<grpc::ClientReader<v1::SubscribeResponse>> reader_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Responses responses_;
  bool ended_ = false;
  grpc::Status status_;
  std::thread thread_;
};

}  // namespace cardata
