// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "server/base/log.h"
#include "tests/simulator/broker/broker.h"
#include "tests/simulator/test/mqtt_test_client.h"

namespace cardata::sim {

inline constexpr char kGcid[] = "1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a11";
inline constexpr char kOtherGcid[] = "9b8a7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d";
inline constexpr char kVin[] = "WBA00AA000DEM0001";

// Keys and certificates of one test program, made once in a folder of its own.
class TestKeys {
 public:
  TestKeys();
  ~TestKeys();

  std::string certificate_file() const {
    return folder_ + "/server.pem";
  }  // of localhost, signed by itself
  std::string key_file() const { return folder_ + "/server.key"; }
  std::string token_public_key_file() const { return folder_ + "/token.pub"; }

  struct Claims {
    std::string gcid = kGcid;
    double lives_seconds = 3600;
    std::string scope = {};  // empty: the right one
    bool forged = false;     // signed with another key
    bool hmac = false;       // "signed" with the public key as an HMAC secret
  };
  std::string Token(const Claims& claims) const;
  std::string Token() const { return Token(Claims()); }

 private:
  std::string folder_;
  std::string token_key_;
  std::string forged_key_;
};

// Starts a broker of its own for each test.
class StreamTest : public testing::Test {
 protected:
  StreamTest();
  ~StreamTest() override;

  // A client of `kGcid` that would be let in.
  MqttTestClient::Options Client(int version = 5) const;
  // A connected and subscribed client of `gcid`.
  std::unique_ptr<MqttTestClient> Live(int version = 5, const std::string& gcid = kGcid) const;

  static const TestKeys& keys();
  Broker& broker() { return *broker_; }
  const std::string& data_dir() const { return data_dir_; }

 private:
  std::string data_dir_;
  StderrLog log_;
  std::unique_ptr<Broker> broker_;
};

}  // namespace cardata::sim
