// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace cardata::bench {

// RFC 9113, as far as a client needs it that only subscribes.
struct Http2Frame {
  enum Type : uint8_t {
    kData = 0,
    kHeaders = 1,
    kRstStream = 3,
    kSettings = 4,
    kPing = 6,
    kGoAway = 7,
    kWindowUpdate = 8,
  };
  enum Flag : uint8_t { kAck = 1, kEndStream = 1, kEndHeaders = 4, kPadded = 8 };
  static constexpr size_t kHeaderSize = 9;

  uint32_t length = 0;
  uint8_t type = 0;
  uint8_t flags = 0;
  uint32_t stream = 0;

  // `bytes` has kHeaderSize.
  static Http2Frame Parse(const uint8_t* bytes);
};

void AppendFrame(uint8_t type, uint8_t flags, uint32_t stream, absl::string_view payload,
                 std::string& out);

// The connection's preface, with windows of `window` bytes for it and each stream.
void AppendPreface(uint32_t window, std::string& out);

// Gives back `bytes` of the window of a stream, or of the connection (0).
void AppendWindowUpdate(uint32_t stream, uint32_t bytes, std::string& out);

// A gRPC call with one message, of which nothing more follows. Only literals are used, so that
// there is no state between calls.
void AppendCall(uint32_t stream, absl::string_view path, absl::string_view message,
                std::string& out);

}  // namespace cardata::bench
