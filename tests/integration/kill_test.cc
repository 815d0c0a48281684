// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/integration/fixture.h"
#include "tests/integration/published.h"
#include "tests/integration/subscriber.h"

namespace cardata {
namespace {

constexpr int kKills = 50;

class KillTest : public IntegrationTest {
 protected:
  // Publishes a new value again and again, as long as it lives.
  class Traffic {
   public:
    explicit Traffic(KillTest& test) : thread_([this, &test] { Run(test); }) {}
    ~Traffic() {
      stop_ = true;
      thread_.join();
    }

   private:
    void Run(KillTest& test) {
      const auto accounts = test.simulator().Get("/accounts");
      ASSERT_TRUE(accounts.ok()) << accounts.status();
      const auto& account = accounts->at("accounts").at(0);
      const std::string vin = account.at("vehicles").at(0).at("vin");
      for (int number = 1; !stop_; ++number) {
        const nlohmann::json datum = {
            {"timestamp", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(), absl::UTCTimeZone())},
            {"value", number}};
        const nlohmann::json payload = {{"vin", vin}, {"data", {{kNumber, datum}}}};
        const auto published = test.simulator().Post(
            "/publish", {{"gcid", account.at("gcid")}, {"vin", vin}, {"payload", payload.dump()}});
        ASSERT_TRUE(published.ok()) << published.status();
      }
    }

    std::atomic<bool> stop_{false};
    std::thread thread_;
  };

  static std::vector<v1::Entry> Append(std::vector<v1::Entry> all, std::vector<v1::Entry> more) {
    std::move(more.begin(), more.end(), std::back_inserter(all));
    return all;
  }
};

// A subscriber that always resumes with its last token, against a gateway that is killed at random
// moments under load: it must end up with everything that was kept, know of what it has beyond
// that, and be told of everything that it does not have.
TEST_F(KillTest, FiftyTimesNothingIsLostOrDoubledWithoutAWord) {
  LogIn();
  WaitUntilLive();
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  std::vector<v1::Entry> received;
  v1::SubscribeRequest request;
  absl::Time begin;
  {
    Subscriber subscriber(gateway().channel());
    ASSERT_TRUE(subscriber.WaitUntilCaughtUp());
    request.set_resume_token(subscriber.last_token());
    begin = absl::Now();
  }
  {
    const Traffic traffic(*this);
    for (int kill = 0; kill < kKills; ++kill) {
      Subscriber subscriber(gateway().channel(), request);
      absl::SleepFor(absl::Milliseconds(std::uniform_int_distribution<>(50, 900)(random)));
      gateway().process().Kill();
      subscriber.Wait();
      received = Append(std::move(received), subscriber.entries());
      if (!subscriber.responses().empty()) request.set_resume_token(subscriber.last_token());
      StartGateway();
      ASSERT_FALSE(HasFatalFailure());
    }
    WaitUntilLive();
  }
  const absl::Time end = absl::Now();
  {
    Subscriber subscriber(gateway().channel(), request);
    Publish(kNumber, "-1");
    ASSERT_TRUE(
        subscriber.WaitForEvent([](const v1::Event& event) { return event.raw() == "-1"; }));
    received = Append(std::move(received), subscriber.entries());
  }
  v1::SubscribeRequest from_the_start;
  from_the_start.set_position(v1::START_POSITION_EARLIEST);
  Subscriber reader(gateway().channel(), from_the_start);
  ASSERT_TRUE(reader.WaitUntilCaughtUp());

  std::map<int64_t, std::string> kept;
  std::vector<v1::NotKept> not_kept;
  for (const v1::Entry& entry : reader.entries()) {
    EXPECT_TRUE(kept.emplace(entry.sequence(), entry.SerializeAsString()).second)
        << entry.sequence() << " twice in the log";
    if (entry.has_not_kept()) not_kept.push_back(entry.not_kept());
  }
  std::map<int64_t, std::string> had;
  std::set<Datum> arrived;
  std::vector<v1::Gap> gaps;
  int beyond = 0;
  for (const v1::Entry& entry : received) {
    EXPECT_TRUE(had.empty() || entry.sequence() > had.rbegin()->first)
        << entry.sequence() << " after " << had.rbegin()->first;
    had[entry.sequence()] = entry.SerializeAsString();
    if (entry.has_event()) arrived.insert(ToDatum(entry.event()));
    if (entry.has_gap()) gaps.push_back(entry.gap());
    const auto same = kept.find(entry.sequence());
    if (same != kept.end()) {
      EXPECT_EQ(same->second, had[entry.sequence()]) << "one number, two entries";
      continue;
    }
    ++beyond;
    EXPECT_TRUE(std::any_of(not_kept.begin(), not_kept.end(),
                            [&](const v1::NotKept& range) {
                              return entry.sequence() >= range.first_sequence() &&
                                     entry.sequence() <= range.last_sequence();
                            }))
        << entry.sequence() << " was delivered, is not kept, and is not announced";
  }
  for (const auto& [sequence, bytes] : kept) {
    EXPECT_TRUE(had.contains(sequence) || sequence < had.begin()->first)
        << sequence << " was kept and not delivered";
  }
  int sent = 0;
  int lost = 0;
  for (const Published& published : PublishedBy(simulator())) {
    if (published.time < begin || published.time > end) continue;
    ++sent;
    if (arrived.contains(published.data.front())) continue;
    ++lost;
    EXPECT_TRUE(IsInAGap(published.time, gaps))
        << "lost without a word: " << std::get<1>(published.data.front()) << " at "
        << published.time;
  }
  RecordProperty("sent", sent);
  RecordProperty("lost", lost);
  RecordProperty("delivered_and_not_kept", beyond);
  EXPECT_GT(arrived.size(), 100u);
}

}  // namespace
}  // namespace cardata
