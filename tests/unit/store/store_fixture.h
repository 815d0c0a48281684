// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/base/log.h"
#include "server/base/random.h"
#include "server/store/sqlite_store.h"
#include "server/store/token_cipher.h"
#include "tests/support/temp_dir.h"

namespace cardata {

inline LogRecord Entry(int64_t sequence, absl::Time receive_time, std::string bytes = "entry") {
  return {.sequence = sequence,
          .receive_time = receive_time,
          .account = "home",
          .vin = "WBA00AA000DEM0001",
          .descriptor_id = "vehicle.chassis.axle.row1.wheel.left.tire.pressure",
          .bytes = std::move(bytes)};
}

inline std::vector<int64_t> Sequences(const std::vector<LogRecord>& entries) {
  std::vector<int64_t> sequences;
  for (const LogRecord& entry : entries) sequences.push_back(entry.sequence);
  return sequences;
}

// A store in a directory of its own, and calls that wait for their answer.
class StoreTest : public testing::Test {
 protected:
  static constexpr absl::Time kNoon = absl::FromUnixSeconds(1764072000);  // 2025-11-25T12:00:00Z

  TokenCipher Cipher() { return TokenCipher::Create({key_}, random_).value(); }

  absl::StatusOr<std::unique_ptr<SqliteStore>> TryOpen(
      absl::Duration commit_interval = absl::Milliseconds(1)) {
    return SqliteStore::Open({.path = path_, .commit_interval = commit_interval}, Cipher(), random_,
                             log_);
  }

  void Open(absl::Duration commit_interval = absl::Milliseconds(1)) {
    auto opened = TryOpen(commit_interval);
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }

  void Reopen() {
    store_.reset();
    Open();
  }

  // Calls `start` with a `done`, and waits for what that is called with.
  template <class T>
  static T Await(absl::AnyInvocable<void(absl::AnyInvocable<void(T)>)> start) {
    std::promise<T> answer;
    start([&](T value) { answer.set_value(std::move(value)); });
    return answer.get_future().get();
  }

  absl::Status Save(AccountRecord account) {
    return Await<absl::Status>([&](auto done) { store_->SaveAccount(account, std::move(done)); });
  }
  absl::Status Append(const std::vector<LogRecord>& entries) {
    return Await<absl::Status>([&](auto done) { store_->Append(entries, std::move(done)); });
  }
  absl::Status SaveValues(int64_t sequence, const std::vector<CurrentValue>& values = {}) {
    return Await<absl::Status>(
        [&](auto done) { store_->SaveCurrentValues(values, sequence, std::move(done)); });
  }
  // The value that `entry` gives.
  static CurrentValue ValueOf(const LogRecord& entry, absl::Time measure_time = kNoon,
                              std::string raw = "1") {
    return {entry.account, entry.vin,    entry.descriptor_id, entry.sequence,
            entry.bytes,   measure_time, std::move(raw),      ""};
  }
  absl::Status GiveUp(cardata::GivenUp range, const LogRecord& notice) {
    return Await<absl::Status>([&](auto done) { store_->GiveUp(range, notice, std::move(done)); });
  }
  absl::Status Reserve(int64_t sequence) {
    return Await<absl::Status>(
        [&](auto done) { store_->ReserveSequence(sequence, std::move(done)); });
  }
  absl::StatusOr<LogStart> Retain(absl::Time oldest, int64_t max_bytes = int64_t{1} << 40) {
    for (;;) {
      const auto retained = Await<absl::StatusOr<Store::Retained>>(
          [&](auto done) { store_->Retain(oldest, max_bytes, std::move(done)); });
      if (!retained.ok()) return retained.status();
      if (!retained->more) return retained->start;
    }
  }
  absl::Status DeleteBefore(absl::Time time) { return Retain(time).status(); }
  absl::StatusOr<std::vector<LogRecord>> Read(int64_t from, size_t max_bytes = 1 << 20) {
    auto part = Await<absl::StatusOr<LogPart>>(
        [&](auto done) { store_->Read(from, max_bytes, std::move(done)); });
    if (!part.ok()) return part.status();
    return std::move(part->entries);
  }
  absl::StatusOr<int> Count(const std::string& account, absl::Time time) {
    return Await<absl::StatusOr<int>>(
        [&](auto done) { store_->CountRequest(account, time, std::move(done)); });
  }
  absl::StatusOr<int> Counted(const std::string& account, absl::Time time) {
    return Await<absl::StatusOr<int>>(
        [&](auto done) { store_->CountedRequests(account, time, std::move(done)); });
  }

  TempDir directory_;
  std::string path_ = directory_.path() + "/gateway.db";
  SecureRandom random_;
  StderrLog log_{Log::Level::kWarning};
  std::string key_ = random_.Bytes(32);
  std::unique_ptr<SqliteStore> store_;
};

}  // namespace cardata
