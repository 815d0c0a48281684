// SPDX-License-Identifier: Apache-2.0
#include "server/mqtt/paho_mqtt_client.h"

#include <mqtt/async_client.h>

#include <mutex>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/mqtt/connect_watch.h"

namespace cardata {
namespace {

// Paho offers no way to demand TLS 1.3. This is the only cipher suite of TLS 1.2 that it may offer,
// and OpenSSL does not offer it to anybody, because no pre-shared key is set: what is left are the
// suites of TLS 1.3.
constexpr char kNoCipherOfTls12[] = "PSK-AES256-GCM-SHA384";

// What Paho says when the connection ends between CONNECT and CONNACK. Whatever comes before that,
// from the host's name to its certificate, is "TCP/TLS connect failure" to it.
constexpr char kEndedBeforeConnack[] = "TCP connect completion failure";

// Our own timers are exact to the millisecond; Paho's must only not be earlier.
constexpr absl::Duration kTimeoutMargin = absl::Seconds(10);

constexpr int kFirstErrorCode = 0x80;

int ReasonOfConnack311(int code) {
  switch (code) {
    case 1:
      return MQTTREASONCODE_UNSUPPORTED_PROTOCOL_VERSION;
    case 2:
      return MQTTREASONCODE_CLIENT_IDENTIFIER_NOT_VALID;
    case 3:
      return MQTTREASONCODE_SERVER_UNAVAILABLE;
    case 4:
      return MQTTREASONCODE_BAD_USER_NAME_OR_PASSWORD;
    case 5:
      return MQTTREASONCODE_NOT_AUTHORIZED;
    default:
      return code;
  }
}

std::string ServerUri(const MqttOptions& options) {
  const bool ipv6 = options.host.find(':') != std::string::npos;
  return absl::StrCat("ssl://", ipv6 ? "[" : "", options.host, ipv6 ? "]" : "", ":", options.port);
}

mqtt::connect_options ConnectOptions(const MqttOptions& options) {
  mqtt::ssl_options tls;
  if (!options.ca_file.empty()) tls.set_trust_store(options.ca_file);
  tls.set_enable_server_cert_auth(true);
  tls.set_verify(true);
  tls.set_enabled_cipher_suites(kNoCipherOfTls12);

  mqtt::connect_options connect(options.username, options.password);
  if (options.version == MqttOptions::Version::k5) {
    connect.set_mqtt_version(MQTTVERSION_5);
    connect.set_clean_start(true);
  } else {
    connect.set_mqtt_version(MQTTVERSION_3_1_1);
    connect.set_clean_session(true);
  }
  connect.set_automatic_reconnect(false);
  connect.set_keep_alive_interval(absl::ToChronoSeconds(options.keep_alive));
  connect.set_connect_timeout(absl::ToChronoSeconds(options.connect_timeout + kTimeoutMargin));
  connect.set_ssl(tls);
  return connect;
}

// One connection. Paho's objects are made and destroyed on the control thread, which therefore is
// the only one that ever waits for Paho's lock; Paho's threads hold that lock while they call back.
// mutex_ comes after Paho's lock: nothing of Paho is called under it.
class Link : public std::enable_shared_from_this<Link>, private mqtt::iaction_listener {
 public:
  Link(Executor& control, MqttOptions options, MqttHandlers handlers)
      : control_(control), options_(std::move(options)), handlers_(std::move(handlers)) {}

  void Open() {
    control_.Post([self = shared_from_this()] { self->Connect(); });
  }

  // No handler runs once this has returned.
  void Close() {
    MqttHandlers released;
    {
      std::lock_guard lock(mutex_);
      phase_ = Phase::kOver;
      released = std::exchange(handlers_, {});
    }
    PostDestroy();
  }

 private:
  enum class Phase { kConnecting, kSubscribing, kLive, kOver };

  void Connect() {
    if (!EndAfter(options_.connect_timeout, Phase::kConnecting)) return;
    const bool v5 = options_.version == MqttOptions::Version::k5;
    try {
      client_ = std::make_unique<mqtt::async_client>(
          ServerUri(options_), options_.client_id,
          mqtt::create_options(v5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1), nullptr);
      client_->set_message_callback(
          [this](const mqtt::const_message_ptr& message) { OnMessage(*message); });
      client_->set_connection_lost_handler(
          [this](const std::string&) { End(Closed(0, "the connection was lost", true)); });
      client_->set_disconnected_handler([this](const mqtt::properties&, mqtt::ReasonCode code) {
        End(Closed(code, absl::StrCat("the broker closed it: ", Words(code)), true));
      });
      watch_.emplace(options_.client_id, [this] { OnConnectSent(); });
      client_->connect(ConnectOptions(options_), nullptr, *this);
    } catch (const std::exception& error) {
      End(Closed(0, error.what(), false));
    }
  }

  // Ends the connection unless it has left `phase` by then. False if it has already.
  bool EndAfter(absl::Duration timeout, Phase phase) {
    {
      std::lock_guard lock(mutex_);
      if (phase_ != phase) return false;
    }
    control_.PostAfter(timeout, [weak = weak_from_this(), timeout, phase] {
      if (const auto self = weak.lock()) self->OnTimeout(timeout, phase);
    });
    return true;
  }

  void OnTimeout(absl::Duration timeout, Phase phase) {
    {
      std::lock_guard lock(mutex_);
      if (phase_ != phase) return;
    }
    const bool subscribing = phase == Phase::kSubscribing;
    End(Closed(0,
               absl::StrCat(subscribing ? "no answer to the subscription" : "no connection",
                            " within ", absl::FormatDuration(timeout)),
               subscribing));
  }

  void on_success(const mqtt::token& token) override {
    watch_.reset();
    if (token.get_type() == mqtt::token::Type::CONNECT) {
      Subscribe(*token.get_client());
    } else {
      Emit(MqttLive{}, Phase::kLive);
    }
  }

  void on_failure(const mqtt::token& token) override {
    watch_.reset();
    const mqtt::exception error = ErrorOf(token);
    const int code =
        error.get_reason_code() != 0 ? error.get_reason_code() : error.get_return_code();
    if (token.get_type() != mqtt::token::Type::CONNECT) {
      if (code >= kFirstErrorCode)
        End(MqttSubscribeRefused{code});
      else
        End(Closed(0, "the connection was lost while subscribing", true));
    } else if (code > 0) {
      End(MqttRefused{ReasonOfConnack311(code)});
    } else if (error.get_message() == kEndedBeforeConnack) {
      End(Closed(0, "the broker closed it without an answer to CONNECT", true));
    } else {
      End(Closed(0, "no TCP connection, no TLS 1.3, or a certificate that does not fit", false));
    }
  }

  // Codes and message of a token that failed are to be had by being thrown only.
  static mqtt::exception ErrorOf(const mqtt::token& failed) {
    try {
      if (failed.get_type() == mqtt::token::Type::CONNECT)
        failed.get_connect_response();
      else
        failed.get_subscribe_response();
    } catch (const mqtt::exception& error) {
      return error;
    }
    return mqtt::exception(MQTTASYNC_FAILURE);
  }

  // `client` is client_, which the control thread may just be about to destroy: it then waits for
  // Paho's lock until this has returned.
  void Subscribe(mqtt::iasync_client& client) {
    {
      std::lock_guard lock(mutex_);
      if (phase_ != Phase::kConnecting) return;
      phase_ = Phase::kSubscribing;
    }
    EndAfter(options_.subscribe_timeout, Phase::kSubscribing);
    try {
      client.subscribe(options_.topic, /*qos=*/0, nullptr, *this);
    } catch (const std::exception& error) {
      End(Closed(0, absl::StrCat("cannot subscribe: ", error.what()), true));
    }
  }

  void OnConnectSent() {
    std::lock_guard lock(mutex_);
    if (phase_ == Phase::kConnecting && handlers_.on_connect_sent) handlers_.on_connect_sent();
  }

  void OnMessage(const mqtt::message& message) {
    const std::string& topic = message.get_topic();
    const mqtt::binary_ref& payload = message.get_payload_ref();
    std::lock_guard lock(mutex_);
    if (phase_ != Phase::kOver)
      handlers_.on_message(topic, absl::string_view(payload.data(), payload.size()));
  }

  void End(MqttEvent event) {
    Emit(std::move(event), Phase::kOver);
    PostDestroy();
  }

  void Emit(MqttEvent event, Phase next) {
    std::lock_guard lock(mutex_);
    if (phase_ == Phase::kOver) return;
    phase_ = next;
    handlers_.on_event(std::move(event));
  }

  // Disconnects, if there is a connection.
  void PostDestroy() {
    control_.Post([self = shared_from_this()] {
      self->client_.reset();
      self->watch_.reset();
    });
  }

  MqttClosed Closed(int code, absl::string_view reason, bool reached_host) const {
    return {code, absl::StrCat(options_.host, ":", options_.port, ": ", reason), reached_host};
  }

  static std::string Words(int code) {
    const char* words = MQTTReasonCode_toString(static_cast<MQTTReasonCodes>(code));
    return words != nullptr ? words : absl::StrCat("reason code ", code);
  }

  Executor& control_;
  const MqttOptions options_;
  std::unique_ptr<mqtt::async_client> client_;
  std::mutex mutex_;
  Phase phase_ = Phase::kConnecting;
  MqttHandlers handlers_;
  std::optional<ConnectWatch> watch_;  // of the control thread until CONNECT, then of Paho's
};

class PahoConnection : public MqttConnection {
 public:
  explicit PahoConnection(std::shared_ptr<Link> link) : link_(std::move(link)) { link_->Open(); }
  ~PahoConnection() override { link_->Close(); }

 private:
  const std::shared_ptr<Link> link_;
};

}  // namespace

PahoMqttClient::PahoMqttClient() = default;

PahoMqttClient::~PahoMqttClient() = default;

std::unique_ptr<MqttConnection> PahoMqttClient::Open(const MqttOptions& options,
                                                     MqttHandlers handlers) {
  return std::make_unique<PahoConnection>(
      std::make_shared<Link>(control_, options, std::move(handlers)));
}

}  // namespace cardata
