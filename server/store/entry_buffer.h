// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/store/store.h"

namespace cardata {

// A LogRecord whose texts stand elsewhere.
struct LogRecordView {
  int64_t sequence;
  absl::Time receive_time;
  absl::string_view account;
  absl::string_view vin;
  absl::string_view descriptor_id;
  absl::string_view bytes;
};

inline LogRecordView ViewOf(const LogRecord& record) {
  return {record.sequence, record.receive_time,  record.account,
          record.vin,      record.descriptor_id, record.bytes};
}

// Entries that wait to be written, back to back in one piece of memory: what one thread allocates
// and another one frees, piece by piece, costs more than writing it to the disk.
class EntryBuffer {
 public:
  void Add(const LogRecordView& entry);
  size_t size() const { return rows_.size(); }
  // Good until the next `Add`.
  LogRecordView operator[](size_t index) const;

 private:
  struct Row {
    int64_t sequence;
    absl::Time receive_time;
    // In `texts_`, where each text begins and the last one ends.
    size_t account;
    size_t vin;
    size_t descriptor_id;
    size_t bytes;
    size_t end;
  };
  size_t Put(absl::string_view text);

  std::vector<Row> rows_;
  std::string texts_;
};

}  // namespace cardata
