// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/web/https_front.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "tests/simulator/process/child_process.h"
#include "tests/simulator/process/free_port.h"
#include "tests/simulator/web/web_server.h"

namespace cardata::sim {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(2);

template <class Call>
bool TryPort(int port, Call call) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  const bool done = call(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return done;
}

bool IsFree(int port) {
  return TryPort(port, [](auto... arguments) { return bind(arguments...); });
}

bool Accepts(int port) {
  return TryPort(port, [](auto... arguments) { return connect(arguments...); });
}

class Nghttpx : public HttpsFront {
 public:
  Nghttpx(int port, std::unique_ptr<WebServer> server, std::unique_ptr<ChildProcess> process)
      : port_(port), server_(std::move(server)), process_(std::move(process)) {}

  // The server waits for its idle connections, which end with the process.
  ~Nghttpx() override { process_->Stop(kPatience); }

  int port() const override { return port_; }

 private:
  const int port_;
  const std::unique_ptr<WebServer> server_;
  const std::unique_ptr<ChildProcess> process_;
};

ChildProcess::Options Command(const HttpsFront::Options& options, int port, int backend_port) {
  ChildProcess::Options child;
  child.command = {"nghttpx",
                   "--conf=/dev/null",
                   "--single-process",
                   "--workers=1",
                   "--no-ocsp",
                   "--no-server-rewrite",
                   "--no-add-x-forwarded-proto",
                   "--backend-read-timeout=15m",
                   "--errorlog-file=/dev/stderr",
                   absl::StrCat("--frontend=", options.host, ",", port),
                   absl::StrCat("--backend=127.0.0.1,", backend_port),
                   options.certificates.key_file,
                   options.certificates.certificate_file};
  child.log_file = options.log_file;
  child.on_exit = [log = options.log](int status) {
    if (log != nullptr) log->Error("nghttpx ended", {{"status", absl::StrCat(status)}});
  };
  return child;
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpsFront>> HttpsFront::Start(const Options& options) {
  const int port = options.port == 0 ? FreePort() : options.port;
  if (!IsFree(port)) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", options.host, ":", port,
                                               ": the port is in use or not allowed"));
  }
  ASSIGN_OR_RETURN(std::unique_ptr<WebServer> server,
                   WebServer::Start({.handler = options.handler}));
  ASSIGN_OR_RETURN(std::unique_ptr<ChildProcess> process,
                   ChildProcess::Start(Command(options, port, server->port())));
  while (!Accepts(port)) {
    if (!process->running()) {
      return absl::UnavailableError(absl::StrCat("nghttpx does not start, see ", options.log_file));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return std::make_unique<Nghttpx>(port, std::move(server), std::move(process));
}

}  // namespace cardata::sim
