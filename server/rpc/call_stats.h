// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/status.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/count.h"
#include "server/base/duration_histogram.h"

namespace cardata {

// What became of the calls of one method. Thread-safe.
class CallStats {
 public:
  enum class Kind { kUnary, kServerStream, kBidiStream };

  // `method` is spelt "package.Service/Method".
  CallStats(absl::string_view method, Kind kind, const Clock& clock)
      : method_(method), kind_(kind), clock_(clock) {}

  // A call has come; returns when, for `End`.
  absl::Time Begin() {
    started_.Add();
    return clock_.SteadyNow();
  }
  void End(absl::Time begun, const grpc::Status& status) {
    handled_[static_cast<size_t>(status.error_code())].Add();
    seconds_.Observe(clock_.SteadyNow() - begun);
  }

  const std::string& method() const { return method_; }
  Kind kind() const { return kind_; }
  int64_t started() const { return started_.value(); }
  // gRPC's codes are numbered 0 to 16.
  static constexpr int kCodes = 17;
  int64_t handled(int code) const { return handled_[static_cast<size_t>(code)].value(); }
  const DurationHistogram& seconds() const { return seconds_; }

 private:
  const std::string method_;
  const Kind kind_;
  const Clock& clock_;
  Count started_;
  std::array<Count, kCodes> handled_;
  DurationHistogram seconds_;
};

// Those of all methods that the server has. Filled while it starts; read-only then.
class CallStatsTable {
 public:
  // The method's, made if it is new.
  CallStats& Of(absl::string_view method, CallStats::Kind kind, const Clock& clock) {
    for (const auto& known : all_)
      if (known->method() == method) return *known;
    all_.push_back(std::make_unique<CallStats>(method, kind, clock));
    return *all_.back();
  }
  const std::vector<std::unique_ptr<CallStats>>& all() const { return all_; }

 private:
  std::vector<std::unique_ptr<CallStats>> all_;
};

}  // namespace cardata
