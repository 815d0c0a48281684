// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/status.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "cardata/v1/telematics_service.grpc.pb.h"
#include "clients/cpp/pace.h"
#include "clients/cpp/stream.h"
#include "clients/cpp/update.h"

namespace cardata::client {

// Follows vehicles without end: over restarts of the gateway and broken connections it subscribes
// again with the last resume token, so that every entry arrives at least once and in its place.
// Made by Client::Subscribe. Nothing runs but within Next(): a slow reader's entries wait in the
// gateway's log.
class Subscription {
 public:
  Subscription(std::shared_ptr<v1::TelematicsService::StubInterface> gateway,
               v1::SubscribeRequest request, Pace pace = {});

  // The next update, in one thread at a time; waits for it. Nothing once it has ended: when it was
  // cancelled, or the gateway answered what trying again would not mend.
  std::optional<Update> Next();

  // How it ended, once Next() has given nothing: OK if it was cancelled. Else INVALID_ARGUMENT,
  // NOT_FOUND, PERMISSION_DENIED, UNAUTHENTICATED, FAILED_PRECONDITION, OUT_OF_RANGE or
  // UNIMPLEMENTED.
  const grpc::Status& status() const { return status_; }

  // Ends it at once, from any thread, whatever Next() waits for.
  void Cancel();

 private:
  bool HasEnded();
  void Begin();
  void Take(v1::SubscribeResponse response);
  void End();

  const std::shared_ptr<v1::TelematicsService::StubInterface> gateway_;
  const Pace pace_;
  v1::SubscribeRequest request_;  // of the next stream: its start moves on
  std::vector<Update> updates_;   // of the last response; those from `next_` on are to be given
  size_t next_ = 0;
  int attempts_ = 0;  // since the gateway last sent something
  absl::Duration delay_;
  grpc::Status status_;

  std::mutex mutex_;
  std::condition_variable cancellation_;
  bool cancelled_ = false;          // guarded by `mutex_`
  std::unique_ptr<Stream> stream_;  // changes under `mutex_`
};

}  // namespace cardata::client
