// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "cardata/v1/telematics_service.pb.h"

namespace cardata {

// A Subscribe call on a bare socket, over HTTP/2 by hand: a program that does nothing at all, until
// it is asked to read. It opens all windows of HTTP/2 and a small one of TCP, so that what it does
// not read fills the kernel's buffers on both sides. It answers no ping meanwhile.
class RawSubscriber {
 public:
  // `address` of a gateway that speaks plaintext, as 127.0.0.1:9610.
  RawSubscriber(const std::string& address, const v1::SubscribeRequest& request);
  ~RawSubscriber();
  RawSubscriber(const RawSubscriber&) = delete;
  RawSubscriber& operator=(const RawSubscriber&) = delete;

  // Hands over what arrives until `take` returns true; false: the stream has ended before, or
  // nothing has arrived for long.
  bool ReadUntil(const std::function<bool(const v1::SubscribeResponse&)>& take);

  // Why the last `ReadUntil` gave up.
  const std::string& why() const { return why_; }

 private:
  bool Receive();
  bool TakeFrame(std::string* message_bytes);
  void Send(const std::string& bytes);

  int fd_;
  std::string bytes_;     // of frames
  std::string messages_;  // of the stream
  std::string why_;
};

}  // namespace cardata
