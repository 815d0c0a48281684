// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/rest/catalogue.h"

#include <unordered_set>

#include "absl/strings/str_split.h"

namespace cardata::sim {
namespace {

constexpr char kTable[] =
#include "server/telematics/descriptors.tsv.inc"
    ;

}  // namespace

const std::vector<std::string_view>& CatalogueIds() {
  static const auto* const ids = [] {
    auto* const list = new std::vector<std::string_view>;
    for (const absl::string_view line : absl::StrSplit(kTable, '\n', absl::SkipEmpty()))
      if (line.front() != '#') list->emplace_back(line.data(), line.find('\t'));
    return list;
  }();
  return *ids;
}

bool IsInCatalogue(std::string_view id) {
  static const auto* const ids =
      new std::unordered_set<std::string_view>(CatalogueIds().begin(), CatalogueIds().end());
  return ids->contains(id);
}

}  // namespace cardata::sim
