// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/validate.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/error/error.h"

namespace cardata {

absl::Status ValidateAccountName(absl::string_view field, absl::string_view name) {
  constexpr char kRule[] =
      "an account's name has 1 to 63 characters of a-z, 0-9, '-', '_' and '.', and begins with a "
      "letter or digit";
  if (name.empty() || name.size() > 63) return InvalidField(field, kRule);
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool plain = absl::ascii_islower(static_cast<unsigned char>(c)) ||
                       absl::ascii_isdigit(static_cast<unsigned char>(c));
    if (!plain && (i == 0 || (c != '-' && c != '_' && c != '.'))) return InvalidField(field, kRule);
  }
  return absl::OkStatus();
}

absl::Status ValidateClientId(absl::string_view field, absl::string_view client_id) {
  constexpr absl::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  bool uuid = client_id.size() == kShape.size();
  for (size_t i = 0; uuid && i < kShape.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(client_id[i]);
    uuid = kShape[i] == '-' ? c == '-' : absl::ascii_isxdigit(c) && !absl::ascii_isupper(c);
  }
  if (uuid) return absl::OkStatus();
  return InvalidField(
      field, absl::StrCat("the client id from BMW's portal is a UUID in lower case, ", kShape));
}

}  // namespace cardata
