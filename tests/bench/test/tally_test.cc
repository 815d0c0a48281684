// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/client/tally.h"

#include <gtest/gtest.h>

#include "tests/bench/client/payload.h"

namespace cardata::bench {
namespace {

TEST(Tally, CountsWhatIsMissingByTheMatchingSubscribers) {
  Tally tally(3);
  for (int i = 0; i < 4; ++i) tally.Publish(0);
  for (uint64_t number = 1; number <= 4; ++number) tally.Delivered(0, number);
  tally.Delivered(1, 1);
  EXPECT_EQ(tally.Missing(1), 0u);
  EXPECT_EQ(tally.Missing(2), 3u);
}

TEST(Tally, CountsASkippedEventAlsoWhenItComesLater) {
  Tally tally(1);
  for (int i = 0; i < 3; ++i) tally.Publish(0);
  for (const uint64_t number : {1, 3, 2}) tally.Delivered(0, number);
  EXPECT_EQ(tally.Missing(1), 1u);
  EXPECT_EQ(tally.repeated(), 1u);
}

TEST(Tally, DoesNotTakeASecondDeliveryForAnother) {
  Tally tally(1);
  for (int i = 0; i < 2; ++i) tally.Publish(0);
  for (const uint64_t number : {1, 1}) tally.Delivered(0, number);
  EXPECT_EQ(tally.delivered(), 1u);
  EXPECT_EQ(tally.repeated(), 1u);
  EXPECT_EQ(tally.Missing(1), 1u);
}

TEST(Tally, RefusesWhatWasNeverPublished) {
  Tally tally(1);
  tally.Publish(0);
  tally.Delivered(0, 0);
  tally.Delivered(0, 2);
  EXPECT_EQ(tally.foreign(), 2u);
  EXPECT_EQ(tally.delivered(), 0u);
}

TEST(Tally, TimesFromPublishingToReading) {
  Tally tally(1);
  tally.Publish(1000);
  tally.Publish(2000);
  tally.ReadAt(5000);
  tally.Delivered(0, 1);
  tally.StartTiming();
  tally.Delivered(0, 2);
  const Histogram& latency = tally.StopTiming();
  EXPECT_EQ(latency.total(), 1u);
  EXPECT_NEAR(static_cast<double>(latency.Quantile(0.5)), 3000, 48);
}

TEST(Payload, CarriesItsNumber) {
  const std::string payload = Payload(1234567890, 300);
  EXPECT_EQ(payload.size(), 300u);
  const auto* bytes = reinterpret_cast<const uint8_t*>(payload.data());
  EXPECT_EQ(NumberOf(bytes, payload.size()), 1234567890u);
  EXPECT_EQ(NumberOf(bytes, 9), 0u);
  EXPECT_EQ(NumberOf(bytes + 1, 299), 0u) << "nine digits and an x";
}

}  // namespace
}  // namespace cardata::bench
