// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace cardata::sim {

// 23 characters, the length that fits into the buffer of any client id that Mosquitto 2.0.11 holds:
// a digest of the account, the id that the client chose and the number of the connection. So two
// accounts never collide, and no session is ever found again.
std::string InternalId(const std::string& gcid, const std::string& client_id, uint64_t number);

}  // namespace cardata::sim
