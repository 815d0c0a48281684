// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "server/app/app.h"
#include "server/app/command_line.h"
#include "server/app/copy_store.h"
#include "server/app/exit_deadline.h"
#include "server/rpc/grpc_log.h"
#include "server/rpc/protobuf_log.h"

namespace {

// Beyond what calls under way are granted: for closing connections to BMW and the store.
constexpr absl::Duration kClosingTime = absl::Seconds(10);

// host:port, with the port that is really listened on.
std::string WithPort(const std::string& listen, int port) {
  return absl::StrCat(listen.substr(0, listen.rfind(':')), ":", port);
}

}  // namespace

// Exit codes: 0 ended by SIGTERM or SIGINT, 1 could not start, stop or copy the store, 2 wrong
// configuration.
int main(int argc, char** argv) {
  // Before any thread, so that all inherit it: signals are for this one; a caller that is gone, and
  // a file that must not grow any more, are errors, not signals.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigset_t blocked = signals;
  sigaddset(&blocked, SIGUSR1);  // ExitDeadline's own
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  // A file that may not grow further (RLIMIT_FSIZE) is a disk that fails, which the log survives.
  std::signal(SIGXFSZ, SIG_IGN);
  // Debian's Abseil looks for cycles at each lock of gRPC's.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);

  const absl::StatusOr<cardata::CommandLine> line = cardata::ParseCommandLine(argc, argv);
  if (!line.ok()) {
    std::fprintf(stderr, "cardata-gateway: %s\n", std::string(line.status().message()).c_str());
    return 2;
  }
  if (!line->print_and_exit.empty()) {
    std::fputs(line->print_and_exit.c_str(), stdout);
    return 0;
  }
  const cardata::Config& config = line->config;
  if (!line->backup_to.empty() || !line->restore_from.empty()) {
    const absl::Status copied = line->backup_to.empty()
                                    ? cardata::RestoreStore(config.data_dir, line->restore_from)
                                    : cardata::BackUpStore(config.data_dir, line->backup_to);
    if (copied.ok()) return 0;
    std::fprintf(stderr, "cardata-gateway: %s\n", std::string(copied.message()).c_str());
    return 1;
  }
  cardata::SystemClock clock;
  cardata::SecureRandom random;
  cardata::StderrLog log(config.log_level, config.log_format);
  const cardata::GrpcLog grpc_log(log);
  const cardata::ProtobufLog protobuf_log(log, clock);
  absl::StatusOr<std::unique_ptr<cardata::App>> app =
      cardata::App::Start(config, clock, random, log);
  if (!app.ok()) {
    log.Error("cannot start", {{"error", std::string(app.status().message())}});
    return 1;
  }
  if ((*app)->admin_port() != 0)
    log.Info("metrics",
             {{"url", absl::StrCat("http://", WithPort(config.admin_listen, (*app)->admin_port()),
                                   "/metrics")}});
  if ((*app)->health_port() != 0)
    log.Info("health checks", {{"listen", WithPort(config.health_listen, (*app)->health_port())}});
  log.Info("ready", {{"listen", WithPort(config.listen, (*app)->port())}});
  int signal = 0;
  sigwait(&signals, &signal);
  log.Info("stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
  {
    const cardata::ExitDeadline deadline(signals, config.shutdown_grace + kClosingTime, log);
    app->reset();
  }
  log.Info("stopped");
  return 0;
}
