// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/time/time.h"
#include "server/account/context.h"
#include "server/base/trace_context.h"

namespace cardata {

// BMW has answered a request, or it has failed.
struct UpstreamAnswer {
  std::string account;
  std::string operation;  // as RequestStats::Add
  std::string result;     // as RequestStats::Add
  absl::Duration took;
};

// Counts it. Where `trace` is not null, the call that the request was sent for belongs to it, and
// the answer is logged with it, at the level of the call (CallStats).
void Note(const UpstreamAnswer& answer, const TraceContext* trace, const AccountContext& context);

}  // namespace cardata
