// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/time/time.h"
#include "server/account/context.h"
#include "server/base/log.h"
#include "server/eventlog/event_log.h"
#include "server/http/curl_http_client.h"
#include "server/rpc/server.h"
#include "server/store/sqlite_store.h"
#include "server/store/token_key.h"
#include "server/tls/certificates.h"

namespace cardata {

// Everything that can be set. What each of it means, what it may be and how it is called is said
// once, in settings.cc. The defaults are BMW's real endpoints: a client id and a login are all that
// is needed.
struct Config {
  std::string listen = "127.0.0.1:9610";
  std::string admin_listen = "127.0.0.1:9611";
  std::string health_listen;  // empty: there is none
  absl::Duration shutdown_grace = absl::Seconds(5);
  bool allow_plaintext = false;
  bool allow_unauthenticated_callers = false;
  CertificateFiles tls;
  absl::Duration tls_reload_interval = absl::Seconds(10);
  int max_connections = RpcServer::Options().max_connections;
  SubscriptionLimits::Options subscriptions;
  std::string data_dir = "cardata-gateway-data";
  TokenKeySources token_keys;
  absl::Duration commit_interval = SqliteStore::Options().commit_interval;
  OAuthOptions oauth;
  RestOptions rest;
  CurlHttpOptions http;
  AccountSettings accounts;
  EventLog::Options event_log;
  int keep_mebibytes = 1024;
  Log::Level log_level = Log::Level::kInfo;
  StderrLog::Format log_format = StderrLog::Format::kText;
};

}  // namespace cardata
