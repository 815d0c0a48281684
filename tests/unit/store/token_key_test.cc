// SPDX-License-Identifier: Apache-2.0
#include "server/store/token_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tests/support/temp_dir.h"

namespace cardata {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string SomeKey() {
  std::string key;
  for (int i = 0; i < 32; ++i) key.push_back(static_cast<char>(i * 8 + 1));
  return key;
}

TEST(TokenKeyTest, TakesBase64HexAndRawBytes) {
  const std::string key = SomeKey();
  EXPECT_EQ(*ParseTokenKey(absl::StrCat(absl::Base64Escape(key), "\n")), key);
  EXPECT_EQ(*ParseTokenKey(absl::StrCat(" ", absl::BytesToHexString(key), "\r\n")), key);
  EXPECT_EQ(*ParseTokenKey(key), key);
}

TEST(TokenKeyTest, RefusesEverythingElseWithoutRepeatingIt) {
  const std::string key = SomeKey();
  for (const std::string& text :
       {std::string(), std::string("correct horse battery staple"), std::string(32, 'a'),
        absl::BytesToHexString(key).substr(2), absl::Base64Escape(key.substr(1)),
        std::string(64, 'z'), std::string(31, '\1'), std::string(33, '\1')}) {
    const absl::Status status = ParseTokenKey(text).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("openssl rand -base64 32"));
    if (!text.empty()) {
      EXPECT_THAT(std::string(status.message()), Not(HasSubstr(text)));
    }
  }
}

TEST(TokenKeyTest, ReadsAFileOfItsOwnerOnly) {
  const TempDir directory;
  const std::string path = directory.Write("key", absl::Base64Escape(SomeKey()));
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  EXPECT_EQ(*ReadTokenKeyFile(path), SomeKey());
  ASSERT_EQ(chmod(path.c_str(), 0400), 0);
  EXPECT_EQ(*ReadTokenKeyFile(path), SomeKey());
  for (const mode_t mode : {0640, 0604, 0610, 0602}) {
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    const absl::Status status = ReadTokenKeyFile(path).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("chmod 600 " + path));
  }
}

TEST(TokenKeyTest, RootMayHandTheFileToOnesGroup) {
  constexpr uid_t kRoot = 0;
  constexpr uid_t kSelf = 65532;
  constexpr uid_t kSomebody = 1000;
  EXPECT_FALSE(OthersMayAccess(0440, kRoot, kSelf));
  EXPECT_FALSE(OthersMayAccess(0640, kRoot, kSelf));
  EXPECT_FALSE(OthersMayAccess(0400, kSelf, kSelf));
  EXPECT_TRUE(OthersMayAccess(0440, kSelf, kSelf)) << "one's own file needs no group";
  EXPECT_TRUE(OthersMayAccess(0440, kSomebody, kSelf));
  EXPECT_TRUE(OthersMayAccess(0440, kRoot, kRoot)) << "then it is one's own";
  for (const mode_t mode : {0444, 0460, 0450, 0404, 0402})
    EXPECT_TRUE(OthersMayAccess(mode, kRoot, kSelf)) << std::oct << mode;
}

TEST(TokenKeyTest, NamesTheFileThatItCannotUse) {
  const TempDir directory;
  const absl::Status missing = ReadTokenKeyFile(directory.path() + "/key").status();
  EXPECT_TRUE(absl::IsNotFound(missing)) << missing;
  EXPECT_THAT(std::string(missing.message()), HasSubstr(directory.path() + "/key"));
  EXPECT_TRUE(absl::IsInvalidArgument(ReadTokenKeyFile(directory.path()).status()));

  const std::string path = directory.Write("key", "short");
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  EXPECT_THAT(std::string(ReadTokenKeyFile(path).status().message()), HasSubstr(path));
}

TEST(TokenKeyTest, TakesTheCurrentKeyFromAFileOrTheEnvironmentAndThenThePreviousOnes) {
  const TempDir directory;
  const std::string file = directory.Write("key", absl::Base64Escape(SomeKey()));
  const std::string previous = directory.Write("previous", std::string(64, 'a'));
  ASSERT_EQ(chmod(file.c_str(), 0600) + chmod(previous.c_str(), 0600), 0);
  const std::string other(32, '\xaa');
  EXPECT_EQ(*ReadTokenKeys({.key = "", .key_file = file, .previous_key_files = {previous}}),
            (std::vector<std::string>{SomeKey(), other}));
  EXPECT_EQ(*ReadTokenKeys({.key = std::string(64, 'a'), .key_file = "", .previous_key_files = {}}),
            std::vector<std::string>{other});
}

TEST(TokenKeyTest, RefusesNoKeyTwoKeysAndAKeyThatIsNone) {
  const auto message = [](const TokenKeySources& sources) {
    const absl::Status status = ReadTokenKeys(sources).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    return std::string(status.message());
  };
  EXPECT_THAT(message({.key = "", .key_file = "", .previous_key_files = {}}),
              HasSubstr("--token-key-file"));
  EXPECT_THAT(message({.key = std::string(64, 'a'), .key_file = "k", .previous_key_files = {}}),
              HasSubstr("two keys"));
  const std::string bad = message({.key = "half a key", .key_file = "", .previous_key_files = {}});
  EXPECT_THAT(bad, HasSubstr("CARDATA_TOKEN_KEY: is not a key"));
  EXPECT_THAT(bad, Not(HasSubstr("half")));
}

}  // namespace
}  // namespace cardata
