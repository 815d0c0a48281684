// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "tests/bench/client/reader.h"
#include "tests/bench/client/tally.h"

namespace cardata::bench {

// The NATS client protocol, core publish and subscribe.
class NatsReader : public Reader {
 public:
  // One subscriber of `subject`; null: none, it is a publisher's.
  NatsReader(std::string subject, Tally* tally, size_t subscriber)
      : subject_(std::move(subject)), tally_(tally), subscriber_(subscriber) {}

  static void AppendEvent(absl::string_view subject, absl::string_view payload, std::string& out);

  // A publisher's connection counts as one subscription, in force when the server has answered.
  void Open() override;

 protected:
  absl::StatusOr<size_t> Consume(const uint8_t* bytes, size_t size) override;

 private:
  const std::string subject_;
  Tally* const tally_;
  const size_t subscriber_;
};

}  // namespace cardata::bench
