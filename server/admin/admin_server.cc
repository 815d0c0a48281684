// SPDX-License-Identifier: Apache-2.0
#include "server/admin/admin_server.h"

#include <httplib.h>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace cardata {
namespace {

constexpr char kTextFormat[] = "text/plain; version=0.0.4; charset=utf-8";
constexpr char kIndex[] = "CarData Gateway. Metrics for Prometheus: /metrics\n";

}  // namespace

AdminServer::AdminServer() : server_(std::make_unique<httplib::Server>()) {}

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(
    const std::string& listen, std::shared_ptr<const prometheus::Collectable> metrics) {
  auto self = absl::WrapUnique(new AdminServer);
  httplib::Server& server = *self->server_;
  server.new_task_queue = [] { return new httplib::ThreadPool(1); };
  server.set_keep_alive_max_count(1);  // a scraper that idles would hold the one thread
  server.set_read_timeout(5);
  server.set_write_timeout(5);
  // httplib's own default would let two gateways share one port.
  server.set_socket_options([](int socket) {
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(kIndex, "text/plain");
  });
  server.Get("/metrics", [metrics = std::move(metrics)](const httplib::Request&,
                                                        httplib::Response& response) {
    response.set_content(prometheus::TextSerializer().Serialize(metrics->Collect()), kTextFormat);
  });

  const size_t colon = listen.rfind(':');
  absl::string_view host = absl::string_view(listen).substr(0, colon);
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
  int port = 0;
  (void)absl::SimpleAtoi(listen.substr(colon + 1), &port);
  self->port_ = port == 0 ? server.bind_to_any_port(std::string(host).c_str())
                          : (server.bind_to_port(std::string(host).c_str(), port) ? port : -1);
  if (self->port_ < 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", listen,
                     " (server.admin_listen): it is taken, or no address of this machine"));
  }
  self->thread_ = std::thread([&server] { server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::yield();  // `stop` before that does nothing
  return self;
}

AdminServer::~AdminServer() {
  server_->stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace cardata
