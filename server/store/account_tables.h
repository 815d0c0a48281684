// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/store/sqlite.h"
#include "server/store/store.h"
#include "server/store/token_cipher.h"

namespace cardata {

// Accounts, their encrypted tokens and their request counts, over one connection. Commits nothing
// by itself.
class AccountTables {
 public:
  // Both must outlive the tables.
  static absl::StatusOr<AccountTables> Prepare(Database& database, const TokenCipher& cipher);

  absl::StatusOr<std::vector<AccountRecord>> Load();
  absl::Status Save(const AccountRecord& account);
  absl::Status Remove(const std::string& account);

  // Seals the tokens of all accounts with the current key. How many were sealed with another one.
  // Leaves those alone that none of the keys opens: `Load` says so.
  absl::StatusOr<int> Reseal();

  // One more on the UTC day of `time`; how many that makes. Forgets days that are long over.
  absl::StatusOr<int> Count(const std::string& account, absl::Time time);
  absl::StatusOr<int> Counted(const std::string& account, absl::Time time);
  absl::StatusOr<std::map<std::string, int>> CountedOfAll(absl::Time time);

 private:
  absl::StatusOr<AccountRecord> Row();
  AccountTables(const TokenCipher& cipher, Statement load, Statement save, Statement count,
                Statement counted, Statement counted_of_all, Statement forget, Statement remove,
                Statement remove_counts);

  const TokenCipher* cipher_;
  Statement load_;
  Statement save_;
  Statement count_;
  Statement counted_;
  Statement counted_of_all_;
  Statement forget_;
  Statement remove_;
  Statement remove_counts_;
  bool row_is_current_ = true;  // of the last `Row`
};

}  // namespace cardata
