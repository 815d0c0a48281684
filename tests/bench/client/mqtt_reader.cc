// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/client/mqtt_reader.h"

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "tests/bench/client/payload.h"

namespace cardata::bench {
namespace {

enum Type : uint8_t { kConnack = 2, kPublish = 3, kSuback = 9 };

void AppendText(absl::string_view text, std::string& out) {
  out.push_back(static_cast<char>(text.size() >> 8));
  out.push_back(static_cast<char>(text.size()));
  out.append(text.data(), text.size());
}

void AppendHeader(uint8_t first, size_t remaining, std::string& out) {
  out.push_back(static_cast<char>(first));
  for (; remaining >= 0x80; remaining >>= 7) out.push_back(static_cast<char>(remaining | 0x80));
  out.push_back(static_cast<char>(remaining));
}

}  // namespace

void MqttReader::AppendEvent(absl::string_view topic, absl::string_view payload, std::string& out) {
  AppendHeader(kPublish << 4, 2 + topic.size() + payload.size(), out);
  AppendText(topic, out);
  out.append(payload.data(), payload.size());
}

void MqttReader::Open() {
  const bool named = !options_.user_name.empty();
  std::string connect;
  AppendText("MQTT", connect);
  connect.push_back(4);                                       // 3.1.1
  connect.push_back(static_cast<char>(named ? 0xc2 : 0x02));  // clean session
  connect.append(2, '\0');                                    // no keep-alive
  AppendText(options_.client_id, connect);
  if (named) {
    AppendText(options_.user_name, connect);
    AppendText(options_.password, connect);
  }
  AppendHeader(0x10, connect.size(), outgoing());
  outgoing() += connect;
  asked_ = 1;
  if (options_.topic.empty()) return;
  std::string subscribe("\0\1", 2);  // packet id
  AppendText(options_.topic, subscribe);
  subscribe.push_back(0);  // QoS
  AppendHeader(0x82, subscribe.size(), outgoing());
  outgoing() += subscribe;
}

absl::StatusOr<size_t> MqttReader::Consume(const uint8_t* bytes, size_t size) {
  size_t taken = 0;
  while (size - taken >= 2) {
    size_t length = 0;
    size_t at = taken + 1;
    int shift = 0;
    bool complete = false;
    while (at < size && shift < 28 && !complete) {
      length |= static_cast<size_t>(bytes[at] & 0x7f) << shift;
      shift += 7;
      complete = (bytes[at++] & 0x80) == 0;
    }
    if (!complete && shift >= 28) return absl::DataLossError("not MQTT: a length of five bytes");
    if (!complete || size - at < length) break;
    RETURN_IF_ERROR(Handle(bytes[taken] >> 4, bytes + at, length));
    taken = at + length;
  }
  return taken;
}

absl::Status MqttReader::Handle(uint8_t type, const uint8_t* body, size_t size) {
  switch (type) {
    case kConnack:
      if (size < 2 || body[1] != 0)
        return absl::PermissionDeniedError(
            absl::StrCat("CONNACK ", size < 2 ? -1 : static_cast<int>(body[1])));
      if (options_.topic.empty()) ++ready_;
      return absl::OkStatus();
    case kSuback:
      if (size < 3 || body[2] != 0) return absl::PermissionDeniedError("SUBACK refuses");
      ++ready_;
      return absl::OkStatus();
    case kPublish: {
      const size_t topic = size < 2 ? size : size_t{2} + (size_t{body[0]} << 8) + body[1];
      if (tally_ == nullptr || topic > size) return absl::DataLossError("a strange PUBLISH");
      tally_->Delivered(subscriber_, NumberOf(body + topic, size - topic));
      return absl::OkStatus();
    }
    default:
      return absl::DataLossError(absl::StrCat("an MQTT packet of type ", static_cast<int>(type)));
  }
}

}  // namespace cardata::bench
