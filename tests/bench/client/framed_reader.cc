// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/client/framed_reader.h"

#include <cstring>

#include "tests/bench/client/payload.h"

namespace cardata::bench {
namespace {

constexpr size_t kHeader = 4;

}  // namespace

void FramedReader::AppendEvent(absl::string_view payload, std::string& out) {
  const auto size = static_cast<uint32_t>(payload.size());
  out.append(reinterpret_cast<const char*>(&size), kHeader);
  out.append(payload.data(), payload.size());
}

absl::StatusOr<size_t> FramedReader::Consume(const uint8_t* bytes, size_t size) {
  if (tally_ == nullptr) return absl::DataLossError("the writer talks to its publisher");
  size_t taken = 0;
  while (size - taken >= kHeader) {
    uint32_t length = 0;
    std::memcpy(&length, bytes + taken, kHeader);
    if (size - taken - kHeader < length) break;
    if (length == 0) {
      ++ready_;
    } else {
      tally_->Delivered(subscriber_, NumberOf(bytes + taken + kHeader, length));
    }
    taken += kHeader + length;
  }
  return taken;
}

}  // namespace cardata::bench
