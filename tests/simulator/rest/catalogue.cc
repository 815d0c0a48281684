// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/rest/catalogue.h"

#include <unordered_set>

namespace cardata::sim {

const std::vector<std::string_view>& CatalogueIds() {
  static const auto* const ids = new std::vector<std::string_view>{
#include "tests/simulator/rest/catalogue_ids.inc"
  };
  return *ids;
}

bool IsInCatalogue(std::string_view id) {
  static const auto* const ids =
      new std::unordered_set<std::string_view>(CatalogueIds().begin(), CatalogueIds().end());
  return ids->contains(id);
}

}  // namespace cardata::sim
