// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulator/test/mqtt_test_client.h"
#include "tests/simulator/test/web_client.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace cardata::sim {

using Form = std::vector<std::pair<std::string, std::string>>;

// The real cardata-sim, with a data folder of its own, and the calls that a client makes.
class SimProcess {
 public:
  explicit SimProcess(const std::vector<std::string>& flags = {});

  Process& process() { return *process_; }
  const std::string& data_dir() const { return directory_.path(); }
  std::string endpoint(const std::string& name) const { return endpoints_.at(name); }
  int stream_port() const { return endpoints_.at("stream_port"); }
  std::string ca_file() const { return endpoint("ca_file"); }

  // The control interface.
  WebAnswer Control(const std::string& method, const std::string& path,
                    const nlohmann::json& body = nullptr) const;

  WebAnswer PostForm(const std::string& path, const Form& form) const;

  // A REST call with an access token; "v1" and JSON as BMW's clients send them.
  WebAnswer Rest(const std::string& method, const std::string& path, const std::string& token,
                 const std::string& body = "") const;

  // The device code flow, step by step.
  WebAnswer RequestDeviceCode(const std::string& scope = kScope) const;
  WebAnswer Poll(const std::string& device_code,
                 const std::string& code_verifier = kVerifier) const;
  WebAnswer Refresh(const std::string& refresh_token) const;

  // Tokens by the short way.
  nlohmann::json Tokens(const std::string& account = "home") const;
  // A client of an account's stream, with a new token and its GCID as client id.
  MqttTestClient::Options StreamClient(const std::string& account = "home", int version = 5) const;
  // It, connected and subscribed.
  static std::unique_ptr<MqttTestClient> Subscribed(const MqttTestClient::Options& options);

  nlohmann::json Account(const std::string& name = "home") const;
  std::string Vin(size_t index = 0) const;

  static constexpr char kScope[] =
      "authenticate_user openid cardata:api:read cardata:streaming:read";
  // The pair of RFC 7636, appendix B.
  static constexpr char kVerifier[] = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  static constexpr char kChallenge[] = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

 private:
  TempDir directory_;
  std::unique_ptr<Process> process_;
  nlohmann::json endpoints_;
};

}  // namespace cardata::sim
