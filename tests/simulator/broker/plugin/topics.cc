// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/broker/plugin/topics.h"

namespace cardata::sim {

bool IsOwnTopic(std::string_view topic, std::string_view gcid) {
  return !gcid.empty() && topic.size() > gcid.size() + 1 && topic.starts_with(gcid) &&
         topic[gcid.size()] == '/';
}

FilterKind Classify(std::string_view filter, std::string_view gcid) {
  if (!IsOwnTopic(filter, gcid)) return FilterKind::kForeign;
  std::string_view rest = filter.substr(gcid.size() + 1);
  if (rest == "#" || rest.ends_with("/#")) return FilterKind::kHash;
  return rest.find('/') == std::string_view::npos ? FilterKind::kOwn : FilterKind::kForeign;
}

}  // namespace cardata::sim
