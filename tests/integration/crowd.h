// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/completion_queue.h>

#include <condition_variable>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "cardata/v1/telematics_service.grpc.pb.h"

namespace cardata {

// Many Subscribe calls, served by one thread. Each follows the events that the simulator's load has
// numbered and must get every number, once and in order; what the cars send besides is let pass.
class Crowd {
 public:
  // `first_number` of the load: larger than any value that a car sends.
  explicit Crowd(int64_t first_number);

  // Cancels all calls.
  ~Crowd();

  // Begins a call.
  void Join(const std::shared_ptr<grpc::Channel>& channel, v1::StartPosition position);

  // From now on nobody reads, once what is being read has come; until `GoOn`. The library runs on.
  void Pause();
  void GoOn();

  // How long the events that were numbered took from the gateway's receipt to their reader, since
  // the last call.
  std::vector<absl::Duration> TakeLatencies();

  // Waits until the opening part is over for everybody. False if somebody has failed, or at the
  // deadline.
  bool WaitUntilCaughtUp();

  // Waits until everybody has all up to the number `last`. False if somebody has failed, or at the
  // deadline.
  bool WaitUntilAllHave(int64_t last);

  // Of everybody for whom something went wrong, what it was.
  std::vector<std::string> failures();

 private:
  struct Member;

  void Run();
  void Take(Member& member);
  void Fail(Member& member, const std::string& what);

  const int64_t first_number_;
  grpc::CompletionQueue queue_;
  std::vector<std::unique_ptr<Member>> members_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t last_ = std::numeric_limits<int64_t>::max();
  size_t opening_ = 0;  // so many have not caught up
  size_t behind_ = 0;   // so many do not have `last_`
  size_t running_ = 0;
  std::vector<std::string> failures_;
  bool paused_ = false;
  std::vector<Member*> waiting_;  // to read
  std::vector<absl::Duration> latencies_;
  std::thread thread_;
};

}  // namespace cardata
