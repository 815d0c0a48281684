// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/filter.h"

#include <gtest/gtest.h>

namespace cardata {
namespace {

constexpr char kSomeVin[] = "WBA00AA000DEM0001";
constexpr char kOtherVin[] = "WBA00AA000DEM0002";

class FilterTest : public testing::Test {
 protected:
  bool Matches(const v1::SubscribeRequest& request, absl::string_view account,
               absl::string_view vin, absl::string_view descriptor_id) {
    absl::StatusOr<Filter> filter = Filter::Make(request);
    EXPECT_TRUE(filter.ok()) << filter.status();
    return filter.ok() && filter->Matches(keys_.Intern(account, vin, descriptor_id), keys_);
  }
  KeyTable keys_;
};

TEST_F(FilterTest, TheEmptyRequestMatchesEverything) {
  EXPECT_TRUE(Matches({}, "home", kSomeVin, "vehicle.a"));
  EXPECT_TRUE(Matches({}, "home", "", ""));
}

TEST_F(FilterTest, ChoosesByAccountVinAndDescriptor) {
  v1::SubscribeRequest request;
  request.add_accounts("home");
  request.add_vins("wba00aa000dem0001");
  request.add_descriptor_patterns("vehicle.a.b");
  request.add_descriptor_patterns("vehicle.c.*");
  EXPECT_TRUE(Matches(request, "home", kSomeVin, "vehicle.a.b"));
  EXPECT_TRUE(Matches(request, "home", kSomeVin, "vehicle.c.d.e"));
  EXPECT_FALSE(Matches(request, "home", kSomeVin, "vehicle.a.b.c")) << "an id without * is exact";
  EXPECT_FALSE(Matches(request, "home", kOtherVin, "vehicle.a.b"));
  EXPECT_FALSE(Matches(request, "work", kSomeVin, "vehicle.a.b"));
}

TEST_F(FilterTest, LetsGapsOfAccountsPassThatMayHaveItsVehicles) {
  v1::SubscribeRequest request;
  request.add_vins(kSomeVin);
  Filter filter = *Filter::Make(request);
  const KeyId gap = keys_.Intern("home", "", "");
  EXPECT_TRUE(filter.Matches(gap, keys_)) << "nothing is known of the account";
  EXPECT_TRUE(filter.MatchesAccount("home", keys_));
  keys_.Intern("home", kOtherVin, "vehicle.a");
  EXPECT_TRUE(filter.Matches(gap, keys_)) << "nothing is known of the vehicle";
  EXPECT_TRUE(filter.MatchesAccount("home", keys_));
  keys_.Intern("work", kSomeVin, "vehicle.a");
  EXPECT_FALSE(filter.Matches(gap, keys_)) << "it is another one's";
  EXPECT_FALSE(filter.MatchesAccount("home", keys_));
  keys_.Intern("home", kSomeVin, "vehicle.a");
  EXPECT_TRUE(filter.Matches(gap, keys_)) << "what was decided before holds no more";
  EXPECT_TRUE(filter.MatchesAccount("home", keys_));
  keys_.Forget("home");
  EXPECT_TRUE(filter.Matches(keys_.Intern("home", "", ""), keys_));
  EXPECT_TRUE(filter.Matches(keys_.Intern("", "", ""), keys_));
  request.add_accounts("work");
  EXPECT_FALSE(Matches(request, "home", "", ""));
}

TEST_F(FilterTest, RefusesMalformedFieldsByName) {
  v1::SubscribeRequest vin;
  vin.add_vins(kSomeVin);
  vin.add_vins("short");
  EXPECT_NE(Filter::Make(vin).status().message().find("vins[1]"), absl::string_view::npos);
  for (const char* name : {"", "A B", "Home"}) {
    v1::SubscribeRequest account;
    account.add_accounts("home");
    account.add_accounts(name);
    const absl::Status status = Filter::Make(account).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_NE(status.message().find("accounts[1]"), absl::string_view::npos) << name;
  }
  for (const char* pattern : {"", "a*b", "**", "*.x"}) {
    v1::SubscribeRequest request;
    request.add_descriptor_patterns(pattern);
    EXPECT_EQ(Filter::Make(request).status().code(), absl::StatusCode::kInvalidArgument) << pattern;
  }
}

}  // namespace
}  // namespace cardata
