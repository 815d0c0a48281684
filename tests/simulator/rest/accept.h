// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace cardata::sim {

// Whether an Accept header takes `type` ("application/json"). An empty one takes everything.
bool Accepts(const std::string& accept, const std::string& type);

}  // namespace cardata::sim
