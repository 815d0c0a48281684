// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <future>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "server/base/in_flight.h"
#include "server/store/store.h"

namespace cardata {

// The real store, step by step: what the log appends is held until the test says that the time to
// commit has come, and is through when that returns. So the same seed gives the same story, however
// threads run. For the log alone, and a store that commits by itself only after the test.
class SteppedStore : public Store {
 public:
  explicit SteppedStore(Store& store) : store_(store) {}

  // What became of entries that were handed over, by their numbers.
  struct Outcome {
    std::vector<int64_t> kept;
    std::vector<int64_t> failed;
  };
  // Commits what was held.
  void Commit() {
    for (auto& write : std::exchange(held_, {})) write();
    held_bytes_ = 0;
    CommitNow();
  }

  // What became of entries since the last call.
  Outcome TakeOutcome() {
    std::lock_guard lock(mutex_);
    return std::exchange(outcome_, {});
  }

  // From now on nothing is held.
  void LetPass() {
    Commit();
    passing_ = true;
  }

  // The power is gone: what is held fails, and so does whatever comes.
  void Stop() {
    stopped_ = true;
    Commit();
  }

  size_t held_bytes() const { return held_bytes_; }

  void ReserveSequence(int64_t sequence, Done done) override {
    if (stopped_) return done(Gone());
    std::promise<void> reserved;
    store_.ReserveSequence(sequence, [&](absl::Status status) {
      done(std::move(status));
      reserved.set_value();
    });
    reserved.get_future().wait();
  }
  void CloseLog(int64_t sequence, Done done) override {
    if (stopped_) return done(Gone());
    store_.CloseLog(sequence, std::move(done));
  }
  void GiveUp(GivenUp range, LogRecord notice, Done done) override {
    done = Noting({notice.sequence}, std::move(done));
    Hold(0, [this, range, notice = std::move(notice), done = std::move(done)]() mutable {
      if (stopped_) return done(Gone());
      store_.GiveUp(range, std::move(notice), std::move(done));
    });
  }
  void Append(std::vector<LogRecord> entries, Done done) override {
    size_t bytes = 0;
    std::vector<int64_t> numbers;
    for (const LogRecord& entry : entries) {
      numbers.push_back(entry.sequence);
      bytes += entry.bytes.size();
    }
    done = Noting(std::move(numbers), std::move(done));
    Hold(bytes, [this, entries = std::move(entries), done = std::move(done)]() mutable {
      if (stopped_) return done(Gone());
      store_.Append(std::move(entries), std::move(done));
    });
  }
  void SaveCurrentValues(std::vector<CurrentValue> values, int64_t sequence, Done done) override {
    Hold(0, [this, values = std::move(values), sequence, done = std::move(done)]() mutable {
      if (stopped_) return done(Gone());
      store_.SaveCurrentValues(std::move(values), sequence, std::move(done));
    });
  }
  void RemoveAccount(std::string account, LogRecord notice, Done done) override {
    Commit();
    done = Noting({notice.sequence}, std::move(done));
    store_.RemoveAccount(std::move(account), std::move(notice), std::move(done));
    under_way_.WaitForNone();
  }
  // One part of it a commit. What asks for the next part does so before `Commit` returns.
  void Retain(absl::Time oldest, int64_t max_bytes,
              absl::AnyInvocable<void(absl::StatusOr<Retained>)> done) override {
    held_.push_back([this, oldest, max_bytes, done = std::move(done)]() mutable {
      if (stopped_) return done(Gone());
      under_way_.Begin();
      store_.Retain(oldest, max_bytes,
                    [this, done = std::move(done)](absl::StatusOr<Retained> retained) mutable {
                      done(std::move(retained));
                      under_way_.End();
                    });
    });
  }
  void Read(int64_t from_sequence, size_t max_bytes,
            absl::AnyInvocable<void(absl::StatusOr<LogPart>)> done) override {
    store_.Read(from_sequence, max_bytes, std::move(done));
  }
  void FindStart(absl::Time time, absl::AnyInvocable<void(absl::StatusOr<int64_t>)> done) override {
    store_.FindStart(time, std::move(done));
  }

  // Not the log's.
  absl::StatusOr<std::vector<AccountRecord>> LoadAccounts() override { return Nobody(); }
  absl::StatusOr<LogState> LoadLog() override { return Nobody(); }
  void SaveAccount(AccountRecord, Done done) override { done(Nobody()); }
  void Scrub(Done done) override { done(Nobody()); }
  void CountRequest(std::string, absl::Time,
                    absl::AnyInvocable<void(absl::StatusOr<int>)> done) override {
    done(Nobody());
  }
  void CountedRequests(std::string, absl::Time,
                       absl::AnyInvocable<void(absl::StatusOr<int>)> done) override {
    done(Nobody());
  }
  void CountedRequestsOfAll(
      absl::Time,
      absl::AnyInvocable<void(absl::StatusOr<std::map<std::string, int>>)> done) override {
    done(Nobody());
  }
  void MarkAlive(absl::Time) override {}

 private:
  static absl::Status Gone() { return absl::UnavailableError("the power is gone"); }
  static absl::Status Nobody() { return absl::UnimplementedError("nobody asks for this"); }

  void Hold(size_t bytes, absl::AnyInvocable<void()> write) {
    held_.push_back(std::move(write));
    held_bytes_ += bytes;
    if (passing_ || stopped_) Commit();
  }

  // A write that is committed at once takes along what waits.
  void CommitNow() {
    if (!stopped_) {
      under_way_.Begin();
      store_.CountRequest("nobody", absl::UnixEpoch(),
                          [this](const absl::StatusOr<int>&) { under_way_.End(); });
    }
    under_way_.WaitForNone();
  }

  Done Noting(std::vector<int64_t> numbers, Done done) {
    under_way_.Begin();
    return [this, numbers = std::move(numbers),
            done = std::move(done)](const absl::Status& status) mutable {
      done(status);
      {
        std::lock_guard lock(mutex_);
        std::vector<int64_t>& all = status.ok() ? outcome_.kept : outcome_.failed;
        all.insert(all.end(), numbers.begin(), numbers.end());
      }
      under_way_.End();
    };
  }

  Store& store_;
  std::vector<absl::AnyInvocable<void()>> held_;
  size_t held_bytes_ = 0;
  bool passing_ = false;
  bool stopped_ = false;
  InFlight under_way_;
  std::mutex mutex_;
  Outcome outcome_;  // guarded by mutex_
};

}  // namespace cardata
