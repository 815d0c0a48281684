// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "cardata/v1/event.pb.h"
#include "cardata/v1/telematics_service.pb.h"
#include "server/eventlog/event_log.h"
#include "server/telematics/decode.h"

namespace cardata {

// The two halves of a position.
inline constexpr char kLatitude[] =
    "vehicle.cabin.infotainment.navigation.currentLocation.latitude";
inline constexpr char kLongitude[] =
    "vehicle.cabin.infotainment.navigation.currentLocation.longitude";

// The contract of the log in its simplest form: a list of entries, and what is known of each. It
// hears of everything that is done to the real log, and says what subscribers must be given.
//
// Of positions it knows the simple case: latitude and longitude in one message, of one time.
class ContractModel {
 public:
  // Account, VIN, descriptor: what an event is a value of.
  using KeyName = std::tuple<std::string, std::string, std::string>;

  enum class Fate {
    kOpen,  // appended, and not committed
    kKept,
    kLost,  // not kept
  };
  struct Logged {
    v1::Entry entry;
    KeyName key;  // of a notice: no descriptor, and of one for all no account
    absl::Time receive_time;
    absl::Time measure_time;
    Fate fate = Fate::kOpen;
    bool removed = false;    // with its account
    bool gone = false;       // from memory as well as from the disk: nobody can be given it
    bool forgotten = false;  // gone before it was saved as a current value
    std::deque<std::pair<absl::Time, std::string>> recent = {};  // with it, of its key
    // Of a notice: the account's vehicles, and all accounts', known then and ever since.
    std::set<std::string> vins = {};
    std::set<std::string> anyones_vins = {};

    bool is_value() const { return !std::get<2>(key).empty(); }
    int64_t sequence() const { return entry.sequence(); }
    // Whether a subscriber may go without it and not be told at once.
    bool optional() const { return fate == Fate::kLost || removed; }
  };

  // What is done to the log.
  void AppendSamples(const std::string& account, const std::vector<Sample>& samples,
                     absl::Time receive_time);
  void AppendGap(const v1::Gap& gap, absl::Time receive_time);
  void RemoveAccount(const std::string& account, absl::Time receive_time);
  // Retention has deleted everything up to `deleted_sequence`.
  void NoteDeleted(int64_t deleted_sequence);
  // The store's answers.
  void NoteFates(const std::vector<int64_t>& kept, const std::vector<int64_t>& lost);
  // The log looked whether the store commits again, or announced what was lost.
  void AnnounceNotKept(absl::Time now, bool store_commits);
  // The gateway starts again and finds `stored` on the disk. Where numbers are not accounted for,
  // `notice` is the number of the entry that says so.
  void Restart(const std::vector<int64_t>& stored, int64_t values_sequence,
               std::optional<int64_t> notice);

  // Something was lost and is not announced: until it is, nothing is kept.
  bool has_unannounced() const { return unannounced_.has_value(); }
  // An entry that was lost and that nothing on the disk tells of; 0 if there is none.
  int64_t Untold() const;

  const std::map<int64_t, Logged>& entries() const { return entries_; }
  const Logged* Find(int64_t sequence) const;
  // The number of the key's current value; 0 if it has none.
  int64_t Current(const KeyName& key) const;
  const std::map<KeyName, int64_t>& current_values() const { return current_; }
  int64_t last_sequence() const { return last_sequence_; }
  int64_t last_kept() const;
  int64_t deleted_sequence() const { return deleted_sequence_; }
  // How far retention goes of what is kept and numbered up to `up_to`, if it keeps from `oldest`
  // on.
  int64_t DeletedBy(absl::Time oldest, int64_t up_to) const;
  // How many entries were numbered above `after` and up to `up_to`, without those that were
  // announced as not kept.
  int64_t NumbersBetween(int64_t after, int64_t up_to) const;
  // Of the entries on the disk: the last before `time`; or the number before the first.
  int64_t StartOf(absl::Time time) const;

  // Whether a subscriber may be given it, and must be. Between the two lie notices of accounts of
  // whose vehicles something became known, or was lost, meanwhile.
  bool MayGet(const v1::SubscribeRequest& request, const Logged& logged) const;
  static bool Matches(const v1::SubscribeRequest& request, const Logged& logged);

 private:
  // Of all accounts, if that is empty.
  std::set<std::string> KnownVins(const std::string& account) const;
  static bool Passes(const v1::SubscribeRequest& request, const Logged& logged);
  Logged& Add(v1::Entry entry, KeyName key, absl::Time receive_time);
  void Announce(int64_t first, int64_t last, absl::Time receive_time);
  void RestoreValues();

  std::map<int64_t, Logged> entries_;
  std::map<KeyName, int64_t> current_;
  std::map<std::string, std::set<std::string>> ever_sent_;  // VINs by account, until it is removed
  std::map<KeyName, std::deque<std::pair<absl::Time, std::string>>> recent_;
  std::vector<std::pair<int64_t, int64_t>> not_kept_;  // as announced: the notice is the next one
  std::optional<int64_t> unannounced_;                 // the first
  bool commits_again_ = false;
  int64_t last_sequence_ = 0;
  int64_t deleted_sequence_ = 0;
  absl::Time last_receive_time_ = absl::InfinitePast();
};

}  // namespace cardata
