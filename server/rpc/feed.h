// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "server/eventlog/subscription.h"
#include "server/rpc/audience.h"

namespace cardata {

// A message for one subscriber, in one of two ways.
struct FeedMessage {
  std::string bytes;        // of its own
  Audience::Chunks chunks;  // of its audience's
};

// What a subscriber of `audience` is sent next: its audience's chunks while it is live and keeps up
// with them, else what its subscription reads in the log. As Subscription::Next.
//
// On the shard's thread only.
Subscription::Outcome NextMessage(Subscription& subscription, const Audience& audience,
                                  int64_t head, absl::Time now, FeedMessage& message);

}  // namespace cardata
