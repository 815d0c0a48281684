// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/servers/gateway.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "cardata/v1/auth_service.grpc.pb.h"
#include "cardata/v1/event.pb.h"
#include "clients/cpp/client.h"
#include "clients/cpp/error.h"
#include "clients/cpp/login.h"
#include "server/base/status_macros.h"
#include "tests/bench/client/grpc_reader.h"
#include "tests/bench/client/mqtt_reader.h"
#include "tests/bench/client/payload.h"
#include "tests/bench/servers/process_usage.h"
#include "tests/support/wait.h"

namespace cardata::bench {
namespace {

constexpr char kAccount[] = "home";

// How long the text of an event must be for its entry to have kEventBytes.
size_t TextSize(const std::string& vin) {
  v1::Entry entry;
  entry.set_sequence(100'000);
  v1::Event& event = *entry.mutable_event();
  event.set_account(kAccount);
  event.set_vin(vin);
  event.set_descriptor_id(Gateway::kDescriptor);
  event.set_source(v1::EVENT_SOURCE_STREAM);
  const int64_t now = absl::ToUnixSeconds(absl::Now());
  event.mutable_measure_time()->set_seconds(now);
  event.mutable_receive_time()->set_seconds(now);
  event.mutable_receive_time()->set_nanos(500'000'000);
  for (size_t size = kNumberDigits;; ++size) {
    const std::string text = Payload(1, size);
    event.mutable_value()->set_text(text);
    event.set_raw(text);
    if (entry.ByteSizeLong() >= kEventBytes) return size;
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(
    const std::string& folder, const std::string& programs, const std::vector<std::string>& flags,
    const std::vector<std::string>& simulator_flags) {
  std::unique_ptr<Gateway> gateway(new Gateway);
  RETURN_IF_ERROR(gateway->StartSimulator(folder + "/simulator", simulator_flags));
  RETURN_IF_ERROR(gateway->StartGateway(folder + "/gateway", programs, flags));
  RETURN_IF_ERROR(gateway->LogIn());
  return gateway;
}

absl::Status Gateway::StartSimulator(const std::string& folder,
                                     const std::vector<std::string>& flags) {
  // Its cars stand still: nothing is published but what the measurement publishes.
  std::vector<std::string> all = {"--time-factor=0", "--auto-approve=1ms", "--poll-interval=1s"};
  all.insert(all.end(), flags.begin(), flags.end());
  ASSIGN_OR_RETURN(simulator_, SimulatorProcess::Start(folder, all));
  const pid_t simulator = simulator_->process().pid();
  helpers_ = ChildrenOf(simulator);
  helpers_.push_back(simulator);
  ASSIGN_OR_RETURN(const nlohmann::json access, simulator_->Get("/broker/publisher"));
  publisher_.unix_socket = access.at("socket");
  publisher_name_ = access.at("user_name");
  publisher_password_ = access.at("password");
  ASSIGN_OR_RETURN(const nlohmann::json accounts, simulator_->Get("/accounts"));
  const nlohmann::json& account = accounts.at("accounts").at(0);
  gcid_ = account.at("gcid");
  vin_ = account.at("vehicles").at(0).at("vin");
  text_size_ = TextSize(vin_);
  return absl::OkStatus();
}

absl::Status Gateway::StartGateway(const std::string& folder, const std::string& programs,
                                   const std::vector<std::string>& flags) {
  const std::string key_file = folder + ".key";
  std::ofstream(key_file) << absl::Base64Escape(std::string(32, 'k')) << "\n";
  chmod(key_file.c_str(), S_IRUSR | S_IWUSR);
  port_ = FreePort();
  const SimulatorProcess::Endpoints& upstream = simulator_->endpoints();
  std::vector<std::string> command = {
      programs + "/cardata-gateway",
      absl::StrCat("--listen=127.0.0.1:", port_),
      "--admin-listen=",
      "--data-dir=" + folder,
      "--token-key-file=" + key_file,
      "--client-id=" + upstream.client_id,
      "--oauth-url=" + upstream.oauth_url,
      "--rest-url=" + upstream.rest_url,
      "--stream-host=" + upstream.stream_host,
      absl::StrCat("--stream-port=", upstream.stream_port),
      "--ca-file=" + upstream.ca_file,
  };
  command.insert(command.end(), flags.begin(), flags.end());
  process_ = std::make_unique<Process>(command, folder + ".log");
  return process_->WaitFor("the line that it is ready", [this] {
    return process_->Output().find("ready listen=") != std::string::npos;
  });
}

absl::Status Gateway::LogIn() {
  ASSIGN_OR_RETURN(client::Client caller, client::Connect(absl::StrCat("127.0.0.1:", port_)));
  v1::AuthService::StubInterface& auth = caller.auth();
  std::ostringstream shown;
  if (const grpc::Status status = client::LogIn(auth, kAccount, "", shown); !status.ok())
    return absl::UnavailableError("login: " + client::Describe(status));
  v1::GetAccountRequest request;
  request.set_account(kAccount);
  const bool live = WaitUntil([&] {
    grpc::ClientContext context;
    v1::GetAccountResponse response;
    return auth.GetAccount(&context, request, &response).ok() &&
           response.account().stream().state() == v1::STREAM_STATE_LIVE &&
           response.account().vins_size() > 0;
  });
  return live ? absl::OkStatus() : absl::UnavailableError("the gateway's stream is not live");
}

std::unique_ptr<Reader> Gateway::NewSubscribers(Tally& tally, size_t first, size_t count) {
  return std::make_unique<GrpcReader>(tally, first, count, request_of_);
}

std::unique_ptr<Reader> Gateway::NewPublisher() {
  return std::make_unique<MqttReader>(
      MqttReader::Options{"bench", publisher_name_, publisher_password_, ""}, nullptr, 0);
}

void Gateway::AppendEvent(uint64_t number, std::string& out) {
  const absl::Time now = absl::Now();
  if (const int64_t second = absl::ToUnixSeconds(now); second != written_second_) {
    written_second_ = second;
    const std::string time =
        absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(second), absl::UTCTimeZone());
    before_text_ = absl::StrCat(R"({"vin":")", vin_, R"(","entityId":")", gcid_, R"(","topic":")",
                                vin_, R"(","timestamp":")", time, R"(","data":{")", kDescriptor,
                                R"(":{"timestamp":")", time, R"(","value":")");
  }
  const std::string payload = absl::StrCat(before_text_, Payload(number, text_size_), "\"}}}");
  MqttReader::AppendEvent(absl::StrCat(gcid_, "/", vin_), payload, out);
}

}  // namespace cardata::bench
