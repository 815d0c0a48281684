// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/bench/client/reader.h"

namespace cardata::bench {

// Has the reader receive `bytes` in pieces of `piece` bytes, as a socket may cut them.
inline absl::Status Feed(Reader& reader, const std::string& bytes, size_t piece) {
  for (size_t at = 0; at < bytes.size(); at += piece) {
    const std::string part = bytes.substr(at, piece);
    if (const absl::Status status =
            reader.Receive(reinterpret_cast<const uint8_t*>(part.data()), part.size());
        !status.ok())
      return status;
  }
  return absl::OkStatus();
}

// Sizes of pieces that cut everything everywhere.
inline constexpr size_t kPieces[] = {1, 2, 3, 7, 64, 1000, 1 << 20};

}  // namespace cardata::bench
