// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/fixture.h"

#include <iostream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cpp/error.h"
#include "tests/integration/canary.h"
#include "tests/support/http.h"
#include "tests/support/process.h"

namespace cardata {
namespace {

void ShowEnd(const std::string& name, const std::string& log) {
  constexpr size_t kEnd = 6000;
  std::cout << "--- the end of the log of the " << name << " ---\n"
            << (log.size() > kEnd ? log.substr(log.size() - kEnd) : log) << std::endl;
}

}  // namespace

void IntegrationTest::SetUp() {
  std::vector<std::string> flags = {"--poll-interval=1s",
                                    absl::StrCat("--token-prefix=", kTokenPrefix)};
  flags.insert(flags.end(), flags_.begin(), flags_.end());
  auto simulator = SimulatorProcess::Start(folder_.path() + "/simulator", flags);
  ASSERT_TRUE(simulator.ok()) << simulator.status();
  simulator_ = *std::move(simulator);
  port_ = FreePort();
  StartGateway();
}

void IntegrationTest::TearDown() {
  CheckForSecrets();
  if (!HasFailure()) return;
  if (simulator_) ShowEnd("simulator", simulator_->process().Output());
  if (gateway_) ShowEnd("gateway", gateway_->process().Output());
}

void IntegrationTest::CheckForSecrets() {
  if (!simulator_ || !gateway_) return;
  const std::string log = gateway_->process().Output();
  const std::string metrics = gateway_->process().Running() ? Metrics() : "";
  EXPECT_EQ(FindToken(log), "") << "in the gateway's log";
  EXPECT_EQ(FindToken(metrics), "") << "in the gateway's metrics";
  const auto accounts = simulator_->Get("/accounts");
  if (!accounts.ok()) return;  // the simulator was stopped by the test
  for (const std::string& personal : PersonalData(*accounts)) {
    EXPECT_FALSE(absl::StrContains(log, personal)) << personal << " is in the gateway's log";
    EXPECT_FALSE(absl::StrContains(metrics, personal)) << personal << " is in the metrics";
  }
}

std::string IntegrationTest::Metrics() {
  const auto page = HttpGet(gateway_->metrics_url());
  EXPECT_TRUE(page.ok()) << page.status();
  return page.ok() ? page->body : "";
}

void IntegrationTest::StartGateway(const std::vector<std::string>& flags) {
  gateway_.reset();
  auto gateway =
      GatewayProcess::Start(data_folder(), port_, simulator_->endpoints(), {.flags = flags});
  ASSERT_TRUE(gateway.ok()) << gateway.status();
  gateway_ = *std::move(gateway);
}

void IntegrationTest::LogIn(const std::string& account, const std::string& client_id) {
  grpc::ClientContext start_context;
  v1::StartDeviceAuthorizationRequest start;
  start.set_account(account);
  start.set_client_id(client_id);
  v1::StartDeviceAuthorizationResponse code;
  const grpc::Status started = auth()->StartDeviceAuthorization(&start_context, start, &code);
  ASSERT_TRUE(started.ok()) << client::Describe(started);
  const auto approved =
      simulator_->Post(absl::StrCat("/device-codes/", code.user_code(), "/approve"));
  ASSERT_TRUE(approved.ok()) << approved.status();

  grpc::ClientContext watch_context;
  v1::WatchDeviceAuthorizationRequest watch;
  watch.set_account(account);
  const auto stub = auth();
  const auto stream = stub->WatchDeviceAuthorization(&watch_context, watch);
  v1::WatchDeviceAuthorizationResponse last;
  while (stream->Read(&last)) continue;
  const grpc::Status ended = stream->Finish();
  ASSERT_TRUE(ended.ok()) << client::Describe(ended);
  ASSERT_EQ(last.state(), v1::DEVICE_AUTHORIZATION_STATE_APPROVED) << last.ShortDebugString();
}

v1::Account IntegrationTest::GetAccount(const std::string& account) {
  grpc::ClientContext context;
  v1::GetAccountRequest request;
  request.set_account(account);
  v1::GetAccountResponse response;
  const grpc::Status status = auth()->GetAccount(&context, request, &response);
  EXPECT_TRUE(status.ok()) << client::Describe(status);
  return response.account();
}

std::string IntegrationTest::Vin(const std::string& account) {
  v1::Account where;
  EXPECT_TRUE(WaitUntil([&] { return !(where = GetAccount(account)).vins().empty(); }))
      << where.ShortDebugString();
  return where.vins().empty() ? "" : where.vins(0);
}

void IntegrationTest::WaitUntilLive(const std::string& account) {
  ASSERT_TRUE(WaitUntil([&] {
    return GetAccount(account).stream().state() == v1::STREAM_STATE_LIVE;
  })) << GetAccount(account).ShortDebugString();
}

void IntegrationTest::Publish(const std::string& descriptor_id, const std::string& value,
                              const std::string& unit, const std::string& account) {
  const std::string vin = Vin(account);
  nlohmann::json datum = {
      {"timestamp", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(), absl::UTCTimeZone())},
      {"value", nlohmann::json::parse(value)}};
  if (!unit.empty()) datum["unit"] = unit;
  const nlohmann::json payload = {{"vin", vin}, {"data", {{descriptor_id, datum}}}};
  const auto accounts = simulator_->Get("/accounts");
  ASSERT_TRUE(accounts.ok()) << accounts.status();
  const auto published =
      simulator_->Post("/publish", {{"gcid", accounts->at("accounts").at(0).at("gcid")},
                                    {"vin", vin},
                                    {"payload", payload.dump()}});
  ASSERT_TRUE(published.ok()) << published.status();
}

std::unique_ptr<v1::AuthService::Stub> IntegrationTest::auth() {
  return v1::AuthService::NewStub(gateway_->channel());
}

std::unique_ptr<v1::VehicleService::Stub> IntegrationTest::vehicles() {
  return v1::VehicleService::NewStub(gateway_->channel());
}

std::unique_ptr<v1::ContainerService::Stub> IntegrationTest::containers() {
  return v1::ContainerService::NewStub(gateway_->channel());
}

std::unique_ptr<v1::ChargingService::Stub> IntegrationTest::charging() {
  return v1::ChargingService::NewStub(gateway_->channel());
}

std::unique_ptr<v1::TelematicsService::Stub> IntegrationTest::telematics() {
  return v1::TelematicsService::NewStub(gateway_->channel());
}

std::vector<int> IntegrationTest::Answers(const std::string& operation) {
  const auto record = simulator_->Get("/requests");
  EXPECT_TRUE(record.ok()) << record.status();
  std::vector<int> statuses;
  if (!record.ok()) return statuses;
  for (const auto& request : record->at("requests"))
    if (request.at("operation") == operation) statuses.push_back(request.at("status"));
  return statuses;
}

std::vector<std::string> IntegrationTest::RefreshAnswers() {
  const auto record = simulator_->Get("/requests");
  EXPECT_TRUE(record.ok()) << record.status();
  std::vector<std::string> answers;
  if (!record.ok()) return answers;
  for (const auto& request : record->at("requests")) {
    if (request.value("grant_type", "") == "refresh_token")
      answers.push_back(request.value("error", ""));
  }
  return answers;
}

}  // namespace cardata
