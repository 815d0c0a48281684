// SPDX-License-Identifier: Apache-2.0
#include "server/account/token_custodian.h"

#include <gtest/gtest.h>

#include "server/error/error.h"
#include "tests/support/account_world.h"

namespace cardata {
namespace {

class TokenCustodianTest : public testing::Test {
 protected:
  TokenCustodianTest() {
    record_.name = "home";
    record_.client_id = "client";
    record_.gcid = "gcid-1";
    record_.tokens.access_token = "access-0";
    record_.tokens.refresh_token = "refresh-0";
    record_.tokens.id_token = "id-0";
    record_.tokens.access_expire_time = record_.tokens.id_expire_time =
        world_.clock.Now() + absl::Hours(1);
    record_.tokens.refresh_expire_time = world_.clock.Now() + absl::Hours(24);
  }

  TokenCustodian& Make() {
    custodian_ = std::make_unique<TokenCustodian>(world_.context, record_, stop_.get_token());
    return *custodian_;
  }

  // BMW grants; counts the requests.
  void Grant() {
    world_.http.handler = [this](const HttpRequest& request) {
      EXPECT_NE(request.body.find(absl::StrCat("refresh-", refreshes_)), std::string::npos)
          << "each refresh token is used once";
      ++refreshes_;
      return AccountWorld::Json(200, world_.TokenAnswer(absl::StrCat(refreshes_)));
    };
  }
  void Fail(int status, const std::string& body) {
    world_.http.handler = [this, status, body](const HttpRequest&) {
      ++refreshes_;
      return AccountWorld::Json(status, body);
    };
  }

  absl::StatusOr<Tokens> Run(Task<absl::StatusOr<Tokens>> task) {
    absl::StatusOr<Tokens> result = absl::UnknownError("still running");
    Detach([](Task<absl::StatusOr<Tokens>> inner, absl::StatusOr<Tokens>& out) -> Task<void> {
      out = co_await std::move(inner);
    }(std::move(task), result));
    world_.executor.RunReady();
    return result;
  }

  AccountWorld world_;
  AccountRecord record_;
  std::stop_source stop_;
  std::unique_ptr<TokenCustodian> custodian_;
  int refreshes_ = 0;
};

TEST_F(TokenCustodianTest, HandsOverTokensThatAreStillGood) {
  Grant();
  EXPECT_EQ(Run(Make().Get())->access_token, "access-0");
  EXPECT_EQ(refreshes_, 0);
}

TEST_F(TokenCustodianTest, RefreshesTenMinutesBeforeExpiryAndKeepsTheNewOnesOnTheDiskFirst) {
  Grant();
  Make();
  world_.clock.Advance(absl::Minutes(49));
  EXPECT_EQ(Run(custodian_->Get())->access_token, "access-0");
  world_.clock.Advance(absl::Minutes(1));
  EXPECT_EQ(Run(custodian_->Get())->access_token, "access-1");
  ASSERT_EQ(world_.store.saves.size(), 1u);
  EXPECT_EQ(world_.store.saves[0].tokens.refresh_token, "refresh-1");
}

TEST_F(TokenCustodianTest, RefreshesShortLivedTokensAQuarterBeforeTheirEnd) {
  record_.tokens.access_expire_time = record_.tokens.id_expire_time =
      world_.clock.Now() + absl::Seconds(10);
  EXPECT_EQ(Make().RenewalTime(), world_.clock.Now() + absl::Seconds(7.5));
}

TEST_F(TokenCustodianTest, TokensThatCouldNotBeKeptAreNotHandedOver) {
  Grant();
  Make();
  world_.clock.Advance(absl::Minutes(55));
  world_.store.failure = absl::InternalError("disk");
  EXPECT_EQ(ReasonOf(Run(custodian_->Get()).status()), v1::ERROR_REASON_STORE_FAILED);
  EXPECT_EQ(ReasonOf(Run(custodian_->Get()).status()), v1::ERROR_REASON_STORE_FAILED);
  world_.store.failure = absl::OkStatus();
  EXPECT_EQ(Run(custodian_->Get())->access_token, "access-1");
  EXPECT_EQ(refreshes_, 1) << "the ones it has are kept, no further refresh token is spent";
}

TEST_F(TokenCustodianTest, KeepsTheOldTokensWhileTheyAreValidAndBmwIsAway) {
  Fail(503, "");
  Make();
  world_.clock.Advance(absl::Minutes(55));
  EXPECT_EQ(Run(custodian_->Get())->access_token, "access-0");
  world_.clock.Advance(absl::Minutes(6));
  EXPECT_EQ(Run(custodian_->Get()).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(TokenCustodianTest, TriesAgainAfterTheTimesThatAreSet) {
  world_.context.settings.token_retry_min = absl::Seconds(1);
  world_.context.settings.token_retry_max = absl::Seconds(3);
  Fail(503, "");
  Make();
  world_.clock.Advance(absl::Minutes(61));
  for (const int seconds : {1, 2, 3, 3}) {
    (void)Run(custodian_->Get());
    const int asked = refreshes_;
    world_.clock.Advance(absl::Seconds(seconds) - absl::Milliseconds(1));
    (void)Run(custodian_->Get());
    EXPECT_EQ(refreshes_, asked) << seconds;
    world_.clock.Advance(absl::Milliseconds(1));
    (void)Run(custodian_->Get());
    EXPECT_EQ(refreshes_, asked + 1) << seconds;
  }
}

TEST_F(TokenCustodianTest, DoesNotHammerBmwWhileItIsAway) {
  Fail(503, "");
  Make();
  world_.clock.Advance(absl::Minutes(61));
  for (int i = 0; i < 100; ++i) (void)Run(custodian_->Get());
  EXPECT_EQ(refreshes_, 1);
  world_.clock.Advance(absl::Seconds(6));
  (void)Run(custodian_->Get());
  EXPECT_EQ(refreshes_, 2);
}

TEST_F(TokenCustodianTest, ADeadRefreshTokenIsNeverTriedAgain) {
  Fail(400, R"({"error":"invalid_grant","error_description":"expired"})");
  Make();
  world_.clock.Advance(absl::Minutes(61));
  EXPECT_EQ(ReasonOf(Run(custodian_->Get()).status()), v1::ERROR_REASON_LOGIN_REQUIRED);
  EXPECT_EQ(ReasonOf(Run(custodian_->Get()).status()), v1::ERROR_REASON_LOGIN_REQUIRED);
  EXPECT_EQ(refreshes_, 1);
  EXPECT_TRUE(world_.store.accounts.at("home").needs_login) << "also after a restart";
}

TEST_F(TokenCustodianTest, ReplacesARefusedTokenThatLooksValid) {
  Grant();
  EXPECT_EQ(Run(Make().Replace("access-0"))->access_token, "access-1");
  EXPECT_EQ(Run(custodian_->Replace("access-0"))->access_token, "access-1") << "replaced already";
  EXPECT_EQ(refreshes_, 1);
}

TEST_F(TokenCustodianTest, ManyWhoNeedANewTokenShareOneRefresh) {
  Make();
  HttpClient::Done bmw;
  // A request that stays under way until the test answers it.
  class Waiting : public HttpClient {
   public:
    explicit Waiting(HttpClient::Done& done) : done_(done) {}
    void Send(HttpRequest, Done done) override {
      EXPECT_FALSE(done_) << "one refresh at a time";
      done_ = std::move(done);
    }
    HttpClient::Done& done_;
  } http(bmw);
  OAuthClient oauth(http, world_.executor, world_.clock, {.base_url = "https://oauth"});
  AccountContext context = world_.ContextWith(world_.executor, oauth, world_.rest);
  TokenCustodian custodian(context, record_, stop_.get_token());
  world_.clock.Advance(absl::Minutes(61));
  int served = 0;
  for (int i = 0; i < 5; ++i) {
    Detach([](TokenCustodian& c, int& count) -> Task<void> {
      const auto tokens = co_await c.Get();
      if (tokens.ok() && tokens->access_token == "access-1") ++count;
    }(custodian, served));
  }
  world_.executor.RunReady();
  EXPECT_EQ(served, 0);
  bmw(AccountWorld::Json(200, world_.TokenAnswer("1")));
  world_.executor.RunReady();
  EXPECT_EQ(served, 5);
}

TEST_F(TokenCustodianTest, KeepsWhatBmwLeavesOut) {
  Make();
  world_.clock.Advance(absl::Minutes(55));
  world_.http.handler = [this](const HttpRequest&) {
    std::string body = world_.TokenAnswer("1");
    body.replace(body.find("gcid\":\"gcid-1\""), 14, "other\":\"nothin\"");
    return AccountWorld::Json(200, body);
  };
  ASSERT_TRUE(Run(custodian_->Get()).ok());
  EXPECT_EQ(record_.gcid, "gcid-1");
}

}  // namespace
}  // namespace cardata
