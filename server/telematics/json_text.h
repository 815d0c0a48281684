// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "absl/strings/string_view.h"

namespace cardata {

// What a JSON text is, by its grammar alone.
struct JsonText {
  enum class Type { kObject, kArray, kString, kNumber, kTrue, kFalse, kNull };
  Type type = Type::kNull;
  int nesting = 0;  // how many objects and arrays lie within each other, at most

  bool IsNested() const;  // an object or array
};

// Reads one JSON text (RFC 8259), whatever its size, its nesting and the size of its numbers;
// nullopt if it is none. Blanks may stand around it only if it is an object or array. That it is
// UTF-8 is not checked.
std::optional<JsonText> ScanJson(absl::string_view text);

}  // namespace cardata
