// SPDX-License-Identifier: Apache-2.0
// The log alone: how many events a second it numbers, serialises and commits to the disk, while
// what is too much is deleted at the same time. Prints one JSON object.
//
//   cardata-bench-log FOLDER SECONDS
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/log.h"
#include "server/base/random.h"
#include "server/base/status_macros.h"
#include "server/eventlog/event_log.h"
#include "server/store/sqlite_store.h"
#include "server/store/token_cipher.h"

namespace cardata {
namespace {

constexpr int64_t kKeepBytes = int64_t{64} << 20;
// As often as the gateway's setting allows.
constexpr absl::Duration kRetentionInterval = absl::Seconds(1);
// Appended between two looks at how far the disk is, and how many such batches may wait for it.
constexpr int kBatch = 1000;
constexpr int kWaitingBatches = 20;
constexpr size_t kTextBytes = 90;  // an entry of some 300 B

// Cars that each send their descriptors in turn.
Sample MakeSample(int64_t number, absl::Time now) {
  constexpr int64_t kCars = 100;
  constexpr int64_t kDescriptors = 50;
  Sample sample;
  sample.vin = absl::StrCat("WBA00000000", 100'000 + number % kCars);
  sample.descriptor_id = absl::StrCat("vehicle.drivetrain.electricEngine.charging.part",
                                      10 + number / kCars % kDescriptors);
  sample.raw = absl::StrCat(number, std::string(kTextBytes, 'x')).substr(0, kTextBytes);
  sample.value.set_text(sample.raw);
  sample.measure_time = now;
  return sample;
}

class Appender {
 public:
  Appender(EventLog& log, SqliteStore& store, absl::Duration duration)
      : log_(log), store_(store), duration_(duration) {}

  // Fills the log, then measures: what was committed counts, and what was deleted.
  absl::StatusOr<nlohmann::json> Run() {
    while (store_.BytesOnDisk() < 2 * kKeepBytes && healthy_) Batch();
    WaitForDisk(0);
    const absl::Time began = absl::Now();
    const int64_t appended = appended_;
    ASSIGN_OR_RETURN(const int64_t oldest, OldestOnDisk());
    while (absl::Now() < began + duration_ && healthy_) Batch();
    WaitForDisk(0);
    const double seconds = absl::ToDoubleSeconds(absl::Now() - began);
    ASSIGN_OR_RETURN(const int64_t oldest_now, OldestOnDisk());
    const int64_t bytes = store_.BytesOnDisk();
    while (retaining_) absl::SleepFor(absl::Milliseconds(1));
    if (!healthy_) return absl::UnavailableError("the store failed");
    return nlohmann::json{
        {"appends_per_second", static_cast<double>(appended_ - appended) / seconds},
        {"deletions_per_second", static_cast<double>(oldest_now - oldest) / seconds},
        {"seconds", seconds},
        {"bytes_on_disk", bytes}};
  }

 private:
  void Batch() {
    for (int i = 0; i < kBatch; ++i) {
      const absl::Time now = absl::Now();
      std::vector<Sample> samples;
      samples.push_back(MakeSample(appended_, now));
      appended_ += log_.AppendSamples("home", std::move(samples), now, v1::EVENT_SOURCE_STREAM);
    }
    // Nothing, in the same queue: committed after what came before.
    {
      const std::lock_guard lock(mutex_);
      ++waiting_;
    }
    store_.Append({}, [this](const absl::Status& status) {
      const std::lock_guard lock(mutex_);
      if (!status.ok()) healthy_ = false;
      --waiting_;
      committed_.notify_one();
    });
    WaitForDisk(kWaitingBatches);
    if (const absl::Time now = absl::Now(); now >= next_retention_ && !retaining_) {
      next_retention_ = now + kRetentionInterval;
      retaining_ = true;
      log_.Retain(now, [this](const absl::Status& status) {
        if (!status.ok()) healthy_ = false;
        retaining_ = false;
      });
    }
  }

  // The number of the oldest entry that was not deleted.
  absl::StatusOr<int64_t> OldestOnDisk() {
    std::promise<absl::StatusOr<LogPart>> part;
    store_.Read(0, 1, [&](auto answer) { part.set_value(std::move(answer)); });
    ASSIGN_OR_RETURN(const LogPart first, part.get_future().get());
    if (first.entries.empty()) return absl::InternalError("the log is empty");
    return first.entries.front().sequence;
  }

  void WaitForDisk(int batches) {
    std::unique_lock lock(mutex_);
    committed_.wait(lock, [&] { return waiting_ <= batches; });
  }

  EventLog& log_;
  SqliteStore& store_;
  const absl::Duration duration_;
  int64_t appended_ = 0;
  std::mutex mutex_;
  std::condition_variable committed_;
  int waiting_ = 0;  // batches
  std::atomic<bool> retaining_{false};
  std::atomic<bool> healthy_{true};
  absl::Time next_retention_ = absl::InfinitePast();
};

absl::StatusOr<nlohmann::json> Measure(const std::string& folder, absl::Duration duration) {
  SecureRandom random;
  StderrLog log(Log::Level::kError);
  ASSIGN_OR_RETURN(TokenCipher cipher, TokenCipher::Create({std::string(32, 'k')}, random));
  std::filesystem::create_directories(folder);
  ASSIGN_OR_RETURN(
      const std::unique_ptr<SqliteStore> store,
      SqliteStore::Open({.path = folder + "/gateway.db"}, std::move(cipher), random, log));
  ASSIGN_OR_RETURN(LogState state, store->LoadLog());
  ASSIGN_OR_RETURN(const std::unique_ptr<EventLog> events,
                   EventLog::Open({.keep_bytes = kKeepBytes}, std::move(state), *store));
  return Appender(*events, *store, duration).Run();
}

}  // namespace
}  // namespace cardata

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "Usage: cardata-bench-log FOLDER SECONDS\n";
    return 2;
  }
  const auto figures = cardata::Measure(argv[1], absl::Seconds(std::atoi(argv[2])));
  if (!figures.ok()) {
    std::cerr << figures.status() << "\n";
    return 1;
  }
  std::cout << figures->dump() << "\n";
}
