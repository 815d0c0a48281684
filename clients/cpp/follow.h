// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/status.h>

#include <chrono>
#include <functional>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "cardata/v1/telematics_service.grpc.pb.h"

namespace cardata::client {

// What a subscriber in any language does: keep the last resume token, hand over the responses,
// subscribe again with the token when the stream ends.
struct Subscription {
  // The filters, and where to begin.
  v1::SubscribeRequest request;

  // When to stop.
  std::chrono::system_clock::time_point until = std::chrono::system_clock::time_point::max();

  // Takes a response; false stops. A response counts as seen once this returns, not before.
  std::function<bool(const v1::SubscribeResponse&)> on_response;

  // Is told why the stream ended, and after what delay the next one is asked for.
  std::function<void(const grpc::Status&, absl::Duration delay)> on_reconnect;

  // How to wait.
  std::function<void(absl::Duration)> sleep = absl::SleepFor;
};

// Follows on the calling thread, over restarts of the gateway and broken connections, with a
// growing delay between attempts that bring nothing. OK when it was to stop; else the error, which
// trying again would not mend.
grpc::Status Follow(v1::TelematicsService::StubInterface& gateway, Subscription subscription);

}  // namespace cardata::client
