// SPDX-License-Identifier: Apache-2.0
//
// What BMW answers, by REST and at its login, read by the clients themselves. The input's first
// line is an operation, a status and, if more follows, the value of the headers Content-Type and
// Retry-After: "basicData 200 application/json". The rest is the body. "jwt" has no status: the
// rest is the payload of an id_token.
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/rpc/error_details.pb.h"
#include "server/base/proto_time.h"
#include "server/base/utf8.h"
#include "server/cardata/errors.h"
#include "server/cardata/json.h"
#include "server/cardata/jwt.h"
#include "server/cardata/oauth_client.h"
#include "server/cardata/rest_client.h"
#include "server/error/error.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/fake_clock.h"
#include "tests/support/handler_http_client.h"
#include "tests/support/manual_executor.h"

namespace cardata {
namespace {

constexpr char kVin[] = "WBA00AA000DEM0001";
constexpr char kContainerId[] = "S00I00000DEMO";
// As in the corpus and the dictionary: BMW may repeat it in an answer.
constexpr char kToken[] = "canaryCANARY0123456789canaryCANARY0123456789";
constexpr absl::Duration kLongestLife = absl::Hours(24 * 3660);  // whatever BMW may call an hour

absl::Time Now() { return absl::FromUnixSeconds(1'785'153'600); }

// The two clients in front of one answer.
struct Bmw {
  explicit Bmw(const HttpResponse& answer) {
    http.handler = [answer](const HttpRequest&) { return answer; };
  }

  template <class T>
  T Run(Task<T> task) {
    std::optional<T> result;
    Detach([](Task<T> inner, std::optional<T>& out) -> Task<void> {
      out.emplace(co_await std::move(inner));
    }(std::move(task), result));
    executor.RunReady();
    Require(result.has_value(), "a call ends when its answer is there");
    return *std::move(result);
  }

  FakeClock clock{Now()};
  ManualExecutor executor{clock};
  HandlerHttpClient http;
  RestClient rest{http, executor, clock};
  OAuthClient oauth{http, executor, clock};
};

template <class Detail>
void CheckDetail(const absl::Status& status) {
  Detail detail;
  const auto payload =
      status.GetPayload(absl::StrCat("type.googleapis.com/", detail.GetDescriptor()->full_name()));
  if (!payload) return;
  Require(detail.ParseFromString(std::string(*payload)), "an error's details can be read",
          status.ToString());
  RequireWellFormed(detail);
  Require(!absl::StrContains(detail.ShortDebugString(), kToken), "no detail has a token");
}

void CheckError(const absl::Status& status) {
  RequirePresentable(status.message(), 800);
  Require(!absl::StrContains(status.message(), kToken), "no error has a token", status.message());
  Require(ReasonOf(status) != v1::ERROR_REASON_UNSPECIFIED, "every error has a reason",
          status.ToString());
  Require(!absl::IsUnknown(status) || ReasonOf(status) == v1::ERROR_REASON_UPSTREAM_ERROR,
          "only what BMW has no known id for is UNKNOWN", status.ToString());
  CheckDetail<google::rpc::ErrorInfo>(status);
  CheckDetail<google::rpc::RetryInfo>(status);
  CheckDetail<google::rpc::QuotaFailure>(status);
  CheckDetail<google::rpc::BadRequest>(status);
}

void CheckTime(absl::Time time) {
  Require(time >= absl::FromUnixSeconds(-62135596800) && time < absl::FromUnixSeconds(253402300800),
          "a time of the years 1 to 9999", absl::FormatTime(time));
}

void CheckRefusal(const OAuthRefusal& refusal) {
  RequirePresentable(refusal.error, 200);
  if (!refusal.description.empty()) RequirePresentable(refusal.description, 200);
}

void Check(const v1::Vehicle& vehicle) {
  RequireWellFormed(vehicle);
  Require(vehicle.vin() == kVin, "basic data are of the vehicle in question", vehicle.vin());
}
void Check(const v1::TyreDiagnosis& diagnosis) { RequireWellFormed(diagnosis); }
void Check(const v1::Container& container) {
  RequireWellFormed(container);
  Require(!container.container_id().empty(), "a container has an id");
}
void Check(const std::vector<v1::Container>& containers) {
  for (const v1::Container& container : containers) Check(container);
}
void Check(const std::vector<VehicleMapping>& mappings) {
  for (const VehicleMapping& mapping : mappings) {
    Require(!mapping.vin.empty() && IsUtf8(mapping.vin), "a mapping has a VIN", mapping.vin);
    Require(IsUtf8(mapping.mapping_type), "a mapping's type is UTF-8", mapping.mapping_type);
    if (mapping.mapped_since != absl::InfinitePast()) CheckTime(mapping.mapped_since);
  }
}
void Check(const VehicleImage& image) {
  Require(!image.file.empty(), "a picture is not empty");
  Require(absl::StartsWith(image.media_type, "image/"), "a picture has a picture's type",
          image.media_type);
  RequirePresentable(image.media_type, 100);
}
void Check(const ChargingHistoryPage& page) {
  for (const v1::ChargingSession& session : page.sessions) RequireWellFormed(session);
}
void Check(const ChargingSettingsPage& page) {
  for (const v1::LocationBasedChargingSettings& settings : page.settings)
    RequireWellFormed(settings);
}
void Check(const std::string&) {}
void Check(const std::monostate&) {}
void Check(const DeviceCode& code) {
  Require(!code.device_code.empty() && !code.user_code.empty() && !code.verification_uri.empty(),
          "a login has its codes and its address");
  Require(code.expires_in > absl::ZeroDuration() && code.expires_in < kLongestLife, "a code ends",
          absl::FormatDuration(code.expires_in));
  Require(code.interval > absl::ZeroDuration() && code.interval < kLongestLife,
          "an interval is one", absl::FormatDuration(code.interval));
}
void CheckExpiry(const TokenGrant& grant) {
  Require(grant.expires_in > absl::ZeroDuration() && grant.expires_in < kLongestLife,
          "a token ends", absl::FormatDuration(grant.expires_in));
  if (!grant.id_token.empty()) CheckTime(grant.id_expire_time);
}
void Check(const TokenGrant& grant) {
  Require(!grant.access_token.empty() && !grant.id_token.empty(), "a first grant has tokens");
  CheckExpiry(grant);
}
void Check(const RefreshAnswer& answer) {
  if (const auto* grant = std::get_if<TokenGrant>(&answer)) {
    Require(!grant->access_token.empty() || !grant->refresh_token.empty(),
            "a refresh brings something to go on with");
    return CheckExpiry(*grant);
  }
  CheckRefusal(std::get<OAuthRefusal>(answer));
}
void Check(const PollAnswer& answer) {
  if (const auto* grant = std::get_if<TokenGrant>(&answer)) {
    Check(*grant);
    Require(!grant->refresh_token.empty() && !grant->gcid.empty(),
            "a first grant has a refresh token and a GCID");
  } else if (const auto* refusal = std::get_if<OAuthRefusal>(&answer)) {
    CheckRefusal(*refusal);
  }
}

template <class T>
void CheckAnswer(const absl::StatusOr<T>& answer) {
  if (answer.ok())
    Check(*answer);
  else
    CheckError(answer.status());
}

using Operation = std::function<void(Bmw&)>;

// By BMW's names.
const std::map<std::string, Operation>& Operations() {
  static const std::map<std::string, Operation> operations = {
      {"mappings", [](Bmw& bmw) { CheckAnswer(bmw.Run(bmw.rest.ListMappings(kToken, {}))); }},
      {"telematicData",
       [](Bmw& bmw) {
         CheckAnswer(bmw.Run(bmw.rest.GetTelematicData(kToken, kVin, kContainerId, {})));
       }},
      {"basicData",
       [](Bmw& bmw) { CheckAnswer(bmw.Run(bmw.rest.GetBasicData(kToken, kVin, {}))); }},
      {"image", [](Bmw& bmw) { CheckAnswer(bmw.Run(bmw.rest.GetImage(kToken, kVin, {}))); }},
      {"tyreDiagnosis",
       [](Bmw& bmw) { CheckAnswer(bmw.Run(bmw.rest.GetTyreDiagnosis(kToken, kVin, {}))); }},
      {"containers", [](Bmw& bmw) { CheckAnswer(bmw.Run(bmw.rest.ListContainers(kToken, {}))); }},
      {"container",
       [](Bmw& bmw) { CheckAnswer(bmw.Run(bmw.rest.GetContainer(kToken, kContainerId, {}))); }},
      {"createContainer",
       [](Bmw& bmw) {
         v1::CreateContainerRequest request;
         request.set_name("name");
         CheckAnswer(bmw.Run(bmw.rest.CreateContainer(kToken, request, {})));
       }},
      {"deleteContainer",
       [](Bmw& bmw) { CheckAnswer(bmw.Run(bmw.rest.DeleteContainer(kToken, kContainerId, {}))); }},
      {"chargingHistory",
       [](Bmw& bmw) {
         const ChargingHistoryQuery query{Now() - absl::Hours(24), Now(), ""};
         CheckAnswer(bmw.Run(bmw.rest.GetChargingHistory(kToken, kVin, query, {})));
       }},
      {"chargingSettings",
       [](Bmw& bmw) { CheckAnswer(bmw.Run(bmw.rest.GetChargingSettings(kToken, kVin, "", {}))); }},
      {"deviceCode",
       [](Bmw& bmw) {
         CheckAnswer(bmw.Run(bmw.oauth.RequestDeviceCode("client", "challenge", {})));
       }},
      {"poll",
       [](Bmw& bmw) {
         CheckAnswer(bmw.Run(bmw.oauth.PollToken("client", kToken, "verifier", {})));
       }},
      {"refresh", [](Bmw& bmw) { CheckAnswer(bmw.Run(bmw.oauth.Refresh("client", kToken, {}))); }},
  };
  return operations;
}

void CheckJson(absl::string_view body) {
  const absl::StatusOr<Json> json = Json::Parse(body);
  if (!json.ok()) {
    Require(absl::IsInvalidArgument(json.status()), "what is no JSON is INVALID_ARGUMENT");
    return RequirePresentable(json.status().message(), 200);
  }
  const std::string text = json->Dump();
  const absl::StatusOr<Json> again = Json::Parse(text);
  Require(again.ok(), "JSON that is written can be read", text);
  Require(again->Dump() == text, "JSON that is written reads as the same", text);
}

void CheckIdToken(absl::string_view payload) {
  const absl::StatusOr<IdTokenClaims> claims = DecodeIdToken(
      absl::StrCat("eyJhbGciOiJSUzI1NiJ9.", absl::WebSafeBase64Escape(payload), ".c2ln"));
  if (claims.ok()) return CheckTime(claims->expire_time);
  Require(absl::IsInvalidArgument(claims.status()), "what is no id_token is INVALID_ARGUMENT",
          claims.status().ToString());
  RequirePresentable(claims.status().message(), 200);
}

}  // namespace
}  // namespace cardata

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cardata;
  absl::string_view body(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> head = absl::StrSplit(TakeLine(body), absl::MaxSplits(' ', 2));
  if (head[0] == "jwt") {
    CheckIdToken(body);
    return 0;
  }
  const auto operation = Operations().find(head[0]);
  HttpResponse answer;
  if (operation == Operations().end() || head.size() < 2 ||
      !absl::SimpleAtoi(head[1], &answer.status))
    return -1;
  if (head.size() == 3) answer.headers = {{"content-type", head[2]}, {"retry-after", head[2]}};
  answer.body = std::string(body);
  CheckJson(body);
  Bmw bmw(answer);
  operation->second(bmw);
  return 0;
}
