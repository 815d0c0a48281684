// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"
#include "server/store/sqlite.h"

namespace cardata {

// What was deleted must not be readable in the files, and SQLite's secure_delete alone does not do
// that: it overwrites a deleted row where it last stood, but not the copies that it left on other
// pages while it balanced its trees, nor those in the write-ahead log.

// In the transaction that deletes: remembers that a scrub is due, until one has been done.
absl::Status NoteUnscrubbed(Database& database);

// Writes the whole file anew (VACUUM) and truncates the write-ahead log. Outside of a transaction.
// An error leaves it due.
absl::Status Scrub(Database& database);

// At the start: does what a crash has kept from being done.
absl::Status ScrubIfDue(Database& database);

}  // namespace cardata
