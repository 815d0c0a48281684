// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "server/account/accounts.h"
#include "server/admin/admin_server.h"
#include "server/app/config.h"
#include "server/base/in_flight.h"
#include "server/base/serial_executor.h"
#include "server/cardata/oauth_client.h"
#include "server/cardata/rest_client.h"
#include "server/eventlog/event_log.h"
#include "server/eventlog/retention.h"
#include "server/eventlog/upstream_states.h"
#include "server/http/http_client.h"
#include "server/mqtt/mqtt_client.h"
#include "server/rpc/server.h"
#include "server/store/sqlite_store.h"
#include "server/telematics/catalogue.h"

namespace cardata {

// The whole gateway. Its members, top to bottom, are the object diagram: each uses only what stands
// above it, and they go in the reverse order.
class App {
 public:
  // Opens the store, takes up every account where it stood, and serves. What it is given lives
  // longer.
  static absl::StatusOr<std::unique_ptr<App>> Start(const Config& config, const Clock& clock,
                                                    Random& random, Log& log);

  // Ends gracefully: callers are told to come back, connections to BMW are closed, tokens that BMW
  // is just exchanging are waited for, what arrived is committed.
  ~App();

  int port() const { return rpc_->port(); }
  // 0: there is no admin server.
  int health_port() const { return rpc_->health_port(); }
  int admin_port() const { return admin_ ? admin_->port() : 0; }

 private:
  App() = default;

  absl::Duration shutdown_grace_;
  SerialExecutor executor_;  // everything of every account happens here
  InFlight tasks_;
  std::unique_ptr<SqliteStore> store_;
  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<MqttClient> mqtt_;
  std::unique_ptr<OAuthClient> oauth_;
  std::unique_ptr<RestClient> rest_;
  std::unique_ptr<EventLog> event_log_;
  const Catalogue catalogue_ = Catalogue::BuiltIn();
  std::unique_ptr<Retention> retention_;
  UpstreamStates upstream_;
  AccountStats account_stats_;
  std::unique_ptr<AccountContext> context_;
  std::unique_ptr<Accounts> accounts_;
  std::unique_ptr<RpcServer> rpc_;
  std::unique_ptr<AdminServer> admin_;
};

}  // namespace cardata
