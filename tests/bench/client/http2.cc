// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/client/http2.h"

#include "absl/strings/str_cat.h"

namespace cardata::bench {
namespace {

constexpr uint32_t kDefaultWindow = 65'535;
constexpr uint16_t kEnablePush = 2;
constexpr uint16_t kInitialWindowSize = 4;

std::string BigEndian(uint64_t value, int bytes) {
  std::string out;
  while (bytes-- > 0) out.push_back(static_cast<char>(value >> (8 * bytes)));
  return out;
}

std::string Setting(uint16_t id, uint32_t value) { return BigEndian(id, 2) + BigEndian(value, 4); }

// HPACK without Huffman and without indexing; the texts are shorter than 127 bytes.
std::string Text(absl::string_view text) {
  return absl::StrCat(std::string(1, static_cast<char>(text.size())), text);
}
std::string Field(absl::string_view name, absl::string_view value) {
  return std::string(1, '\0') + Text(name) + Text(value);
}

}  // namespace

Http2Frame Http2Frame::Parse(const uint8_t* bytes) {
  const auto number = [bytes](int from, int count) {
    uint32_t value = 0;
    for (int i = from; i < from + count; ++i) value = value << 8 | bytes[i];
    return value;
  };
  return {number(0, 3), bytes[3], bytes[4], number(5, 4) & 0x7fffffff};
}

void AppendFrame(uint8_t type, uint8_t flags, uint32_t stream, absl::string_view payload,
                 std::string& out) {
  absl::StrAppend(&out, BigEndian(payload.size(), 3), BigEndian(type, 1), BigEndian(flags, 1),
                  BigEndian(stream, 4), payload);
}

void AppendPreface(uint32_t window, std::string& out) {
  out += "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  AppendFrame(Http2Frame::kSettings, 0, 0,
              Setting(kEnablePush, 0) + Setting(kInitialWindowSize, window), out);
  AppendWindowUpdate(0, window - kDefaultWindow, out);
}

void AppendWindowUpdate(uint32_t stream, uint32_t bytes, std::string& out) {
  AppendFrame(Http2Frame::kWindowUpdate, 0, stream, BigEndian(bytes, 4), out);
}

void AppendCall(uint32_t stream, absl::string_view path, absl::string_view message,
                std::string& out) {
  const std::string headers = Field(":method", "POST") + Field(":scheme", "http") +
                              Field(":path", path) + Field(":authority", "localhost") +
                              Field("content-type", "application/grpc") + Field("te", "trailers");
  AppendFrame(Http2Frame::kHeaders, Http2Frame::kEndHeaders, stream, headers, out);
  const std::string prefixed =
      absl::StrCat(std::string(1, '\0'), BigEndian(message.size(), 4), message);
  AppendFrame(Http2Frame::kData, Http2Frame::kEndStream, stream, prefixed, out);
}

}  // namespace cardata::bench
