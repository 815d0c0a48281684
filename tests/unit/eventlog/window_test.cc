// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/window.h"

#include <gtest/gtest.h>

namespace cardata {
namespace {

const absl::Time kReceived = absl::FromUnixSeconds(1785153600);

std::vector<std::string> ReadAll(const Window& window, int64_t after,
                                 Window::ReadResult* result = nullptr) {
  std::vector<std::string> entries;
  const Window::ReadResult read =
      window.Read(after, 1 << 30, [&](int64_t, KeyId, absl::string_view bytes) {
        entries.emplace_back(bytes);
        return true;
      });
  if (result) *result = read;
  return entries;
}

TEST(WindowTest, ReadsWhatWasAppendedAfterAPosition) {
  Window window(1 << 20, 100);
  window.Append(100, 0, "a", kReceived);
  window.Append(101, 0, "b", kReceived);
  window.Append(105, 0, "c", kReceived);
  EXPECT_EQ(ReadAll(window, 99), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(ReadAll(window, 101), (std::vector<std::string>{"c"}));
  EXPECT_EQ(ReadAll(window, 103), (std::vector<std::string>{"c"}));
  EXPECT_TRUE(ReadAll(window, 105).empty());
}

TEST(WindowTest, SaysWhenAPositionLiesBeforeIt) {
  Window window(1 << 20, 100);
  Window::ReadResult result;
  ReadAll(window, 98, &result);
  EXPECT_FALSE(result.in_window);
  ReadAll(window, 99, &result);
  EXPECT_TRUE(result.in_window);
}

TEST(WindowTest, StopsWhereTheReaderStops) {
  Window window(1 << 20, 1);
  for (int64_t i = 1; i <= 5; ++i) window.Append(i, 0, "x", kReceived);
  int taken = 0;
  const auto result =
      window.Read(0, 5, [&](int64_t, KeyId, absl::string_view) { return ++taken <= 3; });
  EXPECT_EQ(result.last_sequence, 3);
}

TEST(WindowTest, ReadsAcrossManySegmentsInOrder) {
  Window window(64 << 20, 1);
  for (int64_t i = 1; i <= 20000; ++i)
    window.Append(i, static_cast<KeyId>(i % 7), std::to_string(i), kReceived);
  const auto entries = ReadAll(window, 4000);
  ASSERT_EQ(entries.size(), 16000u);
  EXPECT_EQ(entries.front(), "4001");
  EXPECT_EQ(entries.back(), "20000");
}

TEST(WindowTest, KeepsWhatIsNotReleasedUpToTwiceItsSize) {
  Window window(2 << 20, 1);
  const std::string megabyte(1 << 20, 'x');
  for (int64_t i = 1; i <= 4; ++i) window.Append(i, 0, megabyte, kReceived);
  EXPECT_EQ(window.first_sequence(), 1) << "nothing is on the disk yet";
  window.Append(5, 0, megabyte, kReceived);
  EXPECT_EQ(window.first_sequence(), 2) << "memory is bounded even so";
  window.Release(5);
  window.Append(6, 0, megabyte, kReceived);
  EXPECT_EQ(window.first_sequence(), 5);
}

TEST(WindowTest, TakesAnEntryLargerThanASegment) {
  Window window(1 << 20, 1);
  window.Append(1, 0, std::string(3 << 20, 'x'), kReceived);
  EXPECT_EQ(ReadAll(window, 0).at(0).size(), size_t{3} << 20);
}

TEST(WindowTest, ForgetsTheEntriesOfKeysAndKeepsTheOrderOfTheOthers) {
  Window window(64 << 20, 1);
  for (int64_t i = 1; i <= 20000; ++i)
    window.Append(i, i <= 5000 ? 0 : static_cast<KeyId>(i % 3), std::to_string(i), kReceived);
  window.Forget({0});
  const auto entries = ReadAll(window, 0);
  ASSERT_FALSE(entries.empty());
  int64_t expected = 5000;
  for (const std::string& entry : entries) {
    do ++expected;
    while (expected % 3 == 0);
    ASSERT_EQ(entry, std::to_string(expected));
  }
  EXPECT_EQ(entries.back(), "20000");
  window.Append(20001, 0, "new", kReceived);
  EXPECT_EQ(ReadAll(window, 20000), std::vector<std::string>{"new"});
}

TEST(WindowTest, FindsWhereATimeBegins) {
  Window window(1 << 20, 1);
  EXPECT_EQ(window.FindStart(kReceived), std::nullopt);
  const auto second = [](int64_t i) { return kReceived + absl::Seconds(i); };
  for (int64_t i = 1; i <= 3; ++i) {
    window.Append(10 * i, 0, "x", second(i));
    window.Append(10 * i + 1, 0, "x", second(i));
  }
  EXPECT_EQ(window.FindStart(second(1)), std::nullopt) << "others may be on the disk";
  EXPECT_EQ(window.FindStart(second(1) + absl::Nanoseconds(1)), 19);
  EXPECT_EQ(window.FindStart(second(2)), 19);
  EXPECT_EQ(window.FindStart(second(3)), 29);
  EXPECT_EQ(window.FindStart(second(4)), 31);
  window.Release(31);
  window.Append(40, 0, std::string(1 << 20, 'x'), second(4));
  ASSERT_EQ(window.first_sequence(), 32);
  EXPECT_EQ(window.FindStart(second(3)), std::nullopt);
  EXPECT_EQ(window.FindStart(second(4)), 39);
}

TEST(WindowTest, ForgettingEverythingLeavesThePositionsGood) {
  Window window(1 << 20, 1);
  for (int64_t i = 1; i <= 5; ++i) window.Append(i, 0, "x", kReceived);
  window.Forget({0});
  Window::ReadResult result;
  EXPECT_TRUE(ReadAll(window, 0, &result).empty());
  EXPECT_TRUE(result.in_window);
  EXPECT_EQ(result.last_sequence, 5);
  window.Append(6, 1, "y", kReceived);
  EXPECT_EQ(ReadAll(window, 0), std::vector<std::string>{"y"});
}

}  // namespace
}  // namespace cardata
