// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/subscription.h"

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
  RETURN_IF_ERROR(subscription.SetOptions(request));
  RETURN_IF_ERROR(subscription.SetStart(request, head));
  return subscription;
}

absl::Status Subscription::SetOptions(const v1::SubscribeRequest& request) {
  if (request.has_heartbeat_interval()) {
    heartbeat_interval_ = FromProto(request.heartbeat_interval());
    if (heartbeat_interval_ < kMinHeartbeat || heartbeat_interval_ > kMaxHeartbeat)
      return InvalidField("heartbeat_interval", "from 1s to 600s");
  }
  if (!v1::DeliveryMode_IsValid(request.delivery_mode()))
    return InvalidField("delivery_mode", "one of EVERY_EVENT and LATEST_VALUES");
  absl::Duration min_interval;
  if (request.has_min_interval()) {
    min_interval = FromProto(request.min_interval());
    if (request.delivery_mode() != v1::DELIVERY_MODE_LATEST_VALUES)
      return InvalidField("min_interval", "only with the delivery mode LATEST_VALUES");
    if (min_interval < kShortestMinInterval || min_interval > kLongestMinInterval)
      return InvalidField("min_interval", "from 1s to 3600s");
  }
  if (request.delivery_mode() == v1::DELIVERY_MODE_LATEST_VALUES) latest_.emplace(min_interval);
  return absl::OkStatus();
}

absl::Status Subscription::SetStart(const v1::SubscribeRequest& request, int64_t head) {
  replay_until_ = head;
  switch (request.start_case()) {
    case v1::SubscribeRequest::kResumeToken: {
      ASSIGN_OR_RETURN(const ResumeToken token,
                       ResumeToken::Decode(request.resume_token(), log_->epoch()));
      if (token.sequence > log_->last_sequence()) return ResumeToken::FromTheFuture();
      if (token.opening) {
        BeginAtCurrentValues(token.sequence);
      } else {
        BeginAt(token.sequence);
      }
      return absl::OkStatus();
    }
    case v1::SubscribeRequest::kSinceTime:
      since_time_ = FromProto(request.since_time());
      return absl::OkStatus();
    case v1::SubscribeRequest::kPosition:
      if (!v1::StartPosition_IsValid(request.position()))
        return InvalidField("position", "one of CURRENT_VALUES, LIVE and EARLIEST");
      if (request.position() == v1::START_POSITION_LIVE) BeginAt(head);
      if (request.position() == v1::START_POSITION_EARLIEST) BeginAt(log_->first_sequence() - 1);
      if (after_started_ == Phase::kReplay) return absl::OkStatus();
      break;
    case v1::SubscribeRequest::START_NOT_SET:
      break;
  }
  BeginAtCurrentValues(head);
  return absl::OkStatus();
}

void Subscription::BeginAt(int64_t position) {
  position_ = position;
  given_after_ = position;
  after_started_ = Phase::kReplay;
}

void Subscription::BeginAfter(const absl::StatusOr<int64_t>& sequence) {
  since_time_.reset();
  if (sequence.ok()) {
    BeginAt(std::min(*sequence, replay_until_));
  } else {
    BeginAtCurrentValues(replay_until_);
  }
}

Subscription::Outcome Subscription::Next(int64_t head, absl::Time now, std::string& message) {
  switch (phase_) {
    case Phase::kStarted: {
      if (since_time_) return Outcome::kNeedStart;
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
      const int64_t missed = log_->EntriesBetween(position_, head);
      log_->stats().missed.Add(missed);
      notice.mutable_lag()->set_missed_entries(missed);
      BeginAtCurrentValues(head);
      replay_until_ = head;
      phase_ = Phase::kCurrentValues;
      AppendNotice(notice, message);
      return Outcome::kMessage;
    }
    case Phase::kCurrentValues:
      return ReadCurrentValues(head, now, message);
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
      return ReadLog(head, now, message);
  }
  return Outcome::kNothing;
}

Subscription::Outcome Subscription::ReadCurrentValues(int64_t head, absl::Time now,
                                                      std::string& message) {
  Entries entries;
  const auto visit = [&](KeyId key, int64_t sequence, absl::string_view bytes) {
    if (entries.bytes.size() >= kMessageBytes) return false;
    if (!filter_.Matches(key, log_->keys()) || WasGiven(key, sequence)) return true;
    entries.Add(bytes);
    log_->stats().delivered.Add();
    if (latest_) latest_->Given(key, sequence, now);
    return true;
  };
  const CurrentValues& values = log_->current_values();
  const auto next = filter_.vins().empty()
                        ? values.Read(next_key_, position_, visit)
                        : values.Read(KeysOfVehicles(), next_key_, position_, visit);
  if (next) {
    next_key_ = *next;
  } else {
    phase_ = Phase::kReplay;
    given_after_ = 0;
  }
  if (entries.count == 0) return Next(head, now, message);
  AppendEntries(entries, message);
  return Outcome::kMessage;
}

std::vector<KeyId> Subscription::KeysOfVehicles() const {
  std::vector<KeyId> keys;
  for (const std::string& vin : filter_.vins()) {
    const std::vector<KeyId> more = log_->keys().OfVehicle(vin);
    keys.insert(keys.end(), more.begin(), more.end());
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

void Subscription::Take(int64_t sequence, KeyId key, absl::string_view bytes, Entries& entries) {
  if (!filter_.Matches(key, log_->keys())) return;
  if (latest_ && log_->keys().IsEvent(key)) {
    latest_->Note(key, sequence);
  } else {
    entries.Add(bytes);
  }
}

Subscription::Outcome Subscription::ReadLog(int64_t head, absl::Time now, std::string& message) {
  Entries entries;
  const auto take = [&](int64_t sequence, KeyId key, absl::string_view bytes) {
    if (entries.bytes.size() >= kMessageBytes) return false;
    Take(sequence, key, bytes, entries);
    position_ = sequence;
    return true;
  };
  while (position_ < head && entries.bytes.size() < kMessageBytes) {
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
  v1::SubscribeResponse notice;
  // What is latest is known at the end of what there is, so that it is told once.
  if (latest_ && position_ >= head) {
    const size_t room = kMessageBytes - std::min(kMessageBytes, entries.bytes.size());
    latest_->Take(log_->current_values(), now, room,
                  [&](absl::string_view bytes) { entries.Add(bytes); });
    if (const int64_t superseded = latest_->TakeSuperseded(); superseded > 0)
      notice.mutable_lag()->set_superseded_entries(superseded);
  }
  if (entries.count > 0 || notice.has_lag()) {
    log_->stats().delivered.Add(entries.count);
    AppendEntries(entries, message);
    notice.AppendToString(&message);
    return Outcome::kMessage;
  }
  if (position_ < head) return Outcome::kNeedDisk;
  // Entries that the filter kept out may have taken it to the end of the opening part.
  return phase_ == Phase::kReplay ? Next(head, now, message) : Outcome::kNothing;
}

void Subscription::AddFromDisk(const absl::StatusOr<History::Stretch>& stretch) {
  // What retention had taken above the position is lost to this subscriber.
  if (!stretch.ok() || position_ < stretch->deleted_sequence) return FallOut();
  if (stretch->segment && position_ < stretch->last) {
    from_disk_ = *stretch;
  } else {
    Advance(stretch->last);
  }
}

void Subscription::FallOut() {
  log_->stats().lags.Add();
  from_disk_ = {};
  phase_ = Phase::kLag;
  given_up_to_ = position_;
}

// What was not kept this stream may have met only as the notice that says so.
bool Subscription::WasGiven(KeyId key, int64_t sequence) const {
  if (latest_) return latest_->WasGiven(key, sequence);
  return given_after_ < sequence && sequence <= given_up_to_ &&
         log_->EntriesBetween(sequence - 1, sequence) == 1;
}

void Subscription::BeginAtCurrentValues(int64_t up_to) {
  position_ = up_to;
  next_key_ = 0;
}

void Subscription::Heartbeat(std::string& message) {
  v1::SubscribeResponse notice;
  auto* heartbeat = notice.mutable_heartbeat();
  auto changed = upstream_->ChangedSince(
      upstream_version_, kAccountsPerHeartbeat,
      [&](absl::string_view account) { return filter_.MatchesAccount(account, log_->keys()); });
  more_states_ = changed.size() == kAccountsPerHeartbeat;
  for (v1::AccountStream& state : changed) *heartbeat->add_accounts() = std::move(state);
  heartbeat->set_log_in_memory_only(!log_->IsKept());
  AppendNotice(notice, message);
}

// With latest values a token must not pass over those that still wait.
void Subscription::AppendToken(std::string& message) const {
  const bool opening = phase_ == Phase::kCurrentValues ||
                       (phase_ == Phase::kStarted && after_started_ == Phase::kCurrentValues);
  int64_t position = position_;
  if (latest_) position = std::min(position, latest_->first_waiting().value_or(position + 1) - 1);
  message.append(ResumeTokenField(ResumeToken{position, opening}, log_->epoch()));
}

void Subscription::AppendEntries(const Entries& entries, std::string& message) const {
  AppendToken(message);
  message.append(entries.bytes);
  if (entries.count > 0 && entries.events_only)
    message.append(kEventsOnlyField.data(), kEventsOnlyField.size());
}

void Subscription::AppendNotice(const v1::SubscribeResponse& notice, std::string& message) const {
  AppendToken(message);
  notice.AppendToString(&message);
}

}  // namespace cardata
