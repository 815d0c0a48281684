// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/subscription.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/base/proto_time.h"
#include "server/base/status_macros.h"
#include "server/error/error.h"

namespace cardata {

absl::StatusOr<Subscription> Subscription::Start(const EventLog& log,
                                                 const UpstreamStates& upstream,
                                                 const v1::SubscribeRequest& request) {
  ASSIGN_OR_RETURN(Filter filter, Filter::Make(request));
  Subscription subscription(log, upstream, std::move(filter));
  if (request.has_heartbeat_interval()) {
    const absl::Duration interval = FromProto(request.heartbeat_interval());
    if (interval < kMinHeartbeat || interval > kMaxHeartbeat)
      return InvalidField("heartbeat_interval", "from 1s to 600s");
    subscription.heartbeat_interval_ = interval;
  }
  subscription.replay_until_ = log.last_sequence();
  if (request.start_case() == v1::SubscribeRequest::kResumeToken) {
    ASSIGN_OR_RETURN(const ResumeToken token,
                     ResumeToken::Decode(request.resume_token(), log.epoch()));
    if (!token.opening) {
      subscription.position_ = token.sequence;
      subscription.after_started_ = Phase::kReplay;
    }
  } else if (request.position() == v1::START_POSITION_LIVE) {
    subscription.position_ = subscription.replay_until_;
    subscription.after_started_ = Phase::kReplay;
  } else if (request.position() == v1::START_POSITION_EARLIEST) {
    subscription.position_ = log.first_sequence() - 1;
    subscription.after_started_ = Phase::kReplay;
  } else if (!v1::StartPosition_IsValid(request.position())) {
    return InvalidField("position", "one of CURRENT_VALUES, LIVE and EARLIEST");
  }
  if (subscription.after_started_ == Phase::kCurrentValues) subscription.BeginAtCurrentValues();
  return subscription;
}

Subscription::Outcome Subscription::Next(std::string& message) {
  switch (phase_) {
    case Phase::kStarted: {
      v1::SubscribeResponse notice;
      notice.mutable_started()->set_epoch(absl::BytesToHexString(log_->epoch()));
      *notice.mutable_started()->mutable_heartbeat_interval() = ToProto(heartbeat_interval_);
      if (log_->first_receive_time() != absl::InfiniteFuture())
        *notice.mutable_started()->mutable_earliest_time() = ToProto(log_->first_receive_time());
      phase_ = after_started_;
      AppendNotice(notice, message);
      return Outcome::kMessage;
    }
    case Phase::kLag: {
      v1::SubscribeResponse notice;
      notice.mutable_lag()->set_missed_entries(missed_);
      BeginAtCurrentValues();
      phase_ = Phase::kCurrentValues;
      AppendNotice(notice, message);
      return Outcome::kMessage;
    }
    case Phase::kCurrentValues: {
      std::string entries;
      const auto next = log_->current_values().Read(next_key_, position_,
                                                    [&](KeyId key, absl::string_view bytes) {
                                                      if (entries.size() >= kMessageBytes)
                                                        return false;
                                                      if (filter_.Matches(key, log_->keys())) {
                                                        absl::StrAppend(&entries, bytes);
                                                        log_->stats().delivered.Add();
                                                      }
                                                      return true;
                                                    });
      if (next) {
        next_key_ = *next;
      } else {
        phase_ = Phase::kReplay;
      }
      if (entries.empty()) return Next(message);
      AppendToken(message);
      message.append(entries);
      return Outcome::kMessage;
    }
    case Phase::kReplay:
      if (position_ >= replay_until_) {
        phase_ = Phase::kLive;
        v1::SubscribeResponse notice;
        notice.mutable_caught_up();
        AppendNotice(notice, message);
        return Outcome::kMessage;
      }
      [[fallthrough]];
    case Phase::kLive:
      return ReadLog(message);
  }
  return Outcome::kNothing;
}

Subscription::Outcome Subscription::ReadLog(std::string& message) {
  std::string entries;
  int delivered = 0;
  const auto take = [&](KeyId key, absl::string_view bytes) {
    if (entries.size() >= kMessageBytes) return false;
    if (filter_.Matches(key, log_->keys())) {
      absl::StrAppend(&entries, bytes);
      ++delivered;
    }
    return true;
  };
  if (from_disk_.empty()) {
    const Window::ReadResult read = log_->window().Read(position_, take);
    if (!read.in_window) return Outcome::kNeedDisk;
    position_ = read.last_sequence;
  } else {
    for (const LogRecord& record : from_disk_) {
      if (!take(log_->keys().Intern(record.account, record.vin, record.descriptor_id),
                record.bytes))
        break;
      position_ = record.sequence;
    }
    const int64_t position = position_;
    std::erase_if(from_disk_,
                  [position](const LogRecord& record) { return record.sequence <= position; });
  }
  // Entries that the filter kept out may have taken it to the end of the opening part.
  if (entries.empty()) return phase_ == Phase::kReplay ? Next(message) : Outcome::kNothing;
  log_->stats().delivered.Add(delivered);
  AppendToken(message);
  message.append(entries);
  return Outcome::kMessage;
}

void Subscription::AddFromDisk(absl::StatusOr<std::vector<LogRecord>> records) {
  const int64_t window_begins = log_->window().first_sequence();
  if (!records.ok()) return FallOut();
  // What retention took between the position and the first entry left is lost to this subscriber.
  const bool next_is_there = !records->empty() && records->front().sequence == position_ + 1;
  if (!next_is_there && position_ + 1 < log_->first_sequence()) return FallOut();
  if (!records->empty()) {
    from_disk_ = *std::move(records);
    std::erase_if(from_disk_,
                  [=](const LogRecord& record) { return record.sequence >= window_begins; });
  }
  // Between the last entry on the disk and the window there are only numbers that were given up.
  if (from_disk_.empty()) position_ = std::max(position_, window_begins - 1);
}

void Subscription::FallOut() {
  missed_ = std::max<int64_t>(0, log_->last_sequence() - position_);
  log_->stats().lags.Add();
  log_->stats().missed.Add(missed_);
  phase_ = Phase::kLag;
}

void Subscription::BeginAtCurrentValues() {
  position_ = log_->last_sequence();
  replay_until_ = position_;
  next_key_ = 0;
}

void Subscription::Heartbeat(std::string& message) {
  v1::SubscribeResponse notice;
  auto* accounts = notice.mutable_heartbeat()->mutable_accounts();
  for (v1::AccountStream& state : upstream_->ChangedSince(upstream_version_)) {
    if (filter_.MatchesAccount(state.account())) *accounts->Add() = std::move(state);
  }
  AppendNotice(notice, message);
}

void Subscription::AppendToken(std::string& message) const {
  v1::SubscribeResponse token;
  const bool opening = phase_ == Phase::kCurrentValues ||
                       (phase_ == Phase::kStarted && after_started_ == Phase::kCurrentValues);
  token.set_resume_token(ResumeToken{position_, opening}.Encode(log_->epoch()));
  token.AppendToString(&message);
}

void Subscription::AppendNotice(const v1::SubscribeResponse& notice, std::string& message) const {
  AppendToken(message);
  notice.AppendToString(&message);
}

}  // namespace cardata
