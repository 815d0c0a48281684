// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/feed.h"

namespace cardata {

Subscription::Outcome NextMessage(Subscription& subscription, const Audience& audience,
                                  int64_t head, absl::Time now, FeedMessage& message) {
  for (;;) {
    if (subscription.live() && subscription.wants_every_event()) {
      switch (audience.Read(subscription.position(), message.chunks)) {
        case Audience::Outcome::kChunks:
          subscription.Advance(message.chunks.up_to);
          return Subscription::Outcome::kMessage;
        case Audience::Outcome::kNothing:
          return Subscription::Outcome::kNothing;
        case Audience::Outcome::kBehind:
          break;
      }
    }
    const Subscription::Outcome outcome = subscription.Next(head, now, message.bytes);
    // Where the log has nothing more, there may be more for the audience.
    if (outcome != Subscription::Outcome::kNothing || !subscription.wants_every_event())
      return outcome;
  }
}

}  // namespace cardata
