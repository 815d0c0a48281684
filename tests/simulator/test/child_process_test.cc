// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/process/child_process.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace cardata::sim {
namespace {

// Gone, or a zombie that nobody waits for.
bool IsGone(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/status"));
  const std::string status(std::istreambuf_iterator<char>(file), {});
  return status.empty() || absl::StrContains(status, "State:\tZ");
}

bool AwaitGone(pid_t pid) {
  for (const absl::Time deadline = absl::Now() + absl::Seconds(20); absl::Now() < deadline;) {
    if (IsGone(pid)) return true;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return false;
}

TEST(ChildProcess, EndsWithItsObject) {
  auto child = ChildProcess::Start(
      {.command = {"sleep", "1000"}, .directory = "", .log_file = "", .on_exit = {}});
  ASSERT_TRUE(child.ok()) << child.status();
  const pid_t pid = (*child)->pid();
  EXPECT_TRUE((*child)->running());
  EXPECT_FALSE(IsGone(pid));
  child->reset();
  EXPECT_TRUE(IsGone(pid));
}

TEST(ChildProcess, TellsThatItEndedByItself) {
  std::promise<int> status;
  auto child =
      ChildProcess::Start({.command = {"sh", "-c", "exit 3"},
                           .directory = "",
                           .log_file = "",
                           .on_exit = [&](int exit_status) { status.set_value(exit_status); }});
  ASSERT_TRUE(child.ok());
  EXPECT_EQ(WEXITSTATUS(status.get_future().get()), 3);
  EXPECT_FALSE((*child)->running());
}

TEST(ChildProcess, SaysNothingWhenItWasStopped) {
  bool told = false;
  auto child = ChildProcess::Start(
      {.command = {"sleep", "1000"}, .directory = "", .log_file = "", .on_exit = [&](int) {
         told = true;
       }});
  ASSERT_TRUE(child.ok());
  child->reset();
  EXPECT_FALSE(told);
}

TEST(ChildProcess, KillsWhoDoesNotListen) {
  const std::string log = testing::TempDir() + "/stubborn.log";
  std::filesystem::remove(log);
  auto child = ChildProcess::Start(
      {.command = {"sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done"},
       .directory = "",
       .log_file = log,
       .on_exit = {}});
  ASSERT_TRUE(child.ok());
  for (std::string line; line.empty();) std::getline(std::ifstream(log), line);
  (*child)->Stop(absl::Milliseconds(100));
  EXPECT_FALSE((*child)->running());
  std::filesystem::remove(log);
}

TEST(ChildProcess, SaysWhatCannotBeStarted) {
  EXPECT_EQ(ChildProcess::Start(
                {.command = {"no-such-program"}, .directory = "", .log_file = "", .on_exit = {}})
                .status()
                .code(),
            absl::StatusCode::kNotFound);
  EXPECT_FALSE(ChildProcess::Start(
                   {.command = {"/etc/passwd"}, .directory = "", .log_file = "", .on_exit = {}})
                   .ok());
  EXPECT_FALSE(ChildProcess::Start(
                   {.command = {"true"}, .directory = "/no/such", .log_file = "", .on_exit = {}})
                   .ok());
}

TEST(ChildProcess, DiesWithAKilledParent) {
  int pipe_fds[2];
  ASSERT_EQ(pipe(pipe_fds), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    auto child = ChildProcess::Start(
        {.command = {"sleep", "1000"}, .directory = "", .log_file = "", .on_exit = {}});
    const pid_t pid = child.ok() ? (*child)->pid() : -1;
    if (write(pipe_fds[1], &pid, sizeof pid) < 0) _exit(1);
    for (;;) pause();
  }
  pid_t grandchild = -1;
  ASSERT_EQ(read(pipe_fds[0], &grandchild, sizeof grandchild),
            static_cast<ssize_t>(sizeof grandchild));
  ASSERT_GT(grandchild, 0);
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  EXPECT_TRUE(AwaitGone(grandchild));
}

}  // namespace
}  // namespace cardata::sim
