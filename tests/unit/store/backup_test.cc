// SPDX-License-Identifier: Apache-2.0
#include "server/store/backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/unit/store/store_fixture.h"

namespace cardata {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class BackupTest : public StoreTest {
 protected:
  // Opens what was restored at `restored_`.
  void OpenRestored() {
    store_.reset();
    path_ = restored_;
    Open();
  }

  static mode_t ModeOf(const std::string& path) {
    struct stat info {};
    EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 0777;
  }

  const std::string copy_ = directory_.path() + "/copy";
  const std::string restored_ = directory_.path() + "/restored/cardata.db";
};

TEST_F(BackupTest, CopiesWhatIsCommittedWhileTheStoreIsOpen) {
  Open();
  ASSERT_TRUE(Append({Entry(1, kNoon), Entry(2, kNoon)}).ok());
  ASSERT_TRUE(BackUp(path_, copy_).ok());
  EXPECT_EQ(ModeOf(copy_), 0600u);
  ASSERT_TRUE(Append({Entry(3, kNoon)}).ok()) << "the store goes on";

  ASSERT_TRUE(Restore(copy_, restored_).ok());
  EXPECT_EQ(ModeOf(restored_), 0600u);
  OpenRestored();
  EXPECT_THAT(Sequences(*Read(1)), ElementsAre(1, 2));
}

TEST_F(BackupTest, TheRestoredLogIsAnotherOne) {
  Open();
  const std::string epoch = store_->LoadLog()->epoch;
  ASSERT_TRUE(BackUp(path_, copy_).ok());
  ASSERT_TRUE(Restore(copy_, restored_).ok());
  OpenRestored();
  const std::string restored = store_->LoadLog()->epoch;
  EXPECT_EQ(restored.size(), epoch.size());
  EXPECT_NE(restored, epoch);
}

TEST_F(BackupTest, OverwritesNothing) {
  Open();
  ASSERT_TRUE(BackUp(path_, copy_).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(BackUp(path_, copy_)));
  const absl::Status restored = Restore(copy_, path_);
  EXPECT_TRUE(absl::IsFailedPrecondition(restored)) << restored;
  EXPECT_THAT(std::string(restored.message()), HasSubstr("move it away first"));

  std::filesystem::create_directory(directory_.path() + "/restored");
  directory_.Write("restored/cardata.db-wal", "what another gateway left");
  EXPECT_TRUE(absl::IsFailedPrecondition(Restore(copy_, restored_)));
}

TEST_F(BackupTest, RefusesWhatIsNoStore) {
  EXPECT_TRUE(absl::IsNotFound(BackUp(path_, copy_)));
  EXPECT_FALSE(std::filesystem::exists(copy_));
  EXPECT_FALSE(Restore(directory_.Write("text", "no database at all"), restored_).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(Restore(directory_.Write("empty", ""), restored_)));
  EXPECT_FALSE(Restore(directory_.path() + "/missing", restored_).ok());
  EXPECT_FALSE(std::filesystem::exists(restored_));
}

TEST_F(BackupTest, RefusesADamagedCopyAndLeavesNothing) {
  Open();
  std::vector<LogRecord> entries;
  for (int64_t sequence = 1; sequence <= 2000; ++sequence)
    entries.push_back(Entry(sequence, kNoon, std::string(200, 'x')));
  ASSERT_TRUE(Append(entries).ok());
  ASSERT_TRUE(BackUp(path_, copy_).ok());
  std::filesystem::resize_file(copy_, std::filesystem::file_size(copy_) / 2);
  EXPECT_FALSE(Restore(copy_, restored_).ok());
  EXPECT_TRUE(std::filesystem::is_empty(std::filesystem::path(restored_).parent_path()));
}

}  // namespace
}  // namespace cardata
