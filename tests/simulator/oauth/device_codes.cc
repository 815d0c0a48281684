// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/oauth/device_codes.h"

#include <utility>

namespace cardata::sim {
namespace {

using State = DeviceGrant::State;

constexpr char kLetters[] = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr size_t kUserCodeLength = 8;
constexpr double kJitter = 0.8;
constexpr absl::Duration kRemembered = absl::Hours(1);  // expired codes still answer expired_token

std::string NewUserCode(Random& random) {
  std::string code;
  for (const char byte : random.Bytes(kUserCodeLength)) {
    code += kLetters[static_cast<unsigned char>(byte) % (sizeof kLetters - 1)];
  }
  return code;
}

}  // namespace

DeviceCodes::DeviceCodes(Options options, const Clock& clock, Random& random)
    : options_(options), clock_(clock), random_(random) {}

DeviceGrant DeviceCodes::Add(std::string device_code, std::string client_id, std::string scope,
                             std::string code_challenge) {
  const std::lock_guard lock(mutex_);
  ForgetOld();
  DeviceGrant grant;
  do {
    grant.user_code = NewUserCode(random_);
  } while (by_user_code_.contains(grant.user_code));
  grant.device_code = std::move(device_code);
  grant.client_id = std::move(client_id);
  grant.scope = std::move(scope);
  grant.code_challenge = std::move(code_challenge);
  grant.created = clock_.Now();
  grant.expires = grant.created + options_.lifetime;
  grant.decided = absl::InfiniteFuture();
  grant.last_poll = absl::InfinitePast();
  by_user_code_[grant.user_code] = grant.device_code;
  return grants_[grant.device_code] = grant;
}

std::optional<DeviceGrant> DeviceCodes::FindByUserCode(const std::string& user_code) {
  const std::lock_guard lock(mutex_);
  DeviceGrant* grant = FindLocked(user_code);
  return grant == nullptr ? std::nullopt : std::optional(*grant);
}

bool DeviceCodes::Decide(const std::string& user_code, bool approved) {
  const std::lock_guard lock(mutex_);
  DeviceGrant* grant = FindLocked(user_code);
  if (grant == nullptr || grant->state != State::kPending || grant->expires <= clock_.Now()) {
    return false;
  }
  grant->state = approved ? State::kApproved : State::kDenied;
  grant->decided = clock_.Now();
  return true;
}

std::optional<DeviceCodes::Poll> DeviceCodes::PollOnce(const std::string& device_code) {
  const std::lock_guard lock(mutex_);
  const auto it = grants_.find(device_code);
  if (it == grants_.end()) return std::nullopt;
  DeviceGrant& grant = it->second;
  ApproveInTime(grant);
  const absl::Time now = clock_.Now();
  Poll poll{grant, now - grant.last_poll < options_.interval * kJitter};
  grant.last_poll = now;
  return poll;
}

void DeviceCodes::SetState(const std::string& device_code, State state) {
  const std::lock_guard lock(mutex_);
  const auto it = grants_.find(device_code);
  if (it != grants_.end()) it->second.state = state;
}

bool DeviceCodes::Expire(const std::string& user_code) {
  const std::lock_guard lock(mutex_);
  DeviceGrant* grant = FindLocked(user_code);
  if (grant == nullptr) return false;
  grant->expires = clock_.Now();
  return true;
}

std::vector<DeviceGrant> DeviceCodes::All() {
  const std::lock_guard lock(mutex_);
  std::vector<DeviceGrant> all;
  for (auto& [device_code, grant] : grants_) {
    ApproveInTime(grant);
    all.push_back(grant);
  }
  return all;
}

DeviceGrant* DeviceCodes::FindLocked(const std::string& user_code) {
  const auto it = by_user_code_.find(user_code);
  if (it == by_user_code_.end()) return nullptr;
  DeviceGrant& grant = grants_.at(it->second);
  ApproveInTime(grant);
  return &grant;
}

void DeviceCodes::ApproveInTime(DeviceGrant& grant) {
  const absl::Time when = grant.created + options_.auto_approve;
  if (grant.state == State::kPending && when <= clock_.Now() && when < grant.expires) {
    grant.state = State::kApproved;
    grant.decided = when;
  }
}

void DeviceCodes::ForgetOld() {
  const absl::Time old = clock_.Now() - kRemembered;
  for (auto it = grants_.begin(); it != grants_.end();) {
    if (it->second.expires < old) {
      by_user_code_.erase(it->second.user_code);
      it = grants_.erase(it);
    } else {
      ++it;
    }
  }
}

std::string ToString(State state) {
  switch (state) {
    case State::kPending:
      return "pending";
    case State::kApproved:
      return "approved";
    case State::kDenied:
      return "denied";
    case State::kUsed:
      return "used";
    case State::kPoisoned:
      return "poisoned";
  }
  return "";
}

}  // namespace cardata::sim
