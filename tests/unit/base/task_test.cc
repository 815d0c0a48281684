// SPDX-License-Identifier: Apache-2.0
#include "server/base/task.h"

#include <gtest/gtest.h>

#include <future>
#include <utility>
#include <vector>

#include "server/base/in_flight.h"
#include "server/base/serial_executor.h"
#include "server/base/trace_context.h"

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

Task<const TraceContext*> TraceOfAChild(Executor& executor) {
  (void)co_await Twice(executor, 1);
  co_return co_await CurrentTrace();
}

TEST(TraceTest, IsThatOfTheTaskThatAwaits) {
  SerialExecutor executor;
  const TraceContext trace;
  std::promise<std::vector<const TraceContext*>> result;
  executor.Post([&] {
    Detach([](Executor& on, const TraceContext& own,
              std::promise<std::vector<const TraceContext*>>& out) -> Task<void> {
      std::vector<const TraceContext*> seen;
      seen.push_back(co_await TraceOfAChild(on));
      co_await TraceAs(&own);
      seen.push_back(co_await TraceOfAChild(on));
      seen.push_back(co_await CurrentTrace());
      out.set_value(std::move(seen));
    }(executor, trace, result));
  });
  EXPECT_EQ(result.get_future().get(), (std::vector<const TraceContext*>{nullptr, &trace, &trace}));
}

TEST(TraceTest, IsNotOfWhatRunsOnByItself) {
  SerialExecutor executor;
  InFlight tasks;
  const TraceContext trace;
  std::promise<const TraceContext*> result;
  executor.Post([&] {
    Detach([](Executor& on, InFlight& in, const TraceContext& own,
              std::promise<const TraceContext*>& out) -> Task<void> {
      co_await TraceAs(&own);
      in.Run([](Executor& child_on, std::promise<const TraceContext*>& child_out) -> Task<void> {
        child_out.set_value(co_await TraceOfAChild(child_on));
      }(on, out));
    }(executor, tasks, trace, result));
  });
  EXPECT_EQ(result.get_future().get(), nullptr);
  tasks.WaitForNone();
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
