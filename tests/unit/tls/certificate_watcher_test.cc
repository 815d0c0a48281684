// SPDX-License-Identifier: Apache-2.0
#include "server/tls/certificate_watcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/recording_log.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certificates.h"
#include "tests/support/wait.h"

namespace cardata {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CertificateWatcherTest : public testing::Test {
 protected:
  // As Kubernetes lays them out: tls.crt → ..data/tls.crt, ..data → a folder.
  CertificateWatcherTest() {
    Fill("first", ca_.Issue("DNS:localhost"));
    fs::create_directory_symlink("first", Path("..data"));
    fs::create_symlink("..data/tls.crt", Path("tls.crt"));
    fs::create_symlink("..data/tls.key", Path("tls.key"));
  }

  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }

  void Fill(const std::string& name, const TestCa::Certificate& pair) {
    fs::create_directory(Path(name));
    fs::copy_file(pair.cert_file, Path(name + "/tls.crt"));
    fs::copy_file(pair.key_file, Path(name + "/tls.key"));
  }

  void Start() {
    auto started = CertificateWatcher::Start({Path("tls.crt"), Path("tls.key"), ""},
                                             absl::Milliseconds(1), clock_, log_);
    ASSERT_TRUE(started.ok()) << started.status();
    watcher_ = *std::move(started);
  }

  TempDir folder_;
  TestCa ca_{folder_.path(), "ca"};
  SystemClock clock_;
  RecordingLog log_;
  std::unique_ptr<CertificateWatcher> watcher_;
};

TEST_F(CertificateWatcherTest, FollowsALinkThatIsMoved) {
  Start();
  const auto first = watcher_->current();
  Fill("second", ca_.Issue("DNS:localhost"));
  fs::create_directory_symlink("second", Path("..data_tmp"));
  fs::rename(Path("..data_tmp"), Path("..data"));
  ASSERT_TRUE(WaitUntil([&] { return watcher_->current() != first; }));
  EXPECT_EQ(watcher_->current()->chain, ReadFile(Path("second/tls.crt")));
  EXPECT_EQ(watcher_->current()->key, ReadFile(Path("second/tls.key")));
  EXPECT_TRUE(WaitUntil([&] { return !log_.lines().empty(); }));
  EXPECT_THAT(log_.lines(), ElementsAre(HasSubstr("TLS certificates reloaded")));
}

TEST_F(CertificateWatcherTest, KeepsTheOldPairWhileTheNewOneIsNotWhole) {
  Start();
  const auto first = watcher_->current();
  const TestCa::Certificate next = ca_.Issue("DNS:localhost");
  fs::copy_file(next.cert_file, Path("first/tls.crt"), fs::copy_options::overwrite_existing);
  ASSERT_TRUE(WaitUntil([&] {
    const auto lines = log_.lines();
    return !lines.empty() && lines.back().find("is not the key of") != std::string::npos;
  }));
  const size_t warnings = log_.lines().size();
  EXPECT_EQ(watcher_->current(), first);
  fs::copy_file(next.key_file, Path("first/tls.key"), fs::copy_options::overwrite_existing);
  ASSERT_TRUE(WaitUntil([&] { return watcher_->current() != first; }));
  EXPECT_EQ(watcher_->current()->key, ReadFile(next.key_file));
  ASSERT_TRUE(WaitUntil(
      [&] { return log_.lines().back().find("TLS certificates reloaded") != std::string::npos; }));
  // At most one more: it may have met the key half-written.
  EXPECT_LE(log_.lines().size(), warnings + 2);
}

TEST_F(CertificateWatcherTest, SaysThatACertificateHasExpired) {
  Fill("expired", ca_.IssueExpired("DNS:localhost"));
  fs::remove(Path("..data"));
  fs::create_directory_symlink("expired", Path("..data"));
  Start();
  EXPECT_THAT(log_.lines(), ElementsAre(HasSubstr("is not valid now")));
}

TEST_F(CertificateWatcherTest, DoesNotStartWithoutAGoodPair) {
  fs::remove(Path("first/tls.key"));
  const auto started = CertificateWatcher::Start({Path("tls.crt"), Path("tls.key"), ""},
                                                 absl::Milliseconds(1), clock_, log_);
  EXPECT_THAT(std::string(started.status().message()), HasSubstr("tls.key cannot be read"));
  EXPECT_THAT(log_.lines(), IsEmpty());
}

}  // namespace
}  // namespace cardata
