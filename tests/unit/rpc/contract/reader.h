// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "server/rpc/audiences.h"
#include "server/rpc/feed.h"
#include "tests/unit/rpc/contract/model.h"

namespace cardata {

// What readers read: the real log, and what a shard of subscribers has beside it.
struct ContractSide {
  EventLog& log;
  Audiences audiences{log.keys()};
  UpstreamStates upstream;
  int64_t head = log.last_sequence();
};

// One subscriber, which holds everything that it is given against the model. It is what
// SubscribeCall makes of the real parts, without gRPC: one message a step.
class ContractReader {
 public:
  // `tokens` is where it puts the resume tokens that it is given.
  ContractReader(const ContractModel& model, std::vector<std::string>& tokens)
      : model_(model), tokens_(tokens) {}
  ~ContractReader() { End(); }

  // Begins a new stream.
  void Begin(ContractSide& side, const v1::SubscribeRequest& request);
  void End();
  bool reading() const { return subscription_.has_value(); }

  // Hands out what is new up to `last`, and wakes `readers`, as a shard does.
  static void HandOut(ContractSide& side, int64_t last, std::deque<ContractReader>& readers);

  // One message, one read of the disk, or one look at the clock; `answers`: what a read of the disk
  // brought is taken at once. Whether there may be more.
  bool Step(absl::Time now, bool answers);

  // Takes all there is. The model knows what that must have been.
  void Drain(absl::Time now);

 private:
  void AskDisk(bool answers);
  void TakeDisk();
  void Take(const std::string& bytes, int64_t position_before, absl::Time now);
  void TakeEntries(const v1::SubscribeResponse& response, absl::Time now);
  void TakeValue(const ContractModel::Logged& logged, absl::Time now, bool opening);
  void TakeInOrder(const ContractModel::Logged& logged);
  void TakeLag(const v1::SubscribeResponse& response, int64_t position_before);
  void EndOpening();
  void CheckToken(const std::string& text);
  // Nothing that is owed lies above what is accounted for and up to `up_to`, which then is, too.
  void Account(int64_t up_to);
  void CheckLatest(int64_t up_to, bool all);
  void CheckSuperseded();
  bool IsOwed(const ContractModel::Logged& logged) const;
  bool latest() const { return request_.delivery_mode() == v1::DELIVERY_MODE_LATEST_VALUES; }
  std::string Describe() const;

  const ContractModel& model_;
  std::vector<std::string>& tokens_;
  ContractSide* side_ = nullptr;
  v1::SubscribeRequest request_;
  std::optional<Subscription> subscription_;
  Audience* audience_ = nullptr;
  bool idle_ = false;
  std::optional<absl::StatusOr<History::Stretch>> from_disk_;  // not taken yet
  int64_t replay_until_ = 0;
  int64_t accounted_ = 0;           // everything up to here was given, or was not owed
  std::optional<int64_t> opening_;  // current values come first, up to this number
  std::set<int64_t> given_;         // in this stream
  bool fell_out_ = false;           // of the log, in this stream
  // With latest values.
  std::map<ContractModel::KeyName, std::pair<int64_t, absl::Time>> last_given_;
  std::set<int64_t> all_given_;
  std::vector<std::pair<int64_t, int64_t>> read_;  // of the log, (after, up to]
  int64_t superseded_ = 0;
};

}  // namespace cardata
