// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/raw_subscriber.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/support/wait.h"

namespace cardata {
namespace {

// RFC 9113.
enum FrameType : uint8_t {
  kData = 0,
  kHeaders = 1,
  kReset = 3,
  kSettings = 4,
  kPing = 6,
  kGoAway = 7,
  kWindowUpdate = 8
};
constexpr uint8_t kEndStream = 1;
constexpr uint8_t kAck = 1;
constexpr uint8_t kEndHeaders = 4;
constexpr size_t kFrameHeader = 9;
constexpr size_t kMessageHeader = 5;  // of gRPC: compressed or not, and the length
constexpr int kReceiveBuffer = 16 << 10;

std::string BigEndian(uint32_t number, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    text.push_back(static_cast<char>(number >> shift));
  return text;
}

uint32_t Number(const std::string& bytes, size_t at, int count) {
  uint32_t number = 0;
  for (int i = 0; i < count; ++i) number = number << 8 | static_cast<uint8_t>(bytes[at + i]);
  return number;
}

std::string Frame(FrameType type, uint8_t flags, uint32_t stream, const std::string& payload) {
  return absl::StrCat(BigEndian(static_cast<uint32_t>(payload.size()), 3), BigEndian(type, 1),
                      BigEndian(flags, 1), BigEndian(stream, 4), payload);
}

// RFC 7541: no Huffman code, nothing put into the table.
std::string Text(const std::string& text) {
  return BigEndian(static_cast<uint32_t>(text.size()), 1) + text;
}

std::string Headers(const std::string& authority) {
  return absl::StrCat("\x83\x86",  // :method POST, :scheme http
                      "\x04", Text("/cardata.v1.TelematicsService/Subscribe"), "\x01",
                      Text(authority), "\x0f\x10", Text("application/grpc"),
                      absl::string_view("\0", 1), Text("te"), Text("trailers"));
}

}  // namespace

RawSubscriber::RawSubscriber(const std::string& address, const v1::SubscribeRequest& request)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
  const timeval patience{absl::ToInt64Seconds(kGenerous), 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const size_t colon = address.rfind(':');
  int port = 0;
  sockaddr_in to{};
  to.sin_family = AF_INET;
  EXPECT_TRUE(absl::SimpleAtoi(address.substr(colon + 1), &port));
  to.sin_port = htons(static_cast<uint16_t>(port));
  EXPECT_EQ(inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr), 1);
  EXPECT_EQ(connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0)
      << std::generic_category().message(errno);
  const std::string body = request.SerializeAsString();
  Send(absl::StrCat(
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      Frame(kSettings, 0, 0, BigEndian(4, 2) + BigEndian(0x7fffffff, 4)),  // a stream's window
      Frame(kWindowUpdate, 0, 0, BigEndian(0x7fff0000, 4)),
      Frame(kHeaders, kEndHeaders, 1, Headers(address)),
      Frame(
          kData, kEndStream, 1,
          absl::StrCat(BigEndian(0, 1), BigEndian(static_cast<uint32_t>(body.size()), 4), body))));
}

RawSubscriber::~RawSubscriber() { close(fd_); }

void RawSubscriber::Send(const std::string& bytes) {
  const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(bytes.size()))
    why_ = absl::StrCat("cannot send: ", std::generic_category().message(errno));
}

bool RawSubscriber::Receive() {
  char buffer[64 << 10];
  const ssize_t size = recv(fd_, buffer, sizeof buffer, 0);
  if (size > 0) {
    bytes_.append(buffer, static_cast<size_t>(size));
    return true;
  }
  why_ = size == 0 ? "the connection was closed"
                   : absl::StrCat("cannot receive: ", std::generic_category().message(errno));
  return false;
}

// False: there is no whole frame, or it ends the stream.
bool RawSubscriber::TakeFrame(std::string* message_bytes) {
  if (bytes_.size() < kFrameHeader) return false;
  const size_t size = Number(bytes_, 0, 3);
  if (bytes_.size() < kFrameHeader + size) return false;
  const auto type = static_cast<FrameType>(bytes_[3]);
  const bool ack = (bytes_[4] & kAck) != 0;
  const bool ends = (bytes_[4] & kEndStream) != 0;
  const std::string payload = bytes_.substr(kFrameHeader, size);
  bytes_.erase(0, kFrameHeader + size);
  if (type == kData) message_bytes->append(payload);
  if (type == kSettings && !ack) Send(Frame(kSettings, kAck, 0, ""));
  if (type == kPing && !ack) Send(Frame(kPing, kAck, 0, payload));
  if (type == kReset || type == kGoAway || (type == kHeaders && ends)) {
    why_ = absl::StrCat("a frame of type ", static_cast<int>(type), " has ended the stream");
    return false;
  }
  return true;
}

bool RawSubscriber::ReadUntil(const std::function<bool(const v1::SubscribeResponse&)>& take) {
  why_.clear();
  for (;;) {
    while (TakeFrame(&messages_)) continue;
    size_t at = 0;
    while (messages_.size() >= at + kMessageHeader) {
      const size_t size = Number(messages_, at + 1, 4);
      if (messages_.size() < at + kMessageHeader + size) break;
      v1::SubscribeResponse response;
      EXPECT_TRUE(response.ParseFromString(messages_.substr(at + kMessageHeader, size)));
      at += kMessageHeader + size;
      if (!take(response)) continue;
      messages_.erase(0, at);
      return true;
    }
    messages_.erase(0, at);
    if (!why_.empty() || !Receive()) return false;
  }
}

}  // namespace cardata
