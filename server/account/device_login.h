// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cardata/v1/auth_service.pb.h"
#include "server/account/context.h"
#include "server/base/channel.h"
#include "server/base/task.h"
#include "server/cardata/pkce.h"

namespace cardata {

// Where a device authorization stands.
struct LoginProgress {
  v1::DeviceAuthorizationState state = v1::DEVICE_AUTHORIZATION_STATE_PENDING;
  absl::Time expire_time;
  std::string advice;
  std::string oauth_error;
};

// One device authorization of an account, polled until it ends, whether or not anybody watches.
//
// On the executor only.
class DeviceLogin : public std::enable_shared_from_this<DeviceLogin> {
 public:
  using Watcher = std::shared_ptr<Channel<LoginProgress>>;
  // Takes the granted tokens; an error is how the login ends.
  using OnGranted = std::function<Task<absl::Status>(TokenGrant)>;

  DeviceLogin(const AccountContext& context, std::string account, std::string client_id,
              std::stop_token stop);

  // Asks BMW for a user code and begins to poll. `caller` says that nobody waits for the code any
  // more: then nothing is begun. Errors: those of OAuthClient::RequestDeviceCode.
  Task<absl::StatusOr<DeviceCode>> Start(OnGranted on_granted, std::stop_token caller);

  // A channel that gets where it stands now, and each change.
  Watcher Watch();

  const LoginProgress& progress() const { return progress_; }

 private:
  Task<void> Poll(std::shared_ptr<DeviceLogin> self, DeviceCode code, Pkce pkce);
  // One answer of BMW's; true: it has ended.
  Task<bool> Take(PollAnswer answer);
  void End(v1::DeviceAuthorizationState state, std::string advice, std::string oauth_error = "");
  void Tell();

  const AccountContext& context_;
  const std::string account_;
  const std::string client_id_;
  const std::stop_token stop_;
  OnGranted on_granted_;
  LoginProgress progress_;
  absl::Duration interval_;
  absl::Time denied_since_ = absl::InfiniteFuture();
  std::vector<std::weak_ptr<Channel<LoginProgress>>> watchers_;
};

}  // namespace cardata
