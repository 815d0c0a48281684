// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cardata/v1/charging_session.pb.h"

namespace cardata {

// What BMW is asked for: the charging sessions of a span of at most 45 days, page by page. Whole
// milliseconds, years 1 to 9999.
struct ChargingHistoryQuery {
  absl::Time from;
  absl::Time to;
  std::string next_token;  // of the page before; empty for the first
};

// At most ten sessions, newest first.
struct ChargingHistoryPage {
  std::vector<v1::ChargingSession> sessions;
  std::string next_token;  // empty: the last page
};

// `query` as the query of a URL.
std::string EncodeChargingHistoryQuery(const ChargingHistoryQuery& query);

// ChargingHistoryResponseDto, read with distrust: what cannot be read is absent, what is no object
// is passed over. UPSTREAM_MALFORMED if there is no list of sessions.
absl::StatusOr<ChargingHistoryPage> ParseChargingHistory(absl::string_view body);

}  // namespace cardata
