// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace cardata::bench {

// Every event carries its number, from 1 on without gaps, as so many decimal digits, and then
// padding.
inline constexpr size_t kNumberDigits = 10;

inline std::string Payload(uint64_t number, size_t size) {
  std::string text(size, 'x');
  for (size_t i = kNumberDigits; i-- > 0; number /= 10)
    text[i] = static_cast<char>('0' + number % 10);
  return text;
}

// The number at the beginning of a payload; 0, which no event has, if there is none.
inline uint64_t NumberOf(const uint8_t* payload, size_t size) {
  if (size < kNumberDigits) return 0;
  uint64_t number = 0;
  for (size_t i = 0; i < kNumberDigits; ++i) {
    const unsigned digit = payload[i] - unsigned{'0'};
    if (digit > 9) return 0;
    number = number * 10 + digit;
  }
  return number;
}

}  // namespace cardata::bench
