// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/cardata/charging_history.h"

namespace cardata {

// The longest span that BMW answers for: 45 days pass, 60 do not.
inline constexpr absl::Duration kLongestChargingHistory = absl::Hours(24 * 45);

// The way through a span of charging history, window by window and page by page, newest first.
// Pure: it says what to ask, and is told the answer.
//
// Windows share their borders, and nobody knows whether BMW counts a border to the newer, the
// older, both, or goes by a session's end: so what was handed over is remembered by its start, and
// is not handed over again when an older window lists it, too. What did not begin in the span is
// left out.
class ChargingWalk {
 public:
  // Over [start, end), where start < end, both in the years 1 to 9999.
  ChargingWalk(absl::Time start, absl::Time end);

  // Goes on at what Position() said. nullopt if it said nothing of that kind, whatever the bytes.
  static std::optional<ChargingWalk> Resume(absl::string_view position);

  // Where it is, in bytes.
  std::string Position() const;

  bool done() const { return to_ <= start_; }

  // The next request to BMW, unless it is done.
  ChargingHistoryQuery Next() const;

  // BMW's answer to it. Returns the sessions that are new, in BMW's order.
  std::vector<v1::ChargingSession> Take(ChargingHistoryPage page);

 private:
  absl::Time From() const;
  bool IsNew(const v1::ChargingSession& session);

  absl::Time start_;
  absl::Time end_;
  absl::Time to_;              // the window's end
  std::string bmw_token_;      // the page within the window
  std::set<absl::Time> seen_;  // begins of sessions that were handed over
};

}  // namespace cardata
