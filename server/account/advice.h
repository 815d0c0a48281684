// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "server/store/store.h"

namespace cardata {

// What a person has to do about an account, in words. Pure.

// FAILED_PRECONDITION (LOGIN_REQUIRED): why the account must log in, and the call that starts the
// login; where one is `under_way`, which would refuse another, the call that follows it.
absl::Status LoginRequired(const AccountRecord& record, bool under_way = false);

// Which of the scopes that the gateway works with BMW did not grant, what fails for it, and how to
// get them. Empty if none is missing, or if BMW named none, which says nothing.
std::string MissingScopes(const AccountRecord& record, bool login_under_way);

}  // namespace cardata
