// SPDX-License-Identifier: Apache-2.0
#include "server/base/trace_context.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace cardata {
namespace {

// version-trace_id-parent_id-flags; what a later version adds follows after one more '-'.
constexpr size_t kVersion = 0;
constexpr size_t kTraceId = 3;
constexpr size_t kParentId = 36;
constexpr size_t kFlags = 53;
constexpr size_t kEnd = 55;

bool IsHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f'); });
}

bool IsId(absl::string_view text) {
  return IsHex(text) && text.find_first_not_of('0') != absl::string_view::npos;
}

}  // namespace

bool IsTraceId(absl::string_view text) { return text.size() == 32 && IsId(text); }

std::optional<TraceContext> ParseTraceparent(absl::string_view header) {
  if (header.size() < kEnd) return std::nullopt;
  for (const size_t dash : {kTraceId - 1, kParentId - 1, kFlags - 1})
    if (header[dash] != '-') return std::nullopt;
  const absl::string_view version = header.substr(kVersion, 2);
  const absl::string_view trace_id = header.substr(kTraceId, 32);
  const absl::string_view parent_id = header.substr(kParentId, 16);
  const absl::string_view flags = header.substr(kFlags, 2);
  if (!IsHex(version) || version == "ff" || !IsId(trace_id) || !IsId(parent_id) || !IsHex(flags))
    return std::nullopt;
  if (header.size() > kEnd && (version == "00" || header[kEnd] != '-')) return std::nullopt;
  const char last = flags[1];
  const int bits = absl::ascii_isdigit(last) ? last - '0' : last - 'a' + 10;
  return TraceContext{std::string(trace_id), std::string(parent_id), (bits & 1) != 0};
}

}  // namespace cardata
