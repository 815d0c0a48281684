// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "server/base/utf8.h"

namespace cardata {
namespace {

void RequireTime(int64_t seconds, int32_t nanos) {
  Require(seconds >= -62135596800 && seconds <= 253402300799, "a time of the years 1 to 9999",
          std::to_string(seconds));
  Require(nanos >= 0 && nanos <= 999'999'999, "a fraction of a second", std::to_string(nanos));
}

void RequireDuration(int64_t seconds, int32_t nanos) {
  Require(std::abs(seconds) <= 315'576'000'000, "a duration of 10,000 years at most",
          std::to_string(seconds));
  Require(std::abs(nanos) <= 999'999'999 &&
              (seconds == 0 || nanos == 0 || (seconds > 0) == (nanos > 0)),
          "a fraction of a second with the sign of the seconds", std::to_string(nanos));
}

void RequireTimesIn(const google::protobuf::Message& message) {
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message))
    return RequireTime(time->seconds(), time->nanos());
  if (const auto* duration = dynamic_cast<const google::protobuf::Duration*>(&message))
    return RequireDuration(duration->seconds(), duration->nanos());
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const google::protobuf::FieldDescriptor* field : fields) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      RequireTimesIn(reflection.GetMessage(message, field));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i)
      RequireTimesIn(reflection.GetRepeatedMessage(message, field, i));
  }
}

}  // namespace

void Require(bool holds, absl::string_view property, absl::string_view seen) {
  if (holds) return;
  std::fprintf(stderr, "Does not hold: %s\nSeen: %s\n", std::string(property).c_str(),
               absl::Utf8SafeCHexEscape(seen).c_str());
  std::abort();
}

void RequirePresentable(absl::string_view message, size_t longest) {
  Require(!message.empty(), "an error says something");
  Require(message.size() <= longest, "an error's text is short", message);
  Require(IsUtf8(message), "an error's text is UTF-8", message);
  Require(std::none_of(message.begin(), message.end(),
                       [](unsigned char c) { return absl::ascii_iscntrl(c); }),
          "an error's text is one line without control characters", message);
}

void RequireWellFormed(const google::protobuf::Message& message) {
  const std::unique_ptr<google::protobuf::Message> copy(message.New());
  Require(copy->ParseFromString(message.SerializeAsString()), "a message can be read again",
          message.ShortDebugString());
  Require(google::protobuf::util::MessageDifferencer::Equals(*copy, message),
          "a message reads as what was written", message.ShortDebugString());
  RequireTimesIn(message);
}

absl::string_view TakeLine(absl::string_view& input) {
  const absl::string_view line = input.substr(0, input.find('\n'));
  input.remove_prefix(std::min(line.size() + 1, input.size()));
  return line;
}

}  // namespace cardata
