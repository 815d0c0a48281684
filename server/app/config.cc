// SPDX-License-Identifier: Apache-2.0
#include "server/app/config.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <map>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/version.h"

namespace cardata {
namespace {

std::string HttpsUrl(const std::string& text) {
  if (!absl::StartsWith(text, "https://") || text.size() <= 8 || absl::EndsWith(text, "/"))
    return "an https:// URL without a slash at the end, not '" + text + "'";
  return "";
}

std::string ListenAddress(const std::string& text) {
  const size_t colon = text.rfind(':');
  int port;
  if (colon == std::string::npos || colon == 0 ||
      !absl::SimpleAtoi(text.substr(colon + 1), &port) || port < 0 || port > 65535)
    return "host:port, for example 127.0.0.1:9610, not '" + text + "'";
  return "";
}

// Until there is TLS for callers, nobody but this machine may reach the gateway.
std::string Loopback(const std::string& text) {
  const std::string host = text.substr(0, text.rfind(':'));
  if (host == "localhost" || host == "[::1]" || absl::StartsWith(host, "127.")) return "";
  return "a loopback address (127.0.0.1, localhost or [::1]): callers are not authenticated, not "
         "'" +
         text + "'";
}

CLI::Option* Add(CLI::App& app, const std::string& flag, auto& field, const std::string& help) {
  const std::string variable = absl::StrCat(
      "CARDATA_", absl::AsciiStrToUpper(absl::StrReplaceAll(flag.substr(2), {{"-", "_"}})));
  return app.add_option(flag, field, help)->envname(variable)->capture_default_str();
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv) {
  CommandLine line;
  Config& config = line.config;
  CLI::App app(
      "A gRPC gateway to BMW CarData: one stream connection, one quota and one set of tokens an "
      "account, for any "
      "number of services.",
      "cardata-gateway");
  app.set_version_flag("--version", std::string("cardata-gateway ") + kVersion);
  Add(app, "--listen", config.listen, "Address of the gRPC server; port 0 takes a free one")
      ->check(CLI::Validator(ListenAddress, "HOST:PORT"))
      ->check(CLI::Validator(Loopback, ""));
  Add(app, "--data-dir", config.data_dir, "Folder of the store; made if it is not there");
  Add(app, "--token-key-file", config.token_key_file,
      "File with the 32-byte key that encrypts tokens. Make one: (umask 077; openssl rand -base64 "
      "32 > FILE)")
      ->required();
  Add(app, "--client-id", config.accounts.default_client_id,
      "OAuth 2.0 client id from BMW's portal, for logins that name none");
  Add(app, "--oauth-url", config.oauth_url, "BMW's login host")
      ->check(CLI::Validator(HttpsUrl, "URL"));
  Add(app, "--rest-url", config.rest_url, "BMW's REST API")->check(CLI::Validator(HttpsUrl, "URL"));
  Add(app, "--stream-host", config.accounts.stream_host, "Host of BMW's MQTT stream");
  Add(app, "--stream-port", config.accounts.stream_port, "Port of BMW's MQTT stream")
      ->check(CLI::Range(1, 65535));
  Add(app, "--ca-file", config.accounts.ca_file,
      "PEM file of the authorities to trust for BMW's hosts [the system's]")
      ->check(CLI::ExistingFile);
  const std::map<std::string, MqttOptions::Version> versions{{"5", MqttOptions::Version::k5},
                                                             {"3.1.1", MqttOptions::Version::k311}};
  std::string mqtt_version = "5";
  Add(app, "--mqtt-version", mqtt_version, "5 or 3.1.1")->check(CLI::IsMember({"5", "3.1.1"}));
  const std::map<std::string, Log::Level> levels{{"debug", Log::Level::kDebug},
                                                 {"info", Log::Level::kInfo},
                                                 {"warning", Log::Level::kWarning},
                                                 {"error", Log::Level::kError}};
  std::string level = "info";
  Add(app, "--log-level", level, "debug, info, warning or error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    std::ostringstream out;
    app.exit(success, out, out);
    line.print_and_exit = out.str();
    return line;
  } catch (const CLI::ParseError& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(error.what(), "\nRun cardata-gateway --help for what can be set."));
  }
  config.accounts.mqtt_version = versions.at(mqtt_version);
  config.log_level = levels.at(level);
  return line;
}

}  // namespace cardata
