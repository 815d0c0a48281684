// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/count.h"
#include "server/base/duration_histogram.h"
#include "server/base/log.h"
#include "server/base/trace_context.h"

namespace cardata {

// A call that has come.
struct BegunCall {
  absl::Time time;                    // steady
  std::optional<TraceContext> trace;  // that its caller named

  const TraceContext* trace_or_null() const { return trace ? &*trace : nullptr; }
};

// What became of the calls of one method. A call whose caller named a trace (traceparent) is logged
// at its end as well: as information if the caller keeps that trace, else for debugging.
// Thread-safe.
class CallStats {
 public:
  enum class Kind { kUnary, kServerStream, kBidiStream };

  // `method` is spelt "package.Service/Method".
  CallStats(absl::string_view method, Kind kind, const Clock& clock, Log& log)
      : method_(method), kind_(kind), clock_(clock), log_(log) {}

  BegunCall Begin(const grpc::ServerContext& context);
  void End(const BegunCall& call, const grpc::Status& status);

  const std::string& method() const { return method_; }
  Kind kind() const { return kind_; }
  int64_t started() const { return started_.value(); }
  // gRPC's codes are numbered 0 to 16.
  static constexpr int kCodes = 17;
  // As go-grpc-prometheus spells it: "NotFound".
  static const char* CodeName(int code);
  int64_t handled(int code) const { return handled_[static_cast<size_t>(code)].value(); }
  const DurationHistogram& seconds() const { return seconds_; }

 private:
  const std::string method_;
  const Kind kind_;
  const Clock& clock_;
  Log& log_;
  Count started_;
  std::array<Count, kCodes> handled_;
  DurationHistogram seconds_;
};

// Those of all methods that the server has. Filled while it starts; read-only then.
class CallStatsTable {
 public:
  CallStatsTable(const Clock& clock, Log& log) : clock_(clock), log_(log) {}

  // The method's, made if it is new.
  CallStats& Of(absl::string_view method, CallStats::Kind kind);
  const std::vector<std::unique_ptr<CallStats>>& all() const { return all_; }

 private:
  const Clock& clock_;
  Log& log_;
  std::vector<std::unique_ptr<CallStats>> all_;
};

}  // namespace cardata
