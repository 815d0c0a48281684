// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/event_log.h"

#include <algorithm>
#include <future>
#include <limits>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "cardata/v1/telematics_service.pb.h"
#include "server/base/proto_time.h"
#include "server/base/status_macros.h"
#include "server/eventlog/entry_field.h"

namespace cardata {
namespace {

constexpr int64_t kNoEntry = std::numeric_limits<int64_t>::max();

absl::StatusOr<v1::Entry> Parse(const LogRecord& record) {
  v1::SubscribeResponse response;
  if (!response.ParseFromString(record.bytes) || response.entries_size() != 1) {
    return absl::DataLossError(
        absl::StrCat("entry ", record.sequence, " of the log cannot be read"));
  }
  return std::move(*response.mutable_entries(0));
}

absl::Time MeasureTime(const v1::Event& event) {
  return event.has_measure_time() ? FromProto(event.measure_time()) : absl::InfinitePast();
}

}  // namespace

v1::Event ToEvent(const std::string& account, Sample sample, absl::Time receive_time,
                  v1::EventSource source) {
  v1::Event event;
  event.set_account(account);
  event.set_vin(std::move(sample.vin));
  event.set_descriptor_id(std::move(sample.descriptor_id));
  *event.mutable_value() = std::move(sample.value);
  event.set_unit(std::move(sample.unit));
  if (sample.measure_time) *event.mutable_measure_time() = ToProto(*sample.measure_time);
  *event.mutable_receive_time() = ToProto(receive_time);
  event.set_source(source);
  event.set_raw(std::move(sample.raw));
  return event;
}

absl::StatusOr<std::unique_ptr<EventLog>> EventLog::Open(Options options, LogState state,
                                                         Store& store) {
  const int64_t last_kept = std::max(state.last_sequence, state.deleted_sequence);
  auto event_log = absl::WrapUnique(new EventLog(options, state, store));
  RETURN_IF_ERROR(event_log->Restore(state));
  std::promise<absl::Status> reserved;
  store.ReserveSequence(event_log->reserved_,
                        [&](absl::Status status) { reserved.set_value(std::move(status)); });
  RETURN_IF_ERROR(reserved.get_future().get());
  if (!state.closed && last_kept < event_log->sealed_)
    event_log->GiveUp({last_kept + 1, event_log->sealed_}, event_log->alive_time_at_start_);
  return event_log;
}

EventLog::EventLog(Options options, const LogState& state, Store& store)
    : options_(options),
      epoch_(state.epoch),
      store_(store),
      window_(options.window_bytes, state.reserved_sequence + 1),
      history_(store, keys_, window_),
      last_sequence_(state.reserved_sequence),
      first_sequence_(state.deleted_sequence + 1),
      first_receive_nanos_(state.first_sequence > 0 ? absl::ToUnixNanos(state.first_receive_time)
                                                    : kNoEntry),
      alive_time_at_start_(state.alive_time),
      last_receive_time_(state.last_receive_time),
      sealed_(state.reserved_sequence),
      values_sequence_(state.values_sequence),
      reserved_(state.reserved_sequence + options.reserved_block),
      given_up_(state.given_up) {}

std::vector<KeyId> EventLog::RestoreValues(std::vector<CurrentValue> values) {
  std::vector<KeyId> keys;
  keys.reserve(values.size());
  for (CurrentValue& value : values) {
    keys.push_back(keys_.Intern(value.account, value.vin, value.descriptor_id));
    current_values_.Restore(keys.back(), {value.sequence, value.measure_time, std::move(value.raw),
                                          std::move(value.bytes), std::move(value.recent)});
  }
  return keys;
}

std::vector<CurrentValue> EventLog::ValuesOf(const std::vector<KeyId>& keys) const {
  std::vector<CurrentValue> values;
  values.reserve(keys.size());
  for (const KeyId id : keys) {
    CurrentValues::Saved saved = current_values_.ToSave(id);
    if (saved.sequence == 0) continue;
    Key key = keys_.Get(id);
    values.push_back({std::move(key.account), std::move(key.vin), std::move(key.descriptor_id),
                      saved.sequence, std::move(saved.bytes), saved.measure_time,
                      std::move(saved.raw), std::move(saved.recent)});
  }
  return values;
}

absl::Status EventLog::Restore(LogState& state) {
  RestoreValues(std::move(state.current_values));
  for (const LogRecord& record : state.after_current_values) {
    ASSIGN_OR_RETURN(const v1::Entry entry, Parse(record));
    const KeyId key = keys_.Intern(record.account, record.vin, record.descriptor_id);
    if (entry.has_event()) {
      const v1::Event& event = entry.event();
      current_values_.Judge(key, MeasureTime(event), event.raw());
      if (!event.late())
        current_values_.Put(key, record.sequence, MeasureTime(event), event.raw(), record.bytes);
    } else if (entry.has_position()) {
      current_values_.Put(key, record.sequence, FromProto(entry.position().measure_time()), "",
                          record.bytes);
    }
  }
  return absl::OkStatus();
}

EventLog::~EventLog() {
  commits_.WaitForNone();
  for (int i = 0; i < 2; ++i) {
    AnnounceNotKept(last_receive_time_);
    commits_.WaitForNone();
  }
  SaveCurrentValues();
  commits_.WaitForNone();
  if (unkept_) return;  // the next start announces them with whatever else is uncertain
  std::promise<void> closed;
  store_.CloseLog(sealed_, [&](const absl::Status&) { closed.set_value(); });
  closed.get_future().wait();
}

absl::Time EventLog::first_receive_time() const {
  const int64_t nanos = first_receive_nanos_.load();
  return nanos == kNoEntry ? absl::InfiniteFuture() : absl::FromUnixNanos(nanos);
}

void EventLog::AddListener(std::function<void()> listener) {
  listeners_.push_back(std::move(listener));
}

int EventLog::AppendSamples(const std::string& account, std::vector<Sample> samples,
                            absl::Time receive_time, v1::EventSource source) {
  receive_time = Forward(receive_time);
  int appended = 0;
  std::vector<LogRecord> records;
  for (Sample& sample : samples) {
    const KeyId key_id = keys_.Intern(account, sample.vin, sample.descriptor_id);
    const absl::Time measure_time = sample.measure_time.value_or(absl::InfinitePast());
    const CurrentValues::Verdict verdict = current_values_.Judge(key_id, measure_time, sample.raw);
    if (verdict == CurrentValues::Verdict::kDuplicate) {
      stats_.redelivered.Add();
      continue;
    }

    Key key{account, sample.vin, sample.descriptor_id};
    v1::Entry entry;
    *entry.mutable_event() = ToEvent(account, std::move(sample), receive_time, source);
    const bool late = verdict == CurrentValues::Verdict::kLate;
    entry.mutable_event()->set_late(late);
    if (late) stats_.late.Add();
    if (entry.event().value().no_value() == v1::NO_VALUE_UNPARSABLE) stats_.unparsable.Add();
    LogRecord record = Seal(entry, std::move(key), key_id, receive_time);
    const std::string& raw = entry.event().raw();
    if (!late) current_values_.Put(key_id, record.sequence, measure_time, raw, record.bytes);
    records.push_back(std::move(record));
    ++appended;
    AppendPosition(entry.event(), receive_time, records);
  }
  stats_.appended[source].Add(appended);
  if (appended > 0) Commit(std::move(records));
  return appended;
}

void EventLog::AppendPosition(const v1::Event& event, absl::Time receive_time,
                              std::vector<LogRecord>& records) {
  if (!PositionJoiner::Joins(event.descriptor_id())) return;
  const KeyId vehicle = keys_.Intern(event.account(), event.vin(), kPositionId);
  std::optional<v1::Position> position = positions_.Add(vehicle, event);
  if (!position) return;
  Key key{event.account(), event.vin(), std::string(kPositionId)};
  const absl::Time measure_time = FromProto(position->measure_time());
  v1::Entry entry;
  *entry.mutable_position() = *std::move(position);
  LogRecord record = Seal(entry, std::move(key), vehicle, receive_time);
  current_values_.Put(vehicle, record.sequence, measure_time, "", record.bytes);
  records.push_back(std::move(record));
}

void EventLog::AppendGap(const v1::Gap& gap, absl::Time receive_time) {
  v1::Entry entry;
  *entry.mutable_gap() = gap;
  stats_.gaps[gap.cause()].Add();
  const Key key{gap.account(), "", ""};
  std::vector<LogRecord> records;
  records.push_back(Seal(entry, key, keys_.Intern(key.account, "", ""), Forward(receive_time)));
  Commit(std::move(records));
}

void EventLog::GiveUp(GivenUp range, absl::Time receive_time) {
  v1::Entry entry;
  entry.mutable_not_kept()->set_first_sequence(range.first_sequence);
  entry.mutable_not_kept()->set_last_sequence(range.last_sequence);
  const LogRecord notice = Seal(entry, {}, keys_.Intern("", "", ""), Forward(receive_time));
  {
    std::lock_guard lock(given_up_mutex_);
    // A notice that could not be kept itself is given once more, with a larger range.
    std::erase_if(given_up_, [&](const GivenUp& earlier) {
      return earlier.first_sequence >= range.first_sequence;
    });
    given_up_.push_back(range);
  }
  Publish(notice);
  store_.GiveUp(range, notice, Committing({range.first_sequence, notice.sequence}));
  Ring();
}

// The store takes no entry above one that it did not take, so from the first of them all are lost.
void EventLog::AnnounceNotKept(absl::Time now) {
  GivenUp range{0, sealed_};
  {
    std::lock_guard lock(given_up_mutex_);
    if (!unkept_) return;
    range.first_sequence = *unkept_;
    if (commits_again_) unkept_.reset();
  }
  if (IsKept()) return GiveUp(range, now);
  // Something must really change, or SQLite does not go to the disk.
  const int64_t one_more = reserved_ + 1;
  commits_.Begin();
  store_.ReserveSequence(one_more, [this, one_more](const absl::Status& status) {
    {
      std::lock_guard lock(given_up_mutex_);
      if (status.ok()) reserved_ = std::max<int64_t>(reserved_, one_more);
      commits_again_ = status.ok();
    }
    commits_.End();
  });
}

void EventLog::NoteUnkept(GivenUp entries) {
  std::lock_guard lock(given_up_mutex_);
  const bool is_told = !given_up_.empty() &&
                       entries.first_sequence > given_up_.back().first_sequence &&
                       entries.last_sequence <= given_up_.back().last_sequence;
  if (is_told) return;
  commits_again_ = false;
  unkept_ = std::min(unkept_.value_or(entries.first_sequence), entries.first_sequence);
}

bool EventLog::IsKept() const {
  std::lock_guard lock(given_up_mutex_);
  return !unkept_;
}

int64_t EventLog::EntriesBetween(int64_t after, int64_t up_to) const {
  int64_t entries = std::max<int64_t>(0, up_to - after);
  std::lock_guard lock(given_up_mutex_);
  for (const GivenUp& range : given_up_) {
    const int64_t first = std::max(range.first_sequence, after + 1);
    const int64_t last = std::min(range.last_sequence, up_to);
    entries -= std::max<int64_t>(0, last - first + 1);
  }
  return entries;
}

void EventLog::RemoveAccount(const std::string& account, absl::Time receive_time,
                             Store::Done done) {
  std::vector<CurrentValue> values = ValuesOf(keys_.OfAccount(account));
  const std::vector<KeyId> keys = keys_.Forget(account);
  current_values_.Forget(keys);
  for (const KeyId key : keys) positions_.Forget(key);
  window_.Forget(keys);
  history_.Forget();
  v1::Entry entry;
  entry.mutable_account_removed()->set_account(account);
  LogRecord notice =
      Seal(entry, {account, "", ""}, keys_.Intern(account, "", ""), Forward(receive_time));
  Publish(notice);
  commits_.Begin();
  store_.RemoveAccount(account, notice,
                       [this, last = notice.sequence, values = std::move(values),
                        done = std::move(done)](absl::Status status) mutable {
                         if (status.ok()) {
                           window_.Release(last);
                         } else {
                           NoteUnkept({last, last});
                           current_values_.PutBackChanged(RestoreValues(std::move(values)));
                         }
                         history_.Forget();  // also what was read between the two
                         done(std::move(status));
                         commits_.End();
                       });
  Ring();
}

void EventLog::SaveCurrentValues() {
  const int64_t sequence = sealed_;
  if (sequence == values_sequence_ || saving_values_.exchange(true)) return;
  std::vector<KeyId> keys = current_values_.TakeChanged();
  std::vector<CurrentValue> values = ValuesOf(keys);
  commits_.Begin();
  store_.SaveCurrentValues(std::move(values), sequence,
                           [this, sequence, keys = std::move(keys)](const absl::Status& status) {
                             if (status.ok()) {
                               values_sequence_ = sequence;
                             } else {
                               current_values_.PutBackChanged(keys);
                             }
                             saving_values_ = false;
                             commits_.End();
                           });
}

void EventLog::Retain(absl::Time now, Store::Done done) {
  SaveCurrentValues();
  commits_.Begin();
  RetainSome(now - options_.keep_age, std::move(done));
}

void EventLog::RetainSome(absl::Time oldest, Store::Done done) {
  store_.Retain(
      oldest, options_.keep_bytes,
      [this, oldest, done = std::move(done)](const absl::StatusOr<Store::Retained>& kept) mutable {
        if (kept.ok()) {
          first_sequence_.store(kept->start.deleted_sequence + 1, std::memory_order_release);
          first_receive_nanos_ = kept->start.first_sequence > 0
                                     ? absl::ToUnixNanos(kept->start.first_receive_time)
                                     : kNoEntry;
          if (kept->more) return RetainSome(oldest, std::move(done));
        }
        done(kept.status());
        commits_.End();
      });
}

// Clocks are set back now and then; receipt times are not.
absl::Time EventLog::Forward(absl::Time receive_time) {
  last_receive_time_ = std::max(last_receive_time_, receive_time);
  return last_receive_time_;
}

int64_t EventLog::NextSequence() {
  const int64_t sequence = ++sealed_;
  const int64_t block = options_.reserved_block;
  if (reserved_.load() - sequence < block - block / 10 && !reserving_.exchange(true)) {
    commits_.Begin();
    const int64_t reserved = sequence + block;
    store_.ReserveSequence(reserved, [this, reserved](const absl::Status& status) {
      if (status.ok()) reserved_ = reserved;
      reserving_ = false;
      commits_.End();
    });
  }
  return sequence;
}

LogRecord EventLog::Seal(v1::Entry& entry, Key key, KeyId key_id, absl::Time receive_time) {
  const int64_t sequence = NextSequence();
  entry.set_sequence(sequence);
  LogRecord record{sequence,
                   receive_time,
                   std::move(key.account),
                   std::move(key.vin),
                   std::move(key.descriptor_id),
                   EntryField(entry)};
  window_.Append(sequence, key_id, record.bytes, receive_time);
  return record;
}

void EventLog::Commit(std::vector<LogRecord> records) {
  Publish(records.back());
  const GivenUp numbers{records.front().sequence, records.back().sequence};
  store_.Append(std::move(records), Committing(numbers));
  Ring();
}

// The store says in its log when it fails and when it works again; live delivery goes on meanwhile.
Store::Done EventLog::Committing(GivenUp entries) {
  commits_.Begin();
  return [this, entries](const absl::Status& status) {
    if (status.ok()) {
      window_.Release(entries.last_sequence);
    } else {
      NoteUnkept(entries);
    }
    commits_.End();
  };
}

void EventLog::Publish(const LogRecord& record) {
  last_sequence_.store(record.sequence, std::memory_order_release);
  if (first_receive_time() == absl::InfiniteFuture())
    first_receive_nanos_ = absl::ToUnixNanos(record.receive_time);
}

void EventLog::Ring() const {
  for (const auto& listener : listeners_) listener();
}

}  // namespace cardata
