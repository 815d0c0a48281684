// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/subscriber.h"

#include <algorithm>
#include <utility>

namespace cardata {

Subscriber::Subscriber(const std::shared_ptr<grpc::Channel>& channel,
                       const v1::SubscribeRequest& request)
    : stub_(v1::TelematicsService::NewStub(channel)),
      reader_(stub_->Subscribe(&context_, request)),
      thread_([this] { Read(); }) {}

Subscriber::~Subscriber() {
  context_.TryCancel();
  thread_.join();
}

void Subscriber::Read() {
  v1::SubscribeResponse response;
  while (reader_->Read(&response)) {
    const std::lock_guard lock(mutex_);
    responses_.push_back(std::move(response));
    changed_.notify_all();
  }
  grpc::Status status = reader_->Finish();
  const std::lock_guard lock(mutex_);
  status_ = std::move(status);
  ended_ = true;
  changed_.notify_all();
}

bool Subscriber::WaitFor(const std::function<bool(const Responses&)>& condition,
                         absl::Duration deadline) {
  std::unique_lock lock(mutex_);
  bool held = false;
  changed_.wait_for(lock, absl::ToChronoMilliseconds(deadline),
                    [&] { return (held = condition(responses_)) || ended_; });
  return held;
}

bool Subscriber::WaitForEvent(const std::function<bool(const v1::Event&)>& condition,
                              absl::Duration deadline) {
  return WaitFor(
      [&](const Responses& responses) {
        return std::any_of(responses.begin(), responses.end(), [&](const auto& response) {
          return std::any_of(response.entries().begin(), response.entries().end(),
                             [&](const v1::Entry& entry) {
                               return entry.has_event() && condition(entry.event());
                             });
        });
      },
      deadline);
}

bool Subscriber::WaitUntilCaughtUp() {
  return WaitFor([](const Responses& responses) {
    return std::any_of(responses.begin(), responses.end(),
                       [](const auto& response) { return response.has_caught_up(); });
  });
}

grpc::Status Subscriber::Cancel() {
  context_.TryCancel();
  return Wait();
}

grpc::Status Subscriber::Wait() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, absl::ToChronoMilliseconds(kGenerous), [&] { return ended_; });
  return ended_ ? status_ : grpc::Status(grpc::StatusCode::UNKNOWN, "the stream has not ended");
}

Subscriber::Responses Subscriber::responses() {
  const std::lock_guard lock(mutex_);
  return responses_;
}

std::vector<v1::Entry> Subscriber::entries() {
  std::vector<v1::Entry> entries;
  for (const v1::SubscribeResponse& response : responses())
    entries.insert(entries.end(), response.entries().begin(), response.entries().end());
  return entries;
}

std::vector<v1::Event> Subscriber::events() {
  std::vector<v1::Event> events;
  for (const v1::Entry& entry : entries())
    if (entry.has_event()) events.push_back(entry.event());
  return events;
}

std::vector<v1::Gap> Subscriber::gaps() {
  std::vector<v1::Gap> gaps;
  for (const v1::Entry& entry : entries())
    if (entry.has_gap()) gaps.push_back(entry.gap());
  return gaps;
}

std::string Subscriber::last_token() {
  const std::lock_guard lock(mutex_);
  return responses_.empty() ? "" : responses_.back().resume_token();
}

}  // namespace cardata
