// SPDX-License-Identifier: Apache-2.0
#include "server/base/task.h"

#include <functional>

namespace cardata {
namespace {

// Both the delay and the stop request resume the sleeper; whichever comes first, on the executor,
// wins.
struct Sleeper {
  absl::AnyInvocable<void(absl::Status)> done;
  void Wake(absl::Status status) {
    if (auto function = std::exchange(done, nullptr)) function(std::move(status));
  }
};

}  // namespace

Task<absl::Status> Sleep(Executor& executor, absl::Duration delay, std::stop_token stop) {
  auto sleeper = std::make_shared<Sleeper>();
  std::optional<std::stop_callback<std::function<void()>>> on_stop;
  co_return co_await Callback<absl::Status>(executor, [&](auto done) {
    sleeper->done = std::move(done);
    executor.PostAfter(delay, [sleeper] { sleeper->Wake(absl::OkStatus()); });
    on_stop.emplace(stop, [&executor, sleeper] {
      executor.Post([sleeper] { sleeper->Wake(absl::CancelledError("stopped")); });
    });
  });
}

}  // namespace cardata
