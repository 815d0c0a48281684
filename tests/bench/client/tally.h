// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/bench/client/histogram.h"

namespace cardata::bench {

// Accounts for every delivery: each subscriber must get event 1, 2, 3 and so on.
class Tally {
 public:
  explicit Tally(size_t subscribers) : last_(subscribers) {}

  // The next event goes out at `now`. Returns its number.
  uint64_t Publish(uint64_t now) {
    ++published_;
    published_at_[published_ % published_at_.size()] = now;
    return published_;
  }

  // When what is handled now was read from its socket.
  void ReadAt(uint64_t now) { now_ = now; }

  // Event `number` has arrived at `subscriber`.
  void Delivered(size_t subscriber, uint64_t number) {
    uint64_t& last = last_[subscriber];
    if (number != last + 1) [[unlikely]] {
      if (number == 0 || number > published_) {
        ++foreign_;
        return;
      }
      if (number <= last) {
        ++repeated_;
        return;
      }
      skipped_ += number - last - 1;
    }
    last = number;
    ++delivered_;
    if (timing_) latency_.Add(now_ - published_at_[number % published_at_.size()]);
  }

  void CountLag() { ++lags_; }
  void CountGap() { ++gaps_; }

  // The latencies of what is delivered until the next `StopTiming`.
  void StartTiming() {
    latency_ = {};
    timing_ = true;
  }
  const Histogram& StopTiming() {
    timing_ = false;
    return latency_;
  }

  size_t subscribers() const { return last_.size(); }
  uint64_t published() const { return published_; }
  uint64_t delivered() const { return delivered_; }

  // Events that did not come, or came after a later one: of the first `matching` subscribers, who
  // should have got all that was published.
  uint64_t Missing(size_t matching) const {
    uint64_t missing = skipped_;
    for (size_t i = 0; i < matching; ++i) missing += published_ - last_[i];
    return missing;
  }
  uint64_t repeated() const { return repeated_; }  // or out of order
  uint64_t foreign() const { return foreign_; }    // without a number that was published
  uint64_t lags() const { return lags_; }
  uint64_t gaps() const { return gaps_; }

 private:
  std::vector<uint64_t> last_;  // by subscriber
  uint64_t published_ = 0;
  uint64_t delivered_ = 0;
  uint64_t skipped_ = 0;
  uint64_t repeated_ = 0;
  uint64_t foreign_ = 0;
  uint64_t lags_ = 0;
  uint64_t gaps_ = 0;
  uint64_t now_ = 0;
  bool timing_ = false;
  Histogram latency_;
  // By number; more than are ever outstanding where latencies are taken.
  std::vector<uint64_t> published_at_ = std::vector<uint64_t>(size_t{1} << 20);
};

}  // namespace cardata::bench
