// SPDX-License-Identifier: Apache-2.0
#include "server/account/advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/error/error.h"

namespace cardata {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

AccountRecord Home(std::vector<std::string> scopes = {}) {
  AccountRecord record;
  record.name = "home";
  record.client_id = "client";
  record.scopes = std::move(scopes);
  return record;
}

TEST(AdviceTest, ALoginThatIsRequiredIsExplained) {
  AccountRecord record = Home();
  const absl::Status first = LoginRequired(record);
  EXPECT_EQ(first.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(first), v1::ERROR_REASON_LOGIN_REQUIRED);
  EXPECT_THAT(
      std::string(first.message()),
      AllOf(HasSubstr("never logged in"),
            HasSubstr(R"(StartDeviceAuthorization with {"account":"home","client_id":"client"})")));
  record.login_advice = "the reason";
  const absl::Status again = LoginRequired(record, /*under_way=*/true);
  EXPECT_EQ(ReasonOf(again), v1::ERROR_REASON_LOGIN_REQUIRED);
  EXPECT_THAT(std::string(again.message()),
              AllOf(HasSubstr("the reason"), HasSubstr("WatchDeviceAuthorization"),
                    Not(HasSubstr("StartDeviceAuthorization"))));
}

TEST(AdviceTest, NoScopeIsMissingWhereAllAreGrantedOrBmwNamedNone) {
  EXPECT_EQ(
      MissingScopes(Home({"cardata:streaming:read", "openid", "new", "cardata:api:read"}), false),
      "");
  EXPECT_EQ(MissingScopes(Home({}), false), "");
}

TEST(AdviceTest, EveryMissingScopeIsNamedWithWhatFailsForIt) {
  const std::string api =
      MissingScopes(Home({"authenticate_user", "openid", "cardata:streaming:read"}), false);
  EXPECT_THAT(
      api, AllOf(HasSubstr("did not grant cardata:api:read, without which BMW refuses every read"),
                 Not(HasSubstr("cardata:streaming:read")), Not(HasSubstr("openid")),
                 HasSubstr("StartDeviceAuthorization")));
  EXPECT_THAT(MissingScopes(Home({"cardata:api:read"}), true),
              AllOf(HasSubstr("cardata:streaming:read, without which BMW refuses the stream"),
                    HasSubstr("openid, without which"), Not(HasSubstr("cardata:api:read")),
                    HasSubstr("WatchDeviceAuthorization")));
}

}  // namespace
}  // namespace cardata
