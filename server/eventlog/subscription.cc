// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/subscription.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/base/proto_time.h"
#include "server/base/status_macros.h"
#include "server/error/error.h"

namespace cardata {

std::string ResumeTokenField(const ResumeToken& token, absl::string_view epoch) {
  v1::SubscribeResponse response;
  response.set_resume_token(token.Encode(epoch));
  return response.SerializeAsString();
}

absl::StatusOr<Subscription> Subscription::Start(const EventLog& log,
                                                 const UpstreamStates& upstream,
                                                 const v1::SubscribeRequest& request,
                                                 int64_t head) {
  ASSIGN_OR_RETURN(Filter filter, Filter::Make(request));
  Subscription subscription(log, upstream, std::move(filter));
  if (request.has_heartbeat_interval()) {
    const absl::Duration interval = FromProto(request.heartbeat_interval());
    if (interval < kMinHeartbeat || interval > kMaxHeartbeat)
      return InvalidField("heartbeat_interval", "from 1s to 600s");
    subscription.heartbeat_interval_ = interval;
  }
  subscription.replay_until_ = head;
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
  if (subscription.after_started_ == Phase::kCurrentValues) subscription.BeginAtCurrentValues(head);
  return subscription;
}

Subscription::Outcome Subscription::Next(int64_t head, std::string& message) {
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
      BeginAtCurrentValues(head);
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
      if (entries.empty()) return Next(head, message);
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
      return ReadLog(head, message);
  }
  return Outcome::kNothing;
}

Subscription::Outcome Subscription::ReadLog(int64_t head, std::string& message) {
  std::string entries;
  int delivered = 0;
  const auto take = [&](int64_t sequence, KeyId key, absl::string_view bytes) {
    if (entries.size() >= kMessageBytes) return false;
    if (filter_.Matches(key, log_->keys())) {
      absl::StrAppend(&entries, bytes);
      ++delivered;
    }
    position_ = sequence;
    return true;
  };
  while (position_ < head && entries.size() < kMessageBytes) {
    if (position_ < from_disk_.last) {
      const Segment& segment = *from_disk_.segment;
      if (segment.Read(segment.count(), position_, head, take))
        position_ = std::min(from_disk_.last, head);
    } else {
      from_disk_ = {};
      const Window::ReadResult read = log_->window().Read(position_, head, take);
      if (!read.in_window) break;
      position_ = read.last_sequence;
    }
  }
  if (!entries.empty()) {
    log_->stats().delivered.Add(delivered);
    AppendToken(message);
    message.append(entries);
    return Outcome::kMessage;
  }
  if (position_ < head) return Outcome::kNeedDisk;
  // Entries that the filter kept out may have taken it to the end of the opening part.
  return phase_ == Phase::kReplay ? Next(head, message) : Outcome::kNothing;
}

void Subscription::AddFromDisk(const absl::StatusOr<History::Stretch>& stretch) {
  if (!stretch.ok()) return FallOut();
  int64_t next = 0;  // the first entry that is left
  if (stretch->segment) {
    stretch->segment->Read(stretch->segment->count(), position_, stretch->last,
                           [&](int64_t sequence, KeyId, absl::string_view) {
                             next = sequence;
                             return false;
                           });
  }
  // What retention took between the position and the first entry left is lost to this subscriber.
  if (next != position_ + 1 && position_ + 1 < log_->first_sequence()) return FallOut();
  if (next > 0) {
    from_disk_ = *stretch;
  } else {
    // Between the last entry on the disk and the window there are only numbers that were given up.
    Advance(log_->window().first_sequence() - 1);
  }
}

void Subscription::FallOut() {
  missed_ = log_->EntriesBetween(position_, log_->last_sequence());
  log_->stats().lags.Add();
  log_->stats().missed.Add(missed_);
  phase_ = Phase::kLag;
}

void Subscription::BeginAtCurrentValues(int64_t head) {
  position_ = head;
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
  const bool opening = phase_ == Phase::kCurrentValues ||
                       (phase_ == Phase::kStarted && after_started_ == Phase::kCurrentValues);
  message.append(ResumeTokenField(ResumeToken{position_, opening}, log_->epoch()));
}

void Subscription::AppendNotice(const v1::SubscribeResponse& notice, std::string& message) const {
  AppendToken(message);
  notice.AppendToString(&message);
}

}  // namespace cardata
