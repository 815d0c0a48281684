// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace cardata {

// INTERNAL: `what`, and why the last call of the system failed.
inline absl::Status ErrnoError(absl::string_view what) {
  const int error = errno;
  return absl::InternalError(absl::StrCat(what, ": ", std::generic_category().message(error)));
}

}  // namespace cardata
