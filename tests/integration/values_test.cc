// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "clients/cpp/error.h"
#include "tests/integration/fixture.h"
#include "tests/integration/subscriber.h"
#include "tests/support/wait.h"

namespace cardata {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class ValuesTest : public IntegrationTest {
 protected:
  explicit ValuesTest(std::vector<std::string> flags = {}) : IntegrationTest(std::move(flags)) {}

  void SetUp() override {
    IntegrationTest::SetUp();
    if (HasFatalFailure()) return;
    LogIn();
    WaitUntilLive();
    vin_ = Vin();
  }

  // Exactly these bytes, on the topic that ends in `vin`.
  void PublishPayload(const std::string& vin, const std::string& payload) {
    const auto published =
        simulator().Post("/publish", {{"account", "home"}, {"vin", vin}, {"payload", payload}});
    ASSERT_TRUE(published.ok()) << published.status();
  }

  std::map<std::string, v1::Event> CurrentValues(const std::string& pattern = "*") {
    grpc::ClientContext context;
    v1::GetCurrentValuesRequest request;
    request.set_vin(vin_);
    request.add_descriptor_patterns(pattern);
    v1::GetCurrentValuesResponse response;
    const grpc::Status status = telematics()->GetCurrentValues(&context, request, &response);
    EXPECT_TRUE(status.ok()) << client::Describe(status);
    std::map<std::string, v1::Event> values;
    for (const v1::Event& value : response.values()) values[value.descriptor_id()] = value;
    EXPECT_THAT(values, SizeIs(response.values_size())) << "each descriptor once";
    return values;
  }

  std::string MakeContainer(const std::vector<std::string>& descriptors) {
    const auto container = simulator().PostRest(
        "home", "/customers/containers",
        {{"name", "test"}, {"purpose", "test"}, {"technicalDescriptors", descriptors}});
    EXPECT_TRUE(container.ok()) << container.status();
    return container.ok() ? container->value("containerId", "") : "";
  }

  grpc::Status Read(const std::string& vin, const std::string& container_id,
                    v1::GetTelematicDataResponse* response) {
    grpc::ClientContext context;
    v1::GetTelematicDataRequest request;
    request.set_vin(vin);
    request.set_container_id(container_id);
    return vehicles()->GetTelematicData(&context, request, response);
  }

  std::string vin_;
};

// A minute of the car's life takes a second.
class DrivingTest : public ValuesTest {
 protected:
  DrivingTest() : ValuesTest({"--time-factor=60"}) {}
};

TEST_F(DrivingTest, StreamAndRestGiveTheSameTypedValuesOfTheSameCar) {
  ASSERT_TRUE(simulator().Post(absl::StrCat("/vehicles/", vin_, "/drive")).ok());
  ASSERT_TRUE(WaitUntil([&] { return CurrentValues().size() >= 20; }));
  ASSERT_TRUE(simulator().Post("/cars/pause").ok());
  const std::map<std::string, v1::Event> streamed = CurrentValues();
  std::vector<std::string> descriptors;
  for (const auto& [id, event] : streamed)
    // The simulator's REST rounds the mileage, as BMW's does.
    if (id != "vehicle.vehicle.travelledDistance") descriptors.push_back(id);
  descriptors.push_back("vehicle.status.conditionBasedServices");
  descriptors.push_back("vehicle.status.serviceTime.inspectionDateLegal");
  descriptors.push_back("vehicle.vehicle.timeSetting");
  descriptors.push_back("vehicle.look.image");
  v1::GetTelematicDataResponse response;
  const grpc::Status status = Read(vin_, MakeContainer(descriptors), &response);
  ASSERT_TRUE(status.ok()) << client::Describe(status);
  EXPECT_EQ(response.read().source(), v1::READ_SOURCE_UPSTREAM);
  EXPECT_EQ(response.read().requests_spent(), 1);
  ASSERT_THAT(response.values(), SizeIs(descriptors.size()));
  EXPECT_TRUE(std::is_sorted(
      response.values().begin(), response.values().end(),
      [](const auto& a, const auto& b) { return a.descriptor_id() < b.descriptor_id(); }));

  std::map<std::string, v1::Event> read;
  std::set<v1::Value::KindCase> kinds;
  int compared = 0;
  for (const v1::Event& value : response.values()) {
    EXPECT_EQ(value.account(), "home");
    EXPECT_EQ(value.vin(), vin_);
    EXPECT_EQ(value.source(), v1::EVENT_SOURCE_REST);
    EXPECT_TRUE(value.has_receive_time());
    read[value.descriptor_id()] = value;
    const auto by_stream = streamed.find(value.descriptor_id());
    if (by_stream == streamed.end()) continue;
    const v1::Event& told = by_stream->second;
    // Some samples come late by the stream; REST has them already.
    if (value.measure_time().seconds() != told.measure_time().seconds()) continue;
    ++compared;
    EXPECT_EQ(value.value().ShortDebugString(), told.value().ShortDebugString())
        << value.descriptor_id() << ": " << value.raw() << " and " << told.raw();
    kinds.insert(value.value().kind_case());
  }
  EXPECT_GE(compared, 15);
  EXPECT_THAT(kinds, testing::IsSupersetOf({v1::Value::kNumber, v1::Value::kText}));
  EXPECT_TRUE(read["vehicle.status.conditionBasedServices"].value().json().has_list_value());
  EXPECT_TRUE(read["vehicle.status.serviceTime.inspectionDateLegal"].value().has_time());
  EXPECT_EQ(read["vehicle.vehicle.timeSetting"].value().no_value(), v1::NO_VALUE_INVALID);
  EXPECT_EQ(read["vehicle.look.image"].value().no_value(), v1::NO_VALUE_NULL);
  EXPECT_FALSE(read["vehicle.look.image"].has_measure_time());

  const std::map<std::string, v1::Event> after = CurrentValues();
  EXPECT_TRUE(after.at("vehicle.status.conditionBasedServices").value().has_json())
      << "what only REST tells is a current value, too";
  EXPECT_EQ(after.at("vehicle.status.conditionBasedServices").source(), v1::EVENT_SOURCE_REST);
  EXPECT_FALSE(after.contains("vehicle.look.image")) << "nulls are not";
  for (const auto& [id, event] : streamed)
    EXPECT_GE(after.at(id).measure_time().seconds(), event.measure_time().seconds()) << id;
}

TEST_F(ValuesTest, TheCatalogueHas294DescriptorsOfWhich245AreStreamable) {
  grpc::ClientContext context;
  v1::ListDescriptorsResponse all;
  ASSERT_TRUE(telematics()->ListDescriptors(&context, {}, &all).ok());
  EXPECT_THAT(all.descriptors(), SizeIs(294));
  grpc::ClientContext second_context;
  v1::ListDescriptorsRequest request;
  request.set_streamable(true);
  v1::ListDescriptorsResponse streamable;
  ASSERT_TRUE(telematics()->ListDescriptors(&second_context, request, &streamable).ok());
  EXPECT_THAT(streamable.descriptors(), SizeIs(245));

  grpc::ClientContext third_context;
  v1::GetDescriptorRequest get;
  get.set_descriptor_id("vehicle.isMovin");
  v1::GetDescriptorResponse descriptor;
  const grpc::Status status = telematics()->GetDescriptor(&third_context, get, &descriptor);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(client::Reason(status), "DESCRIPTOR_NOT_FOUND");
  EXPECT_THAT(status.error_message(), HasSubstr("vehicle.isMoving"));
}

TEST_F(ValuesTest, CurrentValuesAreThereAfterARestart) {
  Publish(kNumber, "41.5", "l");
  Publish("vehicle.isMoving", R"("ASN_isTrue")");
  ASSERT_TRUE(WaitUntil([&] {
    const auto values = CurrentValues();
    return values.contains(kNumber) && values.contains("vehicle.isMoving");
  }));
  ASSERT_TRUE(simulator().Post("/cars/pause").ok());
  const auto before = CurrentValues(kNumber);
  ASSERT_TRUE(gateway().Stop().ok());
  StartGateway();
  const auto after = CurrentValues(kNumber);
  ASSERT_THAT(after, SizeIs(1));
  EXPECT_EQ(after.at(kNumber).SerializeAsString(), before.at(kNumber).SerializeAsString());
  EXPECT_EQ(after.at(kNumber).value().number(), 41.5);
  EXPECT_EQ(CurrentValues("vehicle.isMoving").at("vehicle.isMoving").value().text(), "ASN_isTrue");
}

TEST_F(ValuesTest, OddPayloadsNeverStopTheStream) {
  Subscriber subscriber(gateway().channel());
  ASSERT_TRUE(subscriber.WaitUntilCaughtUp());
  const auto sample = [](const std::string& value) {
    return absl::StrCat(R"({"data":{")", kNumber, R"(":{"value":)", value, "}}}");
  };
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  PublishPayload(vin_, sample("null"));
  PublishPayload(vin_, sample(R"("INVALID")"));
  PublishPayload(vin_, sample("1e999"));
  PublishPayload(vin_, sample(deep));
  PublishPayload(vin_, sample(R"("\ud800")"));
  // From here on, messages that are refused as a whole.
  PublishPayload(vin_, "");
  PublishPayload(vin_, "not JSON");
  PublishPayload(vin_, sample("01"));
  PublishPayload(vin_, R"({"data":[1]})");
  PublishPayload(vin_, R"({"vin":"WBA00AA000DEM0099","data":{}})");
  PublishPayload(vin_, sample(absl::StrCat("\"", std::string(1 << 20, 'x'), "\"")));
  PublishPayload("NOTAVIN", sample("7"));
  PublishPayload(vin_, sample("42"));
  ASSERT_TRUE(subscriber.WaitForEvent([](const v1::Event& event) { return event.raw() == "42"; }));

  std::vector<std::string> seen;
  for (const v1::Event& event : subscriber.events()) {
    if (event.descriptor_id() != kNumber) continue;
    EXPECT_EQ(event.vin(), vin_);
    seen.push_back(event.value().has_no_value() ? v1::NoValue_Name(event.value().no_value())
                                                : event.raw());
  }
  EXPECT_THAT(seen, testing::ElementsAre("NO_VALUE_NULL", "NO_VALUE_INVALID", "NO_VALUE_UNPARSABLE",
                                         "NO_VALUE_UNPARSABLE", "NO_VALUE_UNPARSABLE", "42"));
  EXPECT_TRUE(subscriber.gaps().empty());
  EXPECT_EQ(GetAccount().stream().state(), v1::STREAM_STATE_LIVE);
  EXPECT_THAT(gateway().process().Output(), HasSubstr("a stream message was refused"));
  EXPECT_THAT(gateway().process().Output(), testing::Not(HasSubstr(vin_)));
}

TEST_F(ValuesTest, RefusesAReadThatCannotSucceedBeforeItCostsAnything) {
  const int used = GetAccount().requests_today().used();
  v1::GetTelematicDataResponse response;
  for (const auto& [vin, container_id, field] :
       {std::tuple("short", "S00I00C000001", "vin"), std::tuple(vin_.c_str(), "", "container_id"),
        std::tuple(vin_.c_str(), "s00i00c000001", "container_id"),
        std::tuple(vin_.c_str(), "../../containers", "container_id")}) {
    const grpc::Status status = Read(vin, container_id, &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << field;
    EXPECT_EQ(client::Reason(status), "INVALID_REQUEST");
    EXPECT_THAT(status.error_message(), HasSubstr(field));
  }
  const grpc::Status unknown = Read("WBA00AA000DEM0099", "S00I00C000001", &response);
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(client::Reason(unknown), "VEHICLE_NOT_FOUND");
  EXPECT_EQ(GetAccount().requests_today().used(), used);
}

TEST_F(ValuesTest, AContainerThatIsNotThereIsNotFound) {
  v1::GetTelematicDataResponse response;
  const grpc::Status status = Read(vin_, "S00I00C000001", &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND) << client::Describe(status);
  EXPECT_EQ(client::Reason(status), "CONTAINER_NOT_FOUND");
}

TEST_F(ValuesTest, TakesOddAnswersOfTheRestApi) {
  const auto answer = [&](const std::string& body) {
    ASSERT_TRUE(simulator()
                    .Post("/faults", {{"operation", "getTelematicData"},
                                      {"status", 200},
                                      {"content_type", "application/json"},
                                      {"body", body}})
                    .ok());
  };
  v1::GetTelematicDataResponse response;
  answer(absl::StrCat(R"({"telematicData":{"vehicle.b":{"value":"1e999"},"vehicle.a":7,)", "\"",
                      kNumber,
                      R"(":{"value":"7.5","unit":"l","timestamp":"2026-07-27T12:00:00Z"}}})"));
  ASSERT_TRUE(Read(vin_, "S00I00C000001", &response).ok());
  ASSERT_THAT(response.values(), SizeIs(3));
  EXPECT_EQ(response.values(0).value().no_value(), v1::NO_VALUE_UNPARSABLE);
  EXPECT_EQ(response.values(1).value().no_value(), v1::NO_VALUE_UNPARSABLE);
  EXPECT_EQ(response.values(1).raw(), "1e999");
  EXPECT_EQ(response.values(2).value().number(), 7.5);
  for (const std::string body : {"<html>hello</html>", "[]", R"({"telematicData":[]})"}) {
    answer(body);
    const grpc::Status status = Read(vin_, "S00I00C000001", &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL) << body;
    EXPECT_EQ(client::Reason(status), "UPSTREAM_MALFORMED") << body;
  }
}

}  // namespace
}  // namespace cardata
