// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "cardata/v1/event.pb.h"

namespace cardata {

// Parts of a serialised SubscribeResponse, which is put together from them.

// `entry`, as one of the field `entries`.
std::string EntryField(const v1::Entry& entry);

// Whether what `EntryField` made holds an event.
bool HoldsEvent(absl::string_view entry_field);

// `events_only`, true.
inline constexpr absl::string_view kEventsOnlyField("\x38\x01", 2);

}  // namespace cardata
