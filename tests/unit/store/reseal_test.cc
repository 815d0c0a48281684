// SPDX-License-Identifier: Apache-2.0
//
// The key that encrypts tokens is changed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "server/store/sqlite.h"
#include "tests/unit/store/store_fixture.h"

namespace cardata {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class ResealTest : public StoreTest {
 protected:
  void OpenWith(const std::vector<std::string>& keys) {
    store_.reset();
    auto opened = SqliteStore::Open({.path = path_}, TokenCipher::Create(keys, random_).value(),
                                    random_, log_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }

  void SaveHome() {
    AccountRecord account;
    account.name = "home";
    account.tokens = {.access_token = "access",
                      .refresh_token = "refresh",
                      .id_token = "id",
                      .access_expire_time = kNoon,
                      .id_expire_time = kNoon,
                      .refresh_expire_time = kNoon};
    ASSERT_TRUE(Save(account).ok());
  }

  std::string Sealed() const {
    return *Database::Open(path_, "")->QueryText("SELECT refresh_token FROM account");
  }

  const std::string new_key_ = random_.Bytes(32);
};

TEST_F(ResealTest, WhatAnEarlierKeySealedIsSealedWithTheCurrentOne) {
  OpenWith({key_});
  SaveHome();
  const std::string sealed_before = Sealed();
  OpenWith({new_key_, key_});
  ASSERT_THAT(*store_->LoadAccounts(), SizeIs(1));
  EXPECT_EQ(store_->LoadAccounts()->front().tokens.refresh_token, "refresh");
  EXPECT_NE(Sealed().substr(0, 9), sealed_before.substr(0, 9)) << "the key's id";
  for (const auto& file : std::filesystem::directory_iterator(directory_.path()))
    EXPECT_EQ(ReadFile(file.path().string()).find(sealed_before), std::string::npos)
        << "what the earlier key opens is still in " << file.path();
  OpenWith({new_key_});
  EXPECT_EQ(store_->LoadAccounts()->front().tokens.access_token, "access");
}

TEST_F(ResealTest, NothingIsWrittenWhenTheKeyIsTheSame) {
  OpenWith({key_});
  SaveHome();
  const std::string sealed_before = Sealed();
  OpenWith({key_, new_key_});
  EXPECT_EQ(Sealed(), sealed_before);
}

TEST_F(ResealTest, AKeyThatIsMissingIsNamedAndNothingChanges) {
  OpenWith({key_});
  SaveHome();
  const std::string sealed_before = Sealed();
  OpenWith({new_key_, random_.Bytes(32)});
  const absl::Status status = store_->LoadAccounts().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("--previous-token-key-file"));
  EXPECT_EQ(Sealed(), sealed_before);
}

}  // namespace
}  // namespace cardata
