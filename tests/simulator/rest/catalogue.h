// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cardata::sim {

// The ids of BMW's telematic catalogue (294, as of August 2026), misspelt ones included.
const std::vector<std::string_view>& CatalogueIds();

bool IsInCatalogue(std::string_view id);

}  // namespace cardata::sim
