// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/strings/string_view.h"
#include "cardata/v1/event.pb.h"

namespace cardata {

// What BMW wrote as a value, before it has a type.
enum class LiteralKind { kNull, kBoolean, kNumber, kString, kJson };

struct Literal {
  LiteralKind kind = LiteralKind::kNull;
  // Exactly as BMW wrote it: JSON text, but of a string the characters without quotes and escapes.
  absl::string_view text;
};

// Gives a literal its type:
//   null                       → NO_VALUE_NULL
//   a number                   → number; NO_VALUE_UNPARSABLE if no double can hold it
//   true, false                → boolean
//   the string "INVALID"       → NO_VALUE_INVALID: BMW's word, also within the range of numeric
//   descriptors any other string           → text an object or array         → json;
//   NO_VALUE_UNPARSABLE if it is nested too deeply for google.protobuf.Value
v1::Value ToValue(const Literal& literal);

}  // namespace cardata
