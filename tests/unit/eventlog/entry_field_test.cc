// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/entry_field.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "cardata/v1/telematics_service.pb.h"

namespace cardata {
namespace {

v1::Entry EntryWithSequence(int64_t sequence) {
  v1::Entry entry;
  entry.set_sequence(sequence);
  return entry;
}

TEST(EntryFieldTest, IsTheEntryInAResponse) {
  v1::Entry entry = EntryWithSequence(7);
  entry.mutable_event()->set_raw(std::string(1000, 'x'));
  v1::SubscribeResponse response;
  ASSERT_TRUE(response.ParseFromString(EntryField(entry) + std::string(kEventsOnlyField)));
  ASSERT_EQ(response.entries_size(), 1);
  EXPECT_EQ(response.entries(0).event().raw(), entry.event().raw());
  EXPECT_TRUE(response.events_only());
}

TEST(EntryFieldTest, TellsEventsFromEverythingElse) {
  for (const int64_t sequence : {int64_t{1}, std::numeric_limits<int64_t>::max()}) {
    v1::Entry entry = EntryWithSequence(sequence);
    EXPECT_FALSE(HoldsEvent(EntryField(entry))) << "of a kind that is not known here";
    entry.mutable_event()->set_vin("WBA00AA000DEM0001");
    EXPECT_TRUE(HoldsEvent(EntryField(entry)));
    entry.mutable_gap();
    EXPECT_FALSE(HoldsEvent(EntryField(entry)));
    entry.mutable_not_kept();
    EXPECT_FALSE(HoldsEvent(EntryField(entry)));
    entry.mutable_account_removed();
    EXPECT_FALSE(HoldsEvent(EntryField(entry)));
    entry.mutable_position();
    EXPECT_FALSE(HoldsEvent(EntryField(entry)));
  }
  EXPECT_FALSE(HoldsEvent(""));
}

}  // namespace
}  // namespace cardata
