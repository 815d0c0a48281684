// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/support/fake_store.h"

namespace cardata {
namespace {

using testing::ElementsAre;

// A disk that answers when the test says so.
class SlowStore : public FakeStore {
 public:
  void Read(int64_t from_sequence, size_t max_bytes,
            absl::AnyInvocable<void(absl::StatusOr<LogPart>)> done) override {
    answer = [this, from_sequence, max_bytes, done = std::move(done)]() mutable {
      FakeStore::Read(from_sequence, max_bytes, std::move(done));
    };
  }
  void Answer() { std::exchange(answer, nullptr)(); }
  absl::AnyInvocable<void()> answer;
};

class HistoryTest : public testing::Test {
 protected:
  void Keep(int64_t sequence, const std::string& account = "home") {
    LogRecord record;
    record.sequence = sequence;
    record.account = account;
    record.bytes = absl::StrCat("e", sequence);
    store_.log.push_back(record);
  }
  void Read(int64_t after, std::optional<absl::StatusOr<History::Stretch>>& answer) {
    history_.Read(after,
                  [&](absl::StatusOr<History::Stretch> stretch) { answer = std::move(stretch); });
  }
  static std::vector<std::string> Entries(const History::Stretch& stretch, int64_t after) {
    std::vector<std::string> entries;
    if (stretch.segment) {
      stretch.segment->Read(stretch.segment->count(), after, stretch.last,
                            [&](int64_t, KeyId, absl::string_view bytes) {
                              entries.emplace_back(bytes);
                              return true;
                            });
    }
    return entries;
  }

  SlowStore store_;
  KeyTable keys_;
  Window window_{1 << 20, 10};
  History history_{store_, keys_, window_};
};

TEST_F(HistoryTest, OneReadServesAllWhoAreThere) {
  for (int64_t i = 1; i <= 5; ++i) Keep(i);
  std::optional<absl::StatusOr<History::Stretch>> first, second, later;
  Read(1, first);
  Read(3, second);
  store_.Answer();
  ASSERT_TRUE(first && first->ok() && second && second->ok());
  EXPECT_THAT(Entries(**first, 1), ElementsAre("e2", "e3", "e4", "e5"));
  EXPECT_EQ((*first)->segment, (*second)->segment);
  Read(2, later);
  ASSERT_TRUE(later && later->ok()) << "it is remembered";
  EXPECT_EQ((*first)->segment, (*later)->segment);
  EXPECT_EQ(store_.reads, 1);
}

TEST_F(HistoryTest, WhoIsElsewhereIsReadForNext) {
  for (int64_t i = 1; i <= 5; ++i) Keep(i);
  std::optional<absl::StatusOr<History::Stretch>> first, before;
  Read(3, first);
  Read(1, before);
  store_.Answer();
  EXPECT_TRUE(first);
  EXPECT_FALSE(before);
  store_.Answer();
  ASSERT_TRUE(before && before->ok());
  EXPECT_THAT(Entries(**before, 1), ElementsAre("e2", "e3", "e4", "e5"));
}

TEST_F(HistoryTest, SaysWhereThereIsNothing) {
  Keep(1);
  std::optional<absl::StatusOr<History::Stretch>> answer;
  Read(1, answer);
  const std::string megabyte(1 << 20, 'x');
  for (int i = 10; i < 15; ++i) window_.Append(i, 0, megabyte, absl::UnixEpoch());
  ASSERT_GT(window_.first_sequence(), 10);
  store_.Answer();
  ASSERT_TRUE(answer && answer->ok());
  EXPECT_EQ((*answer)->last, 9) << "what has left the memory since is on the disk";
  EXPECT_EQ((*answer)->segment, nullptr);
}

TEST_F(HistoryTest, HandsOnTheDisksError) {
  store_.failure = absl::InternalError("gone");
  std::optional<absl::StatusOr<History::Stretch>> answer;
  Read(0, answer);
  store_.Answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status().message(), "gone");
}

TEST_F(HistoryTest, ReadsAnewWhatAnAccountsRemovalHasOvertaken) {
  Keep(1, "gone");
  Keep(2);
  std::optional<absl::StatusOr<History::Stretch>> answer;
  Read(0, answer);
  history_.Forget();
  store_.Answer();
  EXPECT_FALSE(answer) << "what was read may be the account's";
  std::erase_if(store_.log, [](const LogRecord& record) { return record.account == "gone"; });
  store_.Answer();
  ASSERT_TRUE(answer && answer->ok());
  EXPECT_THAT(Entries(**answer, 0), ElementsAre("e2"));
}

}  // namespace
}  // namespace cardata
