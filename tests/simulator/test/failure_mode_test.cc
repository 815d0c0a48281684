// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/failure_modes/failure_mode.h"

#include <gmock/gmock.h>

#include <set>

#include "tests/simulator/broker/behaviour.h"
#include "tests/simulator/cars/descriptors.h"
#include "tests/simulator/cars/quirks.h"
#include "tests/simulator/relay/relay_json.h"

namespace cardata::sim {
namespace {

TEST(FailureModes, AreAllThere) {
  std::set<int> numbers;
  std::set<std::string> names;
  int last = 0;
  for (const FailureMode& mode : FailureModes()) {
    EXPECT_GE(mode.number, last);
    last = mode.number;
    numbers.insert(mode.number);
    EXPECT_TRUE(names.insert(mode.name).second) << mode.name;
    EXPECT_FALSE(mode.symptom.empty());
    EXPECT_FALSE(mode.watch.empty());
    EXPECT_EQ(FindFailureMode(mode.name), &mode);
  }
  EXPECT_EQ(numbers.size(), 23u);
  EXPECT_EQ(*numbers.begin(), 1);
  EXPECT_EQ(*numbers.rbegin(), 23);
  EXPECT_EQ(FindFailureMode("no such mode"), nullptr);
}

TEST(FailureModes, NameTheAccountAndItsCar) {
  const std::vector<Step> steps = {
      {"POST", "/vehicles/{vin}/x", {{"account", "{account}"}, {"deep", {"{gcid}/{vin}"}}}}};
  const std::vector<Step> filled = For(steps, "home", "g", "v");
  EXPECT_EQ(filled[0].path, "/vehicles/v/x");
  EXPECT_EQ(filled[0].body, (nlohmann::json{{"account", "home"}, {"deep", {"g/v"}}}));
}

// What the steps ask of the stream's parts is something that these parts understand.
TEST(FailureModes, AskForWhatThereIs) {
  for (const FailureMode& mode : FailureModes()) {
    std::vector<Step> steps = For(mode.play, "home", "gcid", "vin");
    for (Step& step : For(mode.end, "home", "gcid", "vin")) steps.push_back(step);
    for (Step& step : steps) {
      EXPECT_THAT(step.path + step.body.dump(), testing::Not(testing::HasSubstr("{account}")))
          << mode.name;
      if (step.path == "/broker/behaviour") {
        step.body.erase("account");
        Behaviour behaviour;
        EXPECT_EQ(Patch(step.body, behaviour), "") << mode.name;
      } else if (step.path == "/network") {
        Relay::Faults faults;
        EXPECT_EQ(Patch(step.body, faults), "") << mode.name;
      } else if (step.path == "/vehicles/vin/quirks") {
        StreamQuirks quirks;
        EXPECT_EQ(Patch(step.body, quirks), "") << mode.name << step.body;
        for (const auto& ids : {quirks.only, quirks.silenced}) {
          for (const std::string& id : ids) EXPECT_NE(FindDescriptor(id), nullptr) << id;
        }
      }
    }
  }
}

}  // namespace
}  // namespace cardata::sim
