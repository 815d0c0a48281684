// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/printer.h"

#include <gtest/gtest.h>

#include <sstream>

namespace cardata::client {
namespace {

constexpr int64_t kNow = 1'795'478'467;  // 2026-11-24T00:01:07Z

class PrinterTest : public ::testing::Test {
 protected:
  static v1::Event Event() {
    v1::Event event;
    event.set_account("home");
    event.set_vin("WBA00AA000DEM0001");
    event.set_descriptor_id("vehicle.drivetrain.batteryManagement.header");
    event.mutable_value()->set_number(82);
    event.set_unit("%");
    event.set_raw("82");
    event.mutable_receive_time()->set_seconds(kNow);
    return event;
  }

  std::ostringstream out_;
  Printer printer_{out_, absl::UTCTimeZone(), [] { return absl::FromUnixSeconds(kNow + 5); }};
};

TEST_F(PrinterTest, ShowsTimeCarDescriptorValueAndUnit) {
  printer_.Print({Event()});
  EXPECT_EQ(out_.str(), "00:01:07  …0001  vehicle.drivetrain.batteryManagement.header" +
                            std::string(30, ' ') + "82 %\n");
  EXPECT_EQ(printer_.events(), 1);
}

TEST_F(PrinterTest, ShowsTheDateOfAnEventOfAnotherDay) {
  v1::Event event = Event();
  event.mutable_receive_time()->set_seconds(kNow - 86'400);
  printer_.Print({event});
  EXPECT_EQ(out_.str().substr(0, 8), "  23 Nov");
}

TEST_F(PrinterTest, ShowsAGapWithItsTimesAndCause) {
  v1::Gap gap;
  gap.set_account("home");
  gap.mutable_start_time()->set_seconds(kNow);
  gap.mutable_end_time()->set_seconds(kNow + 2);
  gap.set_cause(v1::GAP_CAUSE_TOKEN_ROTATION);
  printer_.Print({gap});
  EXPECT_EQ(out_.str(),
            "── gap: nothing was received for \"home\" from 00:01:07 to 00:01:09 (token rotation) "
            "──\n");
}

TEST_F(PrinterTest, SaysWhyAndWhenItSubscribesAgain) {
  const grpc::Status refused(grpc::StatusCode::UNAVAILABLE, "refused");
  printer_.Print({Reconnecting{refused, 1, absl::Milliseconds(1234)}});
  EXPECT_EQ(out_.str(),
            "── the gateway cannot be reached: refused: subscribing again in 1.2s ──\n");
}

TEST_F(PrinterTest, SumsUp) {
  printer_.Print({Event()});
  printer_.Print({Event()});
  EXPECT_EQ(printer_.Summary(), "2 events of 1 car");
}

TEST(FormatValueTest, ShowsEveryKind) {
  v1::Event event;
  event.set_raw("48.137154");
  event.mutable_value()->set_number(48.137154);
  EXPECT_EQ(FormatValue(event), "48.137154");
  event.mutable_value()->set_number(123456789);
  EXPECT_EQ(FormatValue(event), "123456789");
  event.mutable_value()->set_boolean(true);
  EXPECT_EQ(FormatValue(event), "true");
  event.mutable_value()->set_text("CHARGINGACTIVE");
  EXPECT_EQ(FormatValue(event), "CHARGINGACTIVE");
  event.mutable_value()->mutable_time()->set_seconds(kNow);
  EXPECT_EQ(FormatValue(event), "2026-11-24T00:01:07Z");
  event.mutable_value()->mutable_json()->mutable_list_value()->add_values()->set_bool_value(true);
  EXPECT_EQ(FormatValue(event), "[true]");
  event.mutable_value()->set_no_value(v1::NO_VALUE_NULL);
  EXPECT_EQ(FormatValue(event), "(none)");
  event.set_raw("4x");
  event.mutable_value()->set_no_value(v1::NO_VALUE_UNPARSABLE);
  EXPECT_EQ(FormatValue(event), "(unreadable: 4x)");
}

TEST(FormatValueTest, ShowsWhatBmwWroteWhereTheKindIsNewerThanThisProgram) {
  v1::Event event;
  event.set_raw("new");
  EXPECT_EQ(FormatValue(event), "new");
}

}  // namespace
}  // namespace cardata::client
