// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/process/child_process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace cardata::sim {
namespace {

absl::StatusOr<std::string> FindProgram(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* path = getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nobody here calls setenv
  for (absl::string_view folder :
       absl::StrSplit(absl::StrCat(path == nullptr ? "" : path, ":/usr/sbin:/usr/local/sbin:/sbin"),
                      ':', absl::SkipEmpty())) {
    std::string candidate = absl::StrCat(folder, "/", name);
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return absl::NotFoundError(absl::StrCat("program not found: ", name));
}

// What the child does between fork and exec: async-signal-safe calls only. Returns only if
// something failed.
void Become(const char* program, char* const* argv, const char* directory, int log, pid_t parent) {
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
  struct sigaction by_default {};
  by_default.sa_handler = SIG_DFL;
  sigaction(SIGPIPE, &by_default, nullptr);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  if (directory != nullptr && chdir(directory) != 0) return;
  if (log >= 0 && (dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0)) return;
  close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
  execv(program, argv);
}

}  // namespace

// PR_SET_PDEATHSIG follows the thread that forked, so one thread forks, waits and lives as long as
// the child.
class ChildProcess::Supervisor {
 public:
  explicit Supervisor(Options options) : options_(std::move(options)) {}

  ~Supervisor() {
    Stop(absl::Seconds(5));
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Start() {
    absl::StatusOr<std::string> program = FindProgram(options_.command.at(0));
    if (!program.ok()) return program.status();
    std::promise<absl::Status> started;
    std::future<absl::Status> result = started.get_future();
    thread_ = std::thread([this, &started, &program] { Run(*program, started); });
    return result.get();
  }

  pid_t pid() const { return pid_; }

  bool running() const {
    std::lock_guard lock(mutex_);
    return !gone_;
  }

  void Stop(absl::Duration patience) {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    if (gone_) return;
    kill(pid_, SIGTERM);
    auto is_gone = [this] { return gone_; };
    if (!changed_.wait_for(lock, absl::ToChronoMilliseconds(patience), is_gone)) {
      kill(pid_, SIGKILL);
      changed_.wait(lock, is_gone);
    }
  }

 private:
  void Run(const std::string& program, std::promise<absl::Status>& started) {
    absl::Status status = Fork(program);
    const bool forked = status.ok();
    started.set_value(std::move(status));
    if (!forked) return;
    siginfo_t info;
    while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0 &&
           errno == EINTR) {
    }
    int exit_status = 0;
    bool tell;
    {
      // Reaped under the lock, so that Stop never signals a pid that was given away.
      std::lock_guard lock(mutex_);
      waitpid(pid_, &exit_status, 0);
      gone_ = true;
      tell = !stopping_;
    }
    changed_.notify_all();
    if (tell && options_.on_exit) options_.on_exit(exit_status);
  }

  absl::Status Fork(const std::string& program) {
    std::vector<char*> argv;
    argv.reserve(options_.command.size() + 1);
    for (std::string& word : options_.command) argv.push_back(word.data());
    argv.push_back(nullptr);
    int log = -1;
    if (!options_.log_file.empty()) {
      log = open(options_.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
      if (log < 0) return absl::InternalError(absl::StrCat("cannot open ", options_.log_file));
    }
    int failure[2];
    if (pipe2(failure, O_CLOEXEC) != 0) return absl::InternalError("pipe2 failed");
    const pid_t parent = getpid();
    const char* directory = options_.directory.empty() ? nullptr : options_.directory.c_str();
    pid_ = fork();
    if (pid_ == 0) {
      Become(program.c_str(), argv.data(), directory, log, parent);
      const int error = errno;
      if (write(failure[1], &error, sizeof error) < 0) _exit(126);
      _exit(127);
    }
    close(failure[1]);
    if (log >= 0) close(log);
    int error = pid_ < 0 ? errno : 0;
    if (pid_ > 0 && read(failure[0], &error, sizeof error) > 0) waitpid(pid_, nullptr, 0);
    close(failure[0]);
    if (error != 0) return absl::ErrnoToStatus(error, absl::StrCat("cannot start ", program));
    std::lock_guard lock(mutex_);
    gone_ = false;
    return absl::OkStatus();
  }

  Options options_;
  pid_t pid_ = -1;
  std::thread thread_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool gone_ = true;
  bool stopping_ = false;
};

absl::StatusOr<std::unique_ptr<ChildProcess>> ChildProcess::Start(Options options) {
  auto supervisor = std::make_unique<Supervisor>(std::move(options));
  if (absl::Status status = supervisor->Start(); !status.ok()) return status;
  return std::unique_ptr<ChildProcess>(new ChildProcess(std::move(supervisor)));
}

ChildProcess::ChildProcess(std::unique_ptr<Supervisor> supervisor)
    : supervisor_(std::move(supervisor)) {}
ChildProcess::~ChildProcess() = default;
pid_t ChildProcess::pid() const { return supervisor_->pid(); }
bool ChildProcess::running() const { return supervisor_->running(); }
void ChildProcess::Stop(absl::Duration patience) { supervisor_->Stop(patience); }

}  // namespace cardata::sim
