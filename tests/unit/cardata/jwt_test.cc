// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/jwt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace cardata {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Jwt(absl::string_view payload) {
  return absl::StrCat(absl::WebSafeBase64Escape(R"({"alg":"RS256"})"), ".",
                      absl::WebSafeBase64Escape(payload), ".c2lnbmF0dXJl");
}

TEST(IdTokenTest, HasItsExpiryAndDynamicScopes) {
  const auto claims = DecodeIdToken(
      Jwt(R"({"exp":1800000000,"dynamic_scopes":["read:streaming/*/gcid.*","other"]})"));
  ASSERT_TRUE(claims.ok()) << claims.status();
  EXPECT_EQ(claims->expire_time, absl::FromUnixSeconds(1800000000));
  EXPECT_THAT(claims->dynamic_scopes, ElementsAre("read:streaming/*/gcid.*", "other"));
}

TEST(IdTokenTest, TakesDynamicScopesAsOneString) {
  const auto claims =
      DecodeIdToken(Jwt(R"({"exp":1,"dynamic_scopes":"read:streaming/*/gcid.* b"})"));
  ASSERT_TRUE(claims.ok()) << claims.status();
  EXPECT_THAT(claims->dynamic_scopes, ElementsAre("read:streaming/*/gcid.*", "b"));
}

TEST(IdTokenTest, MayHaveNoDynamicScopes) {
  for (const char* payload : {R"({"exp":1})", R"({"exp":1,"dynamic_scopes":7})",
                              R"({"exp":1,"dynamic_scopes":[null,{}]})"}) {
    const auto claims = DecodeIdToken(Jwt(payload));
    ASSERT_TRUE(claims.ok()) << claims.status();
    EXPECT_THAT(claims->dynamic_scopes, IsEmpty());
  }
}

TEST(IdTokenTest, RefusesWhatIsNoJwtOrNeverExpires) {
  const std::string good = Jwt(R"({"exp":1})");
  for (const std::string& token :
       {std::string(), std::string("opaque"), std::string(".."), std::string("a.*.c"),
        good + ".more", Jwt("not json"), Jwt("[]"), Jwt("{}"), Jwt(R"({"exp":"soon"})"),
        Jwt(R"({"exp":null})"), Jwt(R"({"exp":9223372036854775807})"),
        Jwt(R"({"exp":253402300800})"), Jwt("{\"exp\":1,\"x\":\"\xff\"}")}) {
    EXPECT_EQ(DecodeIdToken(token).status().code(), absl::StatusCode::kInvalidArgument) << token;
  }
}

}  // namespace
}  // namespace cardata
