// SPDX-License-Identifier: Apache-2.0
//
// File: task.h
//
// Just enough coroutines for a request's path to read from top to bottom:
//
//   Task<absl::StatusOr<Tokens>> Login() {
//     ASSIGN_OR_CO_RETURN(DeviceCode code, co_await oauth.RequestDeviceCode(client_id));
//     while (...) {
//       if (absl::Status slept = co_await Sleep(executor, code.interval, stop); !slept.ok())
//       co_return slept;
//       ...
//
// A Task is lazy: it runs once it is awaited, or `Detach`ed. It runs on the thread that resumes it,
// and every awaitable here resumes on an Executor: a coroutine that starts on an executor stays
// there. Nothing here throws; results are values.
//
// Two things that g++ 12 compiles wrongly, so do not write them: `co_await` inside `?:`, and a
// lambda or an aggregate with members that are not trivially copyable as a temporary of an
// expression with `co_await` (name it in the line before).
#pragma once

#include <coroutine>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/executor.h"

namespace cardata {

template <class T>
class [[nodiscard]] Task;
struct TraceContext;

namespace task_internal {

struct FinalAwaiter {
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) const noexcept {
    return self.promise().continuation;
  }
  void await_resume() const noexcept {}
};

struct PromiseBase {
  std::coroutine_handle<> continuation = std::noop_coroutine();
  const TraceContext* trace = nullptr;
  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  [[noreturn]] void unhandled_exception() const noexcept { std::abort(); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T Result() { return *std::move(value); }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  void return_void() const {}
  void Result() const {}
};

}  // namespace task_internal

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = task_internal::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> awaiting) {
    handle_.promise().continuation = awaiting;
    if constexpr (std::is_base_of_v<task_internal::PromiseBase, Promise>)
      handle_.promise().trace = awaiting.promise().trace;
    return handle_;
  }
  T await_resume() { return handle_.promise().Result(); }

 private:
  Handle handle_;
};

namespace task_internal {

template <class T>
Task<T> Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}

inline Task<void> Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

struct Detached {
  struct promise_type {
    Detached get_return_object() const { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const {}
    [[noreturn]] void unhandled_exception() const noexcept { std::abort(); }
  };
};

inline Detached Run(Task<void> task) { co_await std::move(task); }

template <class T, class Start>
class CallbackAwaiter {
 public:
  CallbackAwaiter(Executor& executor, Start start)
      : executor_(executor), start_(std::move(start)) {}
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> awaiting) {
    start_([this, awaiting](T value) {
      executor_.Post([this, awaiting, value = std::move(value)]() mutable {
        value_.emplace(std::move(value));
        awaiting.resume();
      });
    });
  }
  T await_resume() { return *std::move(value_); }

 private:
  Executor& executor_;
  Start start_;
  std::optional<T> value_;
};

}  // namespace task_internal

// Runs `task` now, on this thread, until it first waits; it goes on by itself from there. Its frame
// goes when it ends.
inline void Detach(Task<void> task) { task_internal::Run(std::move(task)); }

// Waits for a callback: `co_await Callback<T>(executor, [&](auto done) {
// StartSomething(std::move(done)); })` is the value that `done` is called with, on any thread,
// exactly once. The coroutine goes on on `executor`.
template <class T, class Start>
auto Callback(Executor& executor, Start start) {
  return task_internal::CallbackAwaiter<T, Start>(executor, std::move(start));
}

// `co_await TraceAs(trace)`: the task, and each that it awaits from here on, works for that trace,
// which outlives them. Whatever runs on by itself (`Detach`, InFlight::Run) works for none.
class TraceAs {
 public:
  explicit TraceAs(const TraceContext* trace) : trace_(trace) {}
  bool await_ready() const { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> self) const {
    self.promise().trace = trace_;
    return false;
  }
  void await_resume() const {}

 private:
  const TraceContext* trace_;
};

// `co_await CurrentTrace()` is the trace that the task works for; null if it works for none.
class CurrentTrace {
 public:
  bool await_ready() const { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> self) {
    trace_ = self.promise().trace;
    return false;
  }
  const TraceContext* await_resume() const { return trace_; }

 private:
  const TraceContext* trace_ = nullptr;
};

// Waits for `delay`. CANCELLED as soon as `stop` is requested.
Task<absl::Status> Sleep(Executor& executor, absl::Duration delay, std::stop_token stop);

}  // namespace cardata
