// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <ostream>
#include <set>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "clients/cpp/update.h"

namespace cardata::client {

// Writes what a subscription tells for a person to read: a line an event with the time of its
// receipt, the car (the last four characters of its VIN), descriptor, value and unit; and a line
// for whatever else concerns a person.
class Printer {
 public:
  // `zone` is the zone of the times; days other than `now`'s are shown as dates. `out` must outlive
  // the printer.
  Printer(std::ostream& out, absl::TimeZone zone, std::function<absl::Time()> now = absl::Now)
      : out_(out), zone_(zone), now_(std::move(now)) {}

  void Print(const Update& update);

  // One line that stands out from the events.
  void Notice(const std::string& text);

  // "86 events of 2 cars, 1 gap".
  std::string Summary() const;

  int64_t events() const { return events_; }

 private:
  void PrintEvent(const v1::Event& event);
  void PrintGap(const v1::Gap& gap);
  void PrintHeartbeat(const v1::Heartbeat& heartbeat);
  void PrintReconnecting(const Reconnecting& reconnecting);
  std::string Clock(const google::protobuf::Timestamp& time) const;

  std::ostream& out_;
  absl::TimeZone zone_;
  std::function<absl::Time()> now_;
  int64_t events_ = 0;
  int64_t gaps_ = 0;
  std::set<std::string> cars_;
};

// A value for people: "82", "true", "CHARGINGACTIVE", "2026-11-23T16:05:00Z", "{"a":1}", "(none)".
std::string FormatValue(const v1::Event& event);

}  // namespace cardata::client
