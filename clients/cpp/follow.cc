// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/follow.h"

#include <algorithm>

#include "absl/random/random.h"
#include "clients/cpp/error.h"

namespace cardata::client {
namespace {

constexpr absl::Duration kFirstDelay = absl::Milliseconds(500);
constexpr absl::Duration kLongestDelay = absl::Seconds(10);

}  // namespace

grpc::Status Follow(v1::TelematicsService::StubInterface& gateway, Subscription subscription) {
  v1::SubscribeRequest& request = subscription.request;
  absl::BitGen random;
  absl::Duration delay = kFirstDelay;
  while (true) {
    grpc::ClientContext context;
    context.set_deadline(subscription.until);
    const auto stream = gateway.Subscribe(&context, request);
    v1::SubscribeResponse response;
    while (stream->Read(&response)) {
      if (!subscription.on_response(response)) {
        context.TryCancel();
        stream->Finish();
        return grpc::Status::OK;
      }
      request.set_resume_token(response.resume_token());
      delay = kFirstDelay;
    }

    const grpc::Status ended = stream->Finish();
    const absl::Time until = absl::FromChrono(subscription.until);
    if (absl::Now() >= until) return grpc::Status::OK;
    if (Reason(ended) == "RESUME_TOKEN_INVALID" && request.has_resume_token()) {
      // Another log than the one that the token is of: begin as if for the first time.
      request.clear_start();
    } else if (!ended.ok() && ended.error_code() != grpc::StatusCode::UNAVAILABLE) {
      return ended;
    }
    // Subscribers that lost the same gateway must not all come back at the same moment.
    const absl::Duration wait =
        std::min(delay * absl::Uniform(random, 0.8, 1.2), until - absl::Now());
    subscription.on_reconnect(ended, wait);
    subscription.sleep(wait);
    delay = std::min(2 * delay, kLongestDelay);
  }
}

}  // namespace cardata::client
