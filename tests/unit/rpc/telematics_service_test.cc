// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/telematics_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/error/error.h"
#include "tests/support/account_world.h"

namespace cardata {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kListed[] = "WBA00AA000DEM0001";     // by "home"
constexpr char kShared[] = "WBA00AA000DEM0002";     // by "home" and "work"
constexpr char kStreaming[] = "WBA00AA000DEM0003";  // by none

AccountRecord Record(const std::string& name, std::vector<std::string> vins) {
  AccountRecord record;
  record.name = name;
  record.gcid = absl::StrCat("gcid-", name);
  record.vins = std::move(vins);
  return record;
}

class TelematicsServiceTest : public testing::Test {
 protected:
  TelematicsServiceTest()
      : accounts_(world_.context, {Record("home", {kListed, kShared}), Record("work", {kShared})}),
        service_(accounts_, *world_.event_log, world_.catalogue) {}

  template <class T>
  absl::StatusOr<T> Run(Task<absl::StatusOr<T>> task) {
    absl::StatusOr<T> result = absl::UnknownError("still running");
    Detach([](Task<absl::StatusOr<T>> inner, absl::StatusOr<T>& out) -> Task<void> {
      out = co_await std::move(inner);
    }(std::move(task), result));
    world_.executor.RunReady();
    return result;
  }

  void Append(const std::string& account, const std::string& vin, const std::string& descriptor_id,
              const std::string& raw) {
    Sample sample;
    sample.vin = vin;
    sample.descriptor_id = descriptor_id;
    sample.value.set_text(raw);
    sample.raw = raw;
    sample.measure_time = world_.clock.Now() + absl::Seconds(++appended_);
    world_.event_log->AppendSamples(account, {sample}, world_.clock.Now(), v1::EVENT_SOURCE_STREAM);
  }

  absl::StatusOr<std::vector<std::string>> CurrentValues(const std::string& vin,
                                                         const std::string& account = "",
                                                         const std::string& pattern = "*") {
    v1::GetCurrentValuesRequest request;
    request.set_vin(vin);
    request.set_account(account);
    request.add_descriptor_patterns(pattern);
    const auto response = Run(service_.GetCurrentValues(request, {}));
    if (!response.ok()) return response.status();
    std::vector<std::string> values;
    for (const v1::Event& value : response->values()) {
      EXPECT_EQ(value.vin(), vin);
      values.push_back(absl::StrCat(value.account(), " ", value.descriptor_id(), " ", value.raw()));
    }
    return values;
  }

  AccountWorld world_;
  Accounts accounts_;
  TelematicsService service_;
  int appended_ = 0;
};

TEST_F(TelematicsServiceTest, ReadsTheLastValueOfEachDescriptorInOrder) {
  Append("home", kListed, "vehicle.b", "1");
  Append("home", kListed, "vehicle.a", "2");
  Append("home", kListed, "vehicle.b", "3");
  EXPECT_THAT(*CurrentValues(kListed), ElementsAre("home vehicle.a 2", "home vehicle.b 3"));
  EXPECT_THAT(*CurrentValues(kListed, "home", "vehicle.b"), ElementsAre("home vehicle.b 3"));
  EXPECT_THAT(*CurrentValues(kListed, "home", "vehicle.c*"), IsEmpty());
}

TEST_F(TelematicsServiceTest, AListedVehicleWithoutValuesHasNone) {
  EXPECT_THAT(*CurrentValues(kListed), IsEmpty());
}

TEST_F(TelematicsServiceTest, FindsAVehicleThatStreamsBeforeItIsListed) {
  Append("work", kStreaming, "vehicle.a", "1");
  EXPECT_THAT(*CurrentValues(kStreaming), ElementsAre("work vehicle.a 1"));
  EXPECT_THAT(*CurrentValues(kStreaming, "work"), ElementsAre("work vehicle.a 1"));
  EXPECT_EQ(ReasonOf(CurrentValues(kStreaming, "home").status()),
            v1::ERROR_REASON_VEHICLE_NOT_FOUND);
}

TEST_F(TelematicsServiceTest, WhatIsLeftOfAnAccountThatIsGoneBelongsToNobody) {
  Append("gone", kStreaming, "vehicle.a", "1");
  EXPECT_EQ(ReasonOf(CurrentValues(kStreaming).status()), v1::ERROR_REASON_VEHICLE_NOT_FOUND);
  EXPECT_EQ(ReasonOf(CurrentValues(kStreaming, "gone").status()),
            v1::ERROR_REASON_ACCOUNT_NOT_FOUND);
}

TEST_F(TelematicsServiceTest, TwoAccountsWithOneVehicleNeverSeeEachOthersValues) {
  Append("home", kShared, "vehicle.a", "1");
  Append("work", kShared, "vehicle.a", "2");
  Append("work", kShared, "vehicle.b", "3");
  EXPECT_EQ(ReasonOf(CurrentValues(kShared).status()), v1::ERROR_REASON_ACCOUNT_REQUIRED);
  EXPECT_THAT(*CurrentValues(kShared, "home"), ElementsAre("home vehicle.a 1"));
  EXPECT_THAT(*CurrentValues(kShared, "work"), ElementsAre("work vehicle.a 2", "work vehicle.b 3"));
  Append("work", kListed, "vehicle.a", "4");
  EXPECT_EQ(ReasonOf(CurrentValues(kListed).status()), v1::ERROR_REASON_ACCOUNT_REQUIRED)
      << "one lists it, the other hears of it";
}

TEST_F(TelematicsServiceTest, RefusesMalformedRequestsByTheirField) {
  EXPECT_THAT(std::string(CurrentValues("short").status().message()), HasSubstr("vin"));
  EXPECT_THAT(std::string(CurrentValues(kListed, "Not A Name").status().message()),
              HasSubstr("account"));
  EXPECT_THAT(std::string(CurrentValues(kListed, "", "a*b").status().message()),
              HasSubstr("descriptor_patterns[0]"));
  v1::ListDescriptorsRequest list;
  list.add_descriptor_patterns("");
  EXPECT_EQ(ReasonOf(Run(service_.ListDescriptors(list, {})).status()),
            v1::ERROR_REASON_INVALID_REQUEST);
  EXPECT_EQ(ReasonOf(Run(service_.GetDescriptor({}, {})).status()),
            v1::ERROR_REASON_INVALID_REQUEST);
}

TEST_F(TelematicsServiceTest, ListsDescriptorsByPatternAndStreamability) {
  EXPECT_THAT(Run(service_.ListDescriptors({}, {}))->descriptors(), SizeIs(294));
  v1::ListDescriptorsRequest request;
  request.set_streamable(true);
  EXPECT_THAT(Run(service_.ListDescriptors(request, {}))->descriptors(), SizeIs(245));
  request.set_streamable(false);
  EXPECT_THAT(Run(service_.ListDescriptors(request, {}))->descriptors(), SizeIs(49));
  request.clear_streamable();
  request.add_descriptor_patterns("vehicle.channel.teleservice.*");
  request.add_descriptor_patterns("vehicle.isMoving");
  const auto response = Run(service_.ListDescriptors(request, {}));
  ASSERT_THAT(response->descriptors(), SizeIs(6));
  EXPECT_EQ(response->descriptors(0).value_kind(), v1::VALUE_KIND_TIME);
  EXPECT_EQ(response->descriptors(5).descriptor_id(), "vehicle.isMoving");
}

TEST_F(TelematicsServiceTest, DescribesOneOrNamesSimilarOnes) {
  v1::GetDescriptorRequest request;
  request.set_descriptor_id("VEHICLE.isMOVING");
  EXPECT_EQ(Run(service_.GetDescriptor(request, {}))->telematic_descriptor().descriptor_id(),
            "vehicle.isMoving");
  request.set_descriptor_id("vehicle.isMovin");
  const absl::Status status = Run(service_.GetDescriptor(request, {})).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_DESCRIPTOR_NOT_FOUND);
  EXPECT_THAT(std::string(status.message()), HasSubstr("vehicle.isMoving"));
  request.set_descriptor_id(std::string(1 << 20, 'v'));
  const absl::Status long_one = Run(service_.GetDescriptor(request, {})).status();
  EXPECT_EQ(ReasonOf(long_one), v1::ERROR_REASON_DESCRIPTOR_NOT_FOUND);
  EXPECT_LT(long_one.message().size(), 300u);
}

}  // namespace
}  // namespace cardata
