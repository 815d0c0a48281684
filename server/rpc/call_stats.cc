// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/call_stats.h"

#include "absl/strings/str_format.h"

namespace cardata {
namespace {

constexpr std::array<const char*, CallStats::kCodes> kCodeNames = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

// The standard wants more than one such header ignored, too.
std::optional<TraceContext> TraceOf(const grpc::ServerContext& context) {
  const auto [first, end] = context.client_metadata().equal_range("traceparent");
  if (first == end || std::next(first) != end) return std::nullopt;
  return ParseTraceparent(absl::string_view(first->second.data(), first->second.size()));
}

}  // namespace

const char* CallStats::CodeName(int code) { return kCodeNames[static_cast<size_t>(code)]; }

BegunCall CallStats::Begin(const grpc::ServerContext& context) {
  started_.Add();
  return {clock_.SteadyNow(), TraceOf(context)};
}

void CallStats::End(const BegunCall& call, const grpc::Status& status) {
  const absl::Duration took = clock_.SteadyNow() - call.time;
  handled_[static_cast<size_t>(status.error_code())].Add();
  seconds_.Observe(took);
  if (!call.trace) return;
  log_.Write(LevelOf(*call.trace), "call",
             {{"method", method_},
              {"code", CodeName(status.error_code())},
              {"seconds", absl::StrFormat("%.6f", absl::ToDoubleSeconds(took))},
              {"trace_id", call.trace->trace_id},
              {"parent_id", call.trace->parent_id}});
}

CallStats& CallStatsTable::Of(absl::string_view method, CallStats::Kind kind) {
  for (const auto& known : all_)
    if (known->method() == method) return *known;
  all_.push_back(std::make_unique<CallStats>(method, kind, clock_, log_));
  return *all_.back();
}

}  // namespace cardata
