// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/base/clock.h"

namespace cardata::sim {

// Publishes a chosen number of events a second, whatever the cars do. Each carries its number as
// the value of kLoadDescriptor, from `first_number` on without gaps, so that a test can account for
// each: event n goes to targets[(n - first_number) % targets.size()]. Thread-safe.
class Load {
 public:
  static constexpr char kLoadDescriptor[] = "vehicle.vehicle.travelledDistance";

  struct Target {
    std::string gcid;
    std::string vin;
  };
  struct Options {
    std::vector<Target> targets;     // not empty
    double events_per_second = 100;  // more than 0; kept as an average: what was late is caught up
    uint64_t total = 0;              // then it ends; 0: until it is stopped
    uint64_t first_number = 1;
  };
  struct Progress {
    bool running = false;
    uint64_t published =
        0;  // the broker has them; the next number is first_number + published + failed
    uint64_t failed = 0;  // the broker was down
    absl::Time started;
  };
  using Publish = std::function<absl::Status(const std::string& gcid, const std::string& vin,
                                             const std::string& payload)>;

  // `clock` stamps the events and measures the rate: real time. It outlives the load.
  Load(Publish publish, const Clock& clock) : publish_(std::move(publish)), clock_(clock) {}
  ~Load() { Stop(); }

  // Ends a load that runs, and begins another. INVALID_ARGUMENT if the options make no sense.
  absl::Status Start(Options options);

  // Returns when the last event is published.
  void Stop();

  Progress progress() const;

  // Waits until the load has ended by itself, or real time passes `timeout`.
  bool WaitForEnd(absl::Duration timeout) const;

 private:
  void Join();
  void Run(const Options& options);

  const Publish publish_;
  const Clock& clock_;
  std::mutex start_mutex_;
  std::thread thread_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool stopping_ = false;
  Progress progress_;
};

}  // namespace cardata::sim
