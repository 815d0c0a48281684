// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace cardata::bench {

// Walks over the fields of a serialised protobuf message. Generated code would cost more than the
// server that is to be measured.
class ProtoFields {
 public:
  ProtoFields(const uint8_t* begin, size_t size) : at_(begin), end_(begin + size) {}

  // Goes to the next field. False at the end, and where the bytes are no message.
  bool Next() {
    if (at_ == end_ || !valid_) return false;
    const uint64_t tag = Varint();
    number_ = static_cast<uint32_t>(tag >> 3);
    size_ = 0;
    switch (tag & 7) {
      case 0:
        value_ = Varint();
        return valid_;
      case 1:
        return Take(8);
      case 2:
        return Take(Varint());
      case 5:
        return Take(4);
      default:
        return valid_ = false;
    }
  }

  bool valid() const { return valid_; }
  uint32_t number() const { return number_; }
  uint64_t value() const { return value_; }        // of a varint
  const uint8_t* bytes() const { return bytes_; }  // of everything else
  size_t size() const { return size_; }

 private:
  bool Take(uint64_t size) {
    if (!valid_ || size > static_cast<uint64_t>(end_ - at_)) return valid_ = false;
    bytes_ = at_;
    size_ = size;
    at_ += size;
    return true;
  }

  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; at_ < end_ && shift < 64; shift += 7) {
      const uint8_t byte = *at_++;
      value |= uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return value;
    }
    valid_ = false;
    return 0;
  }

  const uint8_t* at_;
  const uint8_t* const end_;
  bool valid_ = true;
  uint32_t number_ = 0;
  uint64_t value_ = 0;
  const uint8_t* bytes_ = nullptr;
  size_t size_ = 0;
};

}  // namespace cardata::bench
