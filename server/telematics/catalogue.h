// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cardata/v1/descriptor.pb.h"

namespace cardata {

// BMW's telematics catalogue: the descriptors that are known beforehand. BMW may send others.
// Immutable.
class Catalogue {
 public:
  // The one that is part of the program: descriptors.tsv.
  static Catalogue BuiltIn();

  // INVALID_ARGUMENT naming the line: it has not the form that descriptors.tsv describes, or does
  // not come after the one before it.
  static absl::StatusOr<Catalogue> Parse(absl::string_view table);

  // In order of their ids.
  const std::vector<v1::TelematicDescriptor>& descriptors() const { return descriptors_; }

  // The descriptor of exactly this id; nullptr if there is none.
  const v1::TelematicDescriptor* Find(absl::string_view id) const;

  // The same without regard to case.
  const v1::TelematicDescriptor* FindIgnoringCase(absl::string_view id) const;

  // What kind of value the descriptor `id` (exact) has; UNSPECIFIED if it is unknown or the
  // catalogue does not say.
  v1::ValueKind KindOf(absl::string_view id) const;

  // At most five ids that somebody who wrote `id` may have meant, the likeliest first: nearly the
  // same letters, or the same last segment.
  std::vector<std::string> Similar(absl::string_view id) const;

 private:
  Catalogue() = default;

  std::vector<v1::TelematicDescriptor> descriptors_;
  absl::flat_hash_map<std::string, size_t> by_lower_id_;  // the index in descriptors_
};

// The kind of value that the catalogue promises:
//   the range is a pattern of dates ("dd.mm.yyyy hh:mm UTC") → VALUE_KIND_TIME
//   float, double, uint*, int*                               → VALUE_KIND_NUMBER
//   boolean                                                  → VALUE_KIND_BOOLEAN
//   string                                                   → VALUE_KIND_TEXT
//   no datatype                                              → VALUE_KIND_UNSPECIFIED
v1::ValueKind KindOf(absl::string_view datatype, absl::string_view range);

}  // namespace cardata
