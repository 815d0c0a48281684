// SPDX-License-Identifier: Apache-2.0
#include "server/telematics/catalogue.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/edit_distance.h"

namespace cardata {
namespace {

constexpr char kTable[] =
#include "server/telematics/descriptors.tsv.inc"
    ;

constexpr size_t kMaxSimilar = 5;
constexpr size_t kLongestQuery = 200;  // BMW's ids have at most 103 characters

std::optional<v1::TelematicDescriptor> ParseLine(absl::string_view line) {
  const std::vector<absl::string_view> columns = absl::StrSplit(line, '\t');
  if (columns.size() != 7 || columns[0].empty() || (columns[4] != "0" && columns[4] != "1"))
    return std::nullopt;
  v1::TelematicDescriptor descriptor;
  descriptor.set_descriptor_id(std::string(columns[0]));
  descriptor.set_datatype(std::string(columns[1]));
  descriptor.set_value_kind(KindOf(columns[1], columns[3]));
  descriptor.set_unit(std::string(columns[2]));
  descriptor.set_range(std::string(columns[3]));
  descriptor.set_streamable(columns[4] == "1");
  descriptor.set_category(std::string(columns[5]));
  for (const absl::string_view type : absl::StrSplit(columns[6], ',', absl::SkipEmpty()))
    descriptor.add_vehicle_types(std::string(type));
  return descriptor;
}

absl::string_view LastSegment(absl::string_view id) { return id.substr(id.rfind('.') + 1); }

}  // namespace

v1::ValueKind KindOf(absl::string_view datatype, absl::string_view range) {
  if (absl::StartsWith(range, "dd.mm.yyyy") || absl::StartsWith(range, "mm/dd/yyyy") ||
      absl::StartsWith(range, "yyyy-mm-dd"))
    return v1::VALUE_KIND_TIME;
  if (datatype == "float" || datatype == "double" || absl::StartsWith(datatype, "uint") ||
      absl::StartsWith(datatype, "int"))
    return v1::VALUE_KIND_NUMBER;
  if (datatype == "boolean") return v1::VALUE_KIND_BOOLEAN;
  if (datatype == "string") return v1::VALUE_KIND_TEXT;
  return v1::VALUE_KIND_UNSPECIFIED;
}

Catalogue Catalogue::BuiltIn() { return *Parse(kTable); }

absl::StatusOr<Catalogue> Catalogue::Parse(absl::string_view table) {
  Catalogue catalogue;
  int number = 0;
  for (const absl::string_view line : absl::StrSplit(table, '\n')) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    std::optional<v1::TelematicDescriptor> descriptor = ParseLine(line);
    if (!descriptor)
      return absl::InvalidArgumentError(absl::StrCat("line ", number, " is no descriptor"));
    if (!catalogue.descriptors_.empty() &&
        descriptor->descriptor_id() <= catalogue.descriptors_.back().descriptor_id())
      return absl::InvalidArgumentError(absl::StrCat("line ", number, " is out of order"));
    catalogue.by_lower_id_.emplace(absl::AsciiStrToLower(descriptor->descriptor_id()),
                                   catalogue.descriptors_.size());
    catalogue.descriptors_.push_back(*std::move(descriptor));
  }
  return catalogue;
}

const v1::TelematicDescriptor* Catalogue::Find(absl::string_view id) const {
  const auto it = std::lower_bound(
      descriptors_.begin(), descriptors_.end(), id,
      [](const auto& each, absl::string_view wanted) { return each.descriptor_id() < wanted; });
  return it != descriptors_.end() && it->descriptor_id() == id ? &*it : nullptr;
}

const v1::TelematicDescriptor* Catalogue::FindIgnoringCase(absl::string_view id) const {
  const auto it = by_lower_id_.find(absl::AsciiStrToLower(id));
  return it != by_lower_id_.end() ? &descriptors_[it->second] : nullptr;
}

v1::ValueKind Catalogue::KindOf(absl::string_view id) const {
  const v1::TelematicDescriptor* descriptor = Find(id);
  return descriptor != nullptr ? descriptor->value_kind() : v1::VALUE_KIND_UNSPECIFIED;
}

std::vector<std::string> Catalogue::Similar(absl::string_view id) const {
  if (id.size() > kLongestQuery) return {};
  const std::string wanted = absl::AsciiStrToLower(id);
  std::vector<std::pair<size_t, size_t>> candidates;  // distance, index
  for (const auto& [lower_id, index] : by_lower_id_) {
    const size_t distance = EditDistance(wanted, lower_id);
    if (distance <= wanted.size() / 5 || LastSegment(lower_id) == LastSegment(wanted))
      candidates.emplace_back(distance, index);
  }
  std::sort(candidates.begin(), candidates.end());
  if (candidates.size() > kMaxSimilar) candidates.resize(kMaxSimilar);
  std::vector<std::string> similar;
  for (const auto& [distance, index] : candidates)
    similar.push_back(descriptors_[index].descriptor_id());
  return similar;
}

}  // namespace cardata
