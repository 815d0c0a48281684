// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "server/cardata/json.h"

namespace cardata {

// Readings that BMW's answers share. nullopt: absent, null, or nothing that reads as such.

// A time in any of BMW's spellings: seconds since 1970, milliseconds where the number is greater
// than 1e10, either of them as digits in a string, or what ParseTimestamp (text.h) reads. 0 is
// padding, and what google.protobuf.Timestamp cannot hold is no time.
std::optional<absl::Time> TimeOf(const Json& json);

// An integer that fits.
std::optional<int32_t> Int32Of(const Json& json);

// BMW's token for the page after `body`, which it spells in two ways; empty if there is none.
std::string NextTokenOf(const Json& body);

}  // namespace cardata
