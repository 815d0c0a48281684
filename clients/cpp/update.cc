// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/update.h"

#include <utility>

namespace cardata::client {
namespace {

Update UpdateOf(v1::Entry& entry) {
  const int64_t sequence = entry.sequence();
  switch (entry.kind_case()) {
    case v1::Entry::kEvent:
      return {std::move(*entry.mutable_event()), sequence};
    case v1::Entry::kPosition:
      return {std::move(*entry.mutable_position()), sequence};
    case v1::Entry::kGap:
      return {std::move(*entry.mutable_gap()), sequence};
    case v1::Entry::kNotKept:
      return {std::move(*entry.mutable_not_kept()), sequence};
    case v1::Entry::kAccountRemoved:
      return {std::move(*entry.mutable_account_removed()), sequence};
    case v1::Entry::KIND_NOT_SET:
      break;
  }
  return {std::move(entry), sequence};
}

}  // namespace

std::vector<Update> UpdatesOf(v1::SubscribeResponse response) {
  std::vector<Update> updates;
  updates.reserve(response.entries_size() + 1);
  for (v1::Entry& entry : *response.mutable_entries()) updates.push_back(UpdateOf(entry));
  switch (response.notice_case()) {
    case v1::SubscribeResponse::kStarted:
      updates.push_back({std::move(*response.mutable_started())});
      break;
    case v1::SubscribeResponse::kCaughtUp:
      updates.push_back({response.caught_up()});
      break;
    case v1::SubscribeResponse::kHeartbeat:
      updates.push_back({std::move(*response.mutable_heartbeat())});
      break;
    case v1::SubscribeResponse::kLag:
      updates.push_back({response.lag()});
      break;
    case v1::SubscribeResponse::NOTICE_NOT_SET:
      break;
  }
  if (!updates.empty()) updates.back().resume_token = response.resume_token();
  return updates;
}

}  // namespace cardata::client
