// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/random.h"

namespace cardata::sim {

// One run of the device code flow (RFC 8628).
struct DeviceGrant {
  enum class State { kPending, kApproved, kDenied, kUsed, kPoisoned };

  std::string device_code;
  std::string user_code;  // 8 letters, case counts
  std::string client_id;
  std::string scope;
  std::string code_challenge;  // S256
  absl::Time created;          // all times are real
  absl::Time expires;
  State state = State::kPending;
  absl::Time decided;    // when it was approved or denied
  absl::Time last_poll;  // InfinitePast: never
};

// The device codes, in memory. Thread-safe.
class DeviceCodes {
 public:
  struct Options {
    absl::Duration lifetime = absl::Seconds(300);
    absl::Duration interval = absl::Seconds(5);              // between polls
    absl::Duration auto_approve = absl::InfiniteDuration();  // approved so long after their making
  };
  // `clock` and `random` outlive it.
  DeviceCodes(Options options, const Clock& clock, Random& random);

  const Options& options() const { return options_; }

  // `device_code` has to be new; the user code is made up.
  DeviceGrant Add(std::string device_code, std::string client_id, std::string scope,
                  std::string code_challenge);

  std::optional<DeviceGrant> FindByUserCode(const std::string& user_code);

  // The user's decision. False if no such code is pending, or it has expired.
  bool Decide(const std::string& user_code, bool approved);

  // One poll of the client. `too_early`: it came sooner after the one before than `interval` less
  // 20 %; the first poll never does.
  struct Poll {
    DeviceGrant grant;
    bool too_early = false;
  };
  std::optional<Poll> PollOnce(const std::string& device_code);

  // After kUsed and kPoisoned nothing comes.
  void SetState(const std::string& device_code, DeviceGrant::State state);

  // It expires now. False if there is none.
  bool Expire(const std::string& user_code);

  std::vector<DeviceGrant> All();

 private:
  DeviceGrant* FindLocked(const std::string& user_code);
  void ApproveInTime(DeviceGrant& grant);
  void ForgetOld();

  const Options options_;
  const Clock& clock_;
  Random& random_;
  std::mutex mutex_;
  std::map<std::string, DeviceGrant> grants_;        // by device code
  std::map<std::string, std::string> by_user_code_;  // to device codes
};

std::string ToString(DeviceGrant::State state);

}  // namespace cardata::sim
