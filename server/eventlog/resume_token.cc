// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/resume_token.h"

#include <openssl/sha.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/error/error.h"

namespace cardata {
namespace {

constexpr char kVersion = 1;
constexpr size_t kDigestBytes = 8;
constexpr size_t kBodyBytes = 1 + kDigestBytes + 1 + sizeof(int64_t);
constexpr size_t kChecksumBytes = 6;  // 24 bytes in all: 32 characters without padding

std::string Digest(absl::string_view data, size_t size) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(data.data()), data.size(), digest);
  return std::string(reinterpret_cast<const char*>(digest), size);
}

absl::Status Invalid(absl::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_RESUME_TOKEN_INVALID, message)
      .FieldViolation("resume_token", message);
}

}  // namespace

std::string ResumeToken::Encode(absl::string_view epoch) const {
  std::string body(1, kVersion);
  absl::StrAppend(&body, Digest(epoch, kDigestBytes));
  body.push_back(opening ? 1 : 0);
  for (int shift = 56; shift >= 0; shift -= 8)
    body.push_back(static_cast<char>(static_cast<uint64_t>(sequence) >> shift));
  return absl::WebSafeBase64Escape(absl::StrCat(body, Digest(body, kChecksumBytes)));
}

absl::StatusOr<ResumeToken> ResumeToken::Decode(absl::string_view text, absl::string_view epoch) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(text, &bytes) || bytes.size() != kBodyBytes + kChecksumBytes ||
      Digest(absl::string_view(bytes).substr(0, kBodyBytes), kChecksumBytes) !=
          bytes.substr(kBodyBytes)) {
    return Invalid(
        "resume_token is damaged: pass on exactly what a response carried, or subscribe without "
        "it");
  }
  if (bytes[0] != kVersion)
    return Invalid("resume_token is of a newer gateway than this one: subscribe without it");
  if (bytes.substr(1, kDigestBytes) != Digest(epoch, kDigestBytes))
    return Invalid(
        "resume_token is of another gateway's log, or of one that was lost: subscribe without it");
  ResumeToken token;
  token.opening = bytes[1 + kDigestBytes] != 0;
  uint64_t sequence = 0;
  for (size_t i = kBodyBytes - sizeof(int64_t); i < kBodyBytes; ++i)
    sequence = sequence << 8 | static_cast<unsigned char>(bytes[i]);
  token.sequence = static_cast<int64_t>(sequence);
  return token;
}

}  // namespace cardata
