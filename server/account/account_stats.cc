// SPDX-License-Identifier: Apache-2.0
#include "server/account/account_stats.h"

#include <variant>

#include "server/error/error.h"

namespace cardata {
namespace {

constexpr char kRefused[] = "REFUSED";

}  // namespace

std::string ResultName(const absl::StatusOr<PollAnswer>& answer) {
  if (!answer.ok()) return ResultName(answer.status());
  if (std::holds_alternative<AuthorizationPending>(*answer)) return "AUTHORIZATION_PENDING";
  if (std::holds_alternative<SlowDown>(*answer)) return "SLOW_DOWN";
  return std::holds_alternative<OAuthRefusal>(*answer) ? kRefused : ResultName(answer.status());
}

std::string ResultName(const absl::StatusOr<RefreshAnswer>& answer) {
  if (!answer.ok()) return ResultName(answer.status());
  return std::holds_alternative<OAuthRefusal>(*answer) ? kRefused : ResultName(answer.status());
}

}  // namespace cardata
