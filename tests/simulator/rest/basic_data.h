// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "tests/simulator/world/account.h"

namespace cardata::sim {

// What basicData says of a car. Real answers leave out some members of BMW's document and have
// others instead; `as_documented` gives those of the document, and nothing else.
nlohmann::ordered_json BasicData(const Vehicle& vehicle, bool as_documented);

}  // namespace cardata::sim
