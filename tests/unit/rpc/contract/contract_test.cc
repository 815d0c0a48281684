// SPDX-License-Identifier: Apache-2.0
//
// Random stories against the real log, store and subscriptions; a simple model of the contract says
// what every subscriber must have got. CARDATA_SEED=1234 plays one story again.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <future>
#include <memory>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/proto_time.h"
#include "server/store/sqlite_store.h"
#include "tests/support/null_log.h"
#include "tests/support/power_cut_vfs.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/rpc/contract/model.h"
#include "tests/unit/rpc/contract/reader.h"
#include "tests/unit/rpc/contract/stepped_store.h"

namespace cardata {
namespace {

constexpr int kStories = CARDATA_STORIES;
constexpr int kSteps = 400;
constexpr int kReaders = 8;
constexpr size_t kWindowBytes = 1 << 20;
constexpr absl::Duration kKeepAge = absl::Minutes(10);
constexpr int64_t kDeletedAtOnce = 5;  // so that subscribers meet retention half done

const std::vector<std::string> kAccounts = {"home", "work"};
const std::vector<std::string> kVins = {"WBA00AA000DEM0001", "WBA00AA000DEM0002"};
const std::vector<std::string> kDescriptors = {"vehicle.a.one", "vehicle.a.two", "vehicle.b.one"};
class Story {
 public:
  explicit Story(unsigned seed) : random_(seed) {
    for (int i = 0; i < kReaders; ++i) readers_.emplace_back(model_, tokens_);
    Start();
  }
  ~Story() {
    if (stepped_) stepped_->Stop();
    Leave();
  }

  void Play() {
    for (int step = 0; step < kSteps && !testing::Test::HasFailure(); ++step) {
      SCOPED_TRACE(absl::StrCat("step ", step));
      Step();
    }
    if (!testing::Test::HasFailure()) End();
  }

 private:
  int Below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
  bool OneIn(int count) { return Below(count) == 0; }
  const std::string& Any(const std::vector<std::string>& names) {
    return names[static_cast<size_t>(Below(static_cast<int>(names.size())))];
  }

  // --- The gateway's life -----------------------------------------------------------------------
  void Start() {
    vfs_ = std::make_unique<PowerCutVfs>("contract");
    disk_fails_ = false;
    auto store = SqliteStore::Open({.path = folder_.path() + "/log.db",
                                    .commit_interval = absl::Hours(1),
                                    .vfs = vfs_->name(),
                                    .deleted_at_once = kDeletedAtOnce},
                                   *TokenCipher::Create({std::string(32, 'k')}, secure_random_),
                                   secure_random_, null_log_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    stepped_ = std::make_unique<SteppedStore>(*store_);
    LogState state = *store_->LoadLog();
    model_.NoteDeleted(state.deleted_sequence);
    const std::vector<int64_t> stored = Stored();
    const bool in_order = state.closed;
    const int64_t values_sequence = state.values_sequence;
    auto log = EventLog::Open({.window_bytes = kWindowBytes,
                               .keep_age = kKeepAge,
                               .keep_bytes = OneIn(10) ? 1 : int64_t{1} << 30},
                              std::move(state), *stepped_);
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
    const int64_t last = log_->last_sequence();
    if (in_order) {
      EXPECT_EQ(last, model_.last_sequence()) << "after an end in order the numbers go on";
      model_.Restart(stored, values_sequence, std::nullopt);
    } else {
      EXPECT_GT(last, model_.last_sequence()) << "a number may name two entries";
      model_.Restart(stored, values_sequence, last);
    }
    EXPECT_EQ(model_.Untold(), 0) << "was lost, and nothing tells of it";
    CheckValues();
    side_ = std::make_unique<ContractSide>(*log_);
  }

  // What is on the disk is what the model has, byte for byte; the numbers of it.
  std::vector<int64_t> Stored() {
    std::promise<absl::StatusOr<LogPart>> read;
    store_->Read(0, size_t{1} << 40,
                 [&](absl::StatusOr<LogPart> part) { read.set_value(std::move(part)); });
    const auto part = read.get_future().get();
    EXPECT_TRUE(part.ok()) << part.status();
    std::vector<int64_t> numbers;
    for (const LogRecord& record : part->entries) {
      numbers.push_back(record.sequence);
      const ContractModel::Logged* logged = model_.Find(record.sequence);
      EXPECT_NE(logged, nullptr) << record.sequence;
      v1::SubscribeResponse response;
      EXPECT_TRUE(response.ParseFromString(record.bytes));
      if (logged == nullptr) continue;
      EXPECT_EQ(response.entries(0).SerializeAsString(), logged->entry.SerializeAsString());
      EXPECT_FALSE(logged->gone) << record.sequence;
      EXPECT_GT(record.sequence, model_.deleted_sequence());
      EXPECT_EQ(model_.NumbersBetween(record.sequence - 1, record.sequence), 1)
          << record.sequence << " is there, and was announced as not kept";
    }
    for (const auto& [sequence, logged] : model_.entries()) {
      const bool kept = logged.fate == ContractModel::Fate::kKept && !logged.removed &&
                        sequence > model_.deleted_sequence();
      if (kept) {
        EXPECT_TRUE(std::binary_search(numbers.begin(), numbers.end(), sequence))
            << sequence << " was committed and is not there";
      }
    }
    return numbers;
  }

  void CheckValues() {
    for (const auto& [key, sequence] : model_.current_values()) {
      const auto& [account, vin, descriptor] = key;
      int64_t current = 0;
      log_->current_values().Get(log_->keys().Intern(account, vin, descriptor), &current);
      EXPECT_EQ(current, sequence) << descriptor;
    }
  }

  void LeaveLog() {
    for (ContractReader& reader : readers_) reader.End();
    side_.reset();
    log_.reset();
  }

  void Leave() {
    LeaveLog();
    stepped_.reset();
    store_.reset();
    vfs_.reset();
  }

  void Restart() {
    while (retaining_) Commit();
    stepped_->LetPass();
    NoteFates();
    for (int i = 0; i < 2; ++i) model_.AnnounceNotKept(absl::InfinitePast(), !disk_fails_);
    LeaveLog();
    NoteFates();
    Leave();
    Start();
  }

  void Crash() {
    const auto survives = [this] { return OneIn(2); };
    if (OneIn(2)) {
      vfs_->CutAt(1 + Below(12), survives);
      stepped_->Commit();
      // What was not answered may be there all the same.
      NoteKept();
    }
    vfs_->Cut(survives);
    stepped_->Stop();
    Leave();
    if (OneIn(2)) now_ += absl::Minutes(Below(15));
    Start();
  }

  void Commit() {
    stepped_->Commit();
    NoteFates();
  }

  void NoteFates() {
    const SteppedStore::Outcome outcome = stepped_->TakeOutcome();
    model_.NoteFates(outcome.kept, outcome.failed);
    if (log_) model_.NoteDeleted(log_->first_sequence() - 1);
  }
  void NoteKept() { model_.NoteFates(stepped_->TakeOutcome().kept, {}); }

  // --- What happens -----------------------------------------------------------------------------
  void Step() {
    now_ += absl::Milliseconds(OneIn(20) ? -Below(5000) : Below(3000));
    steady_ += absl::Milliseconds(Below(2000));
    const int kind = Below(100);
    if (kind < 38) {
      Append();
    } else if (kind < 40) {
      AppendGap();
    } else if (kind < 41) {
      RemoveAccount();
    } else if (kind < 43) {
      Retain();
    } else if (kind < 50) {
      Commit();
      Announce();
    } else if (kind < 51) {
      Restart();
    } else if (kind < 53) {
      Crash();
    } else if (kind < 55) {
      disk_fails_ = !disk_fails_;
      vfs_->FailWrites(disk_fails_);
    } else if (kind < 62) {
      ContractReader& reader = readers_[static_cast<size_t>(Below(kReaders))];
      reader.Begin(*side_, AnyRequest());
    } else {
      Read();
    }
    if (stepped_->held_bytes() > kWindowBytes / 2) Commit();
  }

  void Append() {
    const std::string& account = Any(kAccounts);
    std::vector<Sample> samples;
    if (!sent_.empty() && OneIn(8)) {
      samples = sent_[sent_.size() - 1 -
                      static_cast<size_t>(Below(std::min(20, static_cast<int>(sent_.size()))))];
    } else if (OneIn(6)) {
      const std::string& vin = Any(kVins);
      const absl::Time measured = Measured();
      for (const char* half : {kLatitude, kLongitude}) {
        Sample sample;
        sample.vin = vin;
        sample.descriptor_id = half;
        sample.value.set_number(++number_);
        sample.raw = absl::StrCat(number_);
        sample.measure_time = measured;
        samples.push_back(sample);
      }
    } else {
      for (int i = 1 + Below(4); i > 0; --i) samples.push_back(AnySample());
    }
    sent_.push_back(samples);
    model_.AppendSamples(account, samples, now_);
    log_->AppendSamples(account, std::move(samples), now_, v1::EVENT_SOURCE_STREAM);
    HandOut();
  }

  // Mostly newer than all before, to the second and never twice.
  absl::Time Measured() {
    measured_ += absl::Seconds(10);
    return OneIn(8) ? measured_ - absl::Seconds(10 * Below(30) + 5) : measured_;
  }

  Sample AnySample() {
    Sample sample;
    sample.vin = Any(kVins);
    sample.descriptor_id = Any(kDescriptors);
    sample.raw = OneIn(20) ? std::string(static_cast<size_t>(Below(200'000)), 'x') : "";
    absl::StrAppend(&sample.raw, OneIn(5) ? 0 : ++number_);
    sample.value.set_text(sample.raw);
    if (!OneIn(15)) sample.measure_time = Measured();
    return sample;
  }

  void AppendGap() {
    v1::Gap gap;
    gap.set_account(Any(kAccounts));
    gap.set_cause(v1::GAP_CAUSE_NETWORK);
    *gap.mutable_start_time() = ToProto(now_);
    model_.AppendGap(gap, now_);
    log_->AppendGap(gap, now_);
    HandOut();
  }

  // Of a disk that fails: what is then of the account is not the log's to say.
  void RemoveAccount() {
    if (disk_fails_ || model_.has_unannounced()) return;
    const std::string& account = Any(kAccounts);
    Commit();
    model_.RemoveAccount(account, now_);
    log_->RemoveAccount(account, now_,
                        [](const absl::Status& status) { EXPECT_TRUE(status.ok()) << status; });
    NoteFates();
    HandOut();
  }

  // It goes on with each of the commits that follow.
  void Retain() {
    if (disk_fails_ || retaining_) return;
    Commit();
    retaining_ = true;
    const bool keeps_nothing = log_->options().keep_bytes == 1;
    const absl::Time oldest = keeps_nothing ? absl::InfiniteFuture() : now_ - kKeepAge;
    const int64_t last = model_.last_sequence();
    log_->Retain(now_, [this, keeps_nothing, oldest, last](const absl::Status& status) {
      retaining_ = false;
      if (!status.ok()) return;
      const int64_t deleted = log_->first_sequence() - 1;
      EXPECT_GE(deleted, model_.DeletedBy(oldest, last));
      if (!keeps_nothing) {
        EXPECT_EQ(deleted, model_.DeletedBy(oldest, model_.last_sequence()));
      }
    });
    Commit();
  }

  void Announce() {
    log_->AnnounceNotKept(now_);
    model_.AnnounceNotKept(now_, !disk_fails_);
    EXPECT_EQ(log_->last_sequence(), model_.last_sequence());
    log_->SaveCurrentValues();
    Commit();
    HandOut();
  }

  // --- Subscribers ------------------------------------------------------------------------------
  void HandOut() {
    EXPECT_EQ(log_->last_sequence(), model_.last_sequence());
    const int64_t last = log_->last_sequence();
    if (!OneIn(4)) ContractReader::HandOut(*side_, last, readers_);
  }

  void Read() {
    ContractReader& reader = readers_[static_cast<size_t>(Below(kReaders))];
    const int64_t from = side_->head;
    const auto ahead = static_cast<int>(log_->last_sequence() - from);
    if (ahead > 0 && OneIn(2)) ContractReader::HandOut(*side_, from + 1 + Below(ahead), readers_);
    for (int i = Below(6); i >= 0 && reader.Step(steady_, !OneIn(3)); --i) continue;
  }

  v1::SubscribeRequest AnyRequest() {
    v1::SubscribeRequest request;
    if (OneIn(4)) request.add_accounts(Any(kAccounts));
    if (OneIn(4)) request.add_vins(Any(kVins));
    if (OneIn(4)) request.add_descriptor_patterns(Any(kDescriptors));
    if (OneIn(4)) request.add_descriptor_patterns("vehicle.a.*");
    request.set_positions(OneIn(3));
    if (OneIn(3)) {
      request.set_delivery_mode(v1::DELIVERY_MODE_LATEST_VALUES);
      if (OneIn(2)) request.mutable_min_interval()->set_seconds(1 + Below(20));
    }
    const int start = Below(8);
    if (start == 0) {
      request.set_position(v1::START_POSITION_LIVE);
    } else if (start == 1) {
      request.set_position(v1::START_POSITION_EARLIEST);
    } else if (start == 2) {
      *request.mutable_since_time() = ToProto(now_ - absl::Seconds(Below(900)));
    } else if (start < 7 && !tokens_.empty()) {
      const int back = Below(std::min(OneIn(3) ? 100'000 : 30, static_cast<int>(tokens_.size())));
      request.set_resume_token(tokens_[tokens_.size() - 1 - static_cast<size_t>(back)]);
    }
    return request;
  }

  // Everything is well again, and everybody takes all there is.
  void End() {
    vfs_->FailWrites(false);
    AppendGap();
    disk_fails_ = false;
    Commit();
    for (int i = 0; i < 2; ++i) Announce();
    EXPECT_TRUE(log_->IsKept());
    ContractReader::HandOut(*side_, log_->last_sequence(), readers_);
    for (ContractReader& reader : readers_) {
      SCOPED_TRACE("at the end");
      reader.Drain(steady_ + absl::Hours(1));
    }
    for (const v1::StartPosition position :
         {v1::START_POSITION_EARLIEST, v1::START_POSITION_CURRENT_VALUES}) {
      v1::SubscribeRequest request;
      request.set_position(position);
      readers_[0].Begin(*side_, request);
      readers_[0].Drain(steady_);
    }
  }

  std::mt19937 random_;
  TempDir folder_;
  SecureRandom secure_random_;
  NullLog null_log_;
  ContractModel model_;
  std::vector<std::string> tokens_;
  std::unique_ptr<PowerCutVfs> vfs_;
  std::unique_ptr<SqliteStore> store_;
  std::unique_ptr<SteppedStore> stepped_;
  std::unique_ptr<EventLog> log_;
  std::unique_ptr<ContractSide> side_;
  std::deque<ContractReader> readers_;
  bool disk_fails_ = false;
  bool retaining_ = false;
  int number_ = 0;
  std::vector<std::vector<Sample>> sent_;
  absl::Time now_ = absl::FromUnixSeconds(1785153600);
  absl::Time measured_ = absl::FromUnixSeconds(1785153000);
  absl::Time steady_ = absl::UnixEpoch();
};

TEST(ContractTest, EverySubscriberEndsUpWithWhatTheContractSays) {
  unsigned first = std::random_device()();
  int stories = kStories;
  if (const char* seed = getenv("CARDATA_SEED"); absl::SimpleAtoi(seed ? seed : "", &first))
    stories = 1;
  for (int i = 0; i < stories && !testing::Test::HasFailure(); ++i) {
    const unsigned seed = first + static_cast<unsigned>(i);
    SCOPED_TRACE(absl::StrCat("CARDATA_SEED=", seed));
    Story(seed).Play();
  }
}

}  // namespace
}  // namespace cardata
