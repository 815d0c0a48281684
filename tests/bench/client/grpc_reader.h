// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/bench/client/reader.h"
#include "tests/bench/client/tally.h"

namespace cardata::bench {

// cardata.v1.TelematicsService/Subscribe over HTTP/2, any number of streams on one connection.
class GrpcReader : public Reader {
 public:
  // The subscribers `first` to `first + count - 1`; `request_of` gives each one's serialised
  // SubscribeRequest.
  GrpcReader(Tally& tally, size_t first, size_t count,
             std::function<std::string(size_t subscriber)> request_of);

  // Opens some streams; the others follow as these are answered. One counts as in force when its
  // opening part is over.
  void Open() override;

 protected:
  absl::StatusOr<size_t> Consume(const uint8_t* bytes, size_t size) override;

 private:
  // Puts messages together that came in several DATA frames.
  struct Stream {
    std::string partial;  // with its prefix of five bytes
    uint32_t unacknowledged = 0;
  };

  void OpenNext();
  absl::Status Data(uint32_t id, const uint8_t* bytes, size_t size);
  absl::StatusOr<size_t> Messages(size_t index, const uint8_t* bytes, size_t size);
  void Acknowledge(uint32_t id, uint32_t bytes);

  Tally& tally_;
  const size_t first_;
  const std::function<std::string(size_t)> request_of_;
  std::vector<Stream> streams_;
  uint32_t unacknowledged_ = 0;
};

}  // namespace cardata::bench
