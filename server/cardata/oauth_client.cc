// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/oauth_client.h"

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/status_macros.h"
#include "server/cardata/errors.h"
#include "server/cardata/json.h"
#include "server/cardata/jwt.h"
#include "server/cardata/text.h"

namespace cardata {
namespace {

constexpr char kDeviceCodePath[] = "/gcdm/oauth/device/code";
constexpr char kTokenPath[] = "/gcdm/oauth/token";
constexpr char kScopes[] = "authenticate_user openid cardata:api:read cardata:streaming:read";
constexpr absl::Duration kDefaultInterval = absl::Seconds(5);
constexpr absl::Duration kDefaultLifetime = absl::Hours(1);
constexpr absl::Duration kLongestLifetime = absl::Hours(24 * 3650);
constexpr char kPoisonedCode[] = "keymanagement.service.invalid_access_token";

bool IsSuccess(const HttpResponse& response) {
  return response.status >= 200 && response.status < 300;
}

// The client id is a UUID, which BMW's portal shows in capitals and BMW's login takes in lower case
// only.
std::string ClientId(absl::string_view client_id) { return absl::AsciiStrToLower(client_id); }

// What an error answer says; nothing if it is not OAuth's.
std::optional<OAuthRefusal> ParseRefusal(const HttpResponse& response) {
  const auto body = Json::Parse(response.body);
  if (!body.ok()) return std::nullopt;
  std::string error = (*body)["error"].StringOrEmpty();
  if (error.empty()) error = FaultCode(response.body);
  if (error.empty()) return std::nullopt;
  if (error != kPoisonedCode) error = Presentable(error);
  if (error.empty()) return std::nullopt;
  return OAuthRefusal{error, Presentable((*body)["error_description"].StringOrEmpty())};
}

bool IsTemporary(const HttpResponse& response, const std::optional<OAuthRefusal>& refusal) {
  return response.status >= 500 || response.status == 408 || response.status == 429 ||
         (refusal &&
          (refusal->error == "temporarily_unavailable" || refusal->error == "server_error"));
}

absl::StatusOr<absl::Duration> ParseSeconds(const Json& json, absl::string_view name,
                                            absl::Duration absent) {
  if (json[name].IsNull()) return absent;
  const std::optional<int64_t> seconds = json[name].Integer();
  if (!seconds || *seconds <= 0 || absl::Seconds(*seconds) > kLongestLifetime)
    return MalformedAnswer(kOAuthHost, absl::StrCat(name, " is no number of seconds"));
  return absl::Seconds(*seconds);
}

absl::StatusOr<Json> ParseObject(const HttpResponse& response) {
  auto body = Json::Parse(response.body);
  if (!body.ok()) return MalformedAnswer(kOAuthHost, body.status().message());
  if (!body->IsObject()) return MalformedAnswer(kOAuthHost, "not a JSON object");
  return body;
}

absl::StatusOr<DeviceCode> ParseDeviceCode(const HttpResponse& response) {
  ASSIGN_OR_RETURN(const Json body, ParseObject(response));
  DeviceCode code;
  code.device_code = body["device_code"].StringOrEmpty();
  code.user_code = body["user_code"].StringOrEmpty();
  code.verification_uri = body["verification_uri"].StringOrEmpty();
  code.verification_uri_complete = body["verification_uri_complete"].StringOrEmpty();
  if (code.device_code.empty() || code.user_code.empty() || code.verification_uri.empty())
    return MalformedAnswer(kOAuthHost, "device_code, user_code or verification_uri is missing");
  if (body["expires_in"].IsNull()) return MalformedAnswer(kOAuthHost, "expires_in is missing");
  ASSIGN_OR_RETURN(code.expires_in, ParseSeconds(body, "expires_in", absl::ZeroDuration()));
  ASSIGN_OR_RETURN(code.interval, ParseSeconds(body, "interval", kDefaultInterval));
  return code;
}

// Takes what can be read. `flaw` is the first of what cannot.
TokenGrant ReadGrant(const Json& body) {
  TokenGrant grant;
  grant.access_token = body["access_token"].StringOrEmpty();
  grant.refresh_token = body["refresh_token"].StringOrEmpty();
  grant.id_token = body["id_token"].StringOrEmpty();
  grant.gcid = body["gcid"].StringOrEmpty();
  grant.scopes = absl::StrSplit(body["scope"].StringOrEmpty(), ' ', absl::SkipEmpty());
  if (grant.access_token.empty()) {
    grant.flaw = "access_token is missing";
  } else if (grant.id_token.empty()) {
    grant.flaw = "id_token is missing";
  }
  const auto expires_in = ParseSeconds(body, "expires_in", kDefaultLifetime);
  grant.expires_in = expires_in.value_or(kDefaultLifetime);
  if (!expires_in.ok() && grant.flaw.empty()) grant.flaw = "expires_in is no number of seconds";
  if (grant.id_token.empty()) return grant;
  auto claims = DecodeIdToken(grant.id_token);
  if (claims.ok()) {
    grant.id_expire_time = claims->expire_time;
    grant.dynamic_scopes = std::move(claims->dynamic_scopes);
  } else {
    grant.id_token.clear();
    if (grant.flaw.empty()) grant.flaw = absl::StrCat("id_token: ", claims.status().message());
  }
  return grant;
}

}  // namespace

OAuthClient::OAuthClient(HttpClient& http, Executor& executor, const Clock& clock,
                         OAuthOptions options)
    : http_(http), executor_(executor), clock_(clock), options_(std::move(options)) {}

Task<absl::StatusOr<DeviceCode>> OAuthClient::RequestDeviceCode(std::string client_id,
                                                                std::string code_challenge,
                                                                std::stop_token stop) {
  Form form = {{"client_id", ClientId(client_id)},
               {"response_type", "device_code"},
               {"scope", kScopes},
               {"code_challenge", std::move(code_challenge)},
               {"code_challenge_method", "S256"}};
  ASSIGN_OR_CO_RETURN(const HttpResponse response,
                      co_await Post(kDeviceCodePath, std::move(form), std::move(stop)));
  if (IsSuccess(response)) co_return ParseDeviceCode(response);
  const auto refusal = ParseRefusal(response);
  if (IsTemporary(response, refusal) || !refusal)
    co_return TemporaryError(kOAuthHost, response, clock_.Now());
  co_return ClientRefused(refusal->error, refusal->description);
}

Task<absl::StatusOr<PollAnswer>> OAuthClient::PollToken(std::string client_id,
                                                        std::string device_code,
                                                        std::string code_verifier,
                                                        std::stop_token stop) {
  Form form = {{"client_id", ClientId(client_id)},
               {"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
               {"device_code", std::move(device_code)},
               {"code_verifier", std::move(code_verifier)}};
  ASSIGN_OR_CO_RETURN(const HttpResponse response,
                      co_await Post(kTokenPath, std::move(form), std::move(stop)));
  if (IsSuccess(response)) {
    ASSIGN_OR_CO_RETURN(const Json body, ParseObject(response));
    TokenGrant grant = ReadGrant(body);
    if (grant.refresh_token.empty()) grant.flaw = "refresh_token is missing";
    if (grant.gcid.empty()) grant.flaw = "gcid is missing";
    if (!grant.flaw.empty()) co_return MalformedAnswer(kOAuthHost, grant.flaw);
    co_return PollAnswer(std::move(grant));
  }
  auto refusal = ParseRefusal(response);
  if (refusal && refusal->error == "authorization_pending")
    co_return PollAnswer(AuthorizationPending());
  if (refusal && refusal->error == "slow_down") co_return PollAnswer(SlowDown());
  if (refusal && refusal->error == kPoisonedCode) co_return PollAnswer(*std::move(refusal));
  if (IsTemporary(response, refusal) || !refusal)
    co_return TemporaryError(kOAuthHost, response, clock_.Now());
  co_return PollAnswer(*std::move(refusal));
}

Task<absl::StatusOr<RefreshAnswer>> OAuthClient::Refresh(std::string client_id,
                                                         std::string refresh_token,
                                                         std::stop_token stop) {
  Form form = {{"client_id", ClientId(client_id)},
               {"grant_type", "refresh_token"},
               {"refresh_token", std::move(refresh_token)}};
  ASSIGN_OR_CO_RETURN(const HttpResponse response,
                      co_await Post(kTokenPath, std::move(form), std::move(stop)));
  if (IsSuccess(response)) {
    ASSIGN_OR_CO_RETURN(const Json body, ParseObject(response));
    TokenGrant grant = ReadGrant(body);
    if (grant.access_token.empty() && grant.refresh_token.empty())
      co_return MalformedAnswer(kOAuthHost, grant.flaw);
    co_return RefreshAnswer(std::move(grant));
  }
  auto refusal = ParseRefusal(response);
  // A page of some proxy must not cost the account its login; an empty answer can only be BMW's.
  if (!refusal && response.body.empty() && (response.status == 401 || response.status == 403))
    refusal = OAuthRefusal{absl::StrCat("http_", response.status), ""};
  if (IsTemporary(response, refusal) || !refusal || refusal->error == "slow_down")
    co_return TemporaryError(kOAuthHost, response, clock_.Now());
  co_return RefreshAnswer(*std::move(refusal));
}

Task<absl::StatusOr<HttpResponse>> OAuthClient::Post(std::string path, Form form,
                                                     std::stop_token stop) {
  HttpRequest request;
  request.method = "POST";
  request.url = absl::StrCat(options_.base_url, path);
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                     {"Accept", "application/json"}};
  request.body = EncodeForm(form);
  request.timeout = options_.timeout;
  request.stop = std::move(stop);
  absl::StatusOr<HttpResponse> response = co_await Callback<absl::StatusOr<HttpResponse>>(
      executor_, [&](auto done) { http_.Send(std::move(request), std::move(done)); });
  if (!response.ok()) co_return TransportError(kOAuthHost, response.status());
  co_return response;
}

}  // namespace cardata
