// SPDX-License-Identifier: Apache-2.0
#include "server/mqtt/connect_watch.h"

#include <gtest/gtest.h>

namespace cardata {
namespace {

TEST(ConnectWatch, FindsTheClientOfAConnectInPahosTrace) {
  EXPECT_EQ(ConnectWatch::ClientIdIn(
                "20261126 030404.123 7 0b7ad7d5-gcid -> CONNECT version 5 clean: 1 (0)"),
            "0b7ad7d5-gcid");
  for (const char* other : {"", " -> CONNECT version ", "gcid -> CONNECT version 5",
                            "x -> CONNACK rc: 0 (0)", "20261126 030404.123 7 gcid <- CONNACK rc: 0",
                            "20261126 030404.123 7 gcid -> SUBSCRIBE msgid: 1 (0)"})
    EXPECT_EQ(ConnectWatch::ClientIdIn(other), "") << other;
}

}  // namespace
}  // namespace cardata
