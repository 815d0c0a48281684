// SPDX-License-Identifier: Apache-2.0
#include "server/mqtt/connect_watch.h"

#include <MQTTAsync.h>

#include <mutex>
#include <utility>
#include <vector>

namespace cardata {
namespace {

// Paho 1.3.12 writes "TIME SOCKET CLIENT_ID -> CONNECT version 5 clean: 1 (0)"; 0: all is sent.
constexpr absl::string_view kSent = " -> CONNECT version ";

}  // namespace

struct ConnectWatch::List {
  std::mutex mutex;  // after Paho's locks
  std::vector<const ConnectWatch*> watches;
};

// Never destroyed: Paho's threads may outlive main.
ConnectWatch::List& ConnectWatch::TheList() {
  static List& list = *new List;
  return list;
}

absl::string_view ConnectWatch::ClientIdIn(absl::string_view line) {
  const size_t end = line.find(kSent);
  if (end == absl::string_view::npos) return {};
  const size_t space = line.rfind(' ', end - 1);
  return space == absl::string_view::npos ? absl::string_view()
                                          : line.substr(space + 1, end - space - 1);
}

ConnectWatch::ConnectWatch(std::string client_id, std::function<void()> on_sent)
    : client_id_(std::move(client_id)), on_sent_(std::move(on_sent)) {
  List& list = TheList();
  std::lock_guard lock(list.mutex);
  list.watches.push_back(this);
  if (list.watches.size() > 1) return;
  MQTTAsync_setTraceCallback([](enum MQTTASYNC_TRACE_LEVELS, char* line) {
    if (line != nullptr) OnTrace(line);
  });
  MQTTAsync_setTraceLevel(MQTTASYNC_TRACE_PROTOCOL);
}

ConnectWatch::~ConnectWatch() {
  List& list = TheList();
  std::lock_guard lock(list.mutex);
  std::erase(list.watches, this);
  // The callback stays: Paho looks at it twice, and may be between the two.
  if (list.watches.empty()) MQTTAsync_setTraceLevel(MQTTASYNC_TRACE_ERROR);
}

void ConnectWatch::OnTrace(absl::string_view line) {
  const absl::string_view client_id = ClientIdIn(line);
  if (client_id.empty()) return;
  List& list = TheList();
  std::lock_guard lock(list.mutex);
  for (const ConnectWatch* watch : list.watches)
    if (watch->client_id_ == client_id) watch->on_sent_();
}

}  // namespace cardata
