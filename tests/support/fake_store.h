// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/store/store.h"

namespace cardata {

// Keeps everything in memory and answers at once, or with `failure`.
class FakeStore : public Store {
 public:
  absl::Status failure;
  std::map<std::string, AccountRecord> accounts;
  std::vector<AccountRecord> saves;  // every save, in order
  std::vector<LogRecord> log;
  std::map<std::string, CurrentValue> values;
  int64_t values_sequence = 0;
  int64_t reserved = 0;
  bool closed = true;
  bool killed = false;  // what the log writes at its end does not happen
  std::vector<GivenUp> given_up;
  bool hole = false;  // entries were not taken, and that is not told
  int64_t deleted = 0;
  absl::Time alive_time = absl::InfinitePast();
  int reads = 0;
  int scrubs = 0;
  absl::Status scrub_failure;

  absl::StatusOr<std::vector<AccountRecord>> LoadAccounts() override {
    std::vector<AccountRecord> records;
    for (const auto& [name, record] : accounts) records.push_back(record);
    return records;
  }
  absl::StatusOr<LogState> LoadLog() override {
    LogState state;
    state.epoch = "an epoch of 16 b";
    state.reserved_sequence = reserved;
    state.closed = closed;
    state.given_up = given_up;
    state.deleted_sequence = deleted;
    state.first_sequence = log.empty() ? 0 : log.front().sequence;
    state.first_receive_time = log.empty() ? absl::InfinitePast() : log.front().receive_time;
    state.last_sequence = log.empty() ? 0 : log.back().sequence;
    state.last_receive_time = log.empty() ? absl::InfinitePast() : log.back().receive_time;
    state.alive_time = alive_time;
    for (const auto& [key, value] : values) state.current_values.push_back(value);
    state.values_sequence = values_sequence;
    for (const LogRecord& entry : log)
      if (entry.sequence > values_sequence) state.after_current_values.push_back(entry);
    return state;
  }
  void SaveAccount(AccountRecord account, Done done) override {
    if (failure.ok()) {
      saves.push_back(account);
      accounts[account.name] = std::move(account);
    }
    done(failure);
  }
  void RemoveAccount(std::string account, LogRecord notice, Done done) override {
    if (failure.ok()) {
      accounts.erase(account);
      std::erase_if(log, [&](const LogRecord& entry) { return entry.account == account; });
      std::erase_if(values, [&](const auto& value) { return value.second.account == account; });
      log.push_back(std::move(notice));
    }
    done(failure);
  }
  void Scrub(Done done) override {
    if (failure.ok() && scrub_failure.ok()) ++scrubs;
    done(failure.ok() ? scrub_failure : failure);
  }
  void CountRequest(std::string account, absl::Time time,
                    absl::AnyInvocable<void(absl::StatusOr<int>)> done) override {
    if (!failure.ok()) return done(failure);
    done(++counts_[Day(account, time)]);
  }
  void CountedRequests(std::string account, absl::Time time,
                       absl::AnyInvocable<void(absl::StatusOr<int>)> done) override {
    done(counts_[Day(account, time)]);
  }
  void CountedRequestsOfAll(
      absl::Time time,
      absl::AnyInvocable<void(absl::StatusOr<std::map<std::string, int>>)> done) override {
    std::map<std::string, int> counted;
    for (const auto& [name, account] : accounts) {
      const auto count = counts_.find(Day(name, time));
      if (count != counts_.end()) counted[name] = count->second;
    }
    done(std::move(counted));
  }
  void ReserveSequence(int64_t sequence, Done done) override {
    if (failure.ok()) {
      reserved = sequence;
      closed = false;
    }
    done(failure);
  }
  void CloseLog(int64_t sequence, Done done) override {
    if (failure.ok() && !killed) {
      reserved = sequence;
      closed = true;
    }
    done(failure);
  }
  void GiveUp(GivenUp range, LogRecord notice, Done done) override {
    hole = !failure.ok();
    if (failure.ok()) {
      given_up.push_back(range);
      log.push_back(std::move(notice));
    }
    done(failure);
  }
  void Append(std::vector<LogRecord> entries, Done done) override {
    if (hole) return done(absl::UnavailableError("that others are missing is not told yet"));
    hole = !failure.ok();
    if (failure.ok()) log.insert(log.end(), entries.begin(), entries.end());
    done(failure);
  }
  void SaveCurrentValues(std::vector<CurrentValue> saved, int64_t sequence, Done done) override {
    if (failure.ok() && !killed) {
      for (CurrentValue& value : saved)
        values[absl::StrCat(value.account, "/", value.vin, "/", value.descriptor_id)] = value;
      values_sequence = sequence;
    }
    done(failure);
  }
  void MarkAlive(absl::Time time) override {
    if (failure.ok()) alive_time = time;
  }
  void Read(int64_t from_sequence, size_t max_bytes,
            absl::AnyInvocable<void(absl::StatusOr<LogPart>)> done) override {
    ++reads;
    if (!failure.ok()) return done(failure);
    LogPart part{{}, deleted};
    size_t bytes = 0;
    for (const LogRecord& record : log) {
      if (record.sequence < from_sequence) continue;
      if (bytes >= max_bytes) break;
      bytes += record.bytes.size();
      part.entries.push_back(record);
    }
    done(std::move(part));
  }
  void FindStart(absl::Time time, absl::AnyInvocable<void(absl::StatusOr<int64_t>)> done) override {
    if (!failure.ok()) return done(failure);
    int64_t before = deleted;
    for (const LogRecord& record : log)
      if (record.receive_time < time) before = record.sequence;
    done(before);
  }
  void Retain(absl::Time oldest, int64_t max_bytes,
              absl::AnyInvocable<void(absl::StatusOr<Retained>)> done) override {
    if (!failure.ok()) return done(failure);
    int64_t bytes = 0;
    for (const LogRecord& record : log) bytes += static_cast<int64_t>(record.bytes.size());
    while (!log.empty() && log.front().sequence <= values_sequence &&
           (log.front().receive_time < oldest || bytes > max_bytes)) {
      bytes -= static_cast<int64_t>(log.front().bytes.size());
      deleted = log.front().sequence;
      log.erase(log.begin());
    }
    done(Retained{{.first_sequence = log.empty() ? 0 : log.front().sequence,
                   .first_receive_time = log.empty() ? absl::Time() : log.front().receive_time,
                   .deleted_sequence = deleted}});
  }

 private:
  static std::string Day(const std::string& account, absl::Time time) {
    return absl::StrCat(account, absl::FormatTime("%Y-%m-%d", time, absl::UTCTimeZone()));
  }
  std::map<std::string, int> counts_;
};

}  // namespace cardata
