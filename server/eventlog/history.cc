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
  store_.Read(after + 1, kStretchBytes, [this, after, generation](absl::StatusOr<LogPart> part) {
    OnRead(after, generation, std::move(part));
    reads_.End();
  });
}

void History::OnRead(int64_t after, int generation, absl::StatusOr<LogPart> part) {
  absl::StatusOr<Stretch> read =
      part.ok() ? absl::StatusOr<Stretch>(Fill(after, *part)) : part.status();
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

History::Stretch History::Fill(int64_t after, const LogPart& part) const {
  const std::vector<LogRecord>& records = part.entries;
  Stretch stretch{
      .after = after, .last = after, .deleted_sequence = part.deleted_sequence, .segment = nullptr};
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

void History::Forget() {
  std::lock_guard lock(mutex_);
  recent_.clear();
  ++generation_;
}

}  // namespace cardata
