// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/subscription.h"

#include <algorithm>
#include <utility>

#include "clients/cpp/duration.h"
#include "clients/cpp/error.h"

namespace cardata::client {
namespace {

// Whether trying again would not mend it.
bool IsFinal(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::NOT_FOUND:
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::OUT_OF_RANGE:
    case grpc::StatusCode::UNIMPLEMENTED:
      return true;
    default:
      return false;
  }
}

}  // namespace

Subscription::Subscription(std::shared_ptr<v1::TelematicsService::StubInterface> gateway,
                           v1::SubscribeRequest request, Pace pace)
    : gateway_(std::move(gateway)), pace_(std::move(pace)), request_(std::move(request)) {}

std::optional<Update> Subscription::Next() {
  while (!HasEnded()) {
    if (next_ < updates_.size()) return std::move(updates_[next_++]);
    if (stream_ == nullptr) {
      Begin();
    } else if (v1::SubscribeResponse response; stream_->Read(response)) {
      Take(std::move(response));
    } else {
      End();
    }
  }
  return std::nullopt;
}

void Subscription::Cancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  cancellation_.notify_all();
  if (stream_ != nullptr) stream_->Cancel();
}

bool Subscription::HasEnded() {
  const std::lock_guard lock(mutex_);
  return cancelled_ || !status_.ok();
}

void Subscription::Begin() {
  std::unique_lock lock(mutex_);
  const auto delay = absl::ToChronoNanoseconds(std::exchange(delay_, absl::ZeroDuration()));
  if (cancellation_.wait_for(lock, delay, [this] { return cancelled_; })) return;
  const absl::Duration silence = pace_.Silence(DurationOf(request_.heartbeat_interval()));
  stream_ = std::make_unique<Stream>(*gateway_, request_, silence);
}

void Subscription::Take(v1::SubscribeResponse response) {
  attempts_ = 0;
  if (!response.resume_token().empty()) request_.set_resume_token(response.resume_token());
  if (response.has_started())
    stream_->set_silence(pace_.Silence(DurationOf(response.started().heartbeat_interval())));
  updates_ = UpdatesOf(std::move(response));
  next_ = 0;
}

void Subscription::End() {
  const grpc::Status ended = stream_->Finish();
  const std::lock_guard lock(mutex_);
  stream_.reset();
  if (cancelled_) return;
  if (IsFinal(ended.error_code())) {
    status_ = ended;
    return;
  }
  delay_ = std::max(pace_.Delay(++attempts_), ErrorOf(ended).retry_delay);
  updates_ = {Update{Reconnecting{ended, attempts_, delay_}}};
  next_ = 0;
}

}  // namespace cardata::client
