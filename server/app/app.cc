// SPDX-License-Identifier: Apache-2.0
#include "server/app/app.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "server/admin/gateway_metrics.h"
#include "server/app/settings.h"
#include "server/app/store_path.h"
#include "server/base/status_macros.h"
#include "server/http/curl_http_client.h"
#include "server/listen/descriptor_limit.h"
#include "server/mqtt/paho_mqtt_client.h"
#include "server/store/sqlite_store.h"
#include "server/store/token_key.h"
#include "server/tls/certificate_watcher.h"

namespace cardata {
namespace {

// Beyond what calls under way are granted, for BMW's answer to a refresh: without it a person has
// to log in again. Short of main.cc's limit for all of the end, and of Docker's ten seconds.
constexpr absl::Duration kTokenGrace = absl::Seconds(4);

absl::StatusOr<RpcServer::Options> ServeOptions(const Config& config, const Clock& clock,
                                                Log& log) {
  RpcServer::Options options;
  options.listen = config.listen;
  options.health_listen = config.health_listen;
  options.queues = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  options.subscriptions = config.subscriptions;
  const int limit = RaiseDescriptorLimit();
  options.max_connections = ConnectionsWithin(limit, config.max_connections);
  if (options.max_connections < config.max_connections) {
    log.Warning("the limit of open files allows fewer connections than limits.max_connections",
                {{"open_files", absl::StrCat(limit)},
                 {"connections", absl::StrCat(options.max_connections)}});
  }
  if (!config.tls.cert_file.empty()) {
    ASSIGN_OR_RETURN(options.certificates,
                     CertificateWatcher::Start(config.tls, config.tls_reload_interval, clock, log));
  }
  if (!IsLoopback(config.listen) && config.tls.client_ca_file.empty()) {
    log.Warning("whoever reaches the port can read every car's data",
                {{"listen", config.listen},
                 {"because", config.tls.cert_file.empty() ? "--allow-plaintext"
                                                          : "--allow-unauthenticated-callers"}});
  }
  return options;
}

}  // namespace

absl::StatusOr<std::unique_ptr<App>> App::Start(const Config& config, const Clock& clock,
                                                Random& random, Log& log) {
  ASSIGN_OR_RETURN(const std::vector<std::string> keys, ReadTokenKeys(config.token_keys));
  ASSIGN_OR_RETURN(TokenCipher cipher, TokenCipher::Create(keys, random));
  auto app = absl::WrapUnique(new App);
  app->shutdown_grace_ = config.shutdown_grace;

  SqliteStore::Options store_options;
  store_options.path = StorePath(config.data_dir);
  store_options.commit_interval = config.commit_interval;
  ASSIGN_OR_RETURN(app->store_, SqliteStore::Open(store_options, std::move(cipher), random, log));
  ASSIGN_OR_RETURN(std::vector<AccountRecord> records, app->store_->LoadAccounts());
  ASSIGN_OR_RETURN(LogState log_state, app->store_->LoadLog());

  CurlHttpOptions http_options = config.http;
  http_options.ca_file = config.accounts.ca_file;
  app->http_ = std::make_unique<CurlHttpClient>(http_options);
  app->mqtt_ = std::make_unique<PahoMqttClient>();
  OAuthOptions oauth_options = config.oauth;
  oauth_options.timeout = config.rest.timeout;
  app->oauth_ = std::make_unique<OAuthClient>(*app->http_, app->executor_, clock, oauth_options);
  app->rest_ = std::make_unique<RestClient>(*app->http_, app->executor_, clock, config.rest);
  EventLog::Options log_options = config.event_log;
  log_options.keep_bytes = int64_t{config.keep_mebibytes} << 20;
  ASSIGN_OR_RETURN(app->event_log_,
                   EventLog::Open(log_options, std::move(log_state), *app->store_));
  app->retention_ =
      std::make_unique<Retention>(*app->event_log_, app->executor_, clock, log, app->tasks_);
  app->context_ = absl::WrapUnique(
      new AccountContext{app->executor_, clock, random, log, *app->oauth_, *app->rest_, *app->mqtt_,
                         *app->store_, *app->event_log_, app->catalogue_, app->upstream_,
                         app->tasks_, app->account_stats_, config.accounts});
  app->accounts_ = std::make_unique<Accounts>(*app->context_, std::move(records));
  // Listeners of the log come before its first append, and callers before the first event.
  ASSIGN_OR_RETURN(const RpcServer::Options rpc_options, ServeOptions(config, clock, log));
  ASSIGN_OR_RETURN(app->rpc_,
                   RpcServer::Start(rpc_options, app->executor_, clock, log, *app->accounts_,
                                    *app->event_log_, app->catalogue_, app->upstream_));
  if (!config.admin_listen.empty()) {
    if (!IsLoopback(config.admin_listen)) {
      log.Warning("whoever reaches the admin port can read the metrics",
                  {{"listen", config.admin_listen}, {"because", "--admin-listen"}});
    }
    ASSIGN_OR_RETURN(app->admin_, AdminServer::Start(
                                      config.admin_listen,
                                      std::make_shared<const GatewayMetrics>(GatewayMetrics::Parts{
                                          *app->context_, *app->accounts_, *app->store_, *app->rpc_,
                                          rpc_options.certificates})));
  }
  app->executor_.Post([accounts = app->accounts_.get(), retention = app->retention_.get()] {
    accounts->Start();
    retention->Start();
  });
  return app;
}

// Callers are told before the accounts end, so that whoever watches a login hears of the shutdown.
// The accounts end before the calls do, because a call may wait for what only that ends.
App::~App() {
  admin_.reset();
  if (rpc_) rpc_->Drain();
  if (accounts_) {
    executor_.Post([this] {
      accounts_->Stop();
      retention_->Stop();
    });
    executor_.PostAfter(shutdown_grace_ + kTokenGrace, [this] { accounts_->GiveUp(); });
  }
  if (rpc_) rpc_->WaitForCalls(shutdown_grace_);
  tasks_.WaitForNone();
  executor_.Stop();
}

}  // namespace cardata
