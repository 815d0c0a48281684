// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"
#include "server/store/store.h"

namespace cardata {

// What a person has to do about an account, in words. Pure.

// FAILED_PRECONDITION (LOGIN_REQUIRED): why the account must log in, and the call that starts the
// login; where one is `under_way`, which would refuse another, the call that follows it.
absl::Status LoginRequired(const AccountRecord& record, bool under_way = false);

}  // namespace cardata
