// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <future>
#include <utility>

#include "server/base/executor.h"
#include "server/base/task.h"

namespace cardata {

// Runs a task on `executor` and waits for its result. Not to be called on the executor itself.
template <class T>
T RunTask(Executor& executor, Task<T> task) {
  std::promise<T> result;
  executor.Post([&] {
    Detach([](Task<T> inner, std::promise<T>& out) -> Task<void> {
      out.set_value(co_await std::move(inner));
    }(std::move(task), result));
  });
  return result.get_future().get();
}

}  // namespace cardata
