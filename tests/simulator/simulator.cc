// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/simulator.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <latch>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/clock.h"
#include "server/base/mask.h"
#include "server/base/random.h"
#include "server/base/status_macros.h"
#include "tests/simulator/broker/broker.h"
#include "tests/simulator/cars/envelope.h"
#include "tests/simulator/control/control_service.h"
#include "tests/simulator/load/load.h"
#include "tests/simulator/oauth/oauth_service.h"
#include "tests/simulator/relay/relay.h"
#include "tests/simulator/rest/rest_service.h"
#include "tests/simulator/web/certificates.h"
#include "tests/simulator/web/https_front.h"
#include "tests/simulator/web/web_server.h"

namespace cardata::sim {
namespace {

constexpr size_t kRememberedRequests = 200000;
constexpr size_t kRememberedMessages = 500000;
constexpr absl::Duration kMappedFor = absl::Hours(24 * 200);

// Whole or not at all, so that a reader never sees half of it.
absl::Status WriteFile(const std::string& path, const std::string& text) {
  const std::string unfinished = absl::StrCat(path, ".tmp");
  std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file || std::rename(unfinished.c_str(), path.c_str()) != 0) {
    return absl::UnavailableError(absl::StrCat("cannot write ", path));
  }
  return absl::OkStatus();
}

class RealSimulator : public Simulator {
 public:
  RealSimulator(const Options& options, std::unique_ptr<TokenSigner> signer)
      : options_(options),
        sim_clock_(clock_, options.time_factor),
        world_(options.seed),
        signer_(std::move(signer)),
        codes_({.lifetime = options.device_code_lifetime,
                .interval = options.poll_interval,
                .auto_approve = options.auto_approve},
               clock_, random_),
        tokens_(options.token_prefix, options.token_lifetime, options.refresh_token_lifetime,
                clock_, random_),
        quota_(options.quota, clock_),
        containers_(clock_, random_),
        page_tokens_(clock_, random_),
        oauth_(
            {world_, codes_, tokens_, *signer_, faults_, switches_, requests_, clock_, random_}) {}

  // Nothing may call into what is already gone.
  ~RealSimulator() override {
    std::remove(EndpointsFile().c_str());
    faults_.EndDelays();
    control_server_.reset();
    rest_front_.reset();
    front_.reset();
    fleet_.reset();
  }

  absl::Status Run() {
    ASSIGN_OR_RETURN(const Certificates certificates, ProvideCertificates(options_.data_dir));
    const std::string key_file = absl::StrCat(options_.data_dir, "/token-key.pem");
    RETURN_IF_ERROR(WriteFile(key_file, signer_->public_key()));
    ASSIGN_OR_RETURN(broker_, Broker::Start({.data_dir = options_.data_dir,
                                             .plugin_file = options_.plugin_file,
                                             .certificate_file = certificates.certificate_file,
                                             .key_file = certificates.key_file,
                                             .token_public_key_file = key_file,
                                             .port = 0,
                                             .log = options_.log}));
    ASSIGN_OR_RETURN(relay_, Relay::Start({.listen_host = options_.listen_host,
                                           .listen_port = options_.stream_port,
                                           .target_port = broker_->port()}));
    load_ = std::make_unique<Load>(
        [this](const std::string& gcid, const std::string& vin, const std::string& payload) {
          return broker_->Publish(gcid, vin, payload);
        },
        clock_);
    fleet_ = std::make_unique<Fleet>(sim_clock_, options_.seed,
                                     [this](const std::string& gcid, const std::string& vin,
                                            const Transmission& each) { Send(gcid, vin, each); });
    rest_ = std::make_unique<RestService>(
        RestService::Context{world_, *fleet_, tokens_, quota_, containers_, page_tokens_, faults_,
                             switches_, requests_, clock_, sim_clock_});
    RETURN_IF_ERROR(MakeAccounts());
    RETURN_IF_ERROR(Listen(certificates));
    return WriteFile(EndpointsFile(), endpoints_);
  }

  std::string Description() const override {
    return absl::StrCat("BMW is at ", OAuthUrl(), ", its stream at localhost:", relay_->port(),
                        ", the control interface at ", ControlUrl(), "; see ", EndpointsFile());
  }

 private:
  std::string EndpointsFile() const { return absl::StrCat(options_.data_dir, "/endpoints.json"); }
  std::string OAuthUrl() const { return absl::StrCat("https://localhost:", front_->port()); }
  std::string RestUrl() const {
    return rest_front_ == nullptr ? OAuthUrl()
                                  : absl::StrCat("https://localhost:", rest_front_->port());
  }
  std::string ControlUrl() const {
    return absl::StrCat("http://127.0.0.1:", control_server_->port());
  }

  void Send(const std::string& gcid, const std::string& vin, const Transmission& each) {
    PublishEntry entry;
    entry.gcid = gcid;
    entry.vin = vin;
    entry.descriptor_id = each.sample.descriptor_id;
    entry.payload = Envelope(gcid, vin, each.sent, each.sample);
    entry.delivered = true;
    entry.time = clock_.Now();
    const std::string payload = entry.payload;
    const uint64_t number = published_.Add(std::move(entry));
    if (broker_->Publish(gcid, vin, payload).ok()) return;
    published_.Change(number, [](PublishEntry& lost) { lost.delivered = false; });
  }

  absl::Status MakeAccounts() {
    for (int i = 1; i <= options_.accounts; ++i) {
      Account account;
      account.name = i == 1 ? "home" : absl::StrCat("home-", i);
      for (const Drivetrain drivetrain : options_.vehicles) {
        Vehicle& vehicle = account.vehicles.emplace_back();
        vehicle.drivetrain = drivetrain;
        vehicle.mapped_since = sim_clock_.start() - kMappedFor;
      }
      ASSIGN_OR_RETURN(const World::AccountPtr added, world_.Add(std::move(account)));
      fleet_->Refresh(*added);
    }
    return absl::OkStatus();
  }

  absl::Status Listen(const Certificates& certificates) {
    const bool together = options_.rest_port < 0;
    ASSIGN_OR_RETURN(front_,
                     HttpsFront::Start({.host = options_.listen_host,
                                        .port = options_.port,
                                        .certificates = certificates,
                                        .log_file = absl::StrCat(options_.data_dir, "/nghttpx.log"),
                                        .handler =
                                            [this, together](const WebRequest& request) {
                                              return together && !OAuthService::Knows(request.path)
                                                         ? rest_->Handle(request)
                                                         : oauth_.Handle(request);
                                            },
                                        .log = options_.log}));
    if (!together) {
      ASSIGN_OR_RETURN(
          rest_front_,
          HttpsFront::Start(
              {.host = options_.listen_host,
               .port = options_.rest_port,
               .certificates = certificates,
               .log_file = absl::StrCat(options_.data_dir, "/nghttpx-rest.log"),
               .handler = [this](const WebRequest& request) { return rest_->Handle(request); },
               .log = options_.log}));
    }
    ASSIGN_OR_RETURN(control_server_,
                     WebServer::Start({.host = options_.listen_host,
                                       .port = options_.control_port,
                                       .keep_alive = false,
                                       .handler = [this](const WebRequest& request) {
                                         control_is_there_.wait();
                                         return control_->Handle(request);
                                       }}));
    const auto accounts = world_.All();
    const nlohmann::ordered_json endpoints = {
        {"oauth_url", OAuthUrl()},
        {"rest_url", RestUrl()},
        {"stream_host", "localhost"},
        {"stream_port", relay_->port()},
        {"ca_file", certificates.ca_file},
        {"control_url", ControlUrl()},
        {"client_id", accounts.empty() ? "" : accounts[0]->clients[0].id}};
    endpoints_ = absl::StrCat(endpoints.dump(2), "\n");
    control_ = std::make_unique<ControlService>(ControlContext{
        world_, *fleet_, codes_, tokens_, oauth_, quota_, containers_, faults_, switches_,
        requests_, published_, *broker_, *relay_, *load_, clock_, sim_clock_, endpoints_});
    control_is_there_.count_down();
    return absl::OkStatus();
  }

  const Options options_;
  SystemClock clock_;
  SimClock sim_clock_;
  SecureRandom random_;
  World world_;
  const std::unique_ptr<TokenSigner> signer_;
  DeviceCodes codes_;
  Tokens tokens_;
  Quota quota_;
  Containers containers_;
  PageTokens page_tokens_;
  Faults faults_;
  SwitchBoard switches_;
  RequestRecord requests_{kRememberedRequests};
  PublishRecord published_{kRememberedMessages};
  OAuthService oauth_;
  std::string endpoints_;
  std::unique_ptr<Broker> broker_;
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<Load> load_;
  std::unique_ptr<Fleet> fleet_;
  std::unique_ptr<RestService> rest_;
  std::unique_ptr<ControlService> control_;
  std::unique_ptr<HttpsFront> front_;
  std::unique_ptr<HttpsFront> rest_front_;
  std::latch control_is_there_{1};  // the port, which it tells, is known only to a server that runs
  std::unique_ptr<WebServer> control_server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Simulator>> Simulator::Start(const Options& options) {
  std::error_code error;
  std::filesystem::create_directories(options.data_dir, error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot make ", options.data_dir, ": ", error.message()));
  }
  Options absolute = options;
  absolute.data_dir = std::filesystem::absolute(options.data_dir).lexically_normal().string();
  ASSIGN_OR_RETURN(std::unique_ptr<TokenSigner> signer, TokenSigner::Create());
  auto simulator = std::make_unique<RealSimulator>(absolute, std::move(signer));
  RETURN_IF_ERROR(simulator->Run());
  return simulator;
}

}  // namespace cardata::sim
