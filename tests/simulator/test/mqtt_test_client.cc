// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/test/mqtt_test_client.h"

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include <chrono>
#include <utility>

namespace cardata::sim {
namespace {

constexpr int kPatienceSeconds = 20;

MqttTestClient* Self(void* self) { return static_cast<MqttTestClient*>(self); }

}  // namespace

MqttTestClient::MqttTestClient(Options options) : options_(std::move(options)) {
  static const int kInitialized = mosquitto_lib_init();
  (void)kInitialized;
  const bool own_id = options_.client_id.empty();
  client_ = mosquitto_new(own_id ? nullptr : options_.client_id.c_str(),
                          own_id || options_.clean_start, this);
  mosquitto_int_option(client_, MOSQ_OPT_PROTOCOL_VERSION, options_.version);
  mosquitto_username_pw_set(client_, options_.username.c_str(), options_.password.c_str());
  mosquitto_tls_set(client_, options_.ca_file.c_str(), nullptr, nullptr, nullptr, nullptr);
  mosquitto_connect_v5_callback_set(
      client_, [](mosquitto*, void* self, int code, int flags, const mosquitto_property*) {
        std::lock_guard lock(Self(self)->mutex_);
        Self(self)->connack_ = code;
        Self(self)->session_present_ = (flags & 1) != 0;
        Self(self)->changed_.notify_all();
      });
  mosquitto_subscribe_v5_callback_set(
      client_, [](mosquitto*, void* self, int, int, const int* granted, const mosquitto_property*) {
        std::lock_guard lock(Self(self)->mutex_);
        Self(self)->suback_ = granted[0];
        Self(self)->changed_.notify_all();
      });
  mosquitto_disconnect_v5_callback_set(
      client_, [](mosquitto* client, void* self, int code, const mosquitto_property*) {
        {
          std::lock_guard lock(Self(self)->mutex_);
          Self(self)->end_ = code;
          Self(self)->changed_.notify_all();
        }
        mosquitto_disconnect(client);  // libmosquitto would connect again for ever
      });
  mosquitto_message_v5_callback_set(
      client_,
      [](mosquitto*, void* self, const mosquitto_message* message, const mosquitto_property*) {
        std::lock_guard lock(Self(self)->mutex_);
        Self(self)->messages_.push_back(
            {message->topic,
             {static_cast<const char*>(message->payload), static_cast<size_t>(message->payloadlen)},
             message->qos,
             message->retain});
        Self(self)->changed_.notify_all();
      });
}

MqttTestClient::~MqttTestClient() {
  mosquitto_disconnect(client_);
  if (looping_) mosquitto_loop_stop(client_, false);
  mosquitto_destroy(client_);
}

bool MqttTestClient::WaitUntil(int seconds, const std::function<bool()>& condition) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(seconds), condition);
}

int MqttTestClient::Connect() {
  mosquitto_property* properties = nullptr;
  if (options_.version == 5 && options_.session_expiry > 0) {
    mosquitto_property_add_int32(&properties, MQTT_PROP_SESSION_EXPIRY_INTERVAL,
                                 options_.session_expiry);
  }
  const int error = mosquitto_connect_bind_v5(client_, "localhost", options_.port,
                                              options_.keep_alive, nullptr, properties);
  mosquitto_property_free_all(&properties);
  if (error != MOSQ_ERR_SUCCESS || mosquitto_loop_start(client_) != MOSQ_ERR_SUCCESS) return -1;
  looping_ = true;
  WaitUntil(kPatienceSeconds, [this] { return connack_.has_value() || end_.has_value(); });
  return connack_.value_or(-1);
}

int MqttTestClient::Subscribe(const std::string& filter, int qos) {
  {
    std::lock_guard lock(mutex_);
    suback_.reset();
  }
  if (mosquitto_subscribe(client_, nullptr, filter.c_str(), qos) != MOSQ_ERR_SUCCESS) return -1;
  WaitUntil(kPatienceSeconds, [this] { return suback_.has_value() || end_.has_value(); });
  return suback_.value_or(-1);
}

void MqttTestClient::Publish(const std::string& topic, const std::string& payload, bool retain) {
  mosquitto_publish(client_, nullptr, topic.c_str(), static_cast<int>(payload.size()),
                    payload.data(), 0, retain);
}

void MqttTestClient::Disconnect() {
  mosquitto_disconnect(client_);
  WaitForEnd();
}

std::optional<MqttTestClient::Message> MqttTestClient::Next() {
  WaitUntil(10, [this] { return messages_.size() > read_ || end_.has_value(); });
  std::lock_guard lock(mutex_);
  if (messages_.size() <= read_) return std::nullopt;
  return messages_[read_++];
}

std::string MqttTestClient::NextPayload() {
  const std::optional<Message> message = Next();
  return message.has_value() ? message->payload : "(nothing)";
}

std::vector<MqttTestClient::Message> MqttTestClient::Received() {
  std::lock_guard lock(mutex_);
  return {messages_.begin(), messages_.end()};
}

int MqttTestClient::WaitForEnd(int seconds) {
  WaitUntil(seconds, [this] { return end_.has_value(); });
  std::lock_guard lock(mutex_);
  return end_.value_or(-1);
}

bool MqttTestClient::connected() {
  std::lock_guard lock(mutex_);
  return connack_ == 0 && !end_.has_value();
}

}  // namespace cardata::sim
