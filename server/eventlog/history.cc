// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/history.h"

#include <algorithm>
#include <utility>

namespace cardata {

const History::Stretch* History::Find(int64_t after) const {
  const auto found = std::find_if(recent_.begin(), recent_.end(), [after](const Stretch& each) {
    return each.after <= after && after < each.last;
  });
  return found != recent_.end() ? &*found : nullptr;
}

void History::Read(int64_t after, Done done) {
  {
    std::unique_lock lock(mutex_);
    if (const Stretch* found = Find(after)) {
      const Stretch stretch = *found;
      lock.unlock();
      return done(stretch);
    }
    waiting_.push_back({after, std::move(done)});
    if (std::exchange(reading_, true)) return;
  }
  ReadNext();
}

void History::ReadNext() {
  int64_t after;
  int generation;
  {
    std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
      reading_ = false;
      return;
    }
    after = waiting_.front().after;
    generation = generation_;
  }
  reads_.Begin();
  const int64_t in_memory = window_.first_sequence();
  store_.Read(after + 1, kStretchBytes,
              [this, after, in_memory, generation](const absl::StatusOr<LogPart>& part) {
                if (part.ok()) {
                  OnRead(after, generation, Fill(after, in_memory, *part));
                } else {
                  OnRead(after, generation, part.status());
                }
                reads_.End();
              });
}

void History::OnRead(int64_t after, int generation, const absl::StatusOr<Stretch>& read) {
  std::vector<Done> served;
  {
    std::lock_guard lock(mutex_);
    const bool outdated = generation != generation_;
    if (read.ok() && !outdated && read->segment) {
      recent_.push_back(*read);
      if (recent_.size() > kStretches) recent_.pop_front();
    }
    for (auto it = waiting_.begin(); !outdated && it != waiting_.end();) {
      const bool here =
          it->after == after || (read.ok() && read->after <= it->after && it->after < read->last);
      if (here) served.push_back(std::move(it->done));
      it = here ? waiting_.erase(it) : it + 1;
    }
  }
  for (Done& done : served) done(read);
  ReadNext();
}

History::Stretch History::Fill(int64_t after, int64_t in_memory, const LogPart& part) const {
  const std::vector<LogRecord>& records = part.entries;
  Stretch stretch{.after = after,
                  .last = std::max(after, in_memory - 1),
                  .deleted_sequence = part.deleted_sequence,
                  .segment = nullptr};
  if (records.empty()) return stretch;
  size_t bytes = 0;
  for (const LogRecord& record : records) bytes += record.bytes.size();
  auto segment = std::make_shared<Segment>(bytes, records.size());
  for (const LogRecord& record : records) {
    segment->Append(record.sequence, keys_.Intern(record.account, record.vin, record.descriptor_id),
                    record.bytes);
  }
  stretch.last = records.back().sequence;
  stretch.segment = std::move(segment);
  return stretch;
}

void History::FindStart(absl::Time time, absl::AnyInvocable<void(absl::StatusOr<int64_t>)> done) {
  if (const auto found = window_.FindStart(time)) return done(*found);
  store_.FindStart(time, std::move(done));
}

void History::Forget() {
  std::lock_guard lock(mutex_);
  recent_.clear();
  ++generation_;
}

}  // namespace cardata
