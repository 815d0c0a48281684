// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/charging_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/proto_time.h"
#include "server/base/status_macros.h"
#include "server/error/error.h"
#include "server/rpc/charging_walk.h"
#include "server/rpc/page_token.h"
#include "server/rpc/read.h"
#include "server/rpc/validate.h"

namespace cardata {
namespace {

constexpr int kBmwPageSize = 10;
constexpr int kLeastPageSize = kBmwPageSize;
constexpr int kMostPageSize = 1000;
constexpr int kDefaultPageSize = 100;
constexpr int kMostRequests = 20;
constexpr int kDefaultRequests = 5;
constexpr absl::Duration kDefaultSpan = absl::Hours(24 * 30);

// No request is spent on what has not happened yet, but BMW's clock may be ahead of ours.
constexpr absl::Duration kAhead = absl::Hours(24);

absl::Status Validate(const v1::ListChargingSessionsRequest& request) {
  if (!request.account().empty())
    RETURN_IF_ERROR(ValidateAccountName("account", request.account()));
  if (request.has_start_time()) RETURN_IF_ERROR(ValidateTime("start_time", request.start_time()));
  if (request.has_end_time()) RETURN_IF_ERROR(ValidateTime("end_time", request.end_time()));
  if (request.has_start_time() && request.has_end_time() &&
      FromProto(request.start_time()) >= FromProto(request.end_time()))
    return InvalidField("start_time", "must be before end_time");
  if (request.page_size() != 0 &&
      (request.page_size() < kLeastPageSize || request.page_size() > kMostPageSize))
    return InvalidField("page_size", absl::StrCat(kLeastPageSize, " to ", kMostPageSize,
                                                  ", or 0 for ", kDefaultPageSize));
  if (request.max_requests() < 0 || request.max_requests() > kMostRequests)
    return InvalidField("max_requests",
                        absl::StrCat("1 to ", kMostRequests, ", or 0 for ", kDefaultRequests));
  return ValidateMaxStaleness(request.max_staleness());
}

std::string Question(const v1::ListChargingSessionsRequest& request, const Account& account,
                     absl::string_view vin) {
  const auto text = [](bool present, const google::protobuf::Timestamp& time) {
    return present ? absl::StrCat(time.seconds(), ".", time.nanos()) : std::string("-");
  };
  return absl::StrCat("ListChargingSessions\n", account.name(), "\n", vin, "\n",
                      text(request.has_start_time(), request.start_time()), "\n",
                      text(request.has_end_time(), request.end_time()));
}

absl::StatusOr<ChargingWalk> StartWalk(const v1::ListChargingSessionsRequest& request,
                                       absl::string_view question, absl::Time now) {
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const std::string position, DecodePageToken(request.page_token(), question));
    const std::optional<ChargingWalk> walk = ChargingWalk::Resume(position);
    if (!walk) return DamagedPageToken();
    return *walk;
  }
  const absl::Time end =
      request.has_end_time() ? std::min(FromProto(request.end_time()), now + kAhead) : now;
  const absl::Time start =
      request.has_start_time() ? FromProto(request.start_time()) : end - kDefaultSpan;
  if (start >= end)
    return InvalidField("start_time", "lies in the future, where no session has begun yet");
  return ChargingWalk(start, end);
}

}  // namespace

Task<absl::StatusOr<v1::ListChargingSessionsResponse>> ChargingService::ListChargingSessions(
    v1::ListChargingSessionsRequest request, std::stop_token stop) {
  ASSIGN_OR_CO_RETURN(const std::string vin, ValidateVin("vin", request.vin()));
  CO_RETURN_IF_ERROR(Validate(request));
  ASSIGN_OR_CO_RETURN(const std::shared_ptr<Account> account,
                      accounts_.FindByVehicle(vin, request.account()));
  const std::string question = Question(request, *account, vin);
  ASSIGN_OR_CO_RETURN(ChargingWalk walk, StartWalk(request, question, clock_.Now()));
  const int page_size = request.page_size() > 0 ? request.page_size() : kDefaultPageSize;
  const int max_requests = request.max_requests() > 0 ? request.max_requests() : kDefaultRequests;

  v1::ListChargingSessionsResponse response;
  const Account::RestCall<ChargingHistoryPage> ask = [&](RestClient& rest,
                                                         std::string access_token) {
    return rest.GetChargingHistory(std::move(access_token), vin, walk.Next(), stop);
  };
  int spent = 0;
  absl::Time answered = absl::InfinitePast();
  do {
    absl::StatusOr<ReadAnswer<ChargingHistoryPage>> answer =
        co_await account->Ask<ChargingHistoryPage>("getChargingHistory", ask, stop, &spent);
    if (!answer.ok()) {
      const bool first = answered == absl::InfinitePast();
      if (first || stop.stop_requested()) co_return answer.status();
      break;
    }
    answered = answer->time;
    for (v1::ChargingSession& session : walk.Take(std::move(answer->value)))
      *response.add_sessions() = std::move(session);
  } while (!walk.done() && spent < max_requests &&
           response.sessions_size() + kBmwPageSize <= page_size);
  if (!walk.done()) response.set_next_page_token(EncodePageToken(question, walk.Position()));
  *response.mutable_read() = UpstreamRead(answered, spent);
  co_return response;
}

Task<absl::StatusOr<v1::ListLocationBasedChargingSettingsResponse>>
ChargingService::ListLocationBasedChargingSettings(
    v1::ListLocationBasedChargingSettingsRequest request, std::stop_token stop) {
  ASSIGN_OR_CO_RETURN(const std::string vin, ValidateVin("vin", request.vin()));
  if (!request.account().empty())
    CO_RETURN_IF_ERROR(ValidateAccountName("account", request.account()));
  CO_RETURN_IF_ERROR(ValidateMaxStaleness(request.max_staleness()));
  ASSIGN_OR_CO_RETURN(const std::shared_ptr<Account> account,
                      accounts_.FindByVehicle(vin, request.account()));
  const std::string question =
      absl::StrCat("ListLocationBasedChargingSettings\n", account->name(), "\n", vin);
  std::string bmw_token;
  if (!request.page_token().empty()) {
    ASSIGN_OR_CO_RETURN(bmw_token, DecodePageToken(request.page_token(), question));
    if (bmw_token.empty()) co_return DamagedPageToken();
  }
  const Account::RestCall<ChargingSettingsPage> ask = [&](RestClient& rest,
                                                          std::string access_token) {
    return rest.GetChargingSettings(std::move(access_token), vin, bmw_token, stop);
  };
  auto answer =
      co_await account->Ask<ChargingSettingsPage>("getLocationBasedChargingSettings", ask, stop);
  if (!answer.ok()) co_return answer.status();
  v1::ListLocationBasedChargingSettingsResponse response;
  for (v1::LocationBasedChargingSettings& settings : answer->value.settings)
    *response.add_settings() = std::move(settings);
  if (!answer->value.next_token.empty())
    response.set_next_page_token(EncodePageToken(question, answer->value.next_token));
  *response.mutable_read() = UpstreamRead(answer->time, answer->requests_spent);
  co_return response;
}

}  // namespace cardata
