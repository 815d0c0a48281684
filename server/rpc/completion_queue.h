// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <thread>
#include <utility>

namespace cardata {

// What a completion queue hands back when an operation of gRPC's is over.
class Tag {
 public:
  explicit Tag(std::function<void(bool ok)> proceed) : proceed_(std::move(proceed)) {}
  Tag(const Tag&) = delete;
  Tag& operator=(const Tag&) = delete;
  void Proceed(bool ok) { proceed_(ok); }

 private:
  std::function<void(bool)> proceed_;
};

// A completion queue and the one thread that serves it. What runs on it must not block.
class CompletionQueue {
 public:
  explicit CompletionQueue(std::unique_ptr<grpc::ServerCompletionQueue> queue)
      : queue_(std::move(queue)) {}
  ~CompletionQueue() { Shutdown(); }

  void Start() {
    thread_ = std::thread([this] { Serve(); });
  }

  // After the server was shut down, when no call is left that could still start an operation.
  // Drains the queue.
  void Shutdown() {
    if (!queue_) return;
    queue_->Shutdown();
    if (thread_.joinable()) {
      thread_.join();
    } else {
      Serve();
    }
    queue_.reset();
  }

  grpc::ServerCompletionQueue* get() const { return queue_.get(); }

 private:
  void Serve() {
    void* tag;
    bool ok;
    while (queue_->Next(&tag, &ok)) static_cast<Tag*>(tag)->Proceed(ok);
  }

  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::thread thread_;
};

}  // namespace cardata
