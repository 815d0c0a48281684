// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/published.h"

#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace cardata {
namespace {

using ::google::protobuf::util::TimeUtil;
using nlohmann::json;

absl::Time Parse(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

}  // namespace

Datum ToDatum(const v1::Event& event) {
  return {event.descriptor_id(), event.raw(), TimeUtil::TimestampToSeconds(event.measure_time())};
}

json Record(const SimulatorProcess& simulator, const std::string& path, const std::string& key) {
  json all = json::array();
  uint64_t after = 0;
  while (true) {
    auto page = simulator.Get(absl::StrCat(path, "?after=", after));
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok() || page->at(key).empty()) return all;
    for (json& entry : page->at(key)) {
      after = entry.at("sequence_number");
      all.push_back(std::move(entry));
    }
  }
}

std::vector<Published> PublishedBy(const SimulatorProcess& simulator) {
  std::vector<Published> all;
  for (const json& entry : Record(simulator, "/published", "published")) {
    if (!entry.at("delivered")) continue;
    Published published{Parse(entry.at("time").get<std::string>()), {}};
    const json payload = json::parse(entry.at("payload").get<std::string>());
    for (const auto& [descriptor_id, sample] : payload.at("data").items()) {
      const json& value = sample.at("value");
      published.data.emplace_back(
          descriptor_id, value.is_string() ? value.get<std::string>() : value.dump(),
          absl::ToUnixSeconds(Parse(sample.at("timestamp").get<std::string>())));
    }
    all.push_back(std::move(published));
  }
  return all;
}

bool IsInAGap(absl::Time sent, const std::vector<v1::Gap>& gaps) {
  constexpr absl::Duration kMargin = absl::Milliseconds(500);
  return std::any_of(gaps.begin(), gaps.end(), [&](const v1::Gap& gap) {
    const auto start = absl::FromUnixNanos(TimeUtil::TimestampToNanoseconds(gap.start_time()));
    const auto end = absl::FromUnixNanos(TimeUtil::TimestampToNanoseconds(gap.end_time()));
    return sent >= start - kMargin && sent <= end + kMargin;
  });
}

}  // namespace cardata
