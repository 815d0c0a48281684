// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/strings/string_view.h"

namespace cardata {

// How things are called: by BMW, and accounts by the operator. VINs and UUIDs hold in either case;
// what is wanted in one case is checked where it is.

// A VIN: 17 characters of A-Z and 0-9 without I, O and Q.
bool IsVin(absl::string_view text);

// A UUID (RFC 9562): hexadecimal digits, 8-4-4-4-12. GCIDs and client ids are.
bool IsUuid(absl::string_view text);

// An OAuth client id of BMW's: a UUID in lower case. BMW takes no other, though its portal shows
// upper case now and then.
inline constexpr char kClientIdRule[] =
    "a UUID in lower case, xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
bool IsClientId(absl::string_view text);

// An account's name.
inline constexpr char kAccountNameRule[] =
    "an account's name has 1 to 63 characters of a-z, 0-9, '-', '_' and '.', and begins with a "
    "letter or digit";
bool IsAccountName(absl::string_view text);

}  // namespace cardata
