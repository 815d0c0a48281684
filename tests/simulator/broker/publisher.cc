// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/broker/publisher.h"

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/simulator/broker/control_topics.h"

namespace cardata::sim {
namespace {

constexpr absl::Duration kCommandTimeout = absl::Seconds(10);

absl::Status ToStatus(int error, const char* action) {
  if (error == MOSQ_ERR_SUCCESS) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(action, ": ", mosquitto_strerror(error)));
}

class LibmosquittoPublisher : public Publisher {
 public:
  explicit LibmosquittoPublisher(Options options) : options_(std::move(options)) {
    static const int kInitialized = mosquitto_lib_init();
    (void)kInitialized;
    client_ = mosquitto_new(nullptr, true, this);
  }

  ~LibmosquittoPublisher() override {
    mosquitto_disconnect(client_);
    if (looping_) mosquitto_loop_stop(client_, false);
    mosquitto_destroy(client_);
  }

  absl::Status Start(absl::Duration timeout) {
    mosquitto_int_option(client_, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_username_pw_set(client_, kPublisherName, options_.secret.c_str());
    mosquitto_connect_v5_callback_set(
        client_, [](mosquitto*, void* self, int code, int, const mosquitto_property*) {
          static_cast<LibmosquittoPublisher*>(self)->OnConnect(code);
        });
    mosquitto_subscribe_v5_callback_set(
        client_, [](mosquitto*, void* self, int, int, const int*, const mosquitto_property*) {
          static_cast<LibmosquittoPublisher*>(self)->Settle(absl::OkStatus());
        });
    mosquitto_disconnect_v5_callback_set(
        client_, [](mosquitto*, void* self, int, const mosquitto_property*) {
          static_cast<LibmosquittoPublisher*>(self)->OnDisconnect();
        });
    mosquitto_publish_v5_callback_set(
        client_, [](mosquitto*, void* self, int id, int code, const mosquitto_property*) {
          static_cast<LibmosquittoPublisher*>(self)->OnAcknowledged(id, code);
        });
    mosquitto_message_v5_callback_set(
        client_,
        [](mosquitto*, void* self, const mosquitto_message* message, const mosquitto_property*) {
          static_cast<LibmosquittoPublisher*>(self)->OnMessage(*message);
        });
    if (int error = mosquitto_connect(client_, options_.socket.c_str(), 0, 60))
      return ToStatus(error, "connect");
    if (int error = mosquitto_loop_start(client_)) return ToStatus(error, "loop");
    looping_ = true;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, absl::ToChronoMilliseconds(timeout), [this] { return settled_; });
    return settled_ ? status_ : absl::DeadlineExceededError("no answer from the broker");
  }

  absl::Status Publish(const std::string& topic, const std::string& payload) override {
    {
      std::lock_guard lock(mutex_);
      if (!status_.ok()) return status_;
    }
    return ToStatus(mosquitto_publish(client_, nullptr, topic.c_str(),
                                      static_cast<int>(payload.size()), payload.data(), 0, false),
                    "publish");
  }

  absl::Status Command(const std::string& command) override {
    // Held while publishing, so that the acknowledgement finds its number; the network thread waits
    // for it meanwhile.
    std::unique_lock lock(mutex_);
    if (!status_.ok()) return status_;
    int id = 0;
    const int error = mosquitto_publish(client_, &id, kControlTopic,
                                        static_cast<int>(command.size()), command.data(), 1, false);
    if (error != MOSQ_ERR_SUCCESS) return ToStatus(error, "command");
    acknowledgements_[id] = -1;
    changed_.wait_for(lock, absl::ToChronoMilliseconds(kCommandTimeout),
                      [&] { return acknowledgements_[id] >= 0 || !status_.ok(); });
    const int code = acknowledgements_[id];
    acknowledgements_.erase(id);
    if (code == 0) return absl::OkStatus();
    if (code > 0)
      return absl::InvalidArgumentError(absl::StrCat("the broker did not understand: ", command));
    return absl::UnavailableError("the broker did not answer");
  }

 private:
  void OnConnect(int code) {
    if (code == 0) {
      mosquitto_subscribe(client_, nullptr, kEventTopic, 0);
    } else {
      Settle(
          absl::PermissionDeniedError(absl::StrCat("the broker refuses its own client: ", code)));
    }
  }

  void Settle(absl::Status status) {
    std::lock_guard lock(mutex_);
    settled_ = true;
    status_ = std::move(status);
    changed_.notify_all();
  }

  // libmosquitto would connect again for ever; the broker makes a new publisher when it has started
  // again.
  void OnDisconnect() {
    Settle(absl::UnavailableError("the broker is down"));
    mosquitto_disconnect(client_);
  }

  void OnAcknowledged(int id, int code) {
    std::lock_guard lock(mutex_);
    auto waiting = acknowledgements_.find(id);
    if (waiting == acknowledgements_.end()) return;  // QoS 0, which is "acknowledged" when written
    waiting->second = code;
    changed_.notify_all();
  }

  void OnMessage(const mosquitto_message& message) {
    options_.on_event(std::string(static_cast<const char*>(message.payload), message.payloadlen));
  }

  const Options options_;
  mosquitto* client_;
  bool looping_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool settled_ = false;
  absl::Status status_ = absl::UnavailableError("not connected");
  std::map<int, int> acknowledgements_;  // message id → reason code, -1 while it is awaited
};

}  // namespace

absl::StatusOr<std::unique_ptr<Publisher>> Publisher::Connect(Options options,
                                                              absl::Duration timeout) {
  auto publisher = std::make_unique<LibmosquittoPublisher>(std::move(options));
  if (absl::Status status = publisher->Start(timeout); !status.ok()) return status;
  return publisher;
}

}  // namespace cardata::sim
