// SPDX-License-Identifier: Apache-2.0
#include "server/app/settings.h"

#include <arpa/inet.h>

#include "absl/strings/match.h"

namespace cardata {

std::vector<Section> Settings(Config& config) {
  using absl::Hours;
  using absl::Milliseconds;
  using absl::Minutes;
  using absl::Seconds;
  AccountSettings& accounts = config.accounts;
  return {
      {"server",
       "For the programs that call the gateway.",
       {
           {"listen", "--listen", HostAndPort(config.listen),
            "Address of the gRPC server; port 0 takes a free one"},
           {"admin_listen", "--admin-listen", OptionalHostAndPort(config.admin_listen),
            "Address of the page with Prometheus metrics, http://ADDRESS/metrics; port 0 takes a "
            "free one, empty: there is none. It names no vehicle and no account, so it may also be "
            "beyond loopback, for a Prometheus that comes from there"},
           {"health_listen", "--health-listen", OptionalHostAndPort(config.health_listen),
            "Address of grpc.health.v1.Health in plaintext, and nothing else, for those who watch "
            "the gateway and have no certificate, as Kubernetes' gRPC probes; port 0 takes a free "
            "one, empty: there is none. The names to ask for are liveness and readiness"},
           {"shutdown_grace", "--shutdown-grace",
            Interval(config.shutdown_grace, Seconds(0), Hours(1)),
            "How long calls under way may take to end after SIGTERM; a refresh of tokens may take "
            "4s longer, because without BMW's answer a person has to log in again. What still runs "
            "10s after that time is ended"},
           {"allow_plaintext", "--allow-plaintext", Switch(config.allow_plaintext),
            "Serve without TLS also beyond loopback: everybody on the way can read and change "
            "everything"},
           {"allow_unauthenticated_callers", "--allow-unauthenticated-callers",
            Switch(config.allow_unauthenticated_callers),
            "Serve with TLS beyond loopback without asking for certificates: everybody who reaches "
            "the port can read every car's data"},
       }},
      {"tls",
       "TLS for the callers; without a certificate plaintext is spoken. The files may change while "
       "the gateway runs.",
       {
           {"cert_file", "--tls-cert-file", File(config.tls.cert_file),
            "PEM file of the gateway's certificate, followed by those between it and its "
            "authority"},
           {"key_file", "--tls-key-file", File(config.tls.key_file),
            "PEM file of its private key, without a passphrase"},
           {"client_ca_file", "--tls-client-ca-file", File(config.tls.client_ca_file),
            "PEM file of the authorities that callers must have a certificate of"},
           {"reload_interval", "--tls-reload-interval",
            Interval(config.tls_reload_interval, Milliseconds(100), Hours(1)),
            "How often the files are looked at for changes"},
       }},
      {"limits",
       "What the gateway takes at most.",
       {
           {"max_connections", "--max-connections", Integer(config.max_connections, 1, 1'000'000),
            "Connections of callers at a time; fewer where the limit of open files is lower. More "
            "are closed at once"},
           {"max_subscriptions", "--max-subscriptions",
            Integer(config.subscriptions.in_all, 1, 1'000'000),
            "Subscriptions at a time, of all callers together; more are refused with "
            "RESOURCE_EXHAUSTED"},
           {"max_subscriptions_per_caller", "--max-subscriptions-per-caller",
            Integer(config.subscriptions.per_caller, 1, 1'000'000),
            "The same of one caller: of one certificate, or, without one, of one address"},
           {"max_subscriptions_per_connection", "--max-subscriptions-per-connection",
            Integer(config.subscriptions.per_connection, 1, 1'000'000),
            "The same on one connection"},
       }},
      {"store",
       "What the gateway keeps on the disk.",
       {
           {"data_dir", "--data-dir", Folder(config.data_dir),
            "Folder of the store; made if it is not there"},
           {"token_key_file", "--token-key-file", File(config.token_keys.key_file),
            "File with the 32-byte key that encrypts tokens. Make one: (umask 077; openssl rand "
            "-base64 32 > FILE). It must be set, unless the environment has the key itself in "
            "CARDATA_TOKEN_KEY"},
           {"previous_token_key_files", "--previous-token-key-file",
            Files(config.token_keys.previous_key_files),
            "Files with keys that were token_key_file's before: what they encrypted is encrypted "
            "anew at the start"},
           {"keep_age", "--keep-age",
            Interval(config.event_log.keep_age, Minutes(1), Hours(24 * 3650)),
            "How long events stay in the log; older ones go"},
           {"keep_mebibytes", "--keep-mebibytes", Integer(config.keep_mebibytes, 1, 1'000'000),
            "How large the store may get; the oldest events go first"},
           {"retention_interval", "--retention-interval",
            Interval(config.event_log.retention_interval, Seconds(1), Hours(24)),
            "How often the two are seen to"},
           {"liveness_interval", "--liveness-interval",
            Interval(accounts.liveness_interval, Milliseconds(100), Minutes(1)),
            "How often it is noted on the disk that the gateway runs: the gap that a restart "
            "announces begins up to twice this before it"},
           {"commit_interval", "--commit-interval",
            Interval(config.commit_interval, Milliseconds(1), Seconds(10)),
            "How long events wait for more before they are synced to the disk together"},
       }},
      {"upstream",
       "BMW. The defaults are BMW's own endpoints.",
       {
           {"client_id", "--client-id", OptionalClientId(accounts.default_client_id),
            "OAuth 2.0 client id from BMW's portal, for logins that name none"},
           {"oauth_url", "--oauth-url", HttpsUrl(config.oauth.base_url),
            "BMW's login host; it may end with a path, which those of BMW's API follow"},
           {"rest_url", "--rest-url", HttpsUrl(config.rest.base_url),
            "BMW's REST API; as oauth_url"},
           {"connect_timeout", "--connect-timeout",
            Interval(config.http.connect_timeout, Milliseconds(100), Minutes(5)),
            "For a connection to either of the two: name, TCP and TLS"},
           {"request_timeout", "--request-timeout",
            Interval(config.rest.timeout, Milliseconds(100), Minutes(10)),
            "For a request to either of the two and its answer"},
           {"http2", "--http2", Switch(config.http.http2),
            "Offer HTTP/2 to the two; if not, only HTTP/1.1 is spoken"},
           {"daily_requests", "--daily-requests", Integer(accounts.daily_requests, 1, 1'000'000),
            "BMW's limit of REST requests for an account and day"},
           {"token_refresh_margin", "--token-refresh-margin",
            Interval(accounts.renewal_margin, Seconds(1), Hours(1)),
            "Tokens are refreshed this long before they expire, or a quarter of their life if that "
            "is shorter"},
           {"token_retry_min", "--token-retry-min",
            Interval(accounts.token_retry_min, Milliseconds(100), Minutes(10)),
            "A refresh of tokens that failed is tried again after this, then after twice as long "
            "each time"},
           {"token_retry_max", "--token-retry-max",
            Interval(accounts.token_retry_max, Seconds(1), Hours(24)),
            "The longest wait between two such tries"},
           {"denial_grace", "--denial-grace",
            Interval(accounts.denial_grace, Seconds(0), Minutes(10)),
            "A login is believed to be denied when BMW has said so for this long; for up to a "
            "minute it may take it back"},
           {"stream_host", "--stream-host", HostName(accounts.stream_host),
            "Host of BMW's MQTT stream"},
           {"stream_port", "--stream-port", Integer(accounts.stream_port, 1, 65535),
            "Port of BMW's MQTT stream"},
           {"mqtt_version", "--mqtt-version",
            Choice<MqttOptions::Version>(
                accounts.mqtt_version,
                {{"5", MqttOptions::Version::k5}, {"3.1.1", MqttOptions::Version::k311}}),
            "Version of MQTT to speak"},
           {"stream_password", "--stream-password",
            Choice<AccountSettings::StreamPassword>(
                accounts.stream_password,
                {{"id_token", AccountSettings::StreamPassword::kIdToken},
                 {"access_token", AccountSettings::StreamPassword::kAccessToken}}),
            "Token that the stream takes as password"},
           {"stream_keep_alive", "--stream-keep-alive",
            Interval(accounts.stream_keep_alive, Seconds(1), Seconds(59)),
            "MQTT keep-alive, in whole seconds; BMW ends connections with 60s and more"},
           {"stream_connect_timeout", "--stream-connect-timeout",
            Interval(accounts.stream_connect_timeout, Milliseconds(100), Minutes(5)),
            "For a connection to the stream: name, TCP, TLS and CONNACK"},
           {"stream_subscribe_timeout", "--stream-subscribe-timeout",
            Interval(accounts.stream_subscribe_timeout, Milliseconds(100), Minutes(5)),
            "For the stream's answer to the subscription"},
           {"stream_retry_min", "--stream-retry-min",
            Interval(accounts.stream_retry.min, Milliseconds(100), Minutes(10)),
            "The stream is connected again this long after it was lost, then after twice as long "
            "each time. What other reasons begin with are multiples of it: a refused token or "
            "subscription 2, a host that cannot be reached 3 (it stays so), another client on the "
            "account's one connection 6, too many connections 12"},
           {"stream_retry_max", "--stream-retry-max",
            Interval(accounts.stream_retry.max, Seconds(1), Hours(24)),
            "The longest of these waits, but for up to a fifth that chance adds; half of it for "
            "the "
            "first ten tries after a loss or a refused token"},
           {"stream_handover_retry", "--stream-handover-retry",
            Interval(accounts.stream_handover_retry, Milliseconds(100), Minutes(10)),
            "Before its token expires the stream is handed over to a connection with a new one; "
            "where that fails, it is tried again after this"},
           {"stream_handover_pause", "--stream-handover-pause",
            Interval(accounts.stream_handover_pause, Seconds(0), Minutes(1)),
            "Where BMW refuses it, the stream is closed and connected again after this"},
           {"ca_file", "--ca-file", File(accounts.ca_file),
            "PEM file of the authorities to trust for BMW's hosts; empty: the system's"},
       }},
      {"log",
       "What the gateway writes to standard error.",
       {
           {"level", "--log-level",
            Choice<Log::Level>(config.log_level, {{"debug", Log::Level::kDebug},
                                                  {"info", Log::Level::kInfo},
                                                  {"warning", Log::Level::kWarning},
                                                  {"error", Log::Level::kError}}),
            "The least important that is written"},
           {"format", "--log-format",
            Choice<StderrLog::Format>(config.log_format, {{"text", StderrLog::Format::kText},
                                                          {"json", StderrLog::Format::kJson}}),
            "One line an event: words and key=value, or a JSON object"},
       }},
  };
}

std::vector<Conflict> Conflicts(const Config& config) {
  std::vector<Conflict> conflicts;
  const TokenKeySources& keys = config.token_keys;
  if (keys.key.empty() && keys.key_file.empty()) {
    conflicts.push_back({"store", "token_key_file",
                         "must be set, or the key itself in CARDATA_TOKEN_KEY. Make one: (umask "
                         "077; openssl rand -base64 32 > FILE)"});
  } else if (!keys.key.empty() && !keys.key_file.empty()) {
    conflicts.push_back({"store", "token_key_file",
                         "must not be set together with CARDATA_TOKEN_KEY: which of the two keys "
                         "is meant?"});
  }

  if (config.accounts.token_retry_max < config.accounts.token_retry_min)
    conflicts.push_back(
        {"upstream", "token_retry_max", "must not be less than upstream.token_retry_min"});
  if (config.accounts.stream_retry.max < config.accounts.stream_retry.min)
    conflicts.push_back(
        {"upstream", "stream_retry_max", "must not be less than upstream.stream_retry_min"});

  const CertificateFiles& tls = config.tls;
  if (!tls.cert_file.empty() && tls.key_file.empty())
    conflicts.push_back({"tls", "key_file", "must be set, because tls.cert_file is"});
  if (tls.cert_file.empty() && !tls.key_file.empty())
    conflicts.push_back({"tls", "cert_file", "must be set, because tls.key_file is"});
  if (tls.cert_file.empty() && !tls.client_ca_file.empty())
    conflicts.push_back({"tls", "cert_file", "must be set, because tls.client_ca_file is"});

  if (IsLoopback(config.listen)) return conflicts;
  if (tls.cert_file.empty() && !config.allow_plaintext) {
    conflicts.push_back(
        {"server", "listen",
         "is beyond loopback (127.0.0.1, localhost or [::1]), so it needs TLS with certificates of "
         "the callers: set tls.cert_file, tls.key_file and tls.client_ca_file, or give that up "
         "with "
         "--allow-plaintext"});
  }
  if (!tls.cert_file.empty() && tls.client_ca_file.empty() &&
      !config.allow_unauthenticated_callers) {
    conflicts.push_back(
        {"server", "listen",
         "is beyond loopback (127.0.0.1, localhost or [::1]), so callers must show certificates: "
         "set tls.client_ca_file, or give that up with --allow-unauthenticated-callers"});
  }
  return conflicts;
}

bool IsLoopback(const std::string& listen) {
  const std::string host = listen.substr(0, listen.rfind(':'));
  in_addr address;
  return host == "localhost" || host == "[::1]" ||
         (absl::StartsWith(host, "127.") && inet_pton(AF_INET, host.c_str(), &address) == 1);
}

}  // namespace cardata
