// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/relay/relay.h"

#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "absl/time/clock.h"
#include "tests/simulator/process/free_port.h"
#include "tests/simulator/relay/relay_json.h"
#include "tests/simulator/relay/socket.h"

namespace cardata::sim {
namespace {

constexpr int kPatienceMs = 20'000;

// One end of a TCP connection that waits for what it expects.
class Peer {
 public:
  explicit Peer(int fd) : fd_(fd) {}
  Peer(Peer&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~Peer() {
    if (fd_ >= 0) close(fd_);
  }

  bool open() const { return fd_ >= 0; }
  void Send(const std::string& text) {
    size_t sent = 0;
    while (sent < text.size()) {
      pollfd ready{fd_, POLLOUT, 0};
      if (poll(&ready, 1, kPatienceMs) != 1) return;
      const ssize_t size = send(fd_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (size > 0) sent += static_cast<size_t>(size);
      if (size < 0 && errno != EAGAIN) return;
    }
  }
  // The next bytes; empty: the connection has ended.
  std::string Receive() {
    pollfd ready{fd_, POLLIN, 0};
    if (poll(&ready, 1, kPatienceMs) != 1) return "nothing came";
    char buffer[65536];
    const ssize_t size = recv(fd_, buffer, sizeof buffer, 0);
    error_ = size < 0 ? errno : 0;
    return {buffer, static_cast<size_t>(std::max<ssize_t>(size, 0))};
  }
  bool was_reset() const { return error_ == ECONNRESET; }
  // Whether bytes, or the end, are there now.
  bool HasNews(int wait_ms) {
    pollfd ready{fd_, POLLIN, 0};
    return poll(&ready, 1, wait_ms) == 1;
  }
  // Whether the connection came about.
  bool Connected() {
    pollfd ready{fd_, POLLOUT, 0};
    poll(&ready, 1, kPatienceMs);
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    return error == 0;
  }

 private:
  int fd_;
  int error_ = 0;
};

class RelayTest : public testing::Test {
 protected:
  RelayTest() : server_port_(FreePort()), server_(*Listen("127.0.0.1", server_port_)) {
    relay_ = *Relay::Start({.listen_port = 0, .target_port = server_port_});
  }
  ~RelayTest() override {
    relay_.reset();
    close(server_);
  }

  Peer Client() { return Peer(ConnectTo(relay_->port())); }
  Peer Server() {
    pollfd ready{server_, POLLIN, 0};
    poll(&ready, 1, kPatienceMs);
    return Peer(Accept(server_));
  }
  void Play(const Relay::Faults& faults) { relay_->SetFaults(faults); }

  int server_port_;
  int server_;
  std::unique_ptr<Relay> relay_;
};

TEST_F(RelayTest, PassesBytesBothWays) {
  Peer client = Client();
  Peer server = Server();
  client.Send("ping");
  EXPECT_EQ(server.Receive(), "ping");
  server.Send("pong");
  EXPECT_EQ(client.Receive(), "pong");
  EXPECT_EQ(relay_->counts().bytes_to_server, 4u);
  EXPECT_EQ(relay_->counts().bytes_to_client, 4u);
  EXPECT_EQ(relay_->counts().open, 1u);
}

TEST_F(RelayTest, PassesMoreThanSocketsHold) {
  Peer client = Client();
  Peer server = Server();
  std::string much;
  much.assign(50'000'000, 'x');
  std::thread sender([&] { server.Send(much); });
  size_t received = 0;
  while (received < much.size()) {
    const std::string bytes = client.Receive();
    ASSERT_FALSE(bytes.empty());
    received += bytes.size();
  }
  sender.join();
  EXPECT_EQ(received, much.size());
}

TEST_F(RelayTest, PassesTheEndOfEachDirection) {
  Peer client = Client();
  Peer server = Server();
  client.Send("last words");
  { Peer gone = std::move(client); }
  EXPECT_EQ(server.Receive(), "last words");
  EXPECT_EQ(server.Receive(), "");
}

TEST_F(RelayTest, DelaysAByteByHalfTheRoundTripEachWay) {
  constexpr absl::Duration kRoundTrip = absl::Milliseconds(200);
  Peer client = Client();
  Peer server = Server();
  Play({.round_trip = kRoundTrip});
  const absl::Time start = absl::Now();
  client.Send("ping");
  EXPECT_EQ(server.Receive(), "ping");
  EXPECT_GE(absl::Now() - start, kRoundTrip / 2);
  server.Send("pong");
  EXPECT_EQ(client.Receive(), "pong");
  EXPECT_GE(absl::Now() - start, kRoundTrip);
}

TEST_F(RelayTest, LetsANewConnectionWaitForItsHandshake) {
  constexpr absl::Duration kRoundTrip = absl::Milliseconds(200);
  Play({.round_trip = kRoundTrip});
  const absl::Time start = absl::Now();
  Peer client = Client();
  client.Send("hello");
  Peer server = Server();
  EXPECT_EQ(server.Receive(), "hello");
  EXPECT_GE(absl::Now() - start, kRoundTrip * 3 / 2);
}

TEST_F(RelayTest, KeepsTheOrderWhenTheDelayShrinks) {
  Peer client = Client();
  Peer server = Server();
  Play({.round_trip = absl::Milliseconds(300)});
  client.Send("first ");
  EXPECT_FALSE(server.HasNews(50));
  Play({});
  client.Send("second");
  std::string received;
  while (received.size() < 6) received += server.Receive();
  EXPECT_TRUE(received.starts_with("first "));
}

TEST_F(RelayTest, StallsAndGoesOn) {
  Peer client = Client();
  Peer server = Server();
  client.Send("before");
  EXPECT_EQ(server.Receive(), "before");
  Play({.stall = true});
  client.Send("during");
  EXPECT_FALSE(server.HasNews(200));
  Play({});
  EXPECT_EQ(server.Receive(), "during");
}

TEST_F(RelayTest, HidesTheEndOfTheServerWhileItStalls) {
  Peer client = Client();
  {
    Peer server = Server();
    Play({.stall = true});
  }
  EXPECT_FALSE(client.HasNews(200));
  Play({});
  EXPECT_EQ(client.Receive(), "");
}

TEST_F(RelayTest, CutsWithAReset) {
  Peer client = Client();
  Peer server = Server();
  client.Send("hello");
  EXPECT_EQ(server.Receive(), "hello");
  EXPECT_EQ(relay_->Cut(), 1);
  EXPECT_EQ(client.Receive(), "");
  EXPECT_TRUE(client.was_reset());
  EXPECT_EQ(server.Receive(), "");
  EXPECT_EQ(relay_->counts().open, 0u);
}

TEST_F(RelayTest, RefusesAndListensAgainOnTheSamePort) {
  Peer old = Client();
  Peer server = Server();
  const int port = relay_->port();
  Play({.refuse = true});
  EXPECT_FALSE(Client().Connected());
  old.Send("still alive");
  EXPECT_EQ(server.Receive(), "still alive");
  Play({});
  EXPECT_EQ(relay_->port(), port);
  EXPECT_TRUE(Client().Connected());
  EXPECT_TRUE(Server().open());
}

TEST_F(RelayTest, LetsHandshakesHangForGood) {
  Play({.hang = true});
  Peer client = Client();
  EXPECT_TRUE(client.Connected());
  client.Send("client hello");
  Play({});
  EXPECT_FALSE(client.HasNews(200));
  Peer second = Client();
  second.Send("hello");
  EXPECT_EQ(Server().Receive(), "hello");
  EXPECT_EQ(relay_->Cut(), 2);
  EXPECT_EQ(client.Receive(), "");
}

TEST(RelayFaults, TellAndTakeJson) {
  Relay::Faults faults;
  EXPECT_EQ(Patch({{"round_trip_ms", 80}, {"hang", true}}, faults), "");
  EXPECT_EQ(faults.round_trip, absl::Milliseconds(80));
  EXPECT_EQ(ToJson(faults),
            (nlohmann::json{
                {"round_trip_ms", 80.0}, {"stall", false}, {"refuse", false}, {"hang", true}}));
  for (const char* bad : {"[]", R"({"round_trip_ms":-1})", R"({"stall":1})", R"({"lag":1})"}) {
    EXPECT_NE(Patch(nlohmann::json::parse(bad), faults), "") << bad;
  }
  EXPECT_EQ(faults.round_trip, absl::Milliseconds(80));
}

TEST_F(RelayTest, ResetsClientsWhenNobodyIsBehindIt) {
  close(server_);
  Peer client = Client();
  client.Send("hello");
  EXPECT_EQ(client.Receive(), "");
  server_ = *Listen("127.0.0.1", server_port_);
}

}  // namespace
}  // namespace cardata::sim
