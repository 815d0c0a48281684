// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/client/grpc_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "tests/bench/client/http2.h"
#include "tests/bench/client/subscribe_response.h"

namespace cardata::bench {
namespace {

constexpr char kPath[] = "/cardata.v1.TelematicsService/Subscribe";
// As large as may be: what the servers without windows of their own have, too.
constexpr uint32_t kWindow = 0x7fffffff;
constexpr size_t kOpenAtOnce = 64;
constexpr size_t kPrefix = 5;
constexpr size_t kLargestMessage = size_t{4} << 20;

// Of a message whose prefix is at `bytes`.
absl::StatusOr<size_t> LengthOf(const uint8_t* bytes) {
  if (bytes[0] != 0) return absl::DataLossError("a compressed message");
  const size_t length =
      size_t{bytes[1]} << 24 | size_t{bytes[2]} << 16 | size_t{bytes[3]} << 8 | size_t{bytes[4]};
  if (length > kLargestMessage)
    return absl::DataLossError(absl::StrCat("a message of ", length, " bytes"));
  return length;
}

}  // namespace

GrpcReader::GrpcReader(Tally& tally, size_t first, size_t count,
                       std::function<std::string(size_t)> request_of)
    : tally_(tally), first_(first), request_of_(std::move(request_of)), streams_(count) {}

void GrpcReader::Open() {
  AppendPreface(kWindow, outgoing());
  for (size_t i = 0; i < std::min(kOpenAtOnce, streams_.size()); ++i) OpenNext();
}

void GrpcReader::OpenNext() {
  AppendCall(static_cast<uint32_t>(2 * asked_ + 1), kPath, request_of_(first_ + asked_),
             outgoing());
  ++asked_;
}

absl::StatusOr<size_t> GrpcReader::Consume(const uint8_t* bytes, size_t size) {
  size_t taken = 0;
  while (size - taken >= Http2Frame::kHeaderSize) {
    const Http2Frame frame = Http2Frame::Parse(bytes + taken);
    const uint8_t* payload = bytes + taken + Http2Frame::kHeaderSize;
    if (size - taken - Http2Frame::kHeaderSize < frame.length) break;
    switch (frame.type) {
      case Http2Frame::kData:
        if (frame.flags & Http2Frame::kPadded) return absl::UnimplementedError("padded DATA");
        RETURN_IF_ERROR(Data(frame.stream, payload, frame.length));
        break;
      case Http2Frame::kHeaders:
        if (frame.flags & Http2Frame::kEndStream)
          return absl::UnavailableError("the gateway has ended a stream");
        break;
      case Http2Frame::kSettings:
        if (!(frame.flags & Http2Frame::kAck))
          AppendFrame(Http2Frame::kSettings, Http2Frame::kAck, 0, "", outgoing());
        break;
      case Http2Frame::kPing:
        if (!(frame.flags & Http2Frame::kAck))
          AppendFrame(Http2Frame::kPing, Http2Frame::kAck, 0,
                      {reinterpret_cast<const char*>(payload), frame.length}, outgoing());
        break;
      case Http2Frame::kRstStream:
        return absl::UnavailableError("the gateway has reset a stream");
      case Http2Frame::kGoAway:
        return absl::UnavailableError("the gateway wants the connection to end");
      default:
        break;
    }
    taken += Http2Frame::kHeaderSize + frame.length;
  }
  return taken;
}

absl::Status GrpcReader::Data(uint32_t id, const uint8_t* bytes, size_t size) {
  const size_t index = id / 2;
  if (id % 2 == 0 || index >= asked_) return absl::DataLossError("DATA of a stream nobody opened");
  Stream& stream = streams_[index];
  if (stream.partial.empty()) {
    ASSIGN_OR_RETURN(const size_t taken, Messages(index, bytes, size));
    stream.partial.assign(reinterpret_cast<const char*>(bytes) + taken, size - taken);
  } else {
    stream.partial.append(reinterpret_cast<const char*>(bytes), size);
    ASSIGN_OR_RETURN(const size_t taken,
                     Messages(index, reinterpret_cast<const uint8_t*>(stream.partial.data()),
                              stream.partial.size()));
    stream.partial.erase(0, taken);
  }
  Acknowledge(id, static_cast<uint32_t>(size));
  return absl::OkStatus();
}

absl::StatusOr<size_t> GrpcReader::Messages(size_t index, const uint8_t* bytes, size_t size) {
  size_t taken = 0;
  while (size - taken >= kPrefix) {
    ASSIGN_OR_RETURN(const size_t length, LengthOf(bytes + taken));
    if (size - taken - kPrefix < length) break;
    ASSIGN_OR_RETURN(const bool caught_up, ReadSubscribeResponse(bytes + taken + kPrefix, length,
                                                                 first_ + index, tally_));
    if (caught_up) {
      ++ready_;
      if (asked_ < streams_.size()) OpenNext();
    }
    taken += kPrefix + length;
  }
  return taken;
}

void GrpcReader::Acknowledge(uint32_t id, uint32_t bytes) {
  Stream& stream = streams_[id / 2];
  stream.unacknowledged += bytes;
  unacknowledged_ += bytes;
  if (stream.unacknowledged > kWindow / 2) {
    AppendWindowUpdate(id, stream.unacknowledged, outgoing());
    stream.unacknowledged = 0;
  }
  if (unacknowledged_ > kWindow / 2) {
    AppendWindowUpdate(0, unacknowledged_, outgoing());
    unacknowledged_ = 0;
  }
}

}  // namespace cardata::bench
