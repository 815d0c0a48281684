// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "server/base/random.h"
#include "tests/simulator/oauth/device_codes.h"
#include "tests/simulator/oauth/pkce.h"
#include "tests/simulator/oauth/tokens.h"
#include "tests/support/fake_clock.h"

// Device codes and tokens without HTTP, as time goes by.
namespace cardata::sim {
namespace {

using State = DeviceGrant::State;

class OAuthState : public testing::Test {
 protected:
  FakeClock clock_{absl::FromUnixSeconds(1790000000)};
  SecureRandom random_;
};

TEST(Pkce, TakesTheExampleOfRfc7636) {
  const std::string verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const std::string challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
  EXPECT_TRUE(IsChallenge(challenge));
  EXPECT_TRUE(VerifierMatches(verifier, challenge));
  EXPECT_FALSE(VerifierMatches(verifier + "x", challenge));
  EXPECT_FALSE(VerifierMatches("short", challenge));
  EXPECT_FALSE(IsChallenge(challenge + "="));
}

TEST_F(OAuthState, APollMayComeTwentyPercentEarly) {
  DeviceCodes codes({}, clock_, random_);
  codes.Add("code", "client", "openid", "challenge");
  EXPECT_FALSE(codes.PollOnce("code")->too_early) << "the first one, at once";
  clock_.Advance(absl::Milliseconds(4001));
  EXPECT_FALSE(codes.PollOnce("code")->too_early);
  clock_.Advance(absl::Milliseconds(3999));
  EXPECT_TRUE(codes.PollOnce("code")->too_early);
}

TEST_F(OAuthState, AutoApprovalWaitsItsTimeAndNeverOutlivesTheCode) {
  DeviceCodes soon({.auto_approve = absl::Seconds(2)}, clock_, random_);
  DeviceCodes late({.auto_approve = absl::Seconds(400)}, clock_, random_);
  soon.Add("soon", "client", "openid", "challenge");
  late.Add("late", "client", "openid", "challenge");
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(soon.PollOnce("soon")->grant.state, State::kPending);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(soon.PollOnce("soon")->grant.state, State::kApproved);
  clock_.Advance(absl::Seconds(400));
  EXPECT_EQ(late.PollOnce("late")->grant.state, State::kPending);
}

TEST_F(OAuthState, AnExpiredCodeCannotBeDecided) {
  DeviceCodes codes({}, clock_, random_);
  const std::string user_code = codes.Add("code", "client", "openid", "challenge").user_code;
  clock_.Advance(absl::Seconds(300));
  EXPECT_FALSE(codes.Decide(user_code, true));
  clock_.Advance(absl::Hours(2));
  codes.Add("next", "client", "openid", "challenge");
  EXPECT_FALSE(codes.PollOnce("code").has_value()) << "forgotten";
}

TEST_F(OAuthState, RefreshTokensLastFourteenDaysAndBelongToTheirClient) {
  Tokens tokens("", absl::Hours(1), absl::Hours(24 * 14), clock_, random_);
  const Tokens::Pair pair = tokens.Issue({"home", "gcid", "client", "openid x", {}}, "openid");
  EXPECT_EQ(tokens.FindAccessToken(pair.access_token)->scope, "openid");
  EXPECT_EQ(tokens.FindRefreshToken(pair.refresh_token, "client", false)->scope, "openid x");
  EXPECT_FALSE(tokens.FindRefreshToken(pair.refresh_token, "other", false).has_value());
  clock_.Advance(absl::Hours(24 * 14) - absl::Seconds(1));
  EXPECT_TRUE(tokens.FindRefreshToken(pair.refresh_token, "client", false).has_value());
  clock_.Advance(absl::Seconds(1));
  EXPECT_FALSE(tokens.FindRefreshToken(pair.refresh_token, "client", false).has_value());
}

}  // namespace
}  // namespace cardata::sim
