// SPDX-License-Identifier: Apache-2.0
#include "server/base/opaque_token.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

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

std::string Digest(absl::string_view data, size_t size) {
  // Fetched once: SHA256() and EVP_sha256() look the algorithm up, under locks, with each call.
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  if (EVP_Digest(data.data(), data.size(), digest, nullptr, sha256, nullptr) != 1) std::abort();
  return std::string(reinterpret_cast<const char*>(digest), size);
}

}  // namespace cardata
