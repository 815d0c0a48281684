// SPDX-License-Identifier: Apache-2.0
#include "server/store/account_tables.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "server/base/status_macros.h"
#include "server/store/time_column.h"

namespace cardata {
namespace {

constexpr absl::string_view kAccessToken = "access token";
constexpr absl::string_view kRefreshToken = "refresh token";
constexpr absl::string_view kIdToken = "id token";
constexpr int64_t kDaysKept = 31;

int64_t UtcDay(absl::Time time) {
  return absl::ToCivilDay(time, absl::UTCTimeZone()) - absl::CivilDay(1970, 1, 1);
}

// Scopes (RFC 6749) and VINs hold no spaces; one that did would come back as two.
absl::StatusOr<std::string> JoinWords(absl::string_view what,
                                      const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word.empty() || word.find(' ') != std::string::npos)
      return absl::InvalidArgumentError(
          absl::StrCat("an account's ", what, " is empty or has a space in it"));
  }
  return absl::StrJoin(words, " ");
}

std::vector<std::string> SplitWords(const std::string& text) {
  return absl::StrSplit(text, ' ', absl::SkipEmpty());
}

}  // namespace

absl::StatusOr<AccountTables> AccountTables::Prepare(Database& database,
                                                     const TokenCipher& cipher) {
  ASSIGN_OR_RETURN(
      Statement load,
      database.Prepare("SELECT name, client_id, gcid, scopes, vins, needs_login, login_advice,"
                       " access_token, refresh_token, id_token,"
                       " access_expire_time, id_expire_time, refresh_expire_time,"
                       " lost_since, lost_cause FROM account ORDER BY name"));
  ASSIGN_OR_RETURN(
      Statement save,
      database.Prepare("REPLACE INTO account(name, client_id, gcid, scopes, vins, needs_login,"
                       " login_advice, access_token, refresh_token, id_token,"
                       " access_expire_time, id_expire_time, refresh_expire_time,"
                       " lost_since, lost_cause)"
                       " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  ASSIGN_OR_RETURN(
      Statement count,
      database.Prepare("INSERT INTO request_count(account, day, requests) VALUES(?, ?, 1)"
                       " ON CONFLICT DO UPDATE SET requests = requests + 1"));
  ASSIGN_OR_RETURN(
      Statement counted,
      database.Prepare("SELECT requests FROM request_count WHERE account = ? AND day = ?"));
  ASSIGN_OR_RETURN(Statement counted_of_all,
                   database.Prepare("SELECT account, requests FROM request_count WHERE day = ?"));
  ASSIGN_OR_RETURN(Statement forget,
                   database.Prepare("DELETE FROM request_count WHERE account = ? AND day < ?"));
  ASSIGN_OR_RETURN(Statement remove, database.Prepare("DELETE FROM account WHERE name = ?"));
  ASSIGN_OR_RETURN(Statement remove_counts,
                   database.Prepare("DELETE FROM request_count WHERE account = ?"));
  return AccountTables(cipher, std::move(load), std::move(save), std::move(count),
                       std::move(counted), std::move(counted_of_all), std::move(forget),
                       std::move(remove), std::move(remove_counts));
}

AccountTables::AccountTables(const TokenCipher& cipher, Statement load, Statement save,
                             Statement count, Statement counted, Statement counted_of_all,
                             Statement forget, Statement remove, Statement remove_counts)
    : cipher_(&cipher),
      load_(std::move(load)),
      save_(std::move(save)),
      count_(std::move(count)),
      counted_(std::move(counted)),
      counted_of_all_(std::move(counted_of_all)),
      forget_(std::move(forget)),
      remove_(std::move(remove)),
      remove_counts_(std::move(remove_counts)) {}

absl::StatusOr<std::vector<AccountRecord>> AccountTables::Load() {
  std::vector<AccountRecord> accounts;
  for (;;) {
    ASSIGN_OR_RETURN(const bool has_row, load_.Step());
    if (!has_row) return accounts;
    absl::StatusOr<AccountRecord> account = Row();
    if (!account.ok()) {
      load_.Reset();
      return account.status();
    }
    accounts.push_back(*std::move(account));
  }
}

absl::StatusOr<AccountRecord> AccountTables::Row() {
  AccountRecord account;
  account.name = load_.Bytes(0);
  account.client_id = load_.Bytes(1);
  account.gcid = load_.Bytes(2);
  account.scopes = SplitWords(load_.Bytes(3));
  account.vins = SplitWords(load_.Bytes(4));
  account.needs_login = load_.Int(5) != 0;
  account.login_advice = load_.Bytes(6);
  const std::string access = load_.Bytes(7);
  const std::string refresh = load_.Bytes(8);
  const std::string id = load_.Bytes(9);
  row_is_current_ =
      cipher_->IsCurrent(access) && cipher_->IsCurrent(refresh) && cipher_->IsCurrent(id);
  Tokens& tokens = account.tokens;
  ASSIGN_OR_RETURN(tokens.access_token, cipher_->Open(access, account.name, kAccessToken));
  ASSIGN_OR_RETURN(tokens.refresh_token, cipher_->Open(refresh, account.name, kRefreshToken));
  ASSIGN_OR_RETURN(tokens.id_token, cipher_->Open(id, account.name, kIdToken));
  tokens.access_expire_time = FromColumn(load_.Int(10));
  tokens.id_expire_time = FromColumn(load_.Int(11));
  tokens.refresh_expire_time = FromColumn(load_.Int(12));
  account.lost_since = FromColumn(load_.Int(13));
  account.lost_cause = static_cast<int>(load_.Int(14));
  return account;
}

absl::StatusOr<int> AccountTables::Reseal() {
  std::vector<AccountRecord> old;
  for (;;) {
    ASSIGN_OR_RETURN(const bool has_row, load_.Step());
    if (!has_row) break;
    absl::StatusOr<AccountRecord> account = Row();
    if (account.ok() && !row_is_current_) old.push_back(*std::move(account));
  }
  for (const AccountRecord& account : old) RETURN_IF_ERROR(Save(account));
  return static_cast<int>(old.size());
}

absl::Status AccountTables::Save(const AccountRecord& account) {
  const Tokens& tokens = account.tokens;
  ASSIGN_OR_RETURN(const std::string scopes, JoinWords("scope", account.scopes));
  ASSIGN_OR_RETURN(const std::string vins, JoinWords("VIN", account.vins));
  ASSIGN_OR_RETURN(const std::string access,
                   cipher_->Seal(tokens.access_token, account.name, kAccessToken));
  ASSIGN_OR_RETURN(const std::string refresh,
                   cipher_->Seal(tokens.refresh_token, account.name, kRefreshToken));
  ASSIGN_OR_RETURN(const std::string id, cipher_->Seal(tokens.id_token, account.name, kIdToken));
  return save_.BindText(1, account.name)
      .BindText(2, account.client_id)
      .BindText(3, account.gcid)
      .BindText(4, scopes)
      .BindText(5, vins)
      .Bind(6, account.needs_login ? 1 : 0)
      .BindText(7, account.login_advice)
      .BindBlob(8, access)
      .BindBlob(9, refresh)
      .BindBlob(10, id)
      .Bind(11, ToColumn(tokens.access_expire_time))
      .Bind(12, ToColumn(tokens.id_expire_time))
      .Bind(13, ToColumn(tokens.refresh_expire_time))
      .Bind(14, ToColumn(account.lost_since))
      .Bind(15, account.lost_cause)
      .Run();
}

absl::Status AccountTables::Remove(const std::string& account) {
  RETURN_IF_ERROR(remove_.BindText(1, account).Run());
  return remove_counts_.BindText(1, account).Run();
}

absl::StatusOr<int> AccountTables::Count(const std::string& account, absl::Time time) {
  const int64_t day = UtcDay(time);
  RETURN_IF_ERROR(count_.BindText(1, account).Bind(2, day).Run());
  ASSIGN_OR_RETURN(const int counted, Counted(account, time));
  if (counted == 1) RETURN_IF_ERROR(forget_.BindText(1, account).Bind(2, day - kDaysKept).Run());
  return counted;
}

absl::StatusOr<int> AccountTables::Counted(const std::string& account, absl::Time time) {
  ASSIGN_OR_RETURN(const bool row, counted_.BindText(1, account).Bind(2, UtcDay(time)).Step());
  if (!row) return 0;
  const int counted = static_cast<int>(counted_.Int(0));
  counted_.Reset();
  return counted;
}

absl::StatusOr<std::map<std::string, int>> AccountTables::CountedOfAll(absl::Time time) {
  std::map<std::string, int> counted;
  counted_of_all_.Bind(1, UtcDay(time));
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, counted_of_all_.Step());
    if (!row) return counted;
    counted[counted_of_all_.Bytes(0)] = static_cast<int>(counted_of_all_.Int(1));
  }
}

}  // namespace cardata
