// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/simulator/test/sim_process.h"

namespace cardata::sim {

inline constexpr char kMileage[] = "vehicle.vehicle.travelledDistance";
inline constexpr char kCharge[] = "vehicle.drivetrain.batteryManagement.header";

// A simulator with an electric car, a plug-in hybrid and one with fuel, and a token.
class Rest : public testing::Test {
 protected:
  Rest()
      : sim_({"--vehicles=bev,phev,ice", "--quota=-1"}),
        token_(sim_.Tokens().at("access_token").get<std::string>()) {}

  WebAnswer Get(const std::string& path) const { return sim_.Rest("GET", path, token_); }
  WebAnswer OfCar(const std::string& rest, size_t car = 0) const {
    return Get(absl::StrCat("/customers/vehicles/", sim_.Vin(car), "/", rest));
  }
  WebAnswer CreateContainer(const nlohmann::json& descriptors) const {
    return sim_.Rest(
        "POST", "/customers/containers", token_,
        nlohmann::json{{"name", "n"}, {"purpose", "p"}, {"technicalDescriptors", descriptors}}
            .dump());
  }
  std::string History(int days) const {
    const absl::Time now = absl::Now();
    return absl::StrCat("chargingHistory?from=", Day(now - absl::Hours(24 * days)),
                        "&to=", Day(now));
  }
  static std::string Day(absl::Time time) {
    return absl::FormatTime("%Y-%m-%dT00:00:00.000Z", time, absl::UTCTimeZone());
  }
  void Expect(const WebAnswer& answer, int status, const std::string& error) const {
    EXPECT_EQ(answer.status, status) << answer.body;
    ASSERT_TRUE(answer.json().is_object()) << answer.body;
    EXPECT_EQ(answer.json().value("exveErrorId", ""), error);
  }

  const SimProcess sim_;
  const std::string token_;
};

}  // namespace cardata::sim
