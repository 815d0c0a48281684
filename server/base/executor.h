// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <future>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

namespace cardata {

// Runs functions one after the other, never two at once. Everything that an account owns is touched
// on one executor only, which is why none of it has a lock.
//
// Thread-safe. Functions must not block: hand waiting to HTTP, MQTT, the store or `PostAfter`.
class Executor {
 public:
  using Function = absl::AnyInvocable<void()>;

  virtual ~Executor() = default;

  // Runs `function` after all that were posted before it.
  virtual void Post(Function function) = 0;

  // Runs `function` once `delay` has passed. There is no way to cancel it: let it find out that it
  // is no longer wanted.
  virtual void PostAfter(absl::Duration delay, Function function) = 0;
};

// Blocks until everything that was posted before has run. Not to be called on the executor, which
// must still run.
inline void WaitForPosted(Executor& executor) {
  std::promise<void> run;
  executor.Post([&run] { run.set_value(); });
  run.get_future().wait();
}

}  // namespace cardata
