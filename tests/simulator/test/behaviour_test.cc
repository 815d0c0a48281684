// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/broker/behaviour.h"

#include <gmock/gmock.h>

namespace cardata::sim {
namespace {

TEST(Behaviour, TellsAndTakesJson) {
  Behaviour behaviour;
  behaviour.connack = 0x97;
  behaviour.connack_times = 2;
  behaviour.second_connection = Behaviour::SecondConnection::kTakeOver;
  behaviour.hands_over = false;
  behaviour.hash_filter = Behaviour::HashFilter::kSilent;
  behaviour.longest_silence = 0.5;
  behaviour.deliver = false;
  Behaviour same;
  EXPECT_EQ(Patch(ToJson(behaviour), same), "");
  EXPECT_EQ(same, behaviour);
}

TEST(Behaviour, ChangesOnlyWhatIsNamed) {
  Behaviour behaviour;
  behaviour.connack = 0x87;
  EXPECT_EQ(Patch({{"descriptors_ticked", false}}, behaviour), "");
  EXPECT_EQ(behaviour.connack, 0x87);
  EXPECT_FALSE(behaviour.descriptors_ticked);
}

TEST(Behaviour, RefusesNonsenseAndStaysAsItIs) {
  Behaviour behaviour;
  for (const char* bad : {"null", "[]", "3", R"({"connack":"5"})", R"({"connack":256})",
                          R"({"connack":-1})", R"({"connack":1e99})", R"({"deliver":0})",
                          R"({"lifetime_seconds":-1})", R"({"hash_filter":"maybe"})",
                          R"({"second_connection":1})", R"({"deliver":false,"typo":1})"}) {
    EXPECT_NE(Patch(nlohmann::json::parse(bad), behaviour), "") << bad;
  }
  EXPECT_EQ(behaviour, Behaviour());
}

}  // namespace
}  // namespace cardata::sim
