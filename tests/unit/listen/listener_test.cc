// SPDX-License-Identifier: Apache-2.0
#include "server/listen/listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/loopback_client.h"

namespace cardata {
namespace {

using testing::HasSubstr;

TEST(ListenerTest, PortZeroTakesAFreeOne) {
  const auto listener = Listener::Bind("127.0.0.1:0");
  ASSERT_TRUE(listener.ok()) << listener.status();
  EXPECT_GT(listener->port(), 0);
  EXPECT_TRUE(LoopbackClient(listener->port()).connected());
}

TEST(ListenerTest, AnAddressInUseIsOneClearError) {
  const auto first = Listener::Bind("127.0.0.1:0");
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string address = absl::StrCat("127.0.0.1:", first->port());
  const auto second = Listener::Bind(address);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr(absl::StrCat("cannot listen on ", address, ": the address is in use")));
}

TEST(ListenerTest, APortThatOnlyClosedConnectionsHoldIsFree) {
  int port;
  {
    const auto listener = Listener::Bind("127.0.0.1:0");
    ASSERT_TRUE(listener.ok()) << listener.status();
    port = listener->port();
    const LoopbackClient client(port);
    const int accepted = accept(listener->sockets()[0], nullptr, nullptr);
    ASSERT_GE(accepted, 0);
    close(accepted);  // this side closes first: the port stays in TIME_WAIT
  }
  EXPECT_TRUE(Listener::Bind(absl::StrCat("127.0.0.1:", port)).ok());
}

TEST(ListenerTest, AHostNameStandsForItsAddresses) {
  const auto listener = Listener::Bind("localhost:0");
  ASSERT_TRUE(listener.ok()) << listener.status();
  EXPECT_TRUE(LoopbackClient(listener->port()).connected());
  const auto unknown = Listener::Bind("no-such-host.invalid:0");
  EXPECT_EQ(unknown.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ListenerTest, TheWildcardOfIpv6TakesIpv4Too) {
  const auto listener = Listener::Bind("[::]:0");
  if (listener.status().code() == absl::StatusCode::kUnavailable)
    GTEST_SKIP() << "no IPv6 here: " << listener.status();
  ASSERT_TRUE(listener.ok()) << listener.status();
  EXPECT_TRUE(LoopbackClient(listener->port()).connected());
}

TEST(ListenerTest, WhatCannotBeIsRefused) {
  EXPECT_EQ(Listener::Bind("9610").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Listener::Bind("192.0.2.1:0").status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace cardata
