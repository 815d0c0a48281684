// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/mqtt/mqtt_client.h"

namespace cardata {

// Connections that a test answers for.
class FakeMqttClient : public MqttClient {
 public:
  struct Link {
    MqttOptions options;
    MqttHandlers handlers;
    bool open = true;
    void Tell(MqttEvent event) {
      if (open) handlers.on_event(std::move(event));
    }
    void Send(absl::string_view topic, absl::string_view payload) {
      if (open) handlers.on_message(topic, payload);
    }
  };

  std::vector<std::shared_ptr<Link>> links;  // every one that was ever opened

  Link& last() { return *links.back(); }

  std::unique_ptr<MqttConnection> Open(const MqttOptions& options, MqttHandlers handlers) override {
    links.push_back(std::make_shared<Link>());
    links.back()->options = options;
    links.back()->handlers = std::move(handlers);
    return std::make_unique<Connection>(links.back());
  }

 private:
  class Connection : public MqttConnection {
   public:
    explicit Connection(std::shared_ptr<Link> link) : link_(std::move(link)) {}
    ~Connection() override { link_->open = false; }

   private:
    std::shared_ptr<Link> link_;
  };
};

}  // namespace cardata
