// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/oauth/oauth_service.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/simulator/oauth/approval_page.h"
#include "tests/simulator/oauth/oauth_error.h"
#include "tests/simulator/oauth/pkce.h"

namespace cardata::sim {
namespace {

using nlohmann::json;
using State = DeviceGrant::State;

constexpr char kDeviceCodePath[] = "/gcdm/oauth/device/code";
constexpr char kTokenPath[] = "/gcdm/oauth/token";
constexpr char kIssuer[] = "https://customer.bmwgroup.com/gcdm/oauth";
constexpr char kDeviceGrant[] = "urn:ietf:params:oauth:grant-type:device_code";

const std::string& Value(const Parameters& form, const std::string& name) {
  static const auto* const none = new std::string;
  const std::string* value = Find(form, name);
  return value == nullptr ? *none : *value;
}

// RFC 6749, 3.1: parameters must not be included more than once.
bool Repeats(const Parameters& form) {
  std::set<std::string> names;
  return std::ranges::any_of(form,
                             [&](const auto& each) { return !names.insert(each.first).second; });
}

std::vector<std::string> Words(const std::string& text) {
  return absl::StrSplit(text, ' ', absl::SkipEmpty());
}

// Where the client found us, so that any of the names will do.
std::string BaseUrl(const WebRequest& request) {
  const std::string host = request.Header("host");
  const bool sane = !host.empty() && std::ranges::all_of(host, [](char c) {
    return absl::ascii_isalnum(c) || absl::StrContains(".-:[]", absl::string_view(&c, 1));
  });
  return absl::StrCat("https://", sane ? host : "customer.bmwgroup.com");
}

// The answer of a fault, or nothing (status 0); waits if it asks for that.
WebResponse Play(Faults& faults, const std::optional<Fault>& fault) {
  WebResponse none{.status = 0, .content_type = "", .body = "", .headers = {}};
  if (!fault.has_value()) return none;
  faults.Delay(fault->delay);
  if (!fault->answers()) return none;
  WebResponse response = fault->error.empty()
                             ? WebResponse{fault->status, fault->content_type, fault->body, {}}
                             : OAuthError(fault->error, fault->status);
  response.headers.insert(response.headers.end(), fault->headers.begin(), fault->headers.end());
  return response;
}

}  // namespace

bool OAuthService::Knows(const std::string& path) {
  return absl::StartsWith(path, "/gcdm/") || absl::StartsWith(path, "/oneid/");
}

WebResponse OAuthService::Handle(const WebRequest& request) {
  if (request.path == kApprovalPath) return ApprovalPage(request, context_.world, context_.codes);

  RequestEntry entry;
  entry.method = request.method;
  entry.path = request.path;
  entry.http_version = request.http_version;
  entry.user_agent = request.Header("user-agent");
  entry.accept = request.Header("accept");
  const Parameters form = ParseForm(request.body);
  WebResponse response;
  if (request.path != kDeviceCodePath && request.path != kTokenPath) {
    response = TextResponse(404, "Not Found");
  } else if (request.method != "POST") {
    response = TextResponse(405, "Method Not Allowed");
    response.headers.emplace_back("Allow", "POST");
  } else if (!absl::StartsWithIgnoreCase(request.Header("content-type"),
                                         "application/x-www-form-urlencoded") ||
             Repeats(form)) {
    response = OAuthError("invalid_request");
  } else if (request.path == kDeviceCodePath) {
    response = DeviceCode(request, form, entry);
  } else {
    response = Token(request, form, entry);
  }
  response.headers.emplace_back("Cache-Control", "no-store");
  entry.status = response.status;
  if (response.status >= 400) {
    const json body = json::parse(response.body, nullptr, false);
    if (body.is_object()) entry.error = body.value("error", "");
    if (body.is_object() && body.contains("fault")) entry.error = "apigee_fault";
  }
  entry.time = context_.clock.Now();
  context_.record.Add(std::move(entry));
  return response;
}

std::string OAuthService::IssueTokens(const Account& account, const Client& client) {
  return NewTokens({account.name, account.gcid, client.id, absl::StrJoin(client.scopes, " "), {}},
                   false)
      .body;
}

WebResponse OAuthService::DeviceCode(const WebRequest& request, const Parameters& form,
                                     RequestEntry& entry) {
  entry.operation = "device_code";
  const std::string& client_id = Value(form, "client_id");
  const auto account = context_.world.FindByClientId(client_id);
  if (account != nullptr) entry.account = account->name;
  const WebResponse fault =
      Play(context_.faults, context_.faults.Take("oauth", entry.operation, entry.account));
  if (fault.status != 0) return fault;

  const Client* client = account == nullptr ? nullptr : account->FindClient(client_id);
  const std::string* response_type = Find(form, "response_type");
  // Clients in production leave the response type out; only a wrong one is refused.
  if (client == nullptr || (response_type != nullptr && *response_type != "device_code") ||
      Value(form, "code_challenge_method") != "S256" ||
      !IsChallenge(Value(form, "code_challenge"))) {
    return OAuthError("invalid_request");
  }
  std::vector<std::string> scopes = Words(Value(form, "scope"));
  if (scopes.empty()) scopes = client->scopes;
  for (const std::string& scope : scopes) {
    if (std::ranges::find(client->scopes, scope) == client->scopes.end()) {
      return OAuthError("invalid_request");
    }
  }

  const absl::Time now = context_.clock.Now();
  const DeviceCodes::Options& options = context_.codes.options();
  const std::string device_code = context_.signer.Sign(json{
      {"iss", kIssuer},
      {"jti", absl::BytesToHexString(context_.random.Bytes(16))},
      {"client_id", client_id},
      {"iat", absl::ToUnixSeconds(now)},
      {"exp", absl::ToUnixSeconds(now + options.lifetime)}}.dump());
  const DeviceGrant grant = context_.codes.Add(device_code, client_id, absl::StrJoin(scopes, " "),
                                               Value(form, "code_challenge"));
  const std::string uri = absl::StrCat(BaseUrl(request), kApprovalPath);
  json answer = {{"user_code", grant.user_code},
                 {"device_code", grant.device_code},
                 {"verification_uri", uri},
                 {"expires_in", absl::ToInt64Seconds(options.lifetime)}};
  const Switches switches = context_.switches.Get();
  if (!switches.omit_interval) answer["interval"] = absl::ToInt64Seconds(options.interval);
  if (switches.verification_uri_complete) {
    answer["verification_uri_complete"] = absl::StrCat(uri, "?user_code=", grant.user_code);
  }
  return JsonResponse(200, answer.dump());
}

WebResponse OAuthService::Token(const WebRequest&, const Parameters& form, RequestEntry& entry) {
  entry.operation = "token";
  entry.grant_type = Value(form, "grant_type").substr(0, 100);
  const std::string& client_id = Value(form, "client_id");
  const auto account = context_.world.FindByClientId(client_id);
  if (account != nullptr) entry.account = account->name;
  const std::optional<Fault> taken = context_.faults.Take("oauth", entry.operation, entry.account);
  if (taken.has_value() && taken->error == "apigee_fault") {
    context_.codes.SetState(Value(form, "device_code"), State::kPoisoned);
  }
  const WebResponse fault = Play(context_.faults, taken);
  if (fault.status != 0) return fault;

  if (client_id.empty() || entry.grant_type.empty()) return OAuthError("invalid_request");
  const Client* client = account == nullptr ? nullptr : account->FindClient(client_id);
  if (client == nullptr) return OAuthError("invalid_client");
  if (entry.grant_type == kDeviceGrant) return Redeem(form, *account, *client);
  if (entry.grant_type == "refresh_token") return Refresh(form, *account, *client);
  return OAuthError("unsupported_grant_type");
}

WebResponse OAuthService::Redeem(const Parameters& form, const Account& account,
                                 const Client& client) {
  const std::string& device_code = Value(form, "device_code");
  const std::string& code_verifier = Value(form, "code_verifier");
  if (device_code.empty() || code_verifier.empty()) return OAuthError("invalid_request");
  const auto poll = context_.codes.PollOnce(device_code);
  if (!poll.has_value() || poll->grant.client_id != client.id) return OAuthError("invalid_grant");
  const DeviceGrant& grant = poll->grant;
  const absl::Time now = context_.clock.Now();
  const Switches switches = context_.switches.Get();
  if (grant.state == State::kPoisoned || grant.state == State::kDenied) {
    return OAuthError("access_denied");
  }
  if (grant.state == State::kUsed) return OAuthError("invalid_grant");
  if (grant.expires <= now) return OAuthError("expired_token");
  if (poll->too_early) return OAuthError("slow_down");
  if (grant.state == State::kPending) return OAuthError("authorization_pending");
  if (now < grant.decided + absl::Seconds(switches.denied_after_approval_seconds)) {
    return OAuthError("access_denied");
  }
  if (!VerifierMatches(code_verifier, grant.code_challenge)) return OAuthError("invalid_grant");

  context_.codes.SetState(device_code, State::kUsed);
  TokenGrant tokens{account.name, account.gcid, client.id, grant.scope, {}};
  return NewTokens(std::move(tokens), false);
}

WebResponse OAuthService::Refresh(const Parameters& form, const Account&, const Client& client) {
  const std::string& refresh_token = Value(form, "refresh_token");
  if (refresh_token.empty()) return OAuthError("invalid_request");
  const Switches switches = context_.switches.Get();
  const bool keep = switches.previous_refresh_token_valid || switches.refresh_omits_refresh_token;
  const auto grant = context_.tokens.FindRefreshToken(refresh_token, client.id, !keep);
  if (!grant.has_value()) return OAuthError("invalid_grant");
  return NewTokens(*grant, true);
}

WebResponse OAuthService::NewTokens(TokenGrant grant, bool refreshed) {
  const Switches switches = context_.switches.Get();
  const std::string scope = switches.granted_scope.empty() ? grant.scope : switches.granted_scope;
  Tokens::Pair pair;
  if (refreshed && switches.refresh_omits_refresh_token) {
    TokenGrant access = grant;
    access.scope = scope;
    pair.access_token = context_.tokens.IssueAccessToken(std::move(access));
  } else {
    pair = context_.tokens.Issue(grant, scope);
  }
  grant.scope = scope;
  return TokenAnswer(pair, grant, refreshed);
}

WebResponse OAuthService::TokenAnswer(const Tokens::Pair& pair, const TokenGrant& grant,
                                      bool refreshed) const {
  const Switches switches = context_.switches.Get();
  json answer = {{"access_token", pair.access_token},
                 {"token_type", "Bearer"},
                 {"expires_in", absl::ToInt64Seconds(context_.tokens.access_lifetime())},
                 {"scope", grant.scope}};
  if (!pair.refresh_token.empty()) answer["refresh_token"] = pair.refresh_token;
  if (!(refreshed && switches.refresh_omits_gcid)) answer["gcid"] = grant.gcid;
  const std::vector<std::string> scopes = Words(grant.scope);
  if (std::ranges::find(scopes, "openid") != scopes.end() &&
      !(refreshed && switches.refresh_omits_id_token)) {
    answer["id_token"] = IdToken(grant);
  }
  return JsonResponse(200, answer.dump());
}

std::string OAuthService::IdToken(const TokenGrant& grant) const {
  const absl::Time now = context_.clock.Now();
  const auto made_up = [&](size_t bytes) {
    return absl::WebSafeBase64Escape(context_.random.Bytes(bytes));
  };
  // As many claims as make it as long as BMW's, about 1.3 kB.
  json claims = {{"iss", kIssuer},
                 {"sub", grant.gcid},
                 {"aud", grant.client_id},
                 {"azp", grant.client_id},
                 {"gcid", grant.gcid},
                 {"iat", absl::ToUnixSeconds(now)},
                 {"auth_time", absl::ToUnixSeconds(now)},
                 {"exp", absl::ToUnixSeconds(now + context_.tokens.access_lifetime())},
                 {"jti", absl::BytesToHexString(context_.random.Bytes(16))},
                 {"at_hash", made_up(16)},
                 {"s_hash", made_up(16)},
                 {"nonce", made_up(24)},
                 {"sid", made_up(32)},
                 {"auditTrackingId", absl::StrCat(made_up(24), "-", absl::ToUnixMillis(now))},
                 {"tokenType", "JWTToken"},
                 {"tokenName", "id_token"},
                 {"realm", "/customer"},
                 {"acr", "strong"}};
  const std::vector<std::string> scopes = Words(grant.scope);
  if (std::ranges::find(scopes, "cardata:streaming:read") != scopes.end()) {
    claims["dynamic_scopes"] = {absl::StrCat("read:streaming/*/", grant.gcid, ".*")};
  }
  return context_.signer.Sign(claims.dump());
}

}  // namespace cardata::sim
