// SPDX-License-Identifier: Apache-2.0
#include "server/mqtt/paho_mqtt_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/support/mosquitto_process.h"
#include "tests/support/process.h"
#include "tests/support/tls_server.h"

namespace cardata {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Version = MqttOptions::Version;

constexpr auto kPatience = std::chrono::seconds(60);
constexpr char kAccepted311[] = "\x20\x02\x00\x00";
constexpr char kAccepted5[] = "\x20\x03\x00\x00\x00";

// Gathers what a connection reports.
class Observer {
 public:
  MqttHandlers Handlers() {
    return {[this](MqttEvent event) { Push(events_, std::move(event)); },
            [this](absl::string_view topic, absl::string_view payload) {
              Push(messages_, std::pair(std::string(topic), std::string(payload)));
            }};
  }

  std::optional<MqttEvent> NextEvent() { return Pop(events_); }
  std::optional<std::pair<std::string, std::string>> NextMessage() { return Pop(messages_); }

  size_t EventsLeft() {
    std::lock_guard lock(mutex_);
    return events_.size();
  }

 private:
  template <class T>
  void Push(std::deque<T>& queue, T value) {
    std::lock_guard lock(mutex_);
    queue.push_back(std::move(value));
    changed_.notify_all();
  }

  template <class T>
  std::optional<T> Pop(std::deque<T>& queue) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kPatience, [&] { return !queue.empty(); })) return std::nullopt;
    T value = std::move(queue.front());
    queue.pop_front();
    return value;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<MqttEvent> events_;
  std::deque<std::pair<std::string, std::string>> messages_;
};

template <class Event>
testing::AssertionResult Is(const std::optional<MqttEvent>& event) {
  if (!event) return testing::AssertionFailure() << "no event";
  if (std::holds_alternative<Event>(*event)) return testing::AssertionSuccess();
  auto failure = testing::AssertionFailure() << "event of index " << event->index();
  if (const auto* refused = std::get_if<MqttRefused>(&*event))
    failure << ", code " << refused->code;
  if (const auto* closed = std::get_if<MqttClosed>(&*event)) failure << ", " << closed->reason;
  return failure;
}

// The first bytes say which packet it is: 0x10 CONNECT, 0x82 SUBSCRIBE.
std::string Suback311(const std::string& subscribe, char code) {
  return std::string("\x90\x03", 2) + subscribe.substr(2, 2) + code;
}
std::string Suback5(const std::string& subscribe, char code) {
  return std::string("\x90\x04", 2) + subscribe.substr(2, 2) + '\0' + code;
}

template <size_t size>
std::string Bytes(const char (&literal)[size]) {
  return {literal, size - 1};
}

// A host that takes the TCP connection and then says nothing: the TLS handshake hangs.
class SilentHost {
 public:
  ~SilentHost() { close(fd_); }
  int port() const { return port_; }
  std::string ca_file() const { return ""; }

 private:
  int port_ = 0;
  int fd_ = ListenOnLoopback(&port_);
};

class PahoMqttClientTest : public testing::TestWithParam<Version> {
 protected:
  template <class Server>
  MqttOptions Options(const Server& server, Version version = GetParam()) const {
    MqttOptions options;
    options.host = "127.0.0.1";
    options.port = server.port();
    options.ca_file = server.ca_file();
    options.version = version;
    options.client_id = "gcid";
    options.username = "gcid";
    options.password = "s3cr3t";
    options.topic = "gcid/+";
    return options;
  }

  bool v5() const { return GetParam() == Version::k5; }
  std::string Accepted() const { return v5() ? Bytes(kAccepted5) : Bytes(kAccepted311); }
  std::string Suback(const std::string& subscribe, char code) const {
    return v5() ? Suback5(subscribe, code) : Suback311(subscribe, code);
  }

  MqttClosed NextClosed() {
    const auto event = observer_.NextEvent();
    const bool closed = event && std::holds_alternative<MqttClosed>(*event);
    EXPECT_TRUE(closed) << (event ? static_cast<int>(event->index()) : -1);
    return closed ? std::get<MqttClosed>(*event) : MqttClosed();
  }

  PahoMqttClient client_;
  Observer observer_;
};

INSTANTIATE_TEST_SUITE_P(Mqtt, PahoMqttClientTest, testing::Values(Version::k311, Version::k5),
                         [](const auto& tested) {
                           return tested.param == Version::k5 ? "Mqtt5" : "Mqtt311";
                         });

TEST_P(PahoMqttClientTest, IsLiveAndHandsOverMessages) {
  MosquittoProcess broker({.passwords = {{"gcid", "s3cr3t"}}});
  const auto connection = client_.Open(Options(broker), observer_.Handlers());
  ASSERT_TRUE(Is<MqttLive>(observer_.NextEvent())) << broker.Log();
  broker.Publish("other/VIN", "not for us", "gcid", "s3cr3t");
  broker.Publish("gcid/VIN", "{\"a\":1}", "gcid", "s3cr3t");
  const auto message = observer_.NextMessage();
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->first, "gcid/VIN");
  EXPECT_EQ(message->second, "{\"a\":1}");
}

TEST_P(PahoMqttClientTest, TakesAMegabyteOfAnyBytes) {
  MosquittoProcess broker;
  const auto connection = client_.Open(Options(broker), observer_.Handlers());
  ASSERT_TRUE(Is<MqttLive>(observer_.NextEvent())) << broker.Log();
  std::string payload(1 << 20, '\0');
  for (size_t at = 0; at < payload.size(); ++at) payload[at] = static_cast<char>(at * 7);
  broker.Publish("gcid/VIN", payload);
  const auto message = observer_.NextMessage();
  ASSERT_TRUE(message.has_value());
  EXPECT_TRUE(message->second == payload) << message->second.size();
}

TEST_P(PahoMqttClientTest, ReportsARefusedPasswordAsNotAuthorized) {
  MosquittoProcess broker({.passwords = {{"gcid", "another"}}});
  const auto connection = client_.Open(Options(broker), observer_.Handlers());
  const auto event = observer_.NextEvent();
  ASSERT_TRUE(Is<MqttRefused>(event)) << broker.Log();
  EXPECT_EQ(std::get<MqttRefused>(*event).code, 135);
}

TEST_F(PahoMqttClientTest, GivesTheReasonCodesOfMqtt5ForThoseOf311) {
  const std::pair<char, int> kCases[] = {{1, 132}, {2, 133}, {3, 136}, {4, 134}, {5, 135}};
  for (const auto& [code, reason] : kCases) {
    TlsServer server([code = code](TlsServer::Peer& peer) {
      peer.Read();
      peer.Write(Bytes("\x20\x02\x00") + code);
      peer.WaitUntilClosed();
    });
    const auto connection = client_.Open(Options(server, Version::k311), observer_.Handlers());
    const auto event = observer_.NextEvent();
    ASSERT_TRUE(Is<MqttRefused>(event)) << int{code};
    EXPECT_EQ(std::get<MqttRefused>(*event).code, reason);
  }
}

TEST_F(PahoMqttClientTest, HandsOverTheReasonCodesOfMqtt5) {
  for (const int code : {128, 134, 135, 137, 151}) {
    TlsServer server([code](TlsServer::Peer& peer) {
      peer.Read();
      peer.Write(Bytes("\x20\x03\x00") + static_cast<char>(code) + '\0');
      peer.WaitUntilClosed();
    });
    const auto connection = client_.Open(Options(server, Version::k5), observer_.Handlers());
    const auto event = observer_.NextEvent();
    ASSERT_TRUE(Is<MqttRefused>(event)) << code;
    EXPECT_EQ(std::get<MqttRefused>(*event).code, code);
  }
}

TEST_P(PahoMqttClientTest, IsNotLiveWhenTheSubscriptionIsRefused) {
  const int code = v5() ? 135 : 128;
  std::atomic<bool> closed = false;
  {
    TlsServer server([&](TlsServer::Peer& peer) {
      peer.Read();
      peer.Write(Accepted());
      peer.Write(Suback(peer.Read(), static_cast<char>(code)));
      peer.WaitUntilClosed();
      closed = true;
    });
    const auto connection = client_.Open(Options(server), observer_.Handlers());
    const auto event = observer_.NextEvent();
    ASSERT_TRUE(Is<MqttSubscribeRefused>(event));
    EXPECT_EQ(std::get<MqttSubscribeRefused>(*event).code, code);
    while (!closed) std::this_thread::yield();
  }
  EXPECT_EQ(observer_.EventsLeft(), 0u);
}

TEST_P(PahoMqttClientTest, SubscribesToOneTopicWithACleanStart) {
  std::string connect;
  std::string subscribe;
  TlsServer server([&](TlsServer::Peer& peer) {
    connect = peer.Read();
    peer.Write(Accepted());
    subscribe = peer.Read();
    peer.Write(Suback(subscribe, 0));
    peer.WaitUntilClosed();
  });
  const auto connection = client_.Open(Options(server), observer_.Handlers());
  ASSERT_TRUE(Is<MqttLive>(observer_.NextEvent()));
  EXPECT_EQ(connect[0], 0x10);
  EXPECT_EQ(connect[8], v5() ? 5 : 4);                  // protocol level
  EXPECT_EQ(connect[9], static_cast<char>(0xC2));       // user name, password, clean start
  EXPECT_EQ(connect.substr(10, 2), Bytes("\x00\x1e"));  // keep alive: 30 s
  EXPECT_THAT(connect, HasSubstr("s3cr3t"));
  EXPECT_EQ(subscribe.substr(subscribe.size() - 9), Bytes("\x00\x06gcid/+\x00"));
}

// The server answers CONNECT only when it has been told that it was sent.
TEST_P(PahoMqttClientTest, TellsWhenConnectIsSent) {
  std::atomic<int> sent = 0;
  TlsServer server([&](TlsServer::Peer& peer) {
    peer.Read();
    sent.wait(0);
    peer.Write(Accepted());
    peer.Write(Suback(peer.Read(), 0));
    peer.WaitUntilClosed();
  });
  MqttHandlers handlers = observer_.Handlers();
  handlers.on_connect_sent = [&sent] {
    ++sent;
    sent.notify_all();
  };
  const auto connection = client_.Open(Options(server), std::move(handlers));
  ASSERT_TRUE(Is<MqttLive>(observer_.NextEvent()));
  EXPECT_EQ(sent, 1);
}

TEST_P(PahoMqttClientTest, TellsOfNoConnectThatIsNotSent) {
  SilentHost host;
  MqttOptions options = Options(host);
  options.connect_timeout = absl::Milliseconds(100);
  std::atomic<int> sent = 0;
  MqttHandlers handlers = observer_.Handlers();
  handlers.on_connect_sent = [&sent] { ++sent; };
  const auto connection = client_.Open(options, std::move(handlers));
  EXPECT_FALSE(NextClosed().reached_host);
  EXPECT_EQ(sent, 0);
}

TEST_P(PahoMqttClientTest, RefusesACertificateOfAnotherAuthority) {
  MosquittoProcess broker;
  TempDir dir;
  MqttOptions options = Options(broker);
  options.ca_file = TestCa(dir.path(), "stranger").ca_file();
  const auto connection = client_.Open(options, observer_.Handlers());
  const MqttClosed closed = NextClosed();
  EXPECT_FALSE(closed.reached_host) << closed.reason;
  EXPECT_THAT(closed.reason, Not(HasSubstr("s3cr3t")));
}

TEST_P(PahoMqttClientTest, RefusesTheCertificateOfAnotherHost) {
  MosquittoProcess broker({.subject_alt_names = "DNS:elsewhere.example,IP:127.0.0.2"});
  const auto connection = client_.Open(Options(broker), observer_.Handlers());
  const MqttClosed closed = NextClosed();
  EXPECT_FALSE(closed.reached_host) << closed.reason;
}

TEST_P(PahoMqttClientTest, VerifiesAHostGivenByName) {
  MosquittoProcess broker({.subject_alt_names = "DNS:localhost"});
  MqttOptions options = Options(broker);
  options.host = "localhost";
  const auto connection = client_.Open(options, observer_.Handlers());
  ASSERT_TRUE(Is<MqttLive>(observer_.NextEvent())) << broker.Log();
}

TEST_P(PahoMqttClientTest, RefusesTls12) {
  TlsServer server(
      [this](TlsServer::Peer& peer) {
        peer.Read();
        peer.Write(Accepted());
        peer.Write(Suback(peer.Read(), 0));
        peer.WaitUntilClosed();
      },
      TLS1_2_VERSION);
  const auto connection = client_.Open(Options(server), observer_.Handlers());
  EXPECT_FALSE(NextClosed().reached_host);
}

TEST_P(PahoMqttClientTest, SaysThatAConnectionIsRefused) {
  MosquittoProcess broker;
  MqttOptions options = Options(broker);
  options.port = FreePort();
  const auto connection = client_.Open(options, observer_.Handlers());
  const MqttClosed closed = NextClosed();
  EXPECT_FALSE(closed.reached_host) << closed.reason;
  EXPECT_THAT(closed.reason, HasSubstr(absl::StrCat("127.0.0.1:", options.port)));
}

TEST_P(PahoMqttClientTest, ReportsThatTheBrokerDied) {
  MosquittoProcess broker;
  const auto connection = client_.Open(Options(broker), observer_.Handlers());
  ASSERT_TRUE(Is<MqttLive>(observer_.NextEvent())) << broker.Log();
  broker.Kill();
  const MqttClosed closed = NextClosed();
  EXPECT_EQ(closed.code, 0);
  EXPECT_TRUE(closed.reached_host) << closed.reason;
}

TEST_P(PahoMqttClientTest, IsClosedWhenAnotherConnectionTakesTheSessionOver) {
  MosquittoProcess broker;
  const auto older = client_.Open(Options(broker), observer_.Handlers());
  ASSERT_TRUE(Is<MqttLive>(observer_.NextEvent())) << broker.Log();
  Observer newcomer;
  const auto newer = client_.Open(Options(broker), newcomer.Handlers());
  ASSERT_TRUE(Is<MqttLive>(newcomer.NextEvent())) << broker.Log();
  const MqttClosed closed = NextClosed();
  EXPECT_TRUE(closed.reached_host) << closed.reason;
  broker.Publish("gcid/VIN", "x");
  EXPECT_TRUE(newcomer.NextMessage().has_value());
  EXPECT_EQ(observer_.EventsLeft(), 0u);
}

TEST_P(PahoMqttClientTest, ReportsABrokerThatClosesWithoutAnAnswer) {
  TlsServer server([](TlsServer::Peer& peer) { peer.Read(); });
  const auto connection = client_.Open(Options(server), observer_.Handlers());
  const MqttClosed closed = NextClosed();
  EXPECT_TRUE(closed.reached_host) << closed.reason;
}

TEST_P(PahoMqttClientTest, ReportsABrokerThatClosesInsteadOfSuback) {
  TlsServer server([this](TlsServer::Peer& peer) {
    peer.Read();
    peer.Write(Accepted());
    peer.Read();
  });
  const auto connection = client_.Open(Options(server), observer_.Handlers());
  const MqttClosed closed = NextClosed();
  EXPECT_TRUE(closed.reached_host) << closed.reason;
}

TEST_F(PahoMqttClientTest, HandsOverTheReasonOfADisconnect) {
  for (const int code : {142, 152}) {  // session taken over, administrative action
    TlsServer server([code](TlsServer::Peer& peer) {
      peer.Read();
      peer.Write(Bytes(kAccepted5));
      peer.Write(Suback5(peer.Read(), 0));
      peer.Write(Bytes("\xe0\x02") + static_cast<char>(code) + '\0');
    });
    const auto connection = client_.Open(Options(server, Version::k5), observer_.Handlers());
    ASSERT_TRUE(Is<MqttLive>(observer_.NextEvent()));
    const MqttClosed closed = NextClosed();
    EXPECT_EQ(closed.code, code);
    EXPECT_TRUE(closed.reached_host);
    EXPECT_THAT(closed.reason, HasSubstr("the broker closed it"));
  }
}

TEST_P(PahoMqttClientTest, GivesUpABrokerThatDoesNotAnswerTheSubscription) {
  TlsServer server([this](TlsServer::Peer& peer) {
    peer.Read();
    peer.Write(Accepted());
    peer.WaitUntilClosed();
  });
  MqttOptions options = Options(server);
  options.subscribe_timeout = absl::Milliseconds(100);
  const auto connection = client_.Open(options, observer_.Handlers());
  const MqttClosed closed = NextClosed();
  EXPECT_TRUE(closed.reached_host) << closed.reason;
}

TEST_P(PahoMqttClientTest, GivesUpAHostThatHangs) {
  SilentHost host;
  MqttOptions options = Options(host);
  options.connect_timeout = absl::Milliseconds(100);
  const auto connection = client_.Open(options, observer_.Handlers());
  const MqttClosed closed = NextClosed();
  EXPECT_FALSE(closed.reached_host) << closed.reason;
}

TEST_P(PahoMqttClientTest, MayBeDestroyedWhileTheHandshakeHangs) {
  SilentHost host;
  auto connection = client_.Open(Options(host), observer_.Handlers());
  // A second one that ends proves that Paho has begun with the first.
  SilentHost other;
  MqttOptions options = Options(other);
  options.client_id = "other";
  options.connect_timeout = absl::Milliseconds(100);
  Observer second;
  const auto ending = client_.Open(options, second.Handlers());
  ASSERT_TRUE(Is<MqttClosed>(second.NextEvent()));
  connection.reset();
  EXPECT_EQ(observer_.EventsLeft(), 0u);
}

TEST_P(PahoMqttClientTest, MayBeDestroyedAtOnce) {
  MosquittoProcess broker;
  for (int n = 0; n < 20; ++n) client_.Open(Options(broker), observer_.Handlers());
  const auto last = client_.Open(Options(broker), observer_.Handlers());
  EXPECT_TRUE(Is<MqttLive>(observer_.NextEvent())) << broker.Log();
}

TEST_P(PahoMqttClientTest, RunsNoHandlerAfterItWasDestroyed) {
  TlsServer server([this](TlsServer::Peer& peer) {
    peer.Read();
    peer.Write(Accepted());
    peer.Write(Suback(peer.Read(), 0));
    const std::string publish =
        v5() ? Bytes("\x30\x0a\x00\x06gcid/V\x00x") : Bytes("\x30\x09\x00\x06gcid/Vx");
    while (peer.Write(publish)) {
    }
  });
  std::atomic<bool> destroyed = false;
  std::atomic<int> messages = 0;
  std::atomic<int> late = 0;
  MqttHandlers handlers;
  handlers.on_event = [&](const MqttEvent&) { late += destroyed; };
  handlers.on_message = [&](absl::string_view, absl::string_view) {
    late += destroyed;
    ++messages;
    messages.notify_all();
  };
  {
    auto connection = client_.Open(Options(server), std::move(handlers));
    messages.wait(0);
    connection.reset();
    destroyed = true;
  }
  // By the time that another connection is made and gone, Paho has handled what it had read of the
  // first.
  SilentHost host;
  MqttOptions options = Options(host);
  options.connect_timeout = absl::Milliseconds(100);
  const auto ending = client_.Open(options, observer_.Handlers());
  ASSERT_TRUE(Is<MqttClosed>(observer_.NextEvent()));
  EXPECT_EQ(late, 0);
}

}  // namespace
}  // namespace cardata
