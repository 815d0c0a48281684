// SPDX-License-Identifier: Apache-2.0
#include "server/account/token_custodian.h"

#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "server/error/error.h"
#include "tests/support/account_world.h"

namespace cardata {
namespace {

// Keeps a request under way until the test answers it.
class WaitingHttpClient : public HttpClient {
 public:
  void Send(HttpRequest sent, Done answer_it) override {
    EXPECT_FALSE(answer) << "one refresh at a time";
    request = std::move(sent);
    answer = std::move(answer_it);
  }
  HttpRequest request;
  Done answer;
};

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
    custodian_ = std::make_unique<TokenCustodian>(world_.context, record_, stop_.get_token(),
                                                  give_up_.get_token());
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
  std::stop_source give_up_;
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

// A refresh that BMW has under way.
class RefreshUnderWayTest : public TokenCustodianTest {
 protected:
  RefreshUnderWayTest() { world_.clock.Advance(absl::Minutes(61)); }

  // One who needs a token; what they get is pushed to `served_`.
  void Ask() {
    Detach([](TokenCustodian& c, std::vector<absl::StatusOr<Tokens>>& served) -> Task<void> {
      served.push_back(co_await c.Get());
    }(asked_, served_));
    world_.executor.RunReady();
  }

  void Answer(absl::StatusOr<HttpResponse> answer) {
    std::exchange(bmw_.answer, nullptr)(std::move(answer));
    world_.executor.RunReady();
  }

  WaitingHttpClient bmw_;
  OAuthClient oauth_{bmw_, world_.executor, world_.clock, {.base_url = "https://oauth"}};
  AccountContext context_ = world_.ContextWith(world_.executor, oauth_, world_.rest);
  TokenCustodian asked_{context_, record_, stop_.get_token(), give_up_.get_token()};
  std::vector<absl::StatusOr<Tokens>> served_;
};

TEST_F(RefreshUnderWayTest, IsSharedByAllWhoNeedANewToken) {
  for (int i = 0; i < 5; ++i) Ask();
  EXPECT_TRUE(served_.empty());
  Answer(AccountWorld::Json(200, world_.TokenAnswer("1")));
  ASSERT_EQ(served_.size(), 5u);
  for (const auto& tokens : served_) EXPECT_EQ(tokens->access_token, "access-1");
}

TEST_F(RefreshUnderWayTest, IsKeptAlthoughTheAccountStopsAndNoOtherIsBegun) {
  Ask();
  stop_.request_stop();
  world_.executor.RunReady();
  EXPECT_FALSE(bmw_.request.stop.stop_requested());
  Answer(AccountWorld::Json(200, world_.TokenAnswer("1")));
  ASSERT_EQ(served_.size(), 1u);
  EXPECT_EQ(served_[0]->access_token, "access-1");
  EXPECT_EQ(world_.store.accounts.at("home").tokens.refresh_token, "refresh-1");

  world_.clock.Advance(absl::Minutes(55));
  Ask();
  EXPECT_FALSE(bmw_.answer) << "another refresh";
  ASSERT_EQ(served_.size(), 2u);
  EXPECT_EQ(served_[1]->access_token, "access-1") << "good for five minutes";
  world_.clock.Advance(absl::Minutes(6));
  Ask();
  EXPECT_FALSE(bmw_.answer) << "another refresh";
  ASSERT_EQ(served_.size(), 3u);
  EXPECT_EQ(served_[2].status().code(), absl::StatusCode::kCancelled);
}

TEST_F(RefreshUnderWayTest, CanBeGivenUp) {
  Ask();
  stop_.request_stop();
  give_up_.request_stop();
  EXPECT_TRUE(bmw_.request.stop.stop_requested());
  Answer(absl::CancelledError("stopped"));
  ASSERT_EQ(served_.size(), 1u);
  EXPECT_EQ(served_[0].status().code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(world_.store.saves.empty()) << "the old token is tried at the next start";
}

// BMW's answers to refreshes lack what the test says.
class SparseRefreshTest : public TokenCustodianTest {
 protected:
  SparseRefreshTest() {
    world_.http.handler = [this](const HttpRequest& request) {
      EXPECT_NE(request.body.find(absl::StrCat("refresh-", refreshes_)), std::string::npos)
          << "the newest refresh token, once";
      std::string body = world_.TokenAnswer(absl::StrCat(++refreshes_));
      for (const std::string& name : lacking_)
        body = absl::StrReplaceAll(body, {{absl::StrCat("\"", name, "\":"), "\"other\":"}});
      return AccountWorld::Json(200, body);
    };
    Make();
    world_.clock.Advance(absl::Minutes(55));
  }

  std::vector<std::string> lacking_;
};

TEST_F(SparseRefreshTest, WithoutGcidTheOldOneStays) {
  lacking_ = {"gcid"};
  ASSERT_TRUE(Run(custodian_->Get()).ok());
  EXPECT_EQ(record_.gcid, "gcid-1");
}

TEST_F(SparseRefreshTest, WithoutIdTokenTheOldOneStaysAndTheOthersAreKept) {
  lacking_ = {"id_token", "gcid", "scope"};
  const auto tokens = Run(custodian_->Get());
  ASSERT_TRUE(tokens.ok()) << tokens.status();
  EXPECT_EQ(tokens->access_token, "access-1");
  EXPECT_EQ(tokens->id_token, "id-0");
  EXPECT_EQ(world_.store.accounts.at("home").tokens.refresh_token, "refresh-1");
  EXPECT_TRUE(custodian_->CheckIdToken().ok()) << "it is good for five minutes";
}

TEST_F(SparseRefreshTest, WithoutIdTokenRestGoesOnAndTheStreamIsToldWhatIsMissing) {
  lacking_ = {"id_token"};
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(Run(custodian_->Get()).ok());
  EXPECT_EQ(refreshes_, 1) << "BMW is not hammered";
  world_.clock.Advance(absl::Minutes(5));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(Run(custodian_->Get()).ok());
  EXPECT_EQ(refreshes_, 2);
  EXPECT_EQ(ReasonOf(custodian_->CheckIdToken()), v1::ERROR_REASON_UPSTREAM_MALFORMED);
  for (int i = 0; i < 60; ++i) {
    world_.clock.Advance(absl::Minutes(1));
    EXPECT_TRUE(Run(custodian_->Get()).ok());
  }
  EXPECT_GT(refreshes_, 10) << "asked again, every five minutes";
  EXPECT_LT(refreshes_, 20);
  lacking_.clear();
  world_.clock.Advance(absl::Minutes(5));
  EXPECT_TRUE(Run(custodian_->Get()).ok());
  EXPECT_TRUE(custodian_->CheckIdToken().ok());
}

TEST_F(SparseRefreshTest, WithoutIdTokenARefusedOneIsNotHandedOverAgain) {
  lacking_ = {"id_token"};
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(ReasonOf(Run(custodian_->Replace("id-0")).status()),
              v1::ERROR_REASON_UPSTREAM_MALFORMED);
  }
  EXPECT_EQ(refreshes_, 1) << "BMW is not hammered";
  EXPECT_EQ(Run(custodian_->Get())->access_token, "access-1") << "which is good for REST";
  lacking_.clear();
  world_.clock.Advance(absl::Seconds(5));
  EXPECT_EQ(Run(custodian_->Replace("id-0"))->access_token, "access-2");
}

TEST_F(SparseRefreshTest, WithoutIdTokenNothingIsMissingWhereTheStreamTakesTheAccessToken) {
  lacking_ = {"id_token"};
  world_.context.settings.stream_password = AccountSettings::StreamPassword::kAccessToken;
  ASSERT_TRUE(Run(custodian_->Get()).ok());
  world_.clock.Advance(absl::Minutes(30));
  ASSERT_TRUE(Run(custodian_->Get()).ok());
  EXPECT_TRUE(custodian_->CheckIdToken().ok());
  EXPECT_EQ(refreshes_, 1);
}

TEST_F(SparseRefreshTest, WithoutAccessTokenTheNewRefreshTokenIsKept) {
  lacking_ = {"access_token"};
  EXPECT_EQ(Run(custodian_->Get())->access_token, "access-0") << "good for five minutes";
  EXPECT_EQ(world_.store.accounts.at("home").tokens.refresh_token, "refresh-1");
  world_.clock.Advance(absl::Minutes(6));
  EXPECT_EQ(ReasonOf(Run(custodian_->Get()).status()), v1::ERROR_REASON_UPSTREAM_MALFORMED);
  EXPECT_EQ(refreshes_, 2);
  EXPECT_EQ(ReasonOf(Run(custodian_->Get()).status()), v1::ERROR_REASON_UPSTREAM_MALFORMED);
  EXPECT_EQ(refreshes_, 2) << "BMW is not hammered";
  lacking_.clear();
  world_.clock.Advance(absl::Minutes(1));
  EXPECT_EQ(Run(custodian_->Get())->access_token, "access-3");
}

}  // namespace
}  // namespace cardata
