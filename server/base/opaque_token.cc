// SPDX-License-Identifier: Apache-2.0
#include "server/base/opaque_token.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/base/digest.h"

namespace cardata {
namespace {

constexpr size_t kChecksumBytes = 6;

}  // namespace

std::string SealToken(absl::string_view bytes) {
  return absl::WebSafeBase64Escape(absl::StrCat(bytes, Digest(bytes, kChecksumBytes)));
}

std::optional<std::string> OpenToken(absl::string_view text) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(text, &bytes) || bytes.size() < kChecksumBytes)
    return std::nullopt;
  const std::string checksum = bytes.substr(bytes.size() - kChecksumBytes);
  bytes.resize(bytes.size() - kChecksumBytes);
  // Base64 has more than one way to write the same; only ours is taken.
  if (Digest(bytes, kChecksumBytes) != checksum || SealToken(bytes) != text) return std::nullopt;
  return bytes;
}

}  // namespace cardata
