// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/status.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "cardata/v1/telematics_service.pb.h"

namespace cardata::client {

// The subscription's stream ended. Nothing is lost by that: the next one begins where it ended, and
// what BMW sent while the gateway was away is told by a Gap.
struct Reconnecting {
  // Why; OK if the gateway ended it without an error.
  grpc::Status error;

  // Which attempt the next one is, counted from 1 since the gateway last sent something.
  int attempt = 0;

  // How long until then.
  absl::Duration delay;
};

// What a subscription tells.
struct Update {
  // What happened. An Entry is one of a kind that only a newer gateway knows: it is in its unknown
  // fields.
  std::variant<v1::Event, v1::Position, v1::Gap, v1::NotKept, v1::AccountRemoved, v1::Started,
               v1::CaughtUp, v1::Lag, v1::Heartbeat, Reconnecting, v1::Entry>
      value;

  // The number of the entry, for the first five and an Entry; 0 for the others.
  int64_t sequence = 0;

  // Where to begin the next time, so that everything after this update arrives. Only the last
  // update of what the gateway sent together has one. Keep the last that was not empty, once what
  // came before it has been dealt with.
  std::string resume_token = "";
};

// The updates of a response, in order. A notice of a kind that this version does not know is none.
std::vector<Update> UpdatesOf(v1::SubscribeResponse response);

}  // namespace cardata::client
