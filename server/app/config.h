// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "server/account/context.h"
#include "server/base/log.h"

namespace cardata {

// Everything that can be set, from flags and environment variables (CARDATA_ and the flag's name in
// upper case, with underscores). A flag wins. The defaults are BMW's real endpoints: a client id
// and a login are all that is needed.
struct Config {
  std::string listen =
      "127.0.0.1:9610";  // --listen: host:port of the gRPC server; port 0: a free one
  std::string data_dir = "cardata-gateway-data";    // --data-dir: holds the one file of the store
  std::string token_key_file;                       // --token-key-file: encrypts tokens; needed
  std::string oauth_url = OAuthOptions().base_url;  // --oauth-url
  std::string rest_url = RestOptions().base_url;    // --rest-url
  AccountSettings accounts;  // --client-id, --stream-host, --stream-port, --ca-file, ...
  Log::Level log_level = Log::Level::kInfo;  // --log-level: debug, info, warning, error
};

// What the command line asks for.
struct CommandLine {
  Config config;
  // Set if the program is to print this and end at once (--help, --version).
  std::string print_and_exit;
};

// INVALID_ARGUMENT: a flag or variable is unknown, missing or wrong; the message names it and says
// what it may be.
absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv);

}  // namespace cardata
