// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/subscription_limits.h"

#include "absl/strings/str_cat.h"
#include "server/error/error.h"

namespace cardata {
namespace {

absl::Status TooMany(absl::string_view whose, int limit, absl::string_view setting) {
  const std::string description =
      absl::StrCat("at most ", limit, " subscriptions ", whose, " at a time (", setting, ")");
  return Error(absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_TOO_MANY_SUBSCRIPTIONS,
               absl::StrCat(description,
                            ": end one that is not needed, or follow several vehicles "
                            "with one subscription"))
      .QuotaViolation(setting, description);
}

void CountDown(absl::flat_hash_map<std::string, int>& counts, const std::string& name) {
  const auto count = counts.find(name);
  if (--count->second == 0) counts.erase(count);
}

}  // namespace

absl::Status SubscriptionLimits::Enter(const Subscriber& subscriber) {
  std::lock_guard lock(mutex_);
  const auto count = [](const absl::flat_hash_map<std::string, int>& counts,
                        const std::string& name) {
    const auto found = counts.find(name);
    return found != counts.end() ? found->second : 0;
  };
  if (in_all_ >= options_.in_all)
    return TooMany("of all callers together", options_.in_all, "limits.max_subscriptions");
  if (count(callers_, subscriber.caller) >= options_.per_caller) {
    return TooMany("of one caller", options_.per_caller, "limits.max_subscriptions_per_caller");
  }
  if (count(connections_, subscriber.connection) >= options_.per_connection) {
    return TooMany("on one connection", options_.per_connection,
                   "limits.max_subscriptions_per_connection");
  }
  ++in_all_;
  ++callers_[subscriber.caller];
  ++connections_[subscriber.connection];
  return absl::OkStatus();
}

void SubscriptionLimits::Leave(const Subscriber& subscriber) {
  std::lock_guard lock(mutex_);
  --in_all_;
  CountDown(callers_, subscriber.caller);
  CountDown(connections_, subscriber.connection);
}

}  // namespace cardata
