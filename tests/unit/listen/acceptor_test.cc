// SPDX-License-Identifier: Apache-2.0
#include "server/listen/acceptor.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/resource.h>

#include <mutex>
#include <system_error>
#include <vector>

#include "tests/support/loopback_client.h"
#include "tests/support/recording_log.h"
#include "tests/support/wait.h"

namespace cardata {
namespace {

using testing::ElementsAre;

class AcceptorTest : public testing::Test {
 protected:
  ~AcceptorTest() override {
    acceptor_.reset();
    CloseTaken();
  }

  void Start(int max_connections) {
    auto listener = Listener::Bind("127.0.0.1:0");
    ASSERT_TRUE(listener.ok()) << listener.status();
    acceptor_ = std::make_unique<Acceptor>(*std::move(listener), max_connections, clock_, log_,
                                           [this](int fd) {
                                             std::lock_guard lock(mutex_);
                                             taken_.push_back(fd);
                                           });
  }

  size_t taken() {
    std::lock_guard lock(mutex_);
    return taken_.size();
  }

  void CloseTaken() {
    std::lock_guard lock(mutex_);
    for (const int fd : taken_) close(fd);
    taken_.clear();
  }

  SystemClock clock_;
  RecordingLog log_;
  std::mutex mutex_;
  std::vector<int> taken_;
  std::unique_ptr<Acceptor> acceptor_;
};

TEST_F(AcceptorTest, GivesAwaySocketsThatAreFitForGrpc) {
  Start(10);
  const LoopbackClient client(acceptor_->port());
  ASSERT_TRUE(WaitUntil([&] { return taken() == 1; }));
  EXPECT_NE(fcntl(taken_[0], F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(fcntl(taken_[0], F_GETFD) & FD_CLOEXEC, 0);
  int on = 0;
  socklen_t size = sizeof on;
  getsockopt(taken_[0], IPPROTO_TCP, TCP_NODELAY, &on, &size);
  EXPECT_NE(on, 0);
}

TEST_F(AcceptorTest, ClosesWhatIsTooMuchAndAcceptsAgainOnceThereIsRoom) {
  Start(2);
  const LoopbackClient first(acceptor_->port());
  const LoopbackClient second(acceptor_->port());
  ASSERT_TRUE(WaitUntil([&] { return taken() == 2; }));
  const LoopbackClient third(acceptor_->port());
  const LoopbackClient fourth(acceptor_->port());
  EXPECT_TRUE(WaitUntil([&] { return third.IsClosed() && fourth.IsClosed(); }));
  EXPECT_FALSE(first.IsClosed());
  EXPECT_EQ(acceptor_->refused(), 2);
  EXPECT_THAT(log_.lines(), ElementsAre("connections are refused why=2 are open refused_so_far=1"));

  CloseTaken();
  EXPECT_TRUE(WaitUntil([&] {
    const LoopbackClient next(acceptor_->port());
    return WaitUntil([&] { return next.IsClosed() || taken() > 0; }) && taken() > 0;
  }));
}

TEST_F(AcceptorTest, SurvivesHavingNoDescriptorLeft) {
  Start(100);
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const LoopbackClient first(acceptor_->port());
  ASSERT_TRUE(WaitUntil([&] { return taken() == 1; }));
  // UndefinedBehaviorSanitizer needs a descriptor when it first meets an object, so it meets those
  // of the acceptor's complaint here.
  const std::string why = std::generic_category().message(EMFILE);
  static_cast<Log&>(log_).Info("before");
  // The next one is the last number that is allowed: the client has it, the acceptor gets none.
  const int next = dup(taken_[0]);
  close(next);
  const rlimit low{static_cast<rlim_t>(next) + 1, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &low);
  const LoopbackClient second(acceptor_->port());
  EXPECT_TRUE(second.connected()) << "the kernel has taken it in";
  EXPECT_TRUE(WaitUntil([&] { return log_.lines().size() == 2; }));
  EXPECT_EQ(log_.lines().back(), "connections cannot be accepted why=" + why + " refused_so_far=0");
  EXPECT_EQ(taken(), 1u);

  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_TRUE(WaitUntil([&] { return taken() == 2; }));
  EXPECT_FALSE(second.IsClosed());
}

TEST_F(AcceptorTest, ItsEndFreesThePortAndLeavesConnectionsAlone) {
  Start(10);
  const int port = acceptor_->port();
  const LoopbackClient client(port);
  ASSERT_TRUE(WaitUntil([&] { return taken() == 1; }));
  acceptor_.reset();
  EXPECT_FALSE(LoopbackClient(port).connected());
  EXPECT_FALSE(client.IsClosed());
}

}  // namespace
}  // namespace cardata
