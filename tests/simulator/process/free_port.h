// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace cardata::sim {

// A TCP port on 127.0.0.1 that nobody listens on now, between 20000 and 32767: below the ports that
// the kernel hands out to clients. 0 if there is none. Somebody else may take it before the caller
// does.
int FreePort();

}  // namespace cardata::sim
