// SPDX-License-Identifier: Apache-2.0
//
// cardata-watch: logs an account in if asked, then prints what its cars send. Or says whether the
// gateway serves.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/check.h"
#include "clients/cpp/error.h"
#include "clients/cpp/follow.h"
#include "clients/cpp/login.h"
#include "clients/cpp/printer.h"

namespace cardata::client {
namespace {

// Of --check, for a connection and for each answer.
constexpr absl::Duration kPatience = absl::Seconds(30);

struct Options {
  Target target;
  bool check = false;
  std::string login;
  std::string client_id;
  std::string duration;
  std::vector<std::string> vins;
  std::vector<std::string> descriptors;
  int64_t until_events = 0;
};

int Fail(const std::string& why) {
  std::cerr << "cardata-watch: " << why << std::endl;
  return 1;
}

int Watch(const Options& options) {
  std::shared_ptr<grpc::Channel> channel;
  if (const grpc::Status status = Connect(options.target, channel); !status.ok())
    return Fail(status.error_message());
  if (options.check) {
    const grpc::Status status = Check(channel, kPatience, std::cout);
    return status.ok() ? 0 : Fail(Describe(status));
  }
  if (!options.login.empty()) {
    const auto auth = v1::AuthService::NewStub(channel);
    const grpc::Status status = LogIn(*auth, options.login, options.client_id, std::cout);
    if (!status.ok()) return Fail(Describe(status));
  }

  Printer printer(std::cout, absl::LocalTimeZone());
  Subscription subscription;
  v1::SubscribeRequest& request = subscription.request;
  request.mutable_vins()->Assign(options.vins.begin(), options.vins.end());
  request.mutable_descriptor_patterns()->Assign(options.descriptors.begin(),
                                                options.descriptors.end());
  if (absl::Duration duration; absl::ParseDuration(options.duration, &duration))
    subscription.until = absl::ToChronoTime(absl::Now() + duration);
  const auto enough = [&] {
    return options.until_events > 0 && printer.events() >= options.until_events;
  };
  subscription.on_response = [&](const v1::SubscribeResponse& response) {
    printer.Print(response);
    return !enough();
  };
  subscription.on_reconnect = [&](const grpc::Status& ended, absl::Duration delay) {
    printer.Notice(absl::StrCat(ended.ok() ? "the stream ended" : Describe(ended),
                                ": subscribing again in ",
                                absl::FormatDuration(absl::Trunc(delay, absl::Milliseconds(100)))));
  };

  const auto telematics = v1::TelematicsService::NewStub(channel);
  const grpc::Status status = Follow(*telematics, std::move(subscription));
  if (!status.ok()) return Fail(Describe(status));
  printer.Notice(printer.Summary());
  if (printer.events() == 0) return Fail(absl::StrCat("no event arrived in ", options.duration));
  if (options.until_events > 0 && !enough()) {
    return Fail(absl::StrCat("only ", printer.events(), " of ", options.until_events,
                             " events arrived in ", options.duration));
  }
  return 0;
}

}  // namespace
}  // namespace cardata::client

int main(int argc, char** argv) {
  cardata::client::Options options;
  CLI::App app("Prints what your cars send, as it arrives.", "cardata-watch");
  cardata::client::Target& target = options.target;
  app.add_option("--target", target.address, "the gateway's gRPC address")
      ->envname("CARDATA_GATEWAY")
      ->capture_default_str();
  app.add_option("--ca", target.ca_file,
                 "PEM file of the authorities to trust for the gateway; without it no TLS")
      ->envname("CARDATA_CA");
  app.add_option("--cert", target.cert_file, "PEM file of a client certificate")
      ->envname("CARDATA_CERT");
  app.add_option("--key", target.key_file, "PEM file of its key")->envname("CARDATA_KEY");
  app.add_option("--server-name", target.server_name,
                 "the name to look for in the gateway's certificate, if it is not the target's")
      ->envname("CARDATA_SERVER_NAME");
  app.add_flag("--check", options.check,
               "only say whether the gateway serves, and which services it has");
  app.add_option("--login", options.login, "log this account in first, unless it is already");
  app.add_option("--client-id", options.client_id,
                 "the client id from BMW's portal to log in with (else the gateway's default)");
  app.add_option("--for", options.duration, "end after this time; else with Ctrl-C")
      ->type_name("DURATION")
      ->check([](const std::string& text) {
        absl::Duration duration;
        const bool fine = absl::ParseDuration(text, &duration) && duration > absl::ZeroDuration();
        return fine ? std::string() : "wants a duration such as 20s or 5m";
      });
  app.add_option("--until-events", options.until_events, "end after this many events")
      ->type_name("N");
  app.add_option("--vin", options.vins, "only these vehicles; may be repeated");
  app.add_option("--descriptor", options.descriptors,
                 "only these descriptors, for example 'vehicle.drivetrain.*'; may be repeated");
  CLI11_PARSE(app, argc, argv);
  return cardata::client::Watch(options);
}
