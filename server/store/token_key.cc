// SPDX-License-Identifier: Apache-2.0
#include "server/store/token_key.h"

#include <sys/stat.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/base/errno_error.h"
#include "server/base/status_macros.h"
#include "server/store/file_descriptor.h"

namespace cardata {
namespace {

constexpr size_t kMaxKeyFileBytes = 4096;

bool IsText(absl::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](unsigned char c) {
    return absl::ascii_isprint(c) || absl::ascii_isspace(c);
  });
}

}  // namespace

absl::StatusOr<std::string> ParseTokenKey(absl::string_view text) {
  // 32 random bytes are never all printable: that would be half a key in hex, or a passphrase.
  std::string key(text);
  if (key.size() == kTokenKeyBytes && !IsText(key)) return key;
  const absl::string_view trimmed = absl::StripAsciiWhitespace(text);
  if (trimmed.size() == 2 * kTokenKeyBytes &&
      std::all_of(trimmed.begin(), trimmed.end(),
                  [](unsigned char c) { return absl::ascii_isxdigit(c); }))
    return absl::HexStringToBytes(trimmed);
  if (absl::Base64Unescape(trimmed, &key) && key.size() == kTokenKeyBytes) return key;
  return absl::InvalidArgumentError(
      "is not a key: it must be 32 random bytes in base64 or hex, as `openssl rand -base64 32` "
      "prints them");
}

bool OthersMayAccess(mode_t mode, uid_t owner, uid_t self) {
  const bool by_group = owner == 0 && self != 0;
  return (mode & (S_IRWXG | S_IRWXO) & ~(by_group ? S_IRGRP : 0u)) != 0;
}

absl::StatusOr<std::string> ReadTokenKeyFile(const std::string& path) {
  ASSIGN_OR_RETURN(const FileDescriptor file, FileDescriptor::Open(path, O_RDONLY | O_NONBLOCK));
  struct stat info;
  if (fstat(file.get(), &info) != 0) return ErrnoError(path);
  if (!S_ISREG(info.st_mode))
    return absl::InvalidArgumentError(absl::StrCat(path, ": is not a file"));
  if (OthersMayAccess(info.st_mode, info.st_uid, geteuid())) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, ": other users of this machine may access the key; run `chmod 600 ", path, "`"));
  }
  std::string text(kMaxKeyFileBytes, '\0');
  const ssize_t size = read(file.get(), text.data(), text.size());
  if (size < 0) return ErrnoError(path);
  text.resize(size);
  absl::StatusOr<std::string> key = ParseTokenKey(text);
  if (!key.ok())
    return absl::Status(key.status().code(), absl::StrCat(path, ": ", key.status().message()));
  return key;
}

absl::Status Validate(const TokenKeySources& sources) {
  if (sources.key.empty() != sources.key_file.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      sources.key.empty() ? "a key to encrypt tokens with is needed"
                          : "there are two keys to encrypt tokens with",
      ": give the file of one as --token-key-file, or the key itself in CARDATA_TOKEN_KEY, not "
      "both"));
}

absl::StatusOr<std::vector<std::string>> ReadTokenKeys(const TokenKeySources& sources) {
  RETURN_IF_ERROR(Validate(sources));
  std::vector<std::string> keys;
  if (sources.key_file.empty()) {
    absl::StatusOr<std::string> key = ParseTokenKey(sources.key);
    if (!key.ok())
      return absl::Status(key.status().code(),
                          absl::StrCat("CARDATA_TOKEN_KEY: ", key.status().message()));
    keys.push_back(*std::move(key));
  } else {
    ASSIGN_OR_RETURN(std::string key, ReadTokenKeyFile(sources.key_file));
    keys.push_back(std::move(key));
  }
  for (const std::string& file : sources.previous_key_files) {
    ASSIGN_OR_RETURN(std::string key, ReadTokenKeyFile(file));
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace cardata
