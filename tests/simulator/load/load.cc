// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/load/load.h"

#include <algorithm>
#include <utility>

#include "tests/simulator/cars/envelope.h"

namespace cardata::sim {
namespace {

constexpr absl::Duration kRound = absl::Milliseconds(2);
constexpr double kFastest = 1e6;

}  // namespace

absl::Status Load::Start(Options options) {
  if (options.targets.empty()) return absl::InvalidArgumentError("a load needs at least one car");
  if (!(options.events_per_second > 0 && options.events_per_second <= kFastest)) {
    return absl::InvalidArgumentError("events_per_second must be more than 0 and at most 1000000");
  }
  std::lock_guard starting(start_mutex_);
  Join();
  {
    std::lock_guard lock(mutex_);
    stopping_ = false;
    progress_ = {.running = true, .published = 0, .failed = 0, .started = clock_.Now()};
  }
  thread_ = std::thread([this, options = std::move(options)] { Run(options); });
  return absl::OkStatus();
}

void Load::Stop() {
  std::lock_guard starting(start_mutex_);
  Join();
}

void Load::Join() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

Load::Progress Load::progress() const {
  std::lock_guard lock(mutex_);
  return progress_;
}

bool Load::WaitForEnd(absl::Duration timeout) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, absl::ToChronoMilliseconds(timeout),
                           [this] { return !progress_.running; });
}

void Load::Run(const Options& options) {
  const absl::Time started = progress().started;
  uint64_t sent = 0;
  std::unique_lock lock(mutex_);
  while (!stopping_ && (options.total == 0 || sent < options.total)) {
    lock.unlock();
    const absl::Time now = clock_.Now();
    auto due =
        static_cast<uint64_t>(absl::ToDoubleSeconds(now - started) * options.events_per_second);
    if (options.total > 0) due = std::min(due, options.total);
    uint64_t published = 0;
    uint64_t failed = 0;
    for (; sent < due; ++sent) {
      const Target& target = options.targets[sent % options.targets.size()];
      const Sample sample{now, kLoadDescriptor, options.first_number + sent, "km"};
      const bool ok =
          publish_(target.gcid, target.vin, Envelope(target.gcid, target.vin, now, sample)).ok();
      ++(ok ? published : failed);
    }
    lock.lock();
    progress_.published += published;
    progress_.failed += failed;
    changed_.wait_for(lock, absl::ToChronoMilliseconds(kRound), [this] { return stopping_; });
  }
  progress_.running = false;
  changed_.notify_all();
}

}  // namespace cardata::sim
