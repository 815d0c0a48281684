// SPDX-License-Identifier: Apache-2.0
#include "server/listen/peer_timeout.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "tests/support/loopback_client.h"
#include "tests/support/process.h"
#include "tests/support/wait.h"

namespace cardata {
namespace {

class PeerTimeoutTest : public testing::Test {
 protected:
  PeerTimeoutTest()
      : listening_(ListenOnLoopback(&port_)),
        client_(port_),
        fd_(accept4(listening_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) {
    SetPeerTimeout(fd_);
  }
  ~PeerTimeoutTest() override {
    close(fd_);
    close(listening_);
  }

  int Option(int level, int option) {
    int value = -1;
    socklen_t size = sizeof value;
    EXPECT_EQ(getsockopt(fd_, level, option, &value, &size), 0);
    return value;
  }
  int Timeout() {
    AdjustPeerTimeout(fd_);
    return Option(IPPROTO_TCP, TCP_USER_TIMEOUT);
  }

  int port_ = 0;
  const int listening_;
  LoopbackClient client_;
  const int fd_;
};

TEST_F(PeerTimeoutTest, AHostThatDoesNotAnswerIsGone) {
  EXPECT_EQ(Timeout(), 20'000);
  EXPECT_NE(Option(SOL_SOCKET, SO_KEEPALIVE), 0) << "also while nothing is sent";
  EXPECT_EQ(Option(IPPROTO_TCP, TCP_KEEPIDLE), 60);
}

TEST_F(PeerTimeoutTest, AProgramThatDoesNotReadIsNot) {
  const std::string much(64 << 10, 'x');
  while (send(fd_, much.data(), much.size(), MSG_NOSIGNAL) > 0) continue;
  EXPECT_TRUE(WaitUntil([&] { return Timeout() == 0; }));
  EXPECT_TRUE(WaitUntil([&] {
    EXPECT_FALSE(client_.IsClosed());  // reads
    return Timeout() == 20'000;
  }));
}

TEST_F(PeerTimeoutTest, WhatIsNoConnectionAnyMoreIsLetBe) {
  AdjustPeerTimeout(-1);
  AdjustPeerTimeout(STDIN_FILENO);
}

}  // namespace
}  // namespace cardata
