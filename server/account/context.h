// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/time/time.h"
#include "server/account/account_stats.h"
#include "server/account/stream_machine.h"
#include "server/base/clock.h"
#include "server/base/executor.h"
#include "server/base/in_flight.h"
#include "server/base/log.h"
#include "server/base/random.h"
#include "server/cardata/oauth_client.h"
#include "server/cardata/rest_client.h"
#include "server/eventlog/event_log.h"
#include "server/eventlog/upstream_states.h"
#include "server/mqtt/mqtt_client.h"
#include "server/store/store.h"
#include "server/telematics/catalogue.h"

namespace cardata {

// How accounts behave; the same for all of them.
struct AccountSettings {
  std::string default_client_id;  // for logins that name none; may be empty
  std::string stream_host = "customer.streaming-cardata.bmwgroup.com";
  int stream_port = 9000;
  std::string ca_file;  // PEM; empty: the system's
  MqttOptions::Version mqtt_version = MqttOptions::Version::k5;
  // The id token is what BMW documents and takes; some documents name the access token.
  enum class StreamPassword { kIdToken, kAccessToken } stream_password = StreamPassword::kIdToken;
  absl::Duration stream_keep_alive = MqttOptions().keep_alive;
  absl::Duration stream_connect_timeout = MqttOptions().connect_timeout;
  absl::Duration stream_subscribe_timeout = MqttOptions().subscribe_timeout;
  StreamRetry stream_retry;
  // Between two tries to hand the stream over to a connection with a fresh token.
  absl::Duration stream_handover_retry = absl::Seconds(10);
  // Between an own disconnect and the next connect where BMW refuses a take-over.
  absl::Duration stream_handover_pause = absl::Seconds(2);
  int daily_requests = 50;  // BMW's limit for an account
  // Tokens are exchanged this long before they expire, or a quarter of their life if that is
  // shorter.
  absl::Duration renewal_margin = absl::Minutes(10);
  // A refresh that failed is tried again after the first, then after twice as long each time.
  absl::Duration token_retry_min = absl::Seconds(5);
  absl::Duration token_retry_max = absl::Minutes(5);
  // BMW may answer `access_denied` for up to a minute after a person approved: only what lasts
  // longer is believed.
  absl::Duration denial_grace = absl::Minutes(1);
  // How often it is noted on the disk that the gateway runs: the gap of a restart or a kill begins
  // up to twice this before it.
  absl::Duration liveness_interval = absl::Seconds(1);
};

// What all accounts share. All of it lives longer than any of them. Their code runs on `executor`
// only.
struct AccountContext {
  Executor& executor;
  const Clock& clock;
  Random& random;
  Log& log;
  OAuthClient& oauth;
  RestClient& rest;
  MqttClient& mqtt;
  Store& store;
  EventLog& event_log;
  const Catalogue& catalogue;
  UpstreamStates& upstream;
  InFlight& tasks;  // whatever runs on behalf of an account is counted here
  AccountStats& stats;
  AccountSettings settings;
};

}  // namespace cardata
