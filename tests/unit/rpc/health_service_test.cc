// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/health_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/support/manual_executor.h"

namespace cardata {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using ::testing::ElementsAre;

HealthCheckRequest For(const std::string& service) {
  HealthCheckRequest request;
  request.set_service(service);
  return request;
}

class HealthServiceTest : public testing::Test {
 protected:
  template <class T>
  T Run(Task<T> task) {
    std::optional<T> result;
    Detach([](Task<T> inner, std::optional<T>& out) -> Task<void> {
      out = co_await std::move(inner);
    }(std::move(task), result));
    executor_.RunReady();
    return *std::move(result);
  }

  // Watches; what it tells is in `told_`, how it ends in `ended_`.
  void Watch(const std::string& service) {
    auto write = [this](HealthCheckResponse response) -> Task<bool> {
      told_.push_back(response.status());
      co_return !caller_gone_;
    };
    Detach([](Task<absl::Status> watch, std::optional<absl::Status>& ended) -> Task<void> {
      ended = co_await std::move(watch);
    }(health_.Watch(For(service), write, stop_.get_token()), ended_));
    executor_.RunReady();
  }

  FakeClock clock_{absl::UnixEpoch()};
  ManualExecutor executor_{clock_};
  HealthService health_{executor_, {"a.A", "a.B"}};
  std::stop_source stop_;
  bool caller_gone_ = false;
  std::vector<HealthCheckResponse::ServingStatus> told_;
  std::optional<absl::Status> ended_;
};

TEST_F(HealthServiceTest, EveryServiceServesUntilItStops) {
  for (const char* service : {"", "a.A", "a.B"})
    EXPECT_EQ(Run(health_.Check(For(service), {}))->status(), HealthCheckResponse::SERVING)
        << service;
  health_.StopServing();
  for (const char* service : {"", "a.A", "a.B"})
    EXPECT_EQ(Run(health_.Check(For(service), {}))->status(), HealthCheckResponse::NOT_SERVING)
        << service;
}

TEST_F(HealthServiceTest, AGatewayThatEndsIsNotReadyButAlive) {
  for (const char* name : {"liveness", "readiness"})
    EXPECT_EQ(Run(health_.Check(For(name), {}))->status(), HealthCheckResponse::SERVING) << name;
  health_.StopServing();
  EXPECT_EQ(Run(health_.Check(For("liveness"), {}))->status(), HealthCheckResponse::SERVING);
  EXPECT_EQ(Run(health_.Check(For("readiness"), {}))->status(), HealthCheckResponse::NOT_SERVING);
}

TEST_F(HealthServiceTest, AnUnknownNameIsNotFound) {
  for (const char* service : {"a", "a.", "a.A ", "A"})
    EXPECT_EQ(Run(health_.Check(For(service), {})).status().code(), absl::StatusCode::kNotFound)
        << service;
  health_.StopServing();
  EXPECT_EQ(Run(health_.Check(For("a"), {})).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(HealthServiceTest, ListsAll) {
  const auto response = Run(health_.List({}, {}));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->statuses_size(), 5);
  for (const char* service : {"", "a.A", "a.B", "liveness", "readiness"})
    EXPECT_EQ(response->statuses().at(service).status(), HealthCheckResponse::SERVING) << service;
}

TEST_F(HealthServiceTest, AWatcherHearsOfTheEnd) {
  Watch("a.A");
  EXPECT_THAT(told_, ElementsAre(HealthCheckResponse::SERVING));
  EXPECT_FALSE(ended_.has_value());
  health_.StopServing();
  stop_.request_stop();
  executor_.RunReady();
  EXPECT_THAT(told_, ElementsAre(HealthCheckResponse::SERVING, HealthCheckResponse::NOT_SERVING));
  EXPECT_TRUE(ended_.has_value());
}

TEST_F(HealthServiceTest, AWatcherOfAnUnknownNameStaysAndIsToldSo) {
  Watch("none");
  EXPECT_THAT(told_, ElementsAre(HealthCheckResponse::SERVICE_UNKNOWN));
  EXPECT_FALSE(ended_.has_value());
  health_.StopServing();
  stop_.request_stop();
  executor_.RunReady();
  EXPECT_THAT(told_, ElementsAre(HealthCheckResponse::SERVICE_UNKNOWN));
  EXPECT_TRUE(ended_.has_value());
}

TEST_F(HealthServiceTest, AWatcherThatGoesAwayIsLetGo) {
  Watch("");
  stop_.request_stop();
  executor_.RunReady();
  EXPECT_THAT(told_, ElementsAre(HealthCheckResponse::SERVING));
  EXPECT_TRUE(ended_.has_value());

  stop_ = {};
  ended_.reset();
  caller_gone_ = true;
  Watch("");
  EXPECT_TRUE(ended_.has_value());
}

TEST_F(HealthServiceTest, AWatcherWhoComesWhileTheGatewayEndsIsToldAndLetGo) {
  health_.StopServing();
  stop_.request_stop();
  Watch("");
  EXPECT_THAT(told_, ElementsAre(HealthCheckResponse::NOT_SERVING));
  EXPECT_TRUE(ended_.has_value());
}

}  // namespace
}  // namespace cardata
