// SPDX-License-Identifier: Apache-2.0
//
// cardata-watch: logs an account in if asked, then prints what its cars send. Or says whether the
// gateway serves.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "clients/cpp/check.h"
#include "clients/cpp/client.h"
#include "clients/cpp/error.h"
#include "clients/cpp/login.h"
#include "clients/cpp/printer.h"

namespace cardata::client {
namespace {

// Of --check, for a connection and for each answer.
constexpr absl::Duration kPatience = absl::Seconds(30);

struct Options {
  std::string target = "127.0.0.1:9610";
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;
  std::string server_name;
  bool plaintext = false;
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

// The content of a file; nothing if no name is given.
std::optional<std::string> Content(const std::string& name) {
  if (name.empty()) return std::nullopt;
  std::ostringstream content;
  content << std::ifstream(name).rdbuf();
  return content.str();
}

absl::StatusOr<Client> ConnectAs(const Options& options) {
  ConnectOptions how;
  how.ca = Content(options.ca_file);
  how.certificate = Content(options.certificate_file);
  how.key = Content(options.key_file);
  if (!options.server_name.empty()) how.server_name = options.server_name;
  how.plaintext = options.plaintext;
  return Connect(options.target, how);
}

v1::SubscribeRequest RequestOf(const Options& options) {
  v1::SubscribeRequest request;
  request.mutable_vins()->Assign(options.vins.begin(), options.vins.end());
  request.mutable_descriptor_patterns()->Assign(options.descriptors.begin(),
                                                options.descriptors.end());
  return request;
}

// Cancels a subscription when a time has passed.
class Timer {
 public:
  Timer(Subscription& subscription, absl::Duration duration)
      : thread_([&subscription, duration, this] {
          if (!over_.WaitForNotificationWithTimeout(duration)) subscription.Cancel();
        }) {}
  ~Timer() {
    over_.Notify();
    thread_.join();
  }

 private:
  absl::Notification over_;
  std::thread thread_;
};

int Watch(const Options& options) {
  absl::StatusOr<Client> client = ConnectAs(options);
  if (!client.ok()) return Fail(std::string(client.status().message()));
  absl::Duration duration = absl::InfiniteDuration();
  if (!options.duration.empty()) absl::ParseDuration(options.duration, &duration);
  if (options.check) {
    const grpc::Status status = Check(client->channel(), std::min(duration, kPatience), std::cout);
    return status.ok() ? 0 : Fail(Describe(status));
  }
  if (!options.login.empty()) {
    const grpc::Status status = LogIn(client->auth(), options.login, options.client_id, std::cout);
    if (!status.ok()) return Fail(Describe(status));
  }

  Printer printer(std::cout, absl::LocalTimeZone());
  const auto enough = [&] {
    return options.until_events > 0 && printer.events() >= options.until_events;
  };
  const auto subscription = client->Subscribe(RequestOf(options));
  const Timer timer(*subscription, duration);
  while (const auto update = subscription->Next()) {
    printer.Print(*update);
    if (enough()) break;
  }
  if (!subscription->status().ok()) return Fail(Describe(subscription->status()));
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
  app.add_option("--target", options.target, "the gateway's gRPC address")
      ->envname("CARDATA_GATEWAY")
      ->capture_default_str();
  app.add_option("--ca", options.ca_file, "the authorities to trust instead of the system's (PEM)")
      ->envname("CARDATA_CA")
      ->check(CLI::ExistingFile);
  app.add_option("--cert", options.certificate_file, "a certificate of yours (PEM)")
      ->envname("CARDATA_CERT")
      ->check(CLI::ExistingFile);
  app.add_option("--key", options.key_file, "its key (PEM)")
      ->envname("CARDATA_KEY")
      ->check(CLI::ExistingFile);
  app.add_option("--server-name", options.server_name,
                 "the name in the gateway's certificate, if the address is another")
      ->envname("CARDATA_SERVER_NAME");
  app.add_flag("--plaintext", options.plaintext, "no TLS, though the gateway is on another machine")
      ->envname("CARDATA_PLAINTEXT");
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
