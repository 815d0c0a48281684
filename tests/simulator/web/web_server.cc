// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/web/web_server.h"

#include <httplib.h>
#include <sys/socket.h>

#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace cardata::sim {
namespace {

constexpr size_t kThreads = 96;  // a delayed answer holds one of them
constexpr size_t kLongestBody = 4 << 20;

class Server : public httplib::Server {
 public:
  // The library listens with a backlog of 5, which a burst of connections overflows.
  void WidenBacklog() { ::listen(svr_sock_, SOMAXCONN); }
};

WebRequest Convert(const httplib::Request& from) {
  WebRequest to;
  to.method = from.method;
  to.path = from.path;
  const size_t mark = from.target.find('?');
  if (mark != std::string::npos) to.query = ParseForm(from.target.substr(mark + 1));
  for (const auto& [name, value] : from.headers) {
    to.headers.emplace(absl::AsciiStrToLower(name), value);
  }
  to.body = from.body;
  to.http_version = absl::StartsWith(to.Header("via"), "2") ? "2" : "1.1";
  return to;
}

void Convert(const WebResponse& from, httplib::Response& to) {
  to.status = from.status;
  for (const auto& [name, value] : from.headers) to.set_header(name, value);
  if (!from.content_type.empty()) to.set_content(from.body, from.content_type);
}

class HttplibServer : public WebServer {
 public:
  explicit HttplibServer(WebHandler handler) : handler_(std::move(handler)) {}

  ~HttplibServer() override {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

  int port() const override { return port_; }

  absl::Status Start(const std::string& host, int port, bool keep_alive) {
    const auto answer = [this](const httplib::Request& request, httplib::Response& response) {
      Convert(handler_(Convert(request)), response);
    };
    server_.Get(".*", answer).Post(".*", answer).Put(".*", answer);
    server_.Delete(".*", answer).Patch(".*", answer).Options(".*", answer);
    // Without a length there is no body; the library would wait for one.
    server_.set_pre_routing_handler(
        [answer](const httplib::Request& request, httplib::Response& response) {
          if (request.has_header("Content-Length") || request.has_header("Transfer-Encoding")) {
            return httplib::Server::HandlerResponse::Unhandled;
          }
          answer(request, response);
          return httplib::Server::HandlerResponse::Handled;
        });
    server_.set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (response.body.empty()) {
        response.set_content(absl::StrCat("HTTP ", response.status, "\n"), "text/plain");
      }
    });
    server_.set_exception_handler([](const httplib::Request&, httplib::Response& response,
                                     const std::exception_ptr&) { response.status = 500; });
    server_.set_payload_max_length(kLongestBody);
    server_.set_tcp_nodelay(true);
    server_.set_keep_alive_max_count(keep_alive ? 1000000 : 1);
    server_.set_keep_alive_timeout(keep_alive ? 10 : 1);  // the front closes idle ones after 2 s
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    // The library's own choice would let a second server share the port.
    server_.set_socket_options([](int socket) {
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    if (port == 0) {
      port = server_.bind_to_any_port(host.c_str());
    } else if (!server_.bind_to_port(host.c_str(), port)) {
      port = -1;
    }
    if (port < 0) return absl::UnavailableError("cannot listen: the port is in use");
    port_ = port;
    server_.WidenBacklog();
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
    return absl::OkStatus();
  }

 private:
  const WebHandler handler_;
  Server server_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<WebServer>> WebServer::Start(Options options) {
  auto server = std::make_unique<HttplibServer>(std::move(options.handler));
  if (absl::Status status = server->Start(options.host, options.port, options.keep_alive);
      !status.ok()) {
    return absl::Status(status.code(),
                        absl::StrCat(options.host, ":", options.port, ": ", status.message()));
  }
  return server;
}

}  // namespace cardata::sim
