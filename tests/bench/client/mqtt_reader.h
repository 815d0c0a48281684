// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "tests/bench/client/reader.h"
#include "tests/bench/client/tally.h"

namespace cardata::bench {

// MQTT 3.1.1, QoS 0.
class MqttReader : public Reader {
 public:
  struct Options {
    std::string client_id;
    std::string user_name;  // empty: no name and no password
    std::string password;
    std::string topic;  // the one subscription; empty: none, it is a publisher's
  };
  MqttReader(Options options, Tally* tally, size_t subscriber)
      : options_(std::move(options)), tally_(tally), subscriber_(subscriber) {}

  static void AppendEvent(absl::string_view topic, absl::string_view payload, std::string& out);

  // A publisher's connection counts as one subscription, in force when the broker has admitted it.
  void Open() override;

 protected:
  absl::StatusOr<size_t> Consume(const uint8_t* bytes, size_t size) override;

 private:
  absl::Status Handle(uint8_t type, const uint8_t* body, size_t size);

  const Options options_;
  Tally* const tally_;
  const size_t subscriber_;
};

}  // namespace cardata::bench
