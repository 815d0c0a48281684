// SPDX-License-Identifier: Apache-2.0
#include "server/store/entry_buffer.h"

namespace cardata {

size_t EntryBuffer::Put(absl::string_view text) {
  const size_t begin = texts_.size();
  texts_.append(text.data(), text.size());
  return begin;
}

void EntryBuffer::Add(const LogRecordView& entry) {
  Row row{entry.sequence,
          entry.receive_time,
          Put(entry.account),
          Put(entry.vin),
          Put(entry.descriptor_id),
          Put(entry.bytes),
          0};
  row.end = texts_.size();
  rows_.push_back(row);
}

LogRecordView EntryBuffer::operator[](size_t index) const {
  const Row& row = rows_[index];
  const absl::string_view texts = texts_;
  const auto text = [&](size_t begin, size_t end) { return texts.substr(begin, end - begin); };
  return {row.sequence,
          row.receive_time,
          text(row.account, row.vin),
          text(row.vin, row.descriptor_id),
          text(row.descriptor_id, row.bytes),
          text(row.bytes, row.end)};
}

}  // namespace cardata
