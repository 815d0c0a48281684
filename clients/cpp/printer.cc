// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/printer.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "clients/cpp/error.h"

namespace cardata::client {
namespace {

using google::protobuf::util::TimeUtil;

absl::Time ToTime(const google::protobuf::Timestamp& time) {
  return absl::FromUnixNanos(TimeUtil::TimestampToNanoseconds(time));
}

// "ENUM_TYPE_TOKEN_ROTATION" → "token rotation".
std::string Words(const std::string& name, absl::string_view prefix) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(absl::string_view(name).substr(prefix.size())),
                             {{"_", " "}});
}

std::string Count(int64_t number, const std::string& noun) {
  return absl::StrCat(number, " ", noun, number == 1 ? "" : "s");
}

}  // namespace

std::string FormatValue(const v1::Event& event) {
  const v1::Value& value = event.value();
  switch (value.kind_case()) {
    case v1::Value::kNumber:
      return absl::StrFormat("%.12g", value.number());
    case v1::Value::kBoolean:
      return value.boolean() ? "true" : "false";
    case v1::Value::kText:
      return Printable(value.text());
    case v1::Value::kTime:
      return TimeUtil::ToString(value.time());
    case v1::Value::kJson: {
      std::string json;
      const auto status = google::protobuf::util::MessageToJsonString(value.json(), &json);
      return status.ok() ? json : Printable(event.raw());
    }
    case v1::Value::kNoValue:
      return value.no_value() == v1::NO_VALUE_UNPARSABLE
                 ? absl::StrCat("(unreadable: ", Printable(event.raw()), ")")
                 : "(none)";
    case v1::Value::KIND_NOT_SET:
      break;
  }
  return Printable(event.raw());  // a kind of value that is newer than this program
}

void Printer::Print(const Update& update) {
  if (const auto* event = std::get_if<v1::Event>(&update.value)) {
    PrintEvent(*event);
  } else if (const auto* gap = std::get_if<v1::Gap>(&update.value)) {
    PrintGap(*gap);
  } else if (const auto* removed = std::get_if<v1::AccountRemoved>(&update.value)) {
    Notice(absl::StrCat("removed: account ", removed->account()));
  } else if (std::holds_alternative<v1::CaughtUp>(update.value)) {
    Notice("caught up: what follows is live");
  } else if (const auto* lag = std::get_if<v1::Lag>(&update.value)) {
    Notice(absl::StrCat("lag: ", lag->missed_entries(),
                        " entries are no longer in the gateway's log; the current values follow"));
  } else if (const auto* heartbeat = std::get_if<v1::Heartbeat>(&update.value)) {
    PrintHeartbeat(*heartbeat);
  } else if (const auto* reconnecting = std::get_if<Reconnecting>(&update.value)) {
    PrintReconnecting(*reconnecting);
  }
  if (!update.resume_token.empty()) out_.flush();  // the last of what came together
}

void Printer::Notice(const std::string& text) { out_ << "── " << text << " ──" << std::endl; }

std::string Printer::Summary() const {
  std::string summary = absl::StrCat(Count(events_, "event"), " of ",
                                     Count(static_cast<int64_t>(cars_.size()), "car"));
  if (gaps_ > 0) absl::StrAppend(&summary, ", ", Count(gaps_, "gap"));
  return summary;
}

void Printer::PrintEvent(const v1::Event& event) {
  ++events_;
  cars_.insert(event.vin());
  const std::string& vin = event.vin();
  const std::string car = vin.size() > 4 ? vin.substr(vin.size() - 4) : vin;
  out_ << absl::StrFormat("%s  …%-4s  %-60s %14s%s\n", Clock(event.receive_time()), Printable(car),
                          Printable(event.descriptor_id()), FormatValue(event),
                          event.unit().empty() ? "" : " " + Printable(event.unit()));
}

void Printer::PrintGap(const v1::Gap& gap) {
  ++gaps_;
  Notice(absl::StrFormat("gap: nothing was received for \"%s\" from %s to %s (%s)", gap.account(),
                         Clock(gap.start_time()), Clock(gap.end_time()),
                         Words(v1::GapCause_Name(gap.cause()), "GAP_CAUSE_")));
}

void Printer::PrintHeartbeat(const v1::Heartbeat& heartbeat) {
  for (const v1::AccountStream& account : heartbeat.accounts()) {
    Notice(absl::StrFormat("the connection of \"%s\" to BMW: %s", account.account(),
                           Words(v1::StreamState_Name(account.stream().state()), "STREAM_STATE_")));
  }
}

void Printer::PrintReconnecting(const Reconnecting& reconnecting) {
  const grpc::Status& error = reconnecting.error;
  const absl::Duration delay = absl::Trunc(reconnecting.delay, absl::Milliseconds(100));
  Notice(absl::StrCat(error.ok() ? "the stream ended" : Describe(error), ": subscribing again in ",
                      absl::FormatDuration(delay)));
}

std::string Printer::Clock(const google::protobuf::Timestamp& time) const {
  const absl::Time at = ToTime(time);
  const bool today = absl::ToCivilDay(at, zone_) == absl::ToCivilDay(now_(), zone_);
  return absl::FormatTime(today ? "%H:%M:%S" : "  %d %b", at, zone_);
}

}  // namespace cardata::client
