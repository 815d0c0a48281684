// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/client/subscribe_response.h"

#include "cardata/v1/event.pb.h"
#include "cardata/v1/telematics_service.pb.h"
#include "tests/bench/client/payload.h"
#include "tests/bench/client/proto_fields.h"

namespace cardata::bench {
namespace {

// The bytes of the first field `number`; sets `valid` to false where there is none.
ProtoFields Inside(ProtoFields message, uint32_t number, bool& valid) {
  while (valid && message.Next()) {
    if (message.number() == number) return {message.bytes(), message.size()};
  }
  valid = false;
  return {nullptr, 0};
}

// 0: it has none.
uint64_t NumberOfEvent(const ProtoFields& event) {
  bool valid = true;
  ProtoFields value = Inside(event, v1::Event::kValueFieldNumber, valid);
  while (valid && value.Next()) {
    if (value.number() == v1::Value::kTextFieldNumber) return NumberOf(value.bytes(), value.size());
  }
  return 0;
}

bool ReadEntry(ProtoFields entry, size_t subscriber, Tally& tally) {
  while (entry.Next()) {
    switch (entry.number()) {
      case v1::Entry::kEventFieldNumber:
        tally.Delivered(subscriber, NumberOfEvent({entry.bytes(), entry.size()}));
        break;
      case v1::Entry::kGapFieldNumber:
        tally.CountGap();
        break;
      default:
        break;
    }
  }
  return entry.valid();
}

}  // namespace

absl::StatusOr<bool> ReadSubscribeResponse(const uint8_t* message, size_t size, size_t subscriber,
                                           Tally& tally) {
  bool caught_up = false;
  ProtoFields response(message, size);
  while (response.Next()) {
    switch (response.number()) {
      case v1::SubscribeResponse::kEntriesFieldNumber:
        if (!ReadEntry({response.bytes(), response.size()}, subscriber, tally))
          return absl::DataLossError("not an Entry");
        break;
      case v1::SubscribeResponse::kCaughtUpFieldNumber:
        caught_up = true;
        break;
      case v1::SubscribeResponse::kLagFieldNumber:
        tally.CountLag();
        break;
      default:
        break;
    }
  }
  if (!response.valid()) return absl::DataLossError("not a SubscribeResponse");
  return caught_up;
}

}  // namespace cardata::bench
