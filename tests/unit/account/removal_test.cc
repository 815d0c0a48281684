// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cardata/v1/telematics_service.pb.h"
#include "server/account/accounts.h"
#include "server/error/error.h"
#include "tests/support/account_world.h"

namespace cardata {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class RemovalTest : public testing::Test {
 protected:
  RemovalTest() {
    world_.http.handler = [this](const HttpRequest& request) -> absl::StatusOr<HttpResponse> {
      if (request.url.find("/device/code") == std::string::npos) return poll_answer_;
      return AccountWorld::Json(
          200,
          R"({"user_code":"ABcd-1234","device_code":"dc","verification_uri":"https://v","expires_in":300,"interval":5})");
    };
    AccountRecord record;
    record.name = "home";
    record.client_id = "client";
    record.gcid = "gcid-1";
    record.tokens.access_token = "access-0";
    record.tokens.refresh_token = "refresh-0";
    record.tokens.id_token = "id-0";
    record.tokens.access_expire_time = record.tokens.id_expire_time =
        world_.clock.Now() + absl::Hours(1);
    world_.store.accounts["home"] = record;
    accounts_ = std::make_unique<Accounts>(world_.context, *world_.store.LoadAccounts());
    accounts_->Start();
    world_.executor.RunReady();
  }

  ~RemovalTest() override {
    accounts_->Stop();
    world_.executor.RunReady();
    world_.tasks.WaitForNone();
  }

  // Begins to remove; `removed_` says how that ends.
  void Remove(const std::string& name) {
    removed_.reset();
    Detach([](Task<absl::Status> task, std::optional<absl::Status>& out) -> Task<void> {
      out = co_await std::move(task);
    }(accounts_->Remove(name), removed_));
    world_.executor.RunReady();
  }

  void StartLogin(const std::string& name) {
    code_.reset();
    Detach([](Task<absl::StatusOr<DeviceCode>> task,
              std::optional<absl::StatusOr<DeviceCode>>& out) -> Task<void> {
      out = co_await std::move(task);
    }(accounts_->StartLogin(name, "client", {}), code_));
    world_.executor.RunReady();
  }

  AccountWorld world_;
  std::unique_ptr<Accounts> accounts_;
  HttpResponse poll_answer_ = AccountWorld::Json(403, R"({"error":"authorization_pending"})");
  std::optional<absl::Status> removed_;
  std::optional<absl::StatusOr<DeviceCode>> code_;
};

TEST_F(RemovalTest, EndsTheStreamForgetsTheAccountAndTellsTheLog) {
  world_.mqtt.last().Tell(MqttLive{});
  world_.executor.RunReady();
  world_.mqtt.last().Send(
      "gcid-1/WBA00AA000DEM0001",
      R"({"data":{"vehicle.a":{"timestamp":"2026-07-27T12:00:00Z","value":1}}})");
  world_.executor.RunReady();
  ASSERT_THAT(world_.store.log, SizeIs(1));
  Remove("home");
  ASSERT_TRUE(removed_);
  EXPECT_TRUE(removed_->ok()) << *removed_;
  EXPECT_FALSE(world_.mqtt.last().open);
  EXPECT_TRUE(world_.store.accounts.empty());
  EXPECT_TRUE(world_.store.values.empty());
  EXPECT_EQ(world_.store.scrubs, 1);
  ASSERT_THAT(world_.store.log, SizeIs(1));
  v1::SubscribeResponse response;
  ASSERT_TRUE(response.ParseFromString(world_.store.log[0].bytes));
  EXPECT_EQ(response.entries(0).account_removed().account(), "home");
  EXPECT_EQ(ReasonOf(accounts_->Find("home").status()), v1::ERROR_REASON_ACCOUNT_NOT_FOUND);
  uint64_t all = 0;
  EXPECT_TRUE(
      world_.upstream.ChangedSince(all, 10, [](absl::string_view) { return true; }).empty());
}

TEST_F(RemovalTest, AnUnknownAccountIsNotFound) {
  Remove("boat");
  ASSERT_TRUE(removed_);
  EXPECT_EQ(ReasonOf(*removed_), v1::ERROR_REASON_ACCOUNT_NOT_FOUND);
  EXPECT_TRUE(accounts_->Find("home").ok());
}

TEST_F(RemovalTest, WaitsForWhoeverStillUsesTheAccountSoThatNothingIsKeptAfterwards) {
  std::shared_ptr<Account> used = *accounts_->Find("home");
  Remove("home");
  EXPECT_FALSE(removed_);
  EXPECT_FALSE(world_.store.accounts.empty());
  EXPECT_FALSE(accounts_->Find("home").ok());
  used.reset();
  world_.executor.RunReady();
  ASSERT_TRUE(removed_);
  EXPECT_TRUE(removed_->ok()) << *removed_;
  EXPECT_TRUE(world_.store.accounts.empty());
}

TEST_F(RemovalTest, ALoginUnderWayEnds) {
  StartLogin("home");
  ASSERT_TRUE(code_ && code_->ok());
  const DeviceLogin::Watcher watcher = *(*accounts_->Find("home"))->WatchLogin();
  Remove("home");
  ASSERT_TRUE(removed_);
  EXPECT_TRUE(removed_->ok()) << *removed_;
  LoginProgress last;
  for (int i = 0; i < 2; ++i) {
    Detach([](DeviceLogin::Watcher from, LoginProgress& out) -> Task<void> {
      out = *co_await from->Next(absl::ZeroDuration(), {});
    }(watcher, last));
  }
  EXPECT_EQ(last.state, v1::DEVICE_AUTHORIZATION_STATE_FAULT);
  EXPECT_THAT(last.advice, HasSubstr("the account was removed"));
  poll_answer_ = AccountWorld::Json(200, world_.TokenAnswer("1"));
  world_.executor.Advance(absl::Minutes(10));
  EXPECT_TRUE(world_.store.accounts.empty())
      << "an approval that comes too late brings nothing back";
}

TEST_F(RemovalTest, ALoginOfTheSameNameWaitsUntilItsPredecessorIsGone) {
  std::shared_ptr<Account> used = *accounts_->Find("home");
  Remove("home");
  StartLogin("home");
  EXPECT_FALSE(code_);
  used.reset();
  world_.executor.RunReady();
  ASSERT_TRUE(code_);
  EXPECT_TRUE(code_->ok()) << code_->status();
  poll_answer_ = AccountWorld::Json(200, world_.TokenAnswer("1"));
  world_.executor.Advance(absl::Seconds(6));
  EXPECT_EQ(world_.store.accounts.at("home").tokens.refresh_token, "refresh-1");
}

TEST_F(RemovalTest, AnAccountThatCouldNotBeRemovedGoesOn) {
  world_.store.failure = absl::ResourceExhaustedError("disk full");
  Remove("home");
  ASSERT_TRUE(removed_);
  EXPECT_EQ(ReasonOf(*removed_), v1::ERROR_REASON_STORE_FAILED);
  EXPECT_THAT(std::string(removed_->message()), HasSubstr("still there"));
  world_.store.failure = absl::OkStatus();
  EXPECT_TRUE(accounts_->Find("home").ok());
  EXPECT_THAT(world_.mqtt.links, SizeIs(2));
  EXPECT_TRUE(world_.mqtt.last().open);
  world_.store.scrub_failure = absl::ResourceExhaustedError("disk full");
  Remove("home");
  ASSERT_TRUE(removed_);
  EXPECT_EQ(ReasonOf(*removed_), v1::ERROR_REASON_STORE_FAILED);
  EXPECT_THAT(std::string(removed_->message()), HasSubstr("the account is removed, but"));
  EXPECT_FALSE(accounts_->Find("home").ok());
}

}  // namespace
}  // namespace cardata
