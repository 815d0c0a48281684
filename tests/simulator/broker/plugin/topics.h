// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace cardata::sim {

// What a topic filter asks for, seen from an account.
enum class FilterKind {
  kOwn,      // {gcid}/+ or {gcid}/{vin}
  kHash,     // {gcid}/# and {gcid}/{vin}/#
  kForeign,  // anything else: another account's, a bare VIN, #
};
FilterKind Classify(std::string_view filter, std::string_view gcid);

// Whether messages of this topic may reach the account.
bool IsOwnTopic(std::string_view topic, std::string_view gcid);

}  // namespace cardata::sim
