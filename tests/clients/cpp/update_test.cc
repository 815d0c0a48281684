// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/update.h"

#include <gtest/gtest.h>

namespace cardata::client {
namespace {

TEST(UpdatesOfTest, KeepsTheOrderAndGivesTheLastTheToken) {
  v1::SubscribeResponse response;
  response.set_resume_token("t");
  int64_t sequence = 10;
  const auto add = [&]() -> v1::Entry& {
    v1::Entry& entry = *response.add_entries();
    entry.set_sequence(sequence++);
    return entry;
  };
  add().mutable_event()->set_raw("82");
  add().mutable_position()->set_latitude(48);
  add().mutable_gap()->set_account("home");
  add().mutable_not_kept()->set_last_sequence(7);
  add().mutable_account_removed()->set_account("old");
  response.mutable_lag()->set_missed_entries(3);

  const std::vector<Update> updates = UpdatesOf(response);
  ASSERT_EQ(updates.size(), 6U);
  EXPECT_EQ(std::get<v1::Event>(updates[0].value).raw(), "82");
  EXPECT_EQ(std::get<v1::Position>(updates[1].value).latitude(), 48);
  EXPECT_EQ(std::get<v1::Gap>(updates[2].value).account(), "home");
  EXPECT_EQ(std::get<v1::NotKept>(updates[3].value).last_sequence(), 7);
  EXPECT_EQ(std::get<v1::AccountRemoved>(updates[4].value).account(), "old");
  EXPECT_EQ(std::get<v1::Lag>(updates[5].value).missed_entries(), 3);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(updates[i].sequence, 10 + i);
    EXPECT_EQ(updates[i].resume_token, "");
  }
  EXPECT_EQ(updates[5].sequence, 0);
  EXPECT_EQ(updates[5].resume_token, "t");
}

TEST(UpdatesOfTest, GivesTheTokenToTheLastEntryWhereThereIsNoNotice) {
  v1::SubscribeResponse response;
  response.set_resume_token("t");
  response.add_entries()->mutable_event();
  EXPECT_EQ(UpdatesOf(response).back().resume_token, "t");
}

TEST(UpdatesOfTest, HandsOverOtherNotices) {
  v1::SubscribeResponse response;
  response.mutable_started()->set_epoch("e");
  EXPECT_EQ(std::get<v1::Started>(UpdatesOf(response).at(0).value).epoch(), "e");
  response.mutable_caught_up();
  EXPECT_TRUE(std::holds_alternative<v1::CaughtUp>(UpdatesOf(response).at(0).value));
  response.mutable_heartbeat()->set_log_in_memory_only(true);
  EXPECT_TRUE(std::get<v1::Heartbeat>(UpdatesOf(response).at(0).value).log_in_memory_only());
}

TEST(UpdatesOfTest, HandsOnEntriesOfAnUnknownKindAndSkipsSuchNotices) {
  v1::SubscribeResponse response;
  // Field 2: an entry with 1, its number, and 99; field 55: a notice.
  const std::string bytes("\x12\x08\x08\x2a\x9a\x06\x03new\xba\x03\x00", 13);
  ASSERT_TRUE(response.ParseFromString(bytes));
  const std::vector<Update> updates = UpdatesOf(response);
  ASSERT_EQ(updates.size(), 1U);
  EXPECT_EQ(updates[0].sequence, 42);
  EXPECT_EQ(std::get<v1::Entry>(updates[0].value).SerializeAsString(), bytes.substr(2, 8));
}

}  // namespace
}  // namespace cardata::client
