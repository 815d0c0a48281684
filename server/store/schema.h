// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "server/base/random.h"
#include "server/store/sqlite.h"

namespace cardata {

// In the file's header (PRAGMA application_id): "CDGW". Tells our file from another program's.
inline constexpr int64_t kApplicationId = 0x43444757;

// Of the serialised entries of the log (columns `bytes`), beside each of them: 1 is
// cardata.v1.Entry as field 2 of SubscribeResponse. A new encoding gets a new number, so that old
// rows stay readable.
inline constexpr int64_t kEntryEncoding = 1;

// The schema's version (PRAGMA user_version) that this program writes.
int64_t SchemaVersion();

// Brings a new or older file to `SchemaVersion()`, in one transaction; makes the log's epoch with
// the file. Writes nothing and fails if the file is damaged, is another program's, or has a newer
// schema.
absl::Status CheckAndMigrate(Database& database, const std::string& path, Random& random);

}  // namespace cardata
