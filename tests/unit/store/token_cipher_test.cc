// SPDX-License-Identifier: Apache-2.0
#include "server/store/token_cipher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cardata {
namespace {

using testing::HasSubstr;
using testing::Not;

class TokenCipherTest : public testing::Test {
 protected:
  TokenCipher WithKeys(const std::vector<std::string>& keys) {
    return TokenCipher::Create(keys, random_).value();
  }

  SecureRandom random_;
  std::string key_ = random_.Bytes(32);
};

TEST_F(TokenCipherTest, OpensWhatItSealed) {
  const TokenCipher cipher = WithKeys({key_});
  for (const std::string& text : {std::string(), std::string("a"), std::string(100000, '\0')}) {
    const std::string sealed = cipher.Seal(text, "home", "id token").value();
    EXPECT_EQ(*cipher.Open(sealed, "home", "id token"), text);
  }
}

TEST_F(TokenCipherTest, SealsTheSameTextDifferentlyEachTime) {
  const TokenCipher cipher = WithKeys({key_});
  EXPECT_NE(*cipher.Seal("token", "home", "id token"), *cipher.Seal("token", "home", "id token"));
}

TEST_F(TokenCipherTest, ShowsNothingOfTheText) {
  const std::string sealed = WithKeys({key_}).Seal("a secret token", "home", "id token").value();
  EXPECT_THAT(sealed, Not(HasSubstr("secret")));
}

TEST_F(TokenCipherTest, RefusesAnyChangedOrMissingByte) {
  const TokenCipher cipher = WithKeys({key_});
  const std::string sealed = cipher.Seal("token", "home", "id token").value();
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] ^= 1;
    EXPECT_FALSE(cipher.Open(changed, "home", "id token").ok()) << i;
    EXPECT_FALSE(cipher.Open(sealed.substr(0, i), "home", "id token").ok()) << i;
  }
}

TEST_F(TokenCipherTest, RefusesAnotherAccountAndAnotherPurpose) {
  const TokenCipher cipher = WithKeys({key_});
  const std::string sealed = cipher.Seal("token", "home", "id token").value();
  EXPECT_TRUE(absl::IsDataLoss(cipher.Open(sealed, "work", "id token").status()));
  EXPECT_TRUE(absl::IsDataLoss(cipher.Open(sealed, "home", "access token").status()));
  EXPECT_TRUE(absl::IsDataLoss(cipher.Open(sealed, "homei", "d token").status()));
}

TEST_F(TokenCipherTest, NamesBothKeysWhenTheKeyIsAnother) {
  const std::string sealed =
      WithKeys({std::string(32, 'a')}).Seal("token", "home", "id token").value();
  const absl::Status status =
      WithKeys({std::string(32, 'b')}).Open(sealed, "home", "id token").status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  // The first 8 bytes of SHA-256 of 32 times "a", and of 32 times "b".
  EXPECT_THAT(std::string(status.message()), HasSubstr("another key (id 3ba3f5f43b926026"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("was given bdb339768bc5e4fe"));
}

TEST_F(TokenCipherTest, TheFirstKeySealsAndAllKeysOpen) {
  const std::string next = random_.Bytes(32);
  const std::string old = WithKeys({key_}).Seal("token", "home", "id token").value();
  const TokenCipher both = WithKeys({next, key_});
  EXPECT_EQ(*both.Open(old, "home", "id token"), "token");
  const std::string sealed = both.Seal("token", "home", "id token").value();
  EXPECT_EQ(*WithKeys({next}).Open(sealed, "home", "id token"), "token");
  EXPECT_FALSE(WithKeys({key_}).Open(sealed, "home", "id token").ok());
}

TEST_F(TokenCipherTest, RefusesNoKeysAndShortKeys) {
  EXPECT_TRUE(absl::IsInvalidArgument(TokenCipher::Create({}, random_).status()));
  EXPECT_TRUE(
      absl::IsInvalidArgument(TokenCipher::Create({std::string(31, 'a')}, random_).status()));
}

}  // namespace
}  // namespace cardata
