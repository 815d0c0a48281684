// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/rpc/contract/reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>

#include "absl/strings/str_cat.h"
#include "server/base/proto_time.h"

namespace cardata {

using Logged = ContractModel::Logged;
using KeyName = ContractModel::KeyName;

std::string ContractReader::Describe() const {
  return absl::StrCat("subscriber of {", request_.ShortDebugString(), "}, accounted for up to ",
                      accounted_, ", at ", subscription_ ? subscription_->position() : -1);
}

void ContractReader::Begin(ContractSide& side, const v1::SubscribeRequest& request) {
  End();
  side_ = &side;
  request_ = request;
  auto subscription = Subscription::Start(side.log, side.upstream, request, side.head);
  ASSERT_TRUE(subscription.ok()) << subscription.status() << " " << request.ShortDebugString();
  subscription_.emplace(*std::move(subscription));
  audience_ = &side.audiences.Join(subscription_->filter(), side.head);
  idle_ = false;
  replay_until_ = side.head;
  opening_.reset();
  if (request.has_resume_token()) {
    const auto token = ResumeToken::Decode(request.resume_token(), side.log.epoch());
    ASSERT_TRUE(token.ok()) << token.status();
    accounted_ = token->sequence;
    if (token->opening) opening_ = token->sequence;
  } else if (request.position() == v1::START_POSITION_LIVE) {
    accounted_ = side.head;
  } else if (request.position() == v1::START_POSITION_EARLIEST) {
    accounted_ = model_.deleted_sequence();
  } else if (request.has_since_time()) {
    accounted_ = std::min(model_.StartOf(FromProto(request.since_time())), side.head);
  } else {
    opening_ = side.head;
  }
  if (opening_) accounted_ = *opening_;
}

void ContractReader::End() {
  if (!subscription_) return;
  side_->audiences.Leave(*std::exchange(audience_, nullptr));
  subscription_.reset();
  from_disk_.reset();
  given_.clear();
  fell_out_ = false;
  last_given_.clear();
  all_given_.clear();
  read_.clear();
  superseded_ = 0;
}

void ContractReader::HandOut(ContractSide& side, int64_t last,
                             std::deque<ContractReader>& readers) {
  const int64_t before = std::exchange(side.head, last);
  if (last == before) return;
  const auto addressed = side.audiences.HandOut(side.log, before, last);
  for (ContractReader& reader : readers) {
    const bool is_addressed =
        std::find(addressed.begin(), addressed.end(), reader.audience_) != addressed.end();
    if (!reader.reading() || !reader.idle_ || !is_addressed) continue;
    reader.subscription_->Advance(before);
    reader.idle_ = false;
  }
}

bool ContractReader::Step(absl::Time now, bool answers) {
  if (!subscription_) return false;
  if (from_disk_) {
    TakeDisk();
    return true;
  }
  const int64_t position = subscription_->position();
  if (idle_) {
    subscription_->Advance(side_->head);
    if (!subscription_->IsDue(now)) {
      std::string heartbeat;
      subscription_->Heartbeat(heartbeat);
      Take(heartbeat, position, now);
      return false;
    }
    idle_ = false;
  }
  FeedMessage message;
  switch (NextMessage(*subscription_, *audience_, side_->head, now, message)) {
    case Subscription::Outcome::kMessage:
      for (const grpc::Slice& slice : message.chunks.slices)
        message.bytes.append(slice.begin(), slice.end());
      Take(message.bytes, position, now);
      return true;
    case Subscription::Outcome::kNothing:
      idle_ = true;
      EXPECT_TRUE(subscription_->live()) << Describe();
      if (latest()) read_.emplace_back(position, side_->head);
      Account(side_->head);
      return false;
    case Subscription::Outcome::kNeedDisk:
      if (latest()) read_.emplace_back(position, subscription_->position());
      AskDisk(answers);
      return true;
    case Subscription::Outcome::kNeedStart:
      std::promise<absl::StatusOr<int64_t>> start;
      side_->log.history().FindStart(
          subscription_->since_time(),
          [&](absl::StatusOr<int64_t> sequence) { start.set_value(std::move(sequence)); });
      subscription_->BeginAfter(start.get_future().get());
      accounted_ = std::min(model_.StartOf(FromProto(request_.since_time())), replay_until_);
      return true;
  }
  return false;
}

void ContractReader::AskDisk(bool answers) {
  std::promise<absl::StatusOr<History::Stretch>> read;
  side_->log.history().Read(
      subscription_->position(),
      [&](absl::StatusOr<History::Stretch> stretch) { read.set_value(std::move(stretch)); });
  from_disk_ = read.get_future().get();
  if (answers) TakeDisk();
}

void ContractReader::TakeDisk() {
  EXPECT_TRUE((*from_disk_).ok()) << from_disk_->status();
  const int64_t before = subscription_->position();
  subscription_->AddFromDisk(*from_disk_);
  from_disk_.reset();
  // It may have moved over numbers that nobody is given any more.
  Account(subscription_->position());
  if (latest()) read_.emplace_back(before, subscription_->position());
}

void ContractReader::Drain(absl::Time now) {
  // What the opening part gave may be followed by more only after the least interval.
  for (int i = 0; i < 2; ++i, now += absl::Hours(1))
    while (Step(now, true) && !testing::Test::HasFailure()) continue;
  if (!subscription_ || testing::Test::HasFailure()) return;
  EXPECT_EQ(accounted_, side_->head) << Describe();
  if (!latest()) return;
  CheckLatest(side_->head, true);
  CheckSuperseded();
}

void ContractReader::Take(const std::string& bytes, int64_t position_before, absl::Time now) {
  v1::SubscribeResponse response;
  ASSERT_LT(bytes.size(), size_t{4} << 20) << Describe();
  ASSERT_TRUE(response.ParseFromString(bytes)) << Describe();
  if (response.has_lag() && response.lag().superseded_entries() == 0)
    return TakeLag(response, position_before);
  if (response.has_lag()) superseded_ += response.lag().superseded_entries();
  TakeEntries(response, now);
  if (latest() && !opening_) read_.emplace_back(position_before, subscription_->position());
  if (response.has_started() && opening_) {
    EXPECT_EQ(*opening_, subscription_->position());
  }
  CheckToken(response.resume_token());
  if (response.has_caught_up()) {
    EXPECT_FALSE(opening_) << Describe();
    EXPECT_GE(accounted_, replay_until_) << Describe();
  }
}

void ContractReader::TakeEntries(const v1::SubscribeResponse& response, absl::Time now) {
  for (const v1::Entry& entry : response.entries()) {
    const Logged* logged = model_.Find(entry.sequence());
    ASSERT_NE(logged, nullptr) << entry.ShortDebugString() << " to " << Describe();
    ASSERT_EQ(entry.SerializeAsString(), logged->entry.SerializeAsString())
        << entry.ShortDebugString().substr(0, 500) << "\ninstead of\n"
        << logged->entry.ShortDebugString().substr(0, 500) << "\nto " << Describe();
    EXPECT_TRUE(model_.MayGet(request_, *logged))
        << entry.ShortDebugString() << " to " << Describe();
    const bool may_come_again =
        fell_out_ && logged->fate == ContractModel::Fate::kLost && !latest();
    EXPECT_TRUE(given_.insert(entry.sequence()).second || may_come_again)
        << entry.sequence() << " twice to " << Describe();
    if (opening_ && entry.sequence() <= *opening_) {
      TakeValue(*logged, now, true);
    } else if (latest() && logged->is_value()) {
      EndOpening();
      TakeValue(*logged, now, false);
    } else {
      EndOpening();
      TakeInOrder(*logged);
    }
  }
}

void ContractReader::TakeValue(const Logged& logged, absl::Time now, bool opening) {
  EXPECT_EQ(model_.Current(logged.key), logged.sequence()) << "an outdated value to " << Describe();
  if (!latest()) return;
  const auto last = last_given_.find(logged.key);
  if (!opening && last != last_given_.end()) {
    EXPECT_GT(logged.sequence(), last->second.first) << Describe();
    // An account that was removed and came back is another one.
    if (request_.has_min_interval() && !model_.Find(last->second.first)->removed) {
      EXPECT_GE(now - last->second.second, FromProto(request_.min_interval())) << Describe();
    }
  }
  last_given_[logged.key] = {logged.sequence(), now};
  all_given_.insert(logged.sequence());
}

void ContractReader::TakeInOrder(const Logged& logged) {
  EXPECT_GT(logged.sequence(), accounted_) << Describe();
  EXPECT_FALSE(logged.gone) << logged.sequence() << " to " << Describe();
  Account(logged.sequence() - 1);
  accounted_ = logged.sequence();
}

// How much it missed is counted to where it goes on.
void ContractReader::TakeLag(const v1::SubscribeResponse& response, int64_t position_before) {
  EXPECT_LT(position_before, model_.deleted_sequence()) << "without a reason: " << Describe();
  EXPECT_EQ(response.lag().missed_entries(),
            model_.NumbersBetween(position_before, subscription_->position()))
      << Describe();
  opening_ = subscription_->position();
  accounted_ = replay_until_ = *opening_;
  fell_out_ = true;
  CheckToken(response.resume_token());
}

void ContractReader::EndOpening() {
  if (!opening_) return;
  for (const auto& [key, sequence] : model_.current_values()) {
    if (sequence > *opening_ || !ContractModel::Matches(request_, *model_.Find(sequence))) continue;
    EXPECT_TRUE(given_.contains(sequence))
        << "the opening part lacks " << sequence << " for " << Describe();
  }
  opening_.reset();
}

bool ContractReader::IsOwed(const Logged& logged) const {
  if (logged.optional() || !ContractModel::Matches(request_, logged)) return false;
  return !request_.has_since_time() || logged.receive_time >= FromProto(request_.since_time());
}

void ContractReader::Account(int64_t up_to) {
  for (auto it = model_.entries().upper_bound(accounted_);
       it != model_.entries().end() && it->first <= up_to; ++it) {
    if (latest() && it->second.is_value()) continue;
    EXPECT_FALSE(IsOwed(it->second))
        << it->first << " is missing: " << it->second.entry.ShortDebugString().substr(0, 300)
        << " for " << Describe();
  }
  accounted_ = std::max(accounted_, up_to);
}

// A token stands for everything up to its number, as far as this stream goes.
void ContractReader::CheckToken(const std::string& text) {
  const auto token = ResumeToken::Decode(text, side_->log.epoch());
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_LE(token->sequence, side_->head);
  tokens_.push_back(text);
  if (token->opening) {
    EXPECT_TRUE(opening_) << Describe();
    return;
  }
  EndOpening();
  Account(subscription_->position());
  EXPECT_LE(token->sequence, accounted_) << Describe();
  if (latest()) CheckLatest(token->sequence, false);
}

// Of each key the last value numbered up to `up_to` was given, or a newer one. `all`: nothing
// waits.
void ContractReader::CheckLatest(int64_t up_to, bool all) {
  std::map<KeyName, int64_t> owed;
  for (const auto& [after, to] : read_) {
    for (auto it = model_.entries().upper_bound(after);
         it != model_.entries().end() && it->first <= std::min(to, up_to); ++it) {
      const Logged& logged = it->second;
      if (logged.is_value() && IsOwed(logged) && !logged.entry.event().late())
        owed[logged.key] = std::max(owed[logged.key], it->first);
    }
  }
  for (const auto& [key, sequence] : owed) {
    const auto last = last_given_.find(key);
    EXPECT_TRUE(last != last_given_.end() && last->second.first >= sequence)
        << sequence << (all ? " is missing for " : " is not given and before the token of ")
        << Describe();
  }
}

void ContractReader::CheckSuperseded() {
  int64_t most = 0;
  int64_t least = 0;
  // A value that was not kept may be given as the current one, and be missing in what is read of
  // the log: then it makes a count uncertain.
  for (const int64_t sequence : all_given_)
    if (model_.Find(sequence)->optional()) --least;
  std::set<int64_t> counted;
  for (const auto& [after, to] : read_) {
    for (auto it = model_.entries().upper_bound(after);
         it != model_.entries().end() && it->first <= to; ++it) {
      const Logged& logged = it->second;
      if (!logged.is_value() || !ContractModel::Matches(request_, logged)) continue;
      if (all_given_.contains(it->first) || !counted.insert(it->first).second) continue;
      ++most;
      if (IsOwed(logged)) ++least;
    }
  }
  EXPECT_GE(superseded_, least) << Describe();
  EXPECT_LE(superseded_, most) << Describe();
}

}  // namespace cardata
