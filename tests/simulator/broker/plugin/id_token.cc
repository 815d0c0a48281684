// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/broker/plugin/id_token.h"

#include <jwt.h>
#include <stdlib.h>

#include <memory>

namespace cardata::sim {
namespace {

using Problem = IdToken::Problem;

IdToken With(Problem problem, int64_t expires = 0) { return {problem, expires}; }

std::unique_ptr<jwt_t, decltype(&jwt_free)> Decode(const std::string& token,
                                                   const std::string* key) {
  jwt_t* jwt = nullptr;
  const auto* bytes =
      key == nullptr ? nullptr : reinterpret_cast<const unsigned char*>(key->data());
  if (jwt_decode(&jwt, token.c_str(), bytes, key == nullptr ? 0 : static_cast<int>(key->size())) !=
      0) {
    jwt = nullptr;
  }
  return {jwt, &jwt_free};
}

// A string, or a list of them: both occur.
std::string Scopes(jwt_t* jwt) {
  if (const char* text = jwt_get_grant(jwt, "dynamic_scopes"); text != nullptr) return text;
  char* json = jwt_get_grants_json(jwt, "dynamic_scopes");
  std::string scopes = json == nullptr ? "" : json;
  free(json);
  return scopes;
}

}  // namespace

IdToken ReadIdToken(const std::string& token, const std::string& public_key,
                    const std::string& gcid) {
  if (!Decode(token, nullptr)) return With(Problem::kMalformed);
  auto jwt = Decode(token, &public_key);
  if (!jwt || jwt_get_alg(jwt.get()) != JWT_ALG_RS256) return With(Problem::kSignature);
  const int64_t expires = jwt_get_grant_int(jwt.get(), "exp");
  const char* claim = jwt_get_grant(jwt.get(), "gcid");
  if (claim == nullptr || gcid != claim) return With(Problem::kOtherGcid, expires);
  const std::string scopes = Scopes(jwt.get());
  if (scopes.find("read:streaming/") == std::string::npos ||
      scopes.find(gcid) == std::string::npos) {
    return With(Problem::kNoStreamScope, expires);
  }
  return With(Problem::kNone, expires);
}

const char* Describe(Problem problem) {
  switch (problem) {
    case Problem::kNone:
      return "id_token accepted";
    case Problem::kMalformed:
      return "password is not a JWT";
    case Problem::kSignature:
      return "id_token is not signed by the simulator";
    case Problem::kOtherGcid:
      return "id_token belongs to another GCID than the user name";
    case Problem::kNoStreamScope:
      return "id_token has no streaming scope in dynamic_scopes";
  }
  return "";
}

}  // namespace cardata::sim
