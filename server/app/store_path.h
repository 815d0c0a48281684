// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/str_cat.h"

namespace cardata {

// The store's file in the folder Config::data_dir.
inline std::string StorePath(const std::string& data_dir) {
  return absl::StrCat(data_dir, "/cardata.db");
}

}  // namespace cardata
