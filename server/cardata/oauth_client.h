// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/executor.h"
#include "server/base/task.h"
#include "server/http/http_client.h"

namespace cardata {

struct OAuthOptions {
  std::string base_url = "https://customer.bmwgroup.com";  // without a slash at the end
  absl::Duration timeout = absl::Seconds(30);              // of one request
};

// Answer of the device authorization endpoint (RFC 8628, 3.2).
struct DeviceCode {
  std::string device_code;  // a secret
  std::string user_code;
  std::string verification_uri;
  std::string verification_uri_complete;  // empty if BMW sent none, which is usual
  absl::Duration expires_in;
  absl::Duration interval;  // 5 s if BMW named none
};

// Tokens as BMW granted them. Where something is empty, BMW sent none that can be read: keep what
// you have. A first grant lacks nothing but scopes.
struct TokenGrant {
  std::string access_token;
  std::string refresh_token;
  std::string id_token;
  std::string gcid;
  std::vector<std::string> scopes;          // may be fewer than were asked for
  absl::Duration expires_in;                // of the access token; BMW's hour if it did not say
  absl::Time id_expire_time;                // of the id_token
  std::vector<std::string> dynamic_scopes;  // the id_token's; without one there is no stream
  std::string flaw;  // what BMW should have sent and did not, in words; empty: nothing
};

// OAuth said no for good. `error` is RFC 6749's, or an Apigee gateway's fault code, or "http_401",
// "http_403" for an answer without a body; `description` is for people and fit for a message.
struct OAuthRefusal {
  std::string error;
  std::string description;
};

// The person has not decided yet: ask again after the interval.
struct AuthorizationPending {};
// Asked too often: ask again after the interval, from now on 5 s longer.
struct SlowDown {};
// `access_denied` is the one refusal that BMW takes back: for up to a minute after a person
// approved it may still be answered. `keymanagement.service.invalid_access_token` means that BMW's
// gateway spoilt the device code: ask for another.
using PollAnswer = std::variant<AuthorizationPending, SlowDown, TokenGrant, OAuthRefusal>;

// A refusal means that the refresh token is dead: a person must log in again.
using RefreshAnswer = std::variant<TokenGrant, OAuthRefusal>;

// BMW's OAuth 2.0 device authorization grant with PKCE. Token requests do not count as requests of
// the day.
//
// Call it on `executor`; it goes on there. A status as the answer means that nothing was decided:
//   UNAVAILABLE (UPSTREAM_UNAVAILABLE): BMW could not be reached or failed. Try again later.
//   INTERNAL (UPSTREAM_MALFORMED): BMW answered what cannot be understood.
//   CANCELLED: `stop` was requested.
// No status holds a token or a body.
class OAuthClient {
 public:
  // `http`, `executor` and `clock` must live longer.
  OAuthClient(HttpClient& http, Executor& executor, const Clock& clock, OAuthOptions options = {});

  // Starts an authorization for the four scopes that the gateway needs. Besides the above:
  //   FAILED_PRECONDITION (CLIENT_REFUSED): BMW refuses the client id or one of the scopes.
  Task<absl::StatusOr<DeviceCode>> RequestDeviceCode(std::string client_id,
                                                     std::string code_challenge,
                                                     std::stop_token stop);

  // Asks once whether the person has decided. A grant has a refresh token and a GCID.
  Task<absl::StatusOr<PollAnswer>> PollToken(std::string client_id, std::string device_code,
                                             std::string code_verifier, std::stop_token stop);

  // Exchanges a refresh token. Never send one twice: BMW takes each only once. That is why a grant
  // is whatever the answer holds, and has an access token or a refresh token at least.
  Task<absl::StatusOr<RefreshAnswer>> Refresh(std::string client_id, std::string refresh_token,
                                              std::stop_token stop);

 private:
  using Form = std::vector<std::pair<std::string, std::string>>;
  Task<absl::StatusOr<HttpResponse>> Post(std::string path, Form form, std::stop_token stop);

  HttpClient& http_;
  Executor& executor_;
  const Clock& clock_;
  const OAuthOptions options_;
};

}  // namespace cardata
