// SPDX-License-Identifier: Apache-2.0
#include "server/base/task.h"

#include <gtest/gtest.h>

#include <future>

#include "server/base/serial_executor.h"

namespace cardata {
namespace {

Task<int> Twice(Executor& executor, int number) {
  const int same = co_await Callback<int>(executor, [number](auto done) { done(number); });
  co_return 2 * same;
}

TEST(TaskTest, AwaitsAValueThatACallbackDelivers) {
  SerialExecutor executor;
  std::promise<int> result;
  executor.Post([&] {
    Detach([](Executor& on, std::promise<int>& out) -> Task<void> {
      out.set_value(co_await Twice(on, 21));
    }(executor, result));
  });
  EXPECT_EQ(result.get_future().get(), 42);
}

TEST(SleepTest, EndsEarlyWhenStopped) {
  SerialExecutor executor;
  std::stop_source stop;
  std::promise<absl::Status> result;
  executor.Post([&] {
    Detach([](Executor& on, std::stop_token token, std::promise<absl::Status>& out) -> Task<void> {
      out.set_value(co_await Sleep(on, absl::Hours(1), token));
    }(executor, stop.get_token(), result));
  });
  stop.request_stop();
  EXPECT_EQ(result.get_future().get().code(), absl::StatusCode::kCancelled);
}

TEST(SleepTest, EndsWithOkAfterItsDelay) {
  SerialExecutor executor;
  std::promise<absl::Status> result;
  executor.Post([&] {
    Detach([](Executor& on, std::promise<absl::Status>& out) -> Task<void> {
      out.set_value(co_await Sleep(on, absl::Milliseconds(1), std::stop_token()));
    }(executor, result));
  });
  EXPECT_TRUE(result.get_future().get().ok());
}

}  // namespace
}  // namespace cardata
