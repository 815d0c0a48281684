// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "tests/bench/client/reader.h"
#include "tests/bench/client/tally.h"

namespace cardata::bench {

// The bare TCP writer's frames: the length in 4 bytes, little-endian, then the payload. The writer
// greets a subscriber with an empty frame.
class FramedReader : public Reader {
 public:
  // One subscriber; null: none, it is a publisher's.
  FramedReader(Tally* tally, size_t subscriber) : tally_(tally), subscriber_(subscriber) {}

  static void AppendEvent(absl::string_view payload, std::string& out);

  void Open() override { asked_ = tally_ == nullptr ? 0 : 1; }

 protected:
  absl::StatusOr<size_t> Consume(const uint8_t* bytes, size_t size) override;

 private:
  Tally* const tally_;
  const size_t subscriber_;
};

}  // namespace cardata::bench
