// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/strings/string_view.h"
#include "cardata/v1/descriptor.pb.h"
#include "cardata/v1/event.pb.h"

namespace cardata {

// What BMW wrote as a value, before it has a type.
enum class LiteralKind { kNull, kText, kBadText };

struct Literal {
  LiteralKind kind = LiteralKind::kNull;
  // Exactly as BMW wrote it: JSON text, but of a string the characters without quotes and escapes;
  // of a string whose escapes mean no characters (kBadText) the escapes, too.
  absl::string_view text;
};

// A value within a value, more than this deep, is not read: each level takes up to three of the 100
// that a protobuf parser allows a message, and a subscriber must be able to parse what it gets.
inline constexpr int kMaxNesting = 30;
// Nor is JSON larger than this: as a google.protobuf.Value it can take six times the room.
inline constexpr size_t kMaxNestedBytes = size_t{256} * 1024;

// Gives a literal its type. Whether BMW wrote a string, as REST always does, or a number, boolean,
// object or array, as the stream may, makes no difference: the text decides, the first line of the
// table that fits, by the kind of value that the catalogue promises (descriptor.proto).
//
//   literal               | NUMBER      | BOOLEAN | TEXT | TIME | unknown
//   ----------------------+-------------+---------+------+------+--------
//   null                  | NO_VALUE_NULL in every column
//   INVALID, -NA-         | NO_VALUE_INVALID
//   bad escapes           | NO_VALUE_UNPARSABLE
//   JSON object or array  | json; NO_VALUE_UNPARSABLE if it is too deep or large, holds a number
//                         | that no double does, or a name twice
//   JSON number           | number (*)  | text    | text | text | number (*)
//   true, false           | UNPARSABLE  | boolean | text | text | boolean
//   RFC 3339 date-time    | UNPARSABLE  | text    | text | time | time
//   dd.mm.yyyy hh:mm UTC… | UNPARSABLE  | text    | text | time | text
//   anything else         | UNPARSABLE  | text    | text | text | text
//
//   (*) NO_VALUE_UNPARSABLE if no double can hold it
//
// A word is never taken for a number or a boolean ("OPEN", "ASN_isTrue"): its polarity would be
// guessed.
v1::Value ToValue(const Literal& literal, v1::ValueKind kind);

}  // namespace cardata
