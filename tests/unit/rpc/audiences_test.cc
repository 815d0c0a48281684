// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/audiences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "server/eventlog/position_joiner.h"
#include "server/eventlog/resume_token.h"
#include "server/eventlog/subscription.h"
#include "server/rpc/feed.h"
#include "tests/support/fake_store.h"

namespace cardata {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr char kVinOne[] = "WBA00AA000DEM0001";
constexpr char kVinTwo[] = "WBA00AA000DEM0002";

class AudiencesTest : public testing::Test {
 protected:
  static v1::SubscribeRequest Request(const std::string& account, const std::string& vin,
                                      const std::string& pattern) {
    v1::SubscribeRequest request;
    if (!account.empty()) request.add_accounts(account);
    if (!vin.empty()) request.add_vins(vin);
    if (!pattern.empty()) request.add_descriptor_patterns(pattern);
    return request;
  }
  Audience* Join(const std::string& account, const std::string& vin, const std::string& pattern) {
    return &audiences_.Join(*Filter::Make(Request(account, vin, pattern)), 0);
  }
  std::vector<Audience*> Of(const std::string& account, const std::string& vin,
                            absl::string_view descriptor_id) {
    return audiences_.Of(keys_.Intern(account, vin, descriptor_id));
  }

  KeyTable keys_;
  Audiences audiences_{keys_};
};

TEST_F(AudiencesTest, AreOneForEqualFilters) {
  Audience* first = Join("home", kVinOne, "a.*");
  EXPECT_EQ(Join("home", kVinOne, "a.*"), first);
  EXPECT_NE(Join("home", kVinOne, "a.b"), first);
  EXPECT_EQ(first->members(), 2);
}

TEST_F(AudiencesTest, WithoutAFilterGetEverything) {
  Audience* all = Join("", "", "");
  EXPECT_THAT(Of("home", kVinOne, "a"), UnorderedElementsAre(all));
  EXPECT_THAT(Of("", "", ""), UnorderedElementsAre(all));
  EXPECT_THAT(Of("home", kVinOne, kPositionId), IsEmpty()) << "it did not ask for positions";
}

TEST_F(AudiencesTest, GetPositionsWhereTheyAskForThem) {
  v1::SubscribeRequest request = Request("", "", "a.b");
  request.set_positions(true);
  Audience* with = &audiences_.Join(*Filter::Make(request), 0);
  Join("", "", "a.b");
  EXPECT_THAT(Of("home", kVinOne, kPositionId), UnorderedElementsAre(with));
}

TEST_F(AudiencesTest, AreFoundByWhateverTheirFilterDemands) {
  Audience* vin = Join("", kVinOne, "");
  Audience* account = Join("home", "", "");
  Audience* descriptor = Join("", "", "a.b");
  Audience* prefix = Join("", "", "a.*");
  Audience* everything = Join("home", kVinOne, "a.b");
  EXPECT_THAT(Of("home", kVinOne, "a.b"),
              UnorderedElementsAre(vin, account, descriptor, prefix, everything));
  EXPECT_THAT(Of("work", kVinOne, "a.c"), UnorderedElementsAre(vin, prefix));
  EXPECT_THAT(Of("home", kVinTwo, "b"), UnorderedElementsAre(account));
  EXPECT_THAT(Of("work", kVinTwo, "b"), IsEmpty());
}

TEST_F(AudiencesTest, GetTheGapsOfTheirAccounts) {
  Audience* vin = Join("", kVinOne, "");
  Audience* home = Join("home", "", "a.b");
  Join("work", "", "");
  EXPECT_THAT(Of("home", "", ""), UnorderedElementsAre(vin, home));
  keys_.Intern("home", kVinTwo, "a");
  keys_.Intern("work", kVinOne, "a");
  EXPECT_THAT(Of("home", "", ""), UnorderedElementsAre(home)) << "it has another vehicle";
}

// As when a shard's thread was held up: everything that gathered is handed out at once.
TEST_F(AudiencesTest, GetABacklogInMessagesOfBoundedSize) {
  FakeStore store;
  const auto log = *EventLog::Open({}, *store.LoadLog(), store);
  const UpstreamStates upstream;
  Audiences audiences(log->keys());
  v1::SubscribeRequest live;
  live.set_position(v1::START_POSITION_LIVE);
  const int64_t before = log->last_sequence();
  Subscription subscription = *Subscription::Start(*log, upstream, live, before);
  Audience& audience = audiences.Join(subscription.filter(), before);
  FeedMessage message;
  while (NextMessage(subscription, audience, before, absl::UnixEpoch(), message) ==
         Subscription::Outcome::kMessage)
    message = {};
  audience.Join();  // another one, which is still sending

  Sample sample;
  sample.vin = kVinOne;
  sample.descriptor_id = "a";
  for (int i = 0; i < 40; ++i) {
    sample.raw = absl::StrCat(i, std::string(240'000, 'x'));
    log->AppendSamples("home", {sample}, absl::UnixEpoch(), v1::EVENT_SOURCE_STREAM);
  }
  const int64_t last = log->last_sequence();
  EXPECT_THAT(audiences.HandOut(*log, before, last), UnorderedElementsAre(&audience));
  std::vector<int64_t> given;
  while (NextMessage(subscription, audience, last, absl::UnixEpoch(), message) ==
         Subscription::Outcome::kMessage) {
    for (const grpc::Slice& slice : message.chunks.slices)
      message.bytes.append(slice.begin(), slice.end());
    EXPECT_LT(message.bytes.size(), size_t{4} << 20);
    v1::SubscribeResponse response;
    ASSERT_TRUE(response.ParseFromString(message.bytes));
    for (const auto& entry : response.entries()) given.push_back(entry.sequence());
    EXPECT_EQ(ResumeToken::Decode(response.resume_token(), log->epoch())->sequence,
              subscription.position());
    EXPECT_GE(subscription.position(), given.back());
    message = {};
  }
  ASSERT_EQ(given.size(), 40u);
  for (size_t i = 0; i < given.size(); ++i)
    EXPECT_EQ(given[i], before + 1 + static_cast<int64_t>(i));
  EXPECT_EQ(subscription.position(), last);
}

TEST_F(AudiencesTest, ThatComeOrGoChangeWhatWasFoundBefore) {
  Audience* first = Join("", kVinOne, "");
  EXPECT_THAT(Of("home", kVinOne, "a"), UnorderedElementsAre(first));
  Audience* second = Join("home", "", "");
  EXPECT_THAT(Of("home", kVinOne, "a"), UnorderedElementsAre(first, second));
  audiences_.Leave(*first);
  EXPECT_THAT(Of("home", kVinOne, "a"), UnorderedElementsAre(second));
  audiences_.Leave(*second);
  EXPECT_THAT(Of("home", kVinOne, "a"), IsEmpty());
}

}  // namespace
}  // namespace cardata
