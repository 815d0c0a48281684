// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/count.h"
#include "server/base/duration_histogram.h"
#include "server/cardata/oauth_client.h"

namespace cardata {

// What BMW answered to requests, all accounts together. On the executor only.
class RequestStats {
 public:
  // `operation` is BMW's operationId, or OAuth's name for it. `result` is "OK" or a short name from
  // a closed set, in capitals.
  void Add(const std::string& operation, const std::string& result, absl::Duration took) {
    ++results_[{operation, result}];
    seconds_[operation].Observe(took);
  }

  // By operation and result.
  const std::map<std::pair<std::string, std::string>, int64_t>& results() const { return results_; }
  // By operation.
  const std::map<std::string, DurationHistogram>& seconds() const { return seconds_; }

 private:
  std::map<std::pair<std::string, std::string>, int64_t> results_;
  std::map<std::string, DurationHistogram> seconds_;
};

// For RequestStats: what BMW's login answered, which is a status, a grant, or a decision.
std::string ResultName(const absl::StatusOr<PollAnswer>& answer);
std::string ResultName(const absl::StatusOr<RefreshAnswer>& answer);

// What the accounts have met since the start. On the executor only.
struct AccountStats {
  RequestStats requests;
  Count stream_messages;          // from BMW
  Count stream_messages_refused;  // of those: not to be understood, or not to be trusted
  Count stream_messages_dropped;  // more than could be held; not among the others
  Count stream_connects;          // connections that were tried
  absl::Duration stream_lost;  // without a stream, all accounts together; counted when it is back
};

}  // namespace cardata
