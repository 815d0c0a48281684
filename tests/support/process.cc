// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/support/temp_dir.h"

namespace cardata {
namespace {

// Below the kernel's range for outgoing connections, so that none of those can take the port in
// between.
constexpr int kFirstPort = 15000;
constexpr int kLastPort = 31000;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

template <class Call>
bool TryPort(int port, Call call) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  const bool ok = call(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return ok;
}

// The first report of a sanitizer, with what follows it; empty: there is none.
absl::string_view FirstReport(absl::string_view output) {
  constexpr size_t kLongest = 6000;
  size_t begin = absl::string_view::npos;
  for (const absl::string_view sign : {"Sanitizer: ", "Sanitizer:DEADLYSIGNAL", "runtime error: "})
    begin = std::min(begin, output.find(sign));
  if (begin == absl::string_view::npos) return {};
  return output.substr(output.rfind('\n', begin) + 1, kLongest);
}

}  // namespace

Process::Process(const std::vector<std::string>& argv, const std::string& log)
    : program_(argv.at(0)), log_(log) {
  std::vector<char*> arguments;
  for (const std::string& each : argv) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  pid_ = fork();
  if (pid_ < 0) std::abort();
  if (pid_ > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  close_range(3, ~0U, 0);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

Process::~Process() {
  if (Running()) {
    Signal(SIGTERM);
    const absl::StatusOr<int> exit_code = Wait();
    EXPECT_TRUE(exit_code.ok()) << exit_code.status();
    Kill();
    EXPECT_TRUE(*exit_code_ == 0 || *exit_code_ == 128 + SIGTERM)
        << program_ << " ended with " << *exit_code_ << "; it printed:\n"
        << Output();
  }
  const std::string output = Output();
  EXPECT_EQ(FirstReport(output), "") << "in " << program_;
}

void Process::Signal(int signal) {
  if (Running()) kill(pid_, signal);
}

void Process::Kill() {
  Signal(SIGKILL);
  Wait().IgnoreError();
}

bool Process::Running() {
  int status = 0;
  if (!exit_code_ && waitpid(pid_, &status, WNOHANG) == pid_)
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return !exit_code_;
}

absl::StatusOr<int> Process::Wait(absl::Duration deadline) {
  if (WaitUntil([this] { return !Running(); }, deadline)) return *exit_code_;
  return absl::DeadlineExceededError(
      absl::StrCat(program_, " still runs; it printed:\n", Output()));
}

absl::Status Process::WaitFor(const std::string& what, const std::function<bool()>& condition,
                              absl::Duration deadline) {
  bool held = false;
  WaitUntil([&] { return (held = condition()) || !Running(); }, deadline);
  if (held) return absl::OkStatus();
  return absl::DeadlineExceededError(
      absl::StrCat("waited for ", what, ", but ", program_,
                   exit_code_ ? absl::StrCat(" ended with ", *exit_code_) : " did not get there",
                   "; it printed:\n", Output()));
}

std::string Process::Output() const { return ReadFile(log_); }

int ListenOnLoopback(int* port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      listen(fd, SOMAXCONN) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    std::abort();
  *port = ntohs(address.sin_port);
  return fd;
}

int FreePort() {
  static std::mt19937 random(std::random_device{}());
  std::uniform_int_distribution<int> ports(kFirstPort, kLastPort);
  for (;;) {
    const int port = ports(random);
    if (TryPort(port, [](auto... arguments) { return bind(arguments...); })) return port;
  }
}

bool WaitForPort(int port, Process& process) {
  while (process.Running()) {
    if (TryPort(port, [](auto... arguments) { return connect(arguments...); })) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

}  // namespace cardata
