// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/entry_field.h"

#include <google/protobuf/io/coded_stream.h>

#include "cardata/v1/telematics_service.pb.h"

namespace cardata {
namespace {

using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;

constexpr uint32_t Message(int field) { return static_cast<uint32_t>(field) << 3 | 2; }
constexpr uint32_t Varint(int field) { return static_cast<uint32_t>(field) << 3; }

constexpr uint32_t kEntries = Message(v1::SubscribeResponse::kEntriesFieldNumber);
static_assert(kEventsOnlyField[0] == Varint(v1::SubscribeResponse::kEventsOnlyFieldNumber));

}  // namespace

std::string EntryField(const v1::Entry& entry) {
  const size_t size = entry.ByteSizeLong();
  std::string bytes(1, static_cast<char>(kEntries));
  uint8_t varint[10];
  const uint8_t* end = CodedOutputStream::WriteVarint64ToArray(size, varint);
  bytes.append(reinterpret_cast<const char*>(varint), end - varint);
  const size_t header = bytes.size();
  bytes.resize(header + size);
  entry.SerializeWithCachedSizesToArray(reinterpret_cast<uint8_t*>(bytes.data()) + header);
  return bytes;
}

// Fields are written in the order of their numbers: first the entry's own, then its kind.
bool HoldsEvent(absl::string_view entry_field) {
  CodedInputStream stream(reinterpret_cast<const uint8_t*>(entry_field.data()),
                          static_cast<int>(entry_field.size()));
  uint32_t size;
  uint64_t sequence;
  return stream.ReadTag() == kEntries && stream.ReadVarint32(&size) &&
         stream.ReadTag() == Varint(v1::Entry::kSequenceFieldNumber) &&
         stream.ReadVarint64(&sequence) &&
         stream.ReadTag() == Message(v1::Entry::kEventFieldNumber);
}

}  // namespace cardata
