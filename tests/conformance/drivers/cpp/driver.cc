// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/drivers/cpp/driver.h"

#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/conformance/drivers/cpp/call.h"
#include "tests/conformance/drivers/cpp/line.h"

namespace cardata::conformance {
namespace {

using nlohmann::json;

std::optional<std::string> Content(const json& how, const char* file) {
  if (!how.contains(file)) return std::nullopt;
  std::ifstream stream(how[file].get<std::string>());
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

}  // namespace

void Driver::Do(const json& command) {
  const std::string what = command["do"];
  const std::string name = command.value("name", "");
  if (what == "connect") {
    Connect(command);
  } else if (what == "subscribe") {
    Subscribe(name, command["request"]);
  } else if (what == "stop_reading") {
    readings_.at(name).gate.Shut();
  } else if (what == "read_on") {
    readings_.at(name).gate.Open();
  } else if (what == "close") {
    readings_.at(name).subscription->Cancel();
  } else if (what == "call") {
    StartCall(name, command);
  } else {
    Abort("there is no command " + what);
  }
}

void Driver::End() {
  for (auto& [name, reading] : readings_) {
    reading.subscription->Cancel();
    reading.gate.Open();
  }
  for (const auto& context : calls_) context->TryCancel();
  for (std::thread& thread : std::exchange(threads_, {})) thread.join();
  readings_.clear();
  calls_.clear();
}

void Driver::Connect(const json& how) {
  End();
  client::ConnectOptions options;
  options.ca = Content(how, "ca");
  options.certificate = Content(how, "certificate");
  options.key = Content(how, "key");
  if (how.contains("server_name")) options.server_name = how["server_name"].get<std::string>();
  options.plaintext = how.value("plaintext", false);
  absl::StatusOr<client::Client> client = client::Connect(how["target"], options);
  if (!client.ok()) Abort(client.status().ToString());
  client_ = std::make_shared<client::Client>(*std::move(client));
}

void Driver::Subscribe(const std::string& name, const json& parts) {
  v1::SubscribeRequest request;
  Parse(parts, request);
  Reading& reading = readings_[name];
  reading.subscription = client_->Subscribe(request);
  threads_.emplace_back([name, &reading] {
    while (const auto update = reading.subscription->Next()) {
      TellUpdate(name, *update);
      reading.gate.Pass();
    }
    TellEnd(name, reading.subscription->status());
  });
}

void Driver::StartCall(const std::string& name, const json& what) {
  const auto context = std::make_shared<grpc::ClientContext>();
  if (what.contains("deadline")) {
    const absl::Duration deadline = absl::Seconds(what["deadline"].get<double>());
    context->set_deadline(absl::ToChronoTime(absl::Now() + deadline));
  }
  calls_.push_back(context);
  threads_.emplace_back(
      [client = client_, context, name, method = what["method"].get<std::string>(),
       request = what["request"]] { Call(*client, name, method, request, *context); });
}

}  // namespace cardata::conformance
