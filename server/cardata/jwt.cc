// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/jwt.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "server/base/proto_time.h"
#include "server/base/status_macros.h"
#include "server/cardata/json.h"

namespace cardata {

absl::StatusOr<IdTokenClaims> DecodeIdToken(absl::string_view id_token) {
  const std::vector<absl::string_view> parts = absl::StrSplit(id_token, '.');
  std::string payload;
  if (parts.size() != 3 || !absl::WebSafeBase64Unescape(parts[1], &payload))
    return absl::InvalidArgumentError("not a JWT");
  ASSIGN_OR_RETURN(const Json claims, Json::Parse(payload));
  const std::optional<int64_t> expiry = claims["exp"].Integer();
  if (!expiry) return absl::InvalidArgumentError("a JWT without exp");
  if (!FitsProto(absl::FromUnixSeconds(*expiry)))
    return absl::InvalidArgumentError("a JWT whose exp is no time");

  IdTokenClaims result;
  result.expire_time = absl::FromUnixSeconds(*expiry);
  const Json& scopes = claims["dynamic_scopes"];
  if (const auto text = scopes.String())
    result.dynamic_scopes = absl::StrSplit(*text, ' ', absl::SkipEmpty());
  for (const Json& scope : scopes.Items())
    if (auto text = scope.String()) result.dynamic_scopes.push_back(*std::move(text));
  return result;
}

}  // namespace cardata
