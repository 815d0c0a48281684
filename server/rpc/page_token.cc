// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/page_token.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/base/opaque_token.h"
#include "server/error/error.h"

namespace cardata {
namespace {

constexpr char kVersion = 1;
constexpr size_t kDigestBytes = 8;

absl::Status Invalid(absl::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_PAGE_TOKEN_INVALID, message)
      .FieldViolation("page_token", message);
}

}  // namespace

std::string EncodePageToken(absl::string_view question, absl::string_view position) {
  return SealToken(
      absl::StrCat(std::string(1, kVersion), Digest(question, kDigestBytes), position));
}

absl::StatusOr<std::string> DecodePageToken(absl::string_view token, absl::string_view question) {
  const std::optional<std::string> bytes = OpenToken(token);
  if (!bytes || bytes->empty()) return DamagedPageToken();
  if ((*bytes)[0] != kVersion)
    return Invalid("page_token is of another version of the gateway: ask again without it");
  if (bytes->size() < 1 + kDigestBytes) return DamagedPageToken();
  if (bytes->substr(1, kDigestBytes) != Digest(question, kDigestBytes))
    return Invalid(
        "page_token is of another request: repeat the other fields of the one that it came from, "
        "or ask without it");
  return bytes->substr(1 + kDigestBytes);
}

absl::Status DamagedPageToken() {
  return Invalid(
      "page_token is damaged: pass on exactly what a response carried, or ask without it");
}

}  // namespace cardata
