// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/rpc/contract/model.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "server/base/proto_time.h"

namespace cardata {
namespace {

constexpr size_t kRemembered = 8;
constexpr char kPosition[] = "cardata.position";

template <class Names>
bool AllOr(const Names& names, const std::string& name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

bool MatchesPattern(const std::string& id, absl::string_view pattern) {
  return absl::ConsumeSuffix(&pattern, "*") ? absl::StartsWith(id, pattern) : id == pattern;
}

}  // namespace

ContractModel::Logged& ContractModel::Add(v1::Entry entry, KeyName key, absl::Time receive_time) {
  entry.set_sequence(++last_sequence_);
  last_receive_time_ = std::max(last_receive_time_, receive_time);
  Logged logged;
  logged.entry = std::move(entry);
  logged.key = std::move(key);
  logged.receive_time = last_receive_time_;
  if (!logged.is_value()) {
    logged.vins = KnownVins(std::get<0>(logged.key));
    logged.anyones_vins = KnownVins("");
  }
  return entries_.emplace(last_sequence_, std::move(logged)).first->second;
}

void ContractModel::AppendSamples(const std::string& account, const std::vector<Sample>& samples,
                                  absl::Time receive_time) {
  receive_time = last_receive_time_ = std::max(last_receive_time_, receive_time);
  const v1::Event* latitude = nullptr;
  for (const Sample& sample : samples) {
    const KeyName key{account, sample.vin, sample.descriptor_id};
    ever_sent_[account].insert(sample.vin);
    const absl::Time measured = sample.measure_time.value_or(absl::InfinitePast());
    auto& recent = recent_[key];
    bool late = false;
    if (const Logged* current = Find(Current(key))) {
      const std::pair<absl::Time, std::string> now(measured, sample.raw);
      if (now == std::pair(current->measure_time, current->entry.event().raw())) continue;
      if (measured != absl::InfinitePast()) {
        if (std::find(recent.begin(), recent.end(), now) != recent.end()) continue;
        late = measured < current->measure_time;
      }
    }
    if (measured != absl::InfinitePast()) recent.emplace_back(measured, sample.raw);
    if (recent.size() > kRemembered) recent.pop_front();

    v1::Entry entry;
    v1::Event& event = *entry.mutable_event();
    event.set_account(account);
    event.set_vin(sample.vin);
    event.set_descriptor_id(sample.descriptor_id);
    *event.mutable_value() = sample.value;
    event.set_unit(sample.unit);
    if (sample.measure_time) *event.mutable_measure_time() = ToProto(measured);
    *event.mutable_receive_time() = ToProto(receive_time);
    event.set_source(v1::EVENT_SOURCE_STREAM);
    event.set_raw(sample.raw);
    event.set_late(late);
    Logged& logged = Add(std::move(entry), key, receive_time);
    logged.measure_time = measured;
    logged.recent = recent;
    if (late) continue;
    current_[key] = logged.sequence();
    if (sample.descriptor_id == kLatitude) latitude = &logged.entry.event();
    if (sample.descriptor_id != kLongitude || latitude == nullptr) continue;

    v1::Entry joined;
    v1::Position& position = *joined.mutable_position();
    position.set_account(account);
    position.set_vin(sample.vin);
    position.set_latitude(latitude->value().number());
    position.set_longitude(sample.value.number());
    *position.mutable_measure_time() = ToProto(measured);
    *position.mutable_receive_time() = ToProto(receive_time);
    position.set_source(v1::EVENT_SOURCE_STREAM);
    Logged& fix = Add(std::move(joined), {account, sample.vin, kPosition}, receive_time);
    current_[fix.key] = fix.sequence();
  }
}

void ContractModel::AppendGap(const v1::Gap& gap, absl::Time receive_time) {
  v1::Entry entry;
  *entry.mutable_gap() = gap;
  Add(std::move(entry), {gap.account(), "", ""}, receive_time);
}

void ContractModel::RemoveAccount(const std::string& account, absl::Time receive_time) {
  for (auto& [sequence, logged] : entries_)
    if (std::get<0>(logged.key) == account) logged.removed = true;
  std::erase_if(current_, [&](const auto& each) { return std::get<0>(each.first) == account; });
  std::erase_if(recent_, [&](const auto& each) { return std::get<0>(each.first) == account; });
  ever_sent_.erase(account);
  v1::Entry entry;
  entry.mutable_account_removed()->set_account(account);
  Add(std::move(entry), {account, "", ""}, receive_time);
}

void ContractModel::NoteDeleted(int64_t deleted_sequence) {
  EXPECT_GE(deleted_sequence, deleted_sequence_);
  deleted_sequence_ = deleted_sequence;
}

// Receipt times never run backwards, so what is too old comes first.
int64_t ContractModel::DeletedBy(absl::Time oldest, int64_t up_to) const {
  int64_t deleted = deleted_sequence_;
  for (const auto& [sequence, logged] : entries_) {
    if (logged.fate != Fate::kKept || logged.removed || sequence <= deleted) continue;
    if (logged.receive_time >= oldest || sequence > up_to) break;
    deleted = sequence;
  }
  return deleted;
}

void ContractModel::NoteFates(const std::vector<int64_t>& kept, const std::vector<int64_t>& lost) {
  for (const int64_t sequence : kept) entries_.at(sequence).fate = Fate::kKept;
  for (const int64_t sequence : lost) {
    Logged& logged = entries_.at(sequence);
    logged.fate = Fate::kLost;
    // A notice that was lost has told those alone who are there.
    const v1::NotKept& told = logged.entry.not_kept();
    const int64_t first = logged.entry.has_not_kept() ? told.first_sequence() : sequence;
    const bool is_told =
        !not_kept_.empty() && first > not_kept_.back().first && sequence <= not_kept_.back().second;
    if (is_told) continue;
    unannounced_ = std::min(unannounced_.value_or(first), first);
    commits_again_ = false;
  }
  for (const int64_t sequence : kept) {
    EXPECT_TRUE(!unannounced_ || sequence < *unannounced_)
        << sequence << " was kept behind a hole that nothing tells of";
  }
}

void ContractModel::AnnounceNotKept(absl::Time now, bool store_commits) {
  if (!unannounced_) return;
  if (!std::exchange(commits_again_, store_commits)) return;
  Announce(*std::exchange(unannounced_, std::nullopt), last_sequence_, now);
}

int64_t ContractModel::Untold() const {
  for (const auto& [sequence, logged] : entries_) {
    const int64_t lost = sequence;
    if (logged.fate != Fate::kLost) continue;
    if (std::none_of(not_kept_.begin(), not_kept_.end(), [lost](const auto& range) {
          return range.first <= lost && lost <= range.second;
        }))
      return sequence;
  }
  return 0;
}

void ContractModel::Announce(int64_t first, int64_t last, absl::Time receive_time) {
  std::erase_if(not_kept_, [&](const auto& range) { return range.first >= first; });
  not_kept_.emplace_back(first, last);
  v1::Entry entry;
  entry.mutable_not_kept()->set_first_sequence(first);
  entry.mutable_not_kept()->set_last_sequence(last);
  Add(std::move(entry), {"", "", ""}, receive_time);
}

void ContractModel::Restart(const std::vector<int64_t>& stored, int64_t values_sequence,
                            std::optional<int64_t> notice) {
  for (auto& [sequence, logged] : entries_) {
    if (std::binary_search(stored.begin(), stored.end(), sequence)) {
      logged.fate = Fate::kKept;
    } else {
      logged.gone = true;
      if (sequence > values_sequence) logged.forgotten = true;
      if (logged.fate == Fate::kOpen) logged.fate = Fate::kLost;
    }
  }
  unannounced_.reset();
  commits_again_ = false;
  std::erase_if(not_kept_, [&](const auto& range) {
    return entries_.at(range.second + 1).fate == Fate::kLost;
  });
  RestoreValues();
  const auto anyones = KnownVins("");
  for (auto& [sequence, logged] : entries_) {
    const auto known = KnownVins(std::get<0>(logged.key));
    std::erase_if(logged.vins, [&](const std::string& vin) { return !known.contains(vin); });
    std::erase_if(logged.anyones_vins,
                  [&](const std::string& vin) { return !anyones.contains(vin); });
  }
  last_receive_time_ = absl::InfinitePast();
  if (!stored.empty()) last_receive_time_ = entries_.at(stored.back()).receive_time;
  if (!notice) return;
  const int64_t first = last_kept() + 1;
  last_sequence_ = *notice - 1;
  Announce(first, *notice - 1, absl::InfinitePast());
}

// What the disk has of a key: the last value that was kept, or that the current values knew when
// they were saved, and what was remembered with the last event of that kind.
void ContractModel::RestoreValues() {
  current_.clear();
  recent_.clear();
  for (const auto& [sequence, logged] : entries_) {
    if (!logged.is_value() || logged.removed) continue;
    if (logged.forgotten) continue;
    if (!logged.entry.event().late()) current_[logged.key] = sequence;
    if (current_.contains(logged.key)) recent_[logged.key] = logged.recent;
  }
}

const ContractModel::Logged* ContractModel::Find(int64_t sequence) const {
  const auto found = entries_.find(sequence);
  return found != entries_.end() ? &found->second : nullptr;
}

int64_t ContractModel::Current(const KeyName& key) const {
  const auto found = current_.find(key);
  return found != current_.end() ? found->second : 0;
}

int64_t ContractModel::last_kept() const {
  int64_t last = deleted_sequence_;
  for (const auto& [sequence, logged] : entries_)
    if (logged.fate == Fate::kKept && !logged.removed) last = std::max(last, sequence);
  return last;
}

int64_t ContractModel::NumbersBetween(int64_t after, int64_t up_to) const {
  int64_t numbers = std::max<int64_t>(0, up_to - after);
  for (const auto& [first, last] : not_kept_)
    numbers -= std::max<int64_t>(0, std::min(last, up_to) - std::max(first, after + 1) + 1);
  return numbers;
}

int64_t ContractModel::StartOf(absl::Time time) const {
  int64_t before = deleted_sequence_;
  bool is_first = true;
  for (const auto& [sequence, logged] : entries_) {
    if (logged.fate != Fate::kKept || logged.removed || sequence <= deleted_sequence_) continue;
    if (std::exchange(is_first, false)) before = sequence - 1;
    if (logged.receive_time >= time) break;
    before = sequence;
  }
  return before;
}

std::set<std::string> ContractModel::KnownVins(const std::string& account) const {
  std::set<std::string> vins;
  for (const auto& [key, sequence] : current_)
    if (account.empty() || std::get<0>(key) == account) vins.insert(std::get<1>(key));
  return vins;
}

bool ContractModel::MayGet(const v1::SubscribeRequest& request, const Logged& logged) const {
  if (!Passes(request, logged)) return false;
  const std::string& account = std::get<0>(logged.key);
  if (logged.is_value() || account.empty() || request.vins().empty()) return true;
  const auto sent = ever_sent_.find(account);
  if (logged.removed || logged.vins.empty() || sent == ever_sent_.end()) return true;
  return std::any_of(request.vins().begin(), request.vins().end(), [&](const std::string& vin) {
    return sent->second.contains(vin) || !logged.anyones_vins.contains(vin);
  });
}

bool ContractModel::Matches(const v1::SubscribeRequest& request, const Logged& logged) {
  if (!Passes(request, logged)) return false;
  if (logged.is_value() || std::get<0>(logged.key).empty() || request.vins().empty()) return true;
  return std::any_of(request.vins().begin(), request.vins().end(),
                     [&](const std::string& vin) { return logged.vins.contains(vin); });
}

bool ContractModel::Passes(const v1::SubscribeRequest& request, const Logged& logged) {
  const auto& [account, vin, descriptor] = logged.key;
  if (account.empty()) return true;
  if (!AllOr(request.accounts(), account)) return false;
  if (descriptor.empty()) return true;
  if (!AllOr(request.vins(), vin)) return false;
  if (descriptor == kPosition) return request.positions();
  const auto& patterns = request.descriptor_patterns();
  return patterns.empty() ||
         std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
           return MatchesPattern(descriptor, pattern);
         });
}

}  // namespace cardata
