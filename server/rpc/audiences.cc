// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/audiences.h"

#include <algorithm>
#include <utility>

#include "server/eventlog/entry_field.h"
#include "server/eventlog/position_joiner.h"
#include "server/eventlog/resume_token.h"
#include "server/eventlog/subscription.h"

namespace cardata {
namespace {

constexpr size_t kMaxRemembered = 1 << 20;

template <class Names, class Index>
void DropEmpty(const Names& names, Index& index) {
  for (const std::string& name : names) {
    const auto place = index.find(name);
    if (place != index.end() && place->second.empty()) index.erase(place);
  }
}

}  // namespace

template <class Visit>
void Audiences::ForEachPlace(const Filter& filter, Visit visit) {
  if (!filter.vins().empty()) {
    for (const std::string& vin : filter.vins()) visit(by_vin_[vin]);
  } else if (!filter.accounts().empty()) {
    for (const std::string& account : filter.accounts()) visit(by_account_[account]);
  } else if (filter.descriptors().prefixes().empty() && !filter.descriptors().empty()) {
    for (const std::string& id : filter.descriptors().ids()) visit(by_descriptor_[id]);
    if (filter.positions()) visit(by_descriptor_[std::string(kPositionId)]);
  } else {
    visit(others_);
  }
}

Audience& Audiences::Join(const Filter& filter, int64_t head) {
  std::unique_ptr<Audience>& audience = all_[filter.Signature()];
  if (!audience) {
    audience = std::make_unique<Audience>(filter, head);
    ForEachPlace(filter, [&](std::vector<Audience*>& place) { place.push_back(audience.get()); });
    ++version_;
  }
  audience->Join();
  return *audience;
}

void Audiences::Leave(Audience& audience) {
  audience.Leave();
  if (audience.members() > 0) return;
  ForEachPlace(audience.filter(),
               [&](std::vector<Audience*>& place) { std::erase(place, &audience); });
  DropEmpty(audience.filter().vins(), by_vin_);
  DropEmpty(audience.filter().accounts(), by_account_);
  DropEmpty(audience.filter().descriptors().ids(), by_descriptor_);
  ++version_;
  all_.erase(audience.filter().Signature());
}

const std::vector<Audience*>& Audiences::Of(KeyId id) {
  if (id < remembered_.size() && remembered_[id].version == version_)
    return remembered_[id].audiences;

  const Key key = keys_.Get(id);
  // Gaps and removals concern many, and are rare: to remember whom would cost more than it saves.
  if (key.descriptor_id.empty()) {
    notice_audiences_.clear();
    for (const auto& [signature, audience] : all_) {
      if (audience->filter().Matches(key, keys_)) notice_audiences_.push_back(audience.get());
    }
    return notice_audiences_;
  }
  if (remembered_audiences_ > kMaxRemembered) {
    remembered_.clear();
    remembered_audiences_ = 0;
  }
  if (id >= remembered_.size()) remembered_.resize(id + 1);
  Remembered& remembered = remembered_[id];
  remembered_audiences_ -= remembered.audiences.size();
  remembered.audiences.clear();
  Decide(key, remembered.audiences);
  remembered.version = version_;
  remembered_audiences_ += remembered.audiences.size();
  return remembered.audiences;
}

std::vector<Audience*> Audiences::HandOut(const EventLog& log, int64_t before, int64_t last) {
  std::vector<Audience*> addressed;
  const auto token = [&](int64_t sequence) {
    return ResumeTokenField(ResumeToken{sequence, false}, log.epoch());
  };
  const Window::ReadResult read =
      log.window().Read(before, last, [&](int64_t sequence, KeyId key, absl::string_view bytes) {
        const bool is_event = HoldsEvent(bytes);
        for (Audience* audience : Of(key)) {
          if (audience->Begin(before)) addressed.push_back(audience);
          audience->Add(bytes, is_event);
          if (audience->full()) audience->Seal(sequence, token(sequence));
        }
        return true;
      });
  if (read.in_window) {
    const std::string end = token(last);
    for (Audience* audience : addressed) audience->End(last, end);
  } else {  // this thread was held up for so long that the window has moved on
    for (const auto& [signature, audience] : all_) {
      audience->Miss(last);
      addressed.push_back(audience.get());
    }
  }
  return addressed;
}

void Audiences::Decide(const Key& key, std::vector<Audience*>& audiences) {
  const auto take = [&](const std::vector<Audience*>& place) {
    std::copy_if(place.begin(), place.end(), std::back_inserter(audiences),
                 [&](const Audience* audience) { return audience->filter().Matches(key, keys_); });
  };
  const auto look_up = [&](const Index& index, const std::string& name) {
    const auto found = index.find(name);
    if (found != index.end()) take(found->second);
  };
  look_up(by_vin_, key.vin);
  look_up(by_account_, key.account);
  look_up(by_descriptor_, key.descriptor_id);
  take(others_);
}

}  // namespace cardata
