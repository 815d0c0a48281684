// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/base/clock.h"
#include "server/base/random.h"
#include "tests/simulator/oauth/device_codes.h"
#include "tests/simulator/oauth/token_signer.h"
#include "tests/simulator/oauth/tokens.h"
#include "tests/simulator/web/message.h"
#include "tests/simulator/world/faults.h"
#include "tests/simulator/world/record.h"
#include "tests/simulator/world/switches.h"
#include "tests/simulator/world/world.h"

namespace cardata::sim {

// BMW's OAuth host: POST /gcdm/oauth/device/code and /gcdm/oauth/token, and the approval page
// /oneid/link. Thread-safe.
class OAuthService {
 public:
  // All of it outlives the service.
  struct Context {
    World& world;
    DeviceCodes& codes;
    Tokens& tokens;
    const TokenSigner& signer;
    Faults& faults;
    const SwitchBoard& switches;
    RequestRecord& record;
    const Clock& clock;
    Random& random;
  };
  explicit OAuthService(const Context& context) : context_(context) {}

  // Whether the path is one of this host.
  static bool Knows(const std::string& path);

  WebResponse Handle(const WebRequest& request);

  // Tokens without a login, for all scopes of the client: the body that a token request would get.
  std::string IssueTokens(const Account& account, const Client& client);

 private:
  WebResponse DeviceCode(const WebRequest& request, const Parameters& form, RequestEntry& entry);
  WebResponse Token(const WebRequest& request, const Parameters& form, RequestEntry& entry);
  WebResponse Redeem(const Parameters& form, const Account& account, const Client& client);
  WebResponse Refresh(const Parameters& form, const Account& account, const Client& client);
  WebResponse NewTokens(TokenGrant grant, bool refreshed);
  WebResponse TokenAnswer(const Tokens::Pair& pair, const TokenGrant& grant, bool refreshed) const;
  std::string IdToken(const TokenGrant& grant) const;

  const Context context_;
};

}  // namespace cardata::sim
