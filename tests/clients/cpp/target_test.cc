// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/target.h"

#include <gtest/gtest.h>

namespace cardata::client {
namespace {

TEST(IsLocalTest, KnowsWhatStaysOnThisMachine) {
  for (const char* target :
       {"localhost:9610", "LOCALHOST:9610", "localhost", "127.0.0.1:9610", "127.1.2.3:9610",
        "[::1]:9610", "[::1]", "::1", "unix:/run/cardata.sock", "unix:///run/cardata.sock",
        "unix-abstract:cardata", "dns:localhost:9610", "dns:///localhost:9610",
        "dns://8.8.8.8/127.0.0.1:9610", "ipv4:127.0.0.1:9610,127.0.0.2:9610", "ipv6:[::1]:9610"}) {
    EXPECT_TRUE(IsLocal(target)) << target;
  }
}

TEST(IsLocalTest, TakesNothingElseForIt) {
  for (const char* target :
       {"cardata:9610", "10.0.0.1:9610", "128.0.0.1:9610", "[::2]:9610", "localhost.example:9610",
        "dns:///cardata:9610", "dns://127.0.0.1/cardata:9610", "dns://127.0.0.1",
        "dns:///localhost:1,evil:9610", "ipv4:127.0.0.1:9610,10.0.0.1:9610", "unix",
        "xds:///localhost", ""}) {
    EXPECT_FALSE(IsLocal(target)) << target;
  }
}

}  // namespace
}  // namespace cardata::client
