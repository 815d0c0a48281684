// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "server/app/app.h"
#include "server/app/command_line.h"

// Exit codes: 0 ended by SIGTERM or SIGINT, 1 could not start, 2 wrong configuration.
int main(int argc, char** argv) {
  // Before any thread, so that all inherit it: signals are for this one, and a caller that is gone
  // is an error, not a signal.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  const absl::StatusOr<cardata::CommandLine> line = cardata::ParseCommandLine(argc, argv);
  if (!line.ok()) {
    std::fprintf(stderr, "cardata-gateway: %s\n", std::string(line.status().message()).c_str());
    return 2;
  }
  if (!line->print_and_exit.empty()) {
    std::fputs(line->print_and_exit.c_str(), stdout);
    return 0;
  }
  cardata::SystemClock clock;
  cardata::SecureRandom random;
  cardata::StderrLog log(line->config.log_level);
  absl::StatusOr<std::unique_ptr<cardata::App>> app =
      cardata::App::Start(line->config, clock, random, log);
  if (!app.ok()) {
    std::fprintf(stderr, "cardata-gateway: cannot start: %s\n",
                 std::string(app.status().message()).c_str());
    return 1;
  }
  log.Info("ready",
           {{"listen", absl::StrCat(line->config.listen.substr(0, line->config.listen.rfind(':')),
                                    ":", (*app)->port())}});
  int signal = 0;
  sigwait(&signals, &signal);
  log.Info("stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
  app->reset();
  log.Info("stopped");
  return 0;
}
