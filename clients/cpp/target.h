// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/strings/string_view.h"

namespace cardata::client {

// Whether what is sent to `target`, an address as gRPC names it, stays on this machine: localhost,
// 127.0.0.0/8, [::1] and Unix sockets. Of several addresses all must.
bool IsLocal(absl::string_view target);

}  // namespace cardata::client
