// SPDX-License-Identifier: Apache-2.0
#include "server/store/store_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/temp_dir.h"

namespace cardata {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr uid_t kNobody = 65534;

class RecordingLog : public Log {
 public:
  void Write(Level, absl::string_view message, Fields) override { messages.emplace_back(message); }
  std::vector<std::string> messages;
};

mode_t ModeOf(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

// Gives up root's rights while it lives.
class AsNobody {
 public:
  AsNobody() {
    if (getuid() == 0) {
      EXPECT_EQ(seteuid(kNobody), 0);
    }
  }
  ~AsNobody() {
    if (getuid() == 0) {
      EXPECT_EQ(seteuid(0), 0);
    }
  }
};

class StoreFileTest : public testing::Test {
 protected:
  TempDir directory_;
  RecordingLog log_;
};

TEST_F(StoreFileTest, MakesDirectoryAndFileForItsOwnerOnly) {
  const mode_t old_mask = umask(0);
  const std::string path = directory_.path() + "/data/gateway.db";
  EXPECT_TRUE(StoreFile::Claim(path, log_).ok());
  umask(old_mask);
  EXPECT_EQ(ModeOf(directory_.path() + "/data"), 0700);
  EXPECT_EQ(ModeOf(path), 0600);
  EXPECT_EQ(ModeOf(path + ".lock"), 0600);
  EXPECT_THAT(log_.messages, IsEmpty());
}

TEST_F(StoreFileTest, TakesAccessAwayFromOthersAndSaysSo) {
  const std::string path = directory_.Write("gateway.db", "");
  ASSERT_EQ(chmod(path.c_str(), 0664), 0);
  EXPECT_TRUE(StoreFile::Claim(path, log_).ok());
  EXPECT_EQ(ModeOf(path), 0600);
  EXPECT_THAT(log_.messages, ElementsAre(HasSubstr("could access")));
}

TEST_F(StoreFileTest, OneProcessAtATime) {
  const std::string path = directory_.path() + "/gateway.db";
  {
    const auto first = StoreFile::Claim(path, log_);
    ASSERT_TRUE(first.ok()) << first.status();
    const absl::Status second = StoreFile::Claim(path, log_).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(second)) << second;
    EXPECT_EQ(second.message(),
              absl::StrCat(path, ": is in use by another gateway (process ", getpid(), ")"));
  }
  EXPECT_TRUE(StoreFile::Claim(path, log_).ok()) << "free again";
}

TEST_F(StoreFileTest, SaysWhatIsWrongWithThePath) {
  const std::string file = directory_.Write("file", "");
  for (const std::string& path : {directory_.path(), file + "/gateway.db",
                                  directory_.path() + "/missing/missing/gateway.db"}) {
    const absl::Status status = StoreFile::Claim(path, log_).status();
    EXPECT_FALSE(status.ok()) << path;
    EXPECT_THAT(std::string(status.message()), HasSubstr(directory_.path()));
  }
  EXPECT_TRUE(absl::IsInvalidArgument(StoreFile::Claim("", log_).status()));
}

TEST_F(StoreFileTest, AFileThatMayNotBeWrittenIsRefused) {
  const std::string path = directory_.Write("gateway.db", "");
  if (getuid() == 0) {
    ASSERT_EQ(chown(directory_.path().c_str(), kNobody, kNobody), 0);
    ASSERT_EQ(chown(path.c_str(), kNobody, kNobody), 0);
  }
  ASSERT_EQ(chmod(path.c_str(), 0400), 0);
  const AsNobody nobody;
  const absl::Status status = StoreFile::Claim(path, log_).status();
  EXPECT_TRUE(absl::IsInternal(status)) << status;
  EXPECT_EQ(status.message(), absl::StrCat("cannot open ", path, ": Permission denied"));
}

TEST_F(StoreFileTest, ADirectoryThatMayNotBeWrittenIsRefused) {
  if (getuid() == 0) {
    ASSERT_EQ(chown(directory_.path().c_str(), kNobody, kNobody), 0);
  }
  ASSERT_EQ(chmod(directory_.path().c_str(), 0500), 0);
  {
    const AsNobody nobody;
    const absl::Status status = StoreFile::Claim(directory_.path() + "/gateway.db", log_).status();
    EXPECT_THAT(std::string(status.message()), HasSubstr("Permission denied"));
  }
  ASSERT_EQ(chmod(directory_.path().c_str(), 0700), 0);
}

}  // namespace
}  // namespace cardata
