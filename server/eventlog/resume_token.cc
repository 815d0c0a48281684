// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/resume_token.h"

#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/base/opaque_token.h"
#include "server/error/error.h"

namespace cardata {
namespace {

constexpr char kVersion = 1;
constexpr size_t kDigestBytes = 8;
constexpr size_t kBodyBytes = 1 + kDigestBytes + 1 + sizeof(int64_t);

absl::Status Invalid(absl::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_RESUME_TOKEN_INVALID, message)
      .FieldViolation("resume_token", message);
}

absl::Status Damaged() {
  return Invalid(
      "resume_token is damaged: pass on exactly what a response carried, or subscribe without it");
}

}  // namespace

absl::Status ResumeToken::FromTheFuture() {
  return Invalid(
      "resume_token is of an entry that this log does not have: was an older copy of the store put "
      "back? Subscribe without it");
}

std::string ResumeToken::Encode(absl::string_view epoch) const {
  std::string body(1, kVersion);
  absl::StrAppend(&body, Digest(epoch, kDigestBytes));
  body.push_back(opening ? 1 : 0);
  for (int shift = 56; shift >= 0; shift -= 8)
    body.push_back(static_cast<char>(static_cast<uint64_t>(sequence) >> shift));
  return SealToken(body);
}

absl::StatusOr<ResumeToken> ResumeToken::Decode(absl::string_view text, absl::string_view epoch) {
  const std::optional<std::string> body = OpenToken(text);
  if (!body || body->size() != kBodyBytes) return Damaged();
  if ((*body)[0] != kVersion)
    return Invalid("resume_token is of a newer gateway than this one: subscribe without it");
  if (body->substr(1, kDigestBytes) != Digest(epoch, kDigestBytes))
    return Invalid(
        "resume_token is of another gateway's log, or of one that was lost: subscribe without it");
  const char phase = (*body)[1 + kDigestBytes];
  ResumeToken token;
  token.opening = phase == 1;
  uint64_t sequence = 0;
  for (size_t i = kBodyBytes - sizeof(int64_t); i < kBodyBytes; ++i)
    sequence = sequence << 8 | static_cast<unsigned char>((*body)[i]);
  token.sequence = static_cast<int64_t>(sequence);
  // The checksum is no signature. After the greatest there would be no next one.
  if (phase < 0 || phase > 1 || token.sequence < 0 ||
      token.sequence == std::numeric_limits<int64_t>::max())
    return Damaged();
  return token;
}

}  // namespace cardata
