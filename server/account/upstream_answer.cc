// SPDX-License-Identifier: Apache-2.0
#include "server/account/upstream_answer.h"

#include "absl/strings/str_format.h"

namespace cardata {

void Note(const UpstreamAnswer& answer, const TraceContext* trace, const AccountContext& context) {
  context.stats.requests.Add(answer.operation, answer.result, answer.took);
  if (trace == nullptr) return;
  context.log.Write(LevelOf(*trace), "upstream request",
                    {{"account", answer.account},
                     {"operation", answer.operation},
                     {"result", answer.result},
                     {"seconds", absl::StrFormat("%.6f", absl::ToDoubleSeconds(answer.took))},
                     {"trace_id", trace->trace_id},
                     {"parent_id", trace->parent_id}});
}

}  // namespace cardata
